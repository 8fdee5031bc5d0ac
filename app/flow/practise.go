package flow

import (
	"context"
	"errors"

	"constat/evidence"
)

// StartPractice serves the practice page and the practice authority on
// loopback, makes a practice case in the open vault, and returns the case, the
// page's address and a function that stops both servers. Preserve in that case
// uses the practice authority only.
func (s *Session) StartPractice(ctx context.Context) (c CaseView, address string, stop func(), err error) {
	return CaseView{}, "", func() {}, errors.ErrUnsupported
}

var _ evidence.Progress = evidence.NoProgress{}
