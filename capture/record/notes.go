package record

import (
	"sync"

	"constat/evidence"
)

// Notes collects the problems of one capture. A nil one takes none: nothing that happens in a
// window of the person's is anybody's business until they keep a page of it.
type Notes struct {
	mu       sync.Mutex
	problems []evidence.Problem
}

// Add notes a problem: its code, and what is said of it.
func (n *Notes) Add(code string, said evidence.Said) {
	if n == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.problems = append(n.problems, said.Problem(code))
}

// Problems are those that were noted so far; never nil.
func (n *Notes) Problems() []evidence.Problem {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]evidence.Problem{}, n.problems...)
}
