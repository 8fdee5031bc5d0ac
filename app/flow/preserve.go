package flow

import (
	"context"
	"errors"
	"maps"
	"strconv"
	"strings"
	"time"

	"constat/capture"
	"constat/evidence"
	"constat/evidence/vault"
)

// CheckAddress says at once whether an address can be kept, without loading it.
func CheckAddress(address string) error {
	_, err := capture.ParseAddress(address)
	return err
}

var errScale = &UsageError{Reason: "scale is 1 or 2"}

// Preserve keeps a page: capture, manifest, vault, timestamps. Only with
// SubjectAdult does anything load; otherwise, and for that address from then on,
// it returns ErrSubject, and Record is the way; likewise for the address of an
// exhibit that was closed. Cancelling before the exhibit is in the vault leaves nothing of
// it; after that it stays, with its timestamps pending.
func (s *Session) Preserve(ctx context.Context, r PreserveRequest, p evidence.Progress) (ExhibitView, error) {
	if err := CheckAddress(r.Address); err != nil {
		return ExhibitView{}, err
	}
	if r.Scale < 0 || r.Scale > 2 {
		return ExhibitView{}, errScale
	}
	if err := s.checkSubject(ctx, r.Address, r.Subject); err != nil {
		return ExhibitView{}, err
	}
	c, err := s.v.Case(ctx, r.Case)
	if err != nil {
		return ExhibitView{}, err
	}
	recorder, err := s.app.recorder(c.Info().Practice)
	if err != nil {
		return ExhibitView{}, err
	}
	draft := c.NewDraft()
	page, err := recorder.Capture(ctx, evidence.Request{
		Address: strings.TrimSpace(r.Address), Phone: r.Phone, Scale: r.Scale, LeaveOverlays: r.LeaveOverlays,
	}, draft, p)
	if err != nil {
		return ExhibitView{}, errors.Join(err, draft.Abort(), s.noteFailure(ctx, c, r.Address, err))
	}
	return s.keep(ctx, c, draft, evidence.ActCaptured, captured(page), r.Authorities, p)
}

// captured is the part of the manifest that a capture knows.
func captured(page *capture.Capture) evidence.Manifest {
	return evidence.Manifest{
		Kind: evidence.WebCapture, Browser: &page.Browser, Started: page.Started, Pictured: &page.Pictured, Finished: page.Finished,
		Request: &page.Request, Page: &page.Page, Outcome: page.Outcome, Problems: page.Problems, Clock: page.Clock,
		Precondition: page.Preconditions, Redactions: page.Redactions, Artifacts: page.Artifacts,
	}
}

// checkSubject returns ErrSubject for an address that must not load: another answer than 'adult' was
// given for it, now or before, or it is that of an exhibit that was closed.
func (s *Session) checkSubject(ctx context.Context, address string, subject Subject) error {
	if !s.mayLoad(address, subject) {
		return ErrSubject
	}
	closed, err := s.closedAddress(ctx, address)
	if err == nil && closed {
		err = ErrSubject
	}
	return err
}

// mayLoad holds the answer to the question about age. An address that was once
// not answered 'adult' stays closed until the vault is locked: going back and
// answering otherwise is no way around.
func (s *Session) mayLoad(address string, subject Subject) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	address = strings.TrimSpace(address)
	if subject != SubjectAdult {
		s.young[address] = true
	}
	return !s.young[address]
}

// noteFailure writes a capture that failed into the log, also after Cancel.
func (s *Session) noteFailure(ctx context.Context, c *vault.Case, address string, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	kind, _, _ := kindOf(cause)
	_, err := c.Append(ctx, evidence.Entry{Action: evidence.ActCaptureFailed,
		Detail: map[string]string{"address": address, "reason": evidence.Shorten(cause.Error(), 500), "cause": kind}})
	return err
}

// Record keeps an address without loading anything.
func (s *Session) Record(ctx context.Context, r RecordRequest, p evidence.Progress) (ExhibitView, error) {
	if err := CheckAddress(r.Address); err != nil {
		return ExhibitView{}, err
	}
	c, err := s.v.Case(ctx, r.Case)
	if err != nil {
		return ExhibitView{}, err
	}
	draft := c.NewDraft()
	now := evidence.MomentOf(s.app.cfg.Now())
	if r.Note != "" {
		_, err := draft.Put(ctx, evidence.Artifact{Name: "note.txt", Role: evidence.Original, MediaType: "text/plain; charset=utf-8"},
			strings.NewReader(r.Note))
		if err != nil {
			return ExhibitView{}, errors.Join(err, draft.Abort())
		}
	}
	m := evidence.Manifest{
		Kind: evidence.AddressOnly, Started: now, Finished: now,
		Request: &evidence.Request{Address: strings.TrimSpace(r.Address)}, Outcome: evidence.Complete,
	}
	return s.keep(ctx, c, draft, evidence.ActRecorded, m, r.Authorities, p)
}

// keep makes an exhibit of a draft and has it timestamped.
func (s *Session) keep(ctx context.Context, c *vault.Case, draft *vault.Draft, action evidence.Action, m evidence.Manifest, asked []evidence.Authority, p evidence.Progress) (ExhibitView, error) {
	info := c.Info()
	m.Case, m.Software = info.ID, s.app.software()
	if info.Practice {
		m.Practice = evidence.PracticeMark
	}
	// Absent lists are written as empty ones: "none" is a fact too.
	m.Problems = append([]evidence.Problem{}, m.Problems...)
	m.Clock = append([]evidence.ClockCheck{}, m.Clock...)
	m.Precondition = append([]evidence.Precondition{}, m.Precondition...)
	m.Redactions = append([]evidence.Redaction{}, m.Redactions...)

	var id string
	err := s.withAuthorities(ctx, info, asked, func(list []evidence.Authority) error {
		p.Step(evidence.StepEncrypt)
		e, err := c.Commit(ctx, draft, action, func(exhibit string, head evidence.LogHead, artifacts []evidence.Artifact) ([]byte, evidence.Digest, map[string]string, error) {
			m.Exhibit, m.CustodyHead = exhibit, head
			if m.Artifacts == nil { // a capture lists its own: it knows parents that the draft did not know yet
				m.Artifacts = append([]evidence.Artifact{}, artifacts...)
			}
			b, err := m.Encode()
			detail := map[string]string{"outcome": string(m.Outcome), "files": strconv.Itoa(len(artifacts))}
			if m.Recheck != nil {
				maps.Copy(detail, recheckDetail(m))
			}
			return b, evidence.Sum(b), detail, err
		}, list)
		if err != nil {
			return errors.Join(err, draft.Abort())
		}
		id = e.ID
		p.Step(evidence.StepTimestamp)
		return s.stamp(ctx, c, e.ID, e.ManifestDigest, list, p)
	})
	if err != nil {
		return ExhibitView{}, err
	}
	return s.exhibit(context.WithoutCancel(ctx), c, id)
}
