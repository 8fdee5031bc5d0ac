package proof

import (
	"context"
	"errors"
	"time"

	"constat/bundle/verify"
	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/practice"
)

// CheckResult answers verify and check.
type CheckResult struct {
	Valid       bool    `json:"valid"`
	Verdict     Verdict `json:"verdict"`
	Practice    bool    `json:"practice,omitempty"`
	Fingerprint string  `json:"fingerprint,omitempty"`
	// Exhibits are those in the bundle, Of how many the case had, and LeftOut those that were left out by
	// choice: the last two as the signed line of the log says, if there is one.
	Exhibits []string `json:"exhibits,omitempty"`
	Of       int      `json:"of,omitempty"`
	LeftOut  []string `json:"left_out,omitempty"`
	// StandsUntil is up to when a time over the fingerprint can be shown to stand
	// without a further renewal, and Ends what ends then; null if none does.
	StandsUntil *time.Time       `json:"stands_until,omitempty"`
	Ends        string           `json:"ends,omitempty"`
	Checks      []evidence.Check `json:"checks"`
	// Records are the evidence records (RFC 4998) of which everything holds. The
	// verdict does not rest on them.
	Records []Record `json:"evidence_records,omitempty"`
	// Calendar is what an OpenTimestamps proof over the whole leads to. The verdict does
	// not rest on it.
	Calendar *Calendar `json:"open_timestamps,omitempty"`
	// NotNoted is why the custody log could not note the check; empty if it did.
	NotNoted string `json:"not_noted,omitempty"`
}

// Record is an evidence record as it is shown.
type Record struct {
	File       string     `json:"file"`
	Hashes     []string   `json:"hashes"` // of its chains, the first one first
	Files      int        `json:"files"`
	Timestamps int        `json:"timestamps"`
	Proven     *time.Time `json:"proven,omitempty"` // the first time; absent: cannot be shown to stand
	Until      *time.Time `json:"stands_until,omitempty"`
	Ends       string     `json:"ends,omitempty"`
}

func recordOf(x verify.EvidenceRecord) Record {
	r := Record{File: x.File, Hashes: x.Hashes, Files: x.Files, Timestamps: len(x.Timestamps)}
	if !x.Proven.IsZero() {
		proven, until := x.Proven.UTC(), x.Until.UTC()
		r.Proven, r.Until, r.Ends = &proven, &until, string(x.Ends)
	}
	return r
}

// Verdict is the whole answer of a verification.
type Verdict string

const (
	Valid         Verdict = "valid"
	TimeNotProven Verdict = "consistent-time-not-proven" // nothing is wrong, and not all time is proven
	NotValid      Verdict = "not-valid"
	CouldNotCheck Verdict = "could-not-check"
)

// The verdicts over a vault.
const (
	Whole Verdict = "whole"
	// WholeAsKnown: nothing is missing or wrong as far as the folder itself tells; what an older
	// copy in its place would have lost cannot be seen, because nothing outside of it is known.
	WholeAsKnown Verdict = "whole-as-far-as-known"
	NotWhole     Verdict = "not-whole"
)

// VaultResult is the verdict over a vault. known: something outside of its folder says how far its
// logs went.
func VaultResult(checks []evidence.Check, known bool) CheckResult {
	r := CheckResult{Checks: checks, Verdict: NotWhole}
	if evidence.AllPassed(checks) {
		r.Valid, r.Verdict = true, WholeAsKnown
		if known {
			r.Verdict = Whole
		}
	}
	return r
}

// ResultOf is the verdict of checks that all matter.
func ResultOf(checks []evidence.Check) CheckResult {
	r := CheckResult{Checks: checks, Verdict: NotValid}
	if evidence.AllPassed(checks) {
		r.Valid, r.Verdict = true, Valid
	}
	return r
}

// VerifyOptions are what the checker brings; nothing of it comes from the bundle.
type VerifyOptions struct {
	RootsPEM []byte // besides the system's roots and the built-in list
	Practice bool   // accept a practice bundle, which is not evidence
	// What 'valid' takes: verified timestamps over the fingerprint and over the whole,
	// under as many roots. 0 means one; none only if AllowNoTimestamp.
	Timestamps       int
	AllowNoTimestamp bool
	TimelyDays       int // how long after what it covers a timestamp may come; 0 means a week
	ZipPassword      string
	At               time.Time // the moment to look back from; zero: now
	BlockHeaders     string    // of Bitcoin, in hexadecimal, one a line, by which an OpenTimestamps proof is judged
}

// WantsPassword reports whether a check ended because a ZIP has a password that was not given, or another one.
func WantsPassword(err error) bool { return errors.Is(err, verify.ErrPassword) }

// VerifyBundle checks a bundle, folder or ZIP.
func (k *Checker) VerifyBundle(ctx context.Context, path string, o VerifyOptions) (CheckResult, error) {
	v, err := k.verifying(o)
	if err != nil {
		return CheckResult{}, err
	}
	got, err := verify.Verify(ctx, path, v)
	if err != nil {
		return CheckResult{}, err
	}
	r := CheckResult{Valid: got.Valid, Verdict: Verdict(got.Verdict), Practice: got.Practice, Checks: got.Checks,
		Exhibits: got.Exhibits, Of: got.Of, LeftOut: got.LeftOut}
	if !got.Fingerprint.IsZero() {
		r.Fingerprint = got.Fingerprint.String()
	}
	for _, x := range got.Records {
		r.Records = append(r.Records, recordOf(x))
	}
	r.Calendar = calendarOf(got.Calendar)
	if !got.StandsUntil.IsZero() {
		until := got.StandsUntil.UTC()
		r.StandsUntil, r.Ends = &until, string(got.Ends)
	}
	return r, nil
}

// verifying says by what a bundle is judged.
func (k *Checker) verifying(o VerifyOptions) (verify.Options, error) {
	v := verify.Options{
		Policy: verify.Policy{Timestamps: o.Timestamps, AllowNoTimestamp: o.AllowNoTimestamp,
			Timely: time.Duration(o.TimelyDays) * 24 * time.Hour},
		SystemRoots: true,
		Now:         k.cfg.Now,
		Lists:       k.listSet(),
		Anchors:     k.Anchors(),
		Pins:        k.Pins(),
		Practice:    o.Practice,
		ZipPassword: o.ZipPassword,
	}
	if !o.At.IsZero() {
		v.Now = func() time.Time { return o.At }
	}
	if len(o.RootsPEM) > 0 {
		roots, err := tsa.ParseRootsPEM(o.RootsPEM)
		if err != nil {
			return v, err
		}
		v.Roots = roots
	}
	var err error
	if v.Headers, err = parseHeaders(o.BlockHeaders); err != nil {
		return v, err
	}
	if o.Practice {
		authority, err := practice.New(k.cfg.Now)
		if err != nil {
			return v, err
		}
		v.Roots = append(v.Roots, authority.Root())
	}
	return v, nil
}
