package record

import (
	"fmt"
	"sync"

	"constat/evidence"
)

// Notes collects the problems of one capture. A nil one takes none: nothing that happens in a window of the person's is anybody's
// business until they keep a page of it.
type Notes struct {
	mu       sync.Mutex
	problems []evidence.Problem
}

// Add notes a problem.
func (n *Notes) Add(code, format string, args ...any) {
	if n == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.problems = append(n.problems, evidence.Problem{Code: code, Detail: fmt.Sprintf(format, args...)})
}

// Problems are those that were noted so far; never nil.
func (n *Notes) Problems() []evidence.Problem {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]evidence.Problem{}, n.problems...)
}
