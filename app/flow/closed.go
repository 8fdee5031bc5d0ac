package flow

import (
	"context"
	"fmt"
	"strings"

	"constat/evidence"
	"constat/evidence/vault"
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

// closedFiles are the files of all closed exhibits of the vault, by digest.
func (s *Session) closedFiles(ctx context.Context) (map[evidence.Digest]ClosedFileError, error) {
	files := map[evidence.Digest]ClosedFileError{}
	err := s.eachClosed(ctx, func(info evidence.Case, e vault.Exhibit) {
		for _, a := range e.Manifest.Artifacts {
			if a.Size > 0 { // all empty files are the same
				files[a.SHA256] = ClosedFileError{Case: info.ID, Exhibit: e.ID, Title: info.Title}
			}
		}
	})
	return files, err
}

// closedAddress reports whether an address is that of a closed exhibit: loading
// it again would make another copy.
func (s *Session) closedAddress(ctx context.Context, address string) (closed bool, err error) {
	address = strings.TrimSpace(address)
	err = s.eachClosed(ctx, func(_ evidence.Case, e vault.Exhibit) {
		m := e.Manifest
		closed = closed || m.Request != nil && m.Request.Address == address || m.Page != nil && m.Page.FinalAddress == address
	})
	return closed, err
}

// eachClosed passes over a case or an exhibit that cannot be read: that is said
// where it is shown.
func (s *Session) eachClosed(ctx context.Context, do func(evidence.Case, vault.Exhibit)) error {
	cases, err := s.v.Cases(ctx)
	if err != nil {
		return err
	}
	for _, info := range cases {
		c, err := s.v.Case(ctx, info.ID)
		if err != nil {
			continue
		}
		all, err := tellings(ctx, c)
		if err != nil {
			return err
		}
		for id, t := range all {
			if !t.closed {
				continue
			}
			if e, err := c.Exhibit(ctx, id); err == nil {
				do(info, e)
			}
		}
	}
	return ctx.Err()
}
