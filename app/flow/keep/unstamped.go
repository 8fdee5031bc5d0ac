package keep

import "fmt"

// UnstampedError says that an exhibit was kept, and that what came of asking for its timestamp
// could not be written: the disk is full, or something stands in the way.
type UnstampedError struct {
	Exhibit string
	Err     error
}

func (e *UnstampedError) Error() string {
	return fmt.Sprintf("%s was kept; its timestamp was not: %v", e.Exhibit, e.Err)
}

func (e *UnstampedError) Unwrap() error { return e.Err }
