package flow

import (
	"context"
	"fmt"

	"constat/evidence"
)

// ClosedFileError: a file is, byte for byte, one of an exhibit that was closed
// because the person shown may have been under 18. It was not kept again.
type ClosedFileError struct {
	Name          string // of the artifact that it would have been
	Case, Exhibit string // where it is
	Title         string // of that case, cleaned
}

func (e *ClosedFileError) Error() string {
	return fmt.Sprintf("%s is a file of exhibit %s of case %s, which is closed: the person shown may have been under 18", e.Name, e.Exhibit, e.Case)
}

// Is makes it an [ErrMinor].
func (e *ClosedFileError) Is(target error) bool { return target == ErrMinor }

// closedFiles are the files of all closed exhibits of the vault, by digest. A
// case or an exhibit that cannot be read is passed over: that is said elsewhere.
func (s *Session) closedFiles(ctx context.Context) (map[evidence.Digest]ClosedFileError, error) {
	cases, err := s.v.Cases(ctx)
	if err != nil {
		return nil, err
	}
	files := map[evidence.Digest]ClosedFileError{}
	for _, info := range cases {
		c, err := s.v.Case(ctx, info.ID)
		if err != nil {
			continue
		}
		all, err := tellings(ctx, c)
		if err != nil {
			return nil, err
		}
		for id, t := range all {
			if !t.closed {
				continue
			}
			e, err := c.Exhibit(ctx, id)
			if err != nil {
				continue
			}
			for _, a := range e.Manifest.Artifacts {
				if a.Size > 0 { // all empty files are the same
					files[a.SHA256] = ClosedFileError{Case: info.ID, Exhibit: id, Title: info.Title}
				}
			}
		}
	}
	return files, ctx.Err()
}
