package proof

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"constat/bundle"
	"constat/bundle/verify"
	"constat/evidence"
	"constat/evidence/ots"
)

// Calendars are whom a person chose to ask for OpenTimestamps proofs; none unless
// somebody did.
func (k *Checker) Calendars() []string {
	if k.cfg.Calendars == nil {
		return nil
	}
	return k.cfg.Calendars()
}

// KnownCalendars are those that can be chosen without an address.
func KnownCalendars() []string { return ots.Calendars() }

// CheckCalendar refuses what is no address of a calendar.
func CheckCalendar(address string) error {
	_, err := ParseAuthority(address, nil)
	return err
}

// StampCalendars has a digest taken in by calendars, and returns the proof, which is
// pending; nil if none answered with what can be read.
func (k *Checker) StampCalendars(ctx context.Context, digest evidence.Digest, calendars []string) ([]byte, []ots.Answer) {
	p, answers, err := k.calendarClient().Submit(ctx, digest, calendars)
	if p == nil || err != nil {
		return nil, answers
	}
	return p.Bytes(), answers
}

func (k *Checker) calendarClient() *ots.Client {
	return &ots.Client{HTTP: k.cfg.HTTP, Rand: k.cfg.Rand}
}

// CalendarOptions say whom a bundle's proof is asked of.
type CalendarOptions struct {
	Calendars []string // nil: those that were chosen
	RootsPEM  []byte   // by which the bundle is judged before
}

// CalendarResult is what became of a bundle's OpenTimestamps proof.
type CalendarResult struct {
	Bundle  string       `json:"bundle"`
	File    string       `json:"file,omitempty"`   // of the proof; absent: there is none
	Changed bool         `json:"changed"`          // it is new, or leads further than before
	Aside   string       `json:"aside,omitempty"`  // where a proof lies now that could not be continued, and was replaced
	Unread  string       `json:"unread,omitempty"` // why it could not be
	Answers []ots.Answer `json:"answers"`          // of whom was asked just now
	Proof   *Calendar    `json:"open_timestamps,omitempty"`
	Verdict Verdict      `json:"verdict"` // of the bundle, which does not rest on it
}

// Asked reports whether anybody was, just now.
func (r CalendarResult) Asked() bool {
	return slices.ContainsFunc(r.Answers, func(a ots.Answer) bool { return a.State != ots.NotAsked })
}

// Promised reports whether a calendar said, just now, that it has taken it in, or has no block for it yet.
func (r CalendarResult) Promised() bool {
	return slices.ContainsFunc(r.Answers, func(a ots.Answer) bool { return a.State == ots.Taken || a.State == ots.NotYet })
}

// Calendar is an OpenTimestamps proof as it is shown.
type Calendar struct {
	File    string   `json:"file"`
	Pending []string `json:"pending,omitempty"` // calendars that took it in, by its own account: a promise, and no proof
	Blocks  []Block  `json:"blocks,omitempty"`  // of Bitcoin, by its own account
}

// Block is one of them.
type Block struct {
	Height     uint64     `json:"height"`
	MerkleRoot string     `json:"merkle_root"`           // that the block has to have
	HeaderTime *time.Time `json:"header_time,omitempty"` // of a header that was given and has it; absent: not checked
	HeaderHash string     `json:"header_hash,omitempty"`
}

func calendarOf(c *verify.Calendar) *Calendar {
	if c == nil {
		return nil
	}
	out := &Calendar{File: c.File, Pending: c.Pending}
	for _, b := range c.Blocks {
		x := Block{Height: b.Height, MerkleRoot: b.Root, HeaderHash: b.Hash}
		if !b.Header.IsZero() {
			x.HeaderTime = &b.Header
		}
		out.Blocks = append(out.Blocks, x)
	}
	return out
}

// ErrNoCalendar: nobody was named who could be asked.
var ErrNoCalendar = errors.New("no calendar is named")

// CalendarProofError is a proof in a bundle that cannot be continued.
type CalendarProofError struct {
	File string
	Err  error
}

func (e *CalendarProofError) Error() string { return fmt.Sprintf("%s: %v", e.File, e.Err) }

// Unwrap returns the cause.
func (e *CalendarProofError) Unwrap() error { return e.Err }

// Calendar has a finished bundle taken in by calendars, or, where it was, asks them
// for the way to a block. It is done only where a person asks for it.
func (k *Checker) Calendar(ctx context.Context, dir string, o CalendarOptions, p evidence.Progress) (CalendarResult, error) {
	r := CalendarResult{Bundle: dir, Answers: []ots.Answer{}}
	calendars := o.Calendars
	if calendars == nil {
		calendars = k.Calendars()
	}
	w, err := bundle.OpenWhole(dir)
	if err != nil {
		return r, err
	}
	p.Step(evidence.StepCheck)
	by := VerifyOptions{RootsPEM: o.RootsPEM}
	before, err := k.verifyWhole(ctx, dir, by)
	if err != nil {
		return r, err
	}
	if r.Verdict = Verdict(before.Verdict); before.Verdict == verify.NotValid || before.Practice {
		return r, &BundleNotRenewableError{Bundle: dir, Verdict: NotValid} // a proof over it would look like one of what it says
	}
	p.Step(evidence.StepTimestamp)
	list := evidence.Sum(w.History.Manifest.Data)
	var fresh []byte
	proof, err := continued(w, list)
	if err != nil {
		r.Unread = err.Error()
	}
	if proof == nil {
		if len(calendars) == 0 {
			if err != nil {
				return r, &CalendarProofError{File: w.Proof.Name, Err: err}
			}
			return r, ErrNoCalendar
		}
		var answers []ots.Answer
		if fresh, answers = k.StampCalendars(ctx, list, calendars); answers != nil {
			r.Answers = answers
		}
	} else {
		changed, answers := k.calendarClient().Upgrade(ctx, proof, calendars)
		if answers != nil {
			r.Answers = answers
		}
		if changed {
			fresh = proof.Bytes()
		}
	}
	if fresh != nil {
		if r.Unread != "" { // only now: with no new one the old one stays where it is
			if r.Aside, err = w.SetProofAside(); err != nil {
				return r, err
			}
		}
		if err := w.PutProof(fresh); err != nil {
			return r, err
		}
		r.Changed = true
	}
	p.Step(evidence.StepCheck)
	after, err := k.verifyWhole(context.WithoutCancel(ctx), dir, by)
	if err != nil {
		return r, err
	}
	r.Verdict, r.Proof = Verdict(after.Verdict), calendarOf(after.Calendar)
	if r.Proof != nil {
		r.File = r.Proof.File
	}
	return r, ctx.Err()
}

// continued is the proof of a bundle that can be asked for more; nil with an error: there is one, and it
// cannot.
func continued(w *bundle.Whole, list evidence.Digest) (*ots.Proof, error) {
	if w.Proof == nil {
		return nil, nil
	}
	p, err := ots.Parse(w.Proof.Data)
	if err == nil && p.Digest != list {
		err = errors.New("it is over another file")
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// parseHeaders reads block headers in hexadecimal, one a line.
func parseHeaders(text string) (out []ots.Header, err error) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		h, err := ots.ParseHeader(line)
		if err != nil {
			return nil, &HeaderError{Err: err}
		}
		if out = append(out, h); len(out) > maxHeaders {
			return nil, &HeaderError{Err: fmt.Errorf("more than %d", maxHeaders)}
		}
	}
	return out, nil
}

const maxHeaders = 1000

// HeaderError is a block header that cannot be used.
type HeaderError struct{ Err error }

func (e *HeaderError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *HeaderError) Unwrap() error { return e.Err }
