package verify

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/ots"
	"constat/evidence/trustlist"
	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
)

// Verdict is the answer in one word.
type Verdict string

const (
	// Valid: no check failed; as many timestamps over the fingerprint and over the
	// whole passed as the policy asks for; and each exhibit is proven to have been
	// there soon after its own account says that it was kept.
	Valid Verdict = "valid"
	// TimeNotProven: nothing failed, but a timestamp is missing, or came long after
	// what it covers. The files match each other; since when they exist, or whether
	// all of it was made the day before the timestamps, is not shown.
	TimeNotProven Verdict = "consistent-time-not-proven"
	// NotValid: at least one check failed.
	NotValid Verdict = "not-valid"
	// CouldNotCheck: nothing failed, but a timestamp is there and no root
	// certificate was brought to check it against.
	CouldNotCheck Verdict = "could-not-check"
)

// Policy is what 'valid' takes besides that nothing failed. Its zero value asks for
// one verified timestamp over the fingerprint and one over the whole, and that what
// is timestamped was made at most a week before, by its own account.
type Policy struct {
	// Timestamps that passed, under as many different roots, over the fingerprint
	// and over the whole; 0 means 1.
	Timestamps int
	// AllowNoTimestamp asks for none. Then 'valid' says that the files match each
	// other, and no more.
	AllowNoTimestamp bool
	// Timely is how long after what it covers a timestamp may come; 0 means a week.
	Timely time.Duration
}

// week is what counts as timely unless whoever verifies says otherwise: captures
// without a connection are stamped within days; who needs longer has to say why.
const week = 7 * 24 * time.Hour

func (p Policy) needed() int {
	if p.AllowNoTimestamp {
		return 0
	}
	return max(p.Timestamps, 1)
}

// Options are what the checker brings itself; nothing of it comes from the bundle.
type Options struct {
	Policy
	Roots       []*x509.Certificate // of timestamp authorities
	Anchors     []*x509.Certificate // of timestamp authorities, that the program keeps itself
	SystemRoots bool                // also trust the roots of this system
	Pins        []evidence.Digest   // SHA-256 of further roots that are trusted if a token brings them
	Lists       trustlist.Set       // what the European trusted lists say of qualified time services
	Headers     []ots.Header        // of Bitcoin's blocks, by which an OpenTimestamps proof is judged
	Beside      []renewal.File      // judged as if they lay over the whole, before they do
	Practice    bool                // accept a practice bundle
	ZipPassword string
	Now         func() time.Time // for what has aged since; nil: this device's clock
}

func (o Options) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

// Timestamp is one token in the bundle that passed every check.
type Timestamp struct {
	File string // path in the bundle
	Over string // path of what it was given for
	// Stands: it can be shown to stand at the checker's own moment, by itself or
	// because a later one covers it; up to Until.
	Stands bool
	Until  time.Time
	Ends   renewal.Reason // what ends then
	*tsa.Timestamp
}

// Report is what was looked at, and what was seen.
type Report struct {
	Verdict     Verdict
	Valid       bool // Verdict is Valid
	Checks      []evidence.Check
	Fingerprint evidence.Digest // of data/evidence-sha256.txt as found; zero if missing
	Practice    bool            // the bundle says that it is practice
	Case        string          // case id, as the manifests name it
	Exhibits    []string        // exhibit ids found
	// Of is how many exhibits the case had, and LeftOut what was left out by choice, as the signed line
	// of the log says; 0 and none unless that line holds.
	Of         int
	LeftOut    []string
	Created    time.Time // as bag-info.txt says; zero if it does not
	Files      int
	Bytes      int64
	Timestamps []Timestamp
	Times      []ExhibitTime
	Records    []EvidenceRecord // that hold; no verdict rests on them
	Calendar   *Calendar        // what an OpenTimestamps proof leads to; no verdict rests on it
	// StandsUntil is up to when a time over the fingerprint can be shown to stand
	// without a further renewal, and Ends what ends then; zero if none does today.
	StandsUntil time.Time
	Ends        renewal.Reason
	// KeyFingerprint is that of the key (SHA-256 of its DER form) under whose
	// signature the log's head stands; zero unless the signature is good. Two
	// bundles with the same one come from one vault.
	KeyFingerprint evidence.Digest
}

// ExhibitTime is when an exhibit was kept by its own account, and since when it is
// proven to exist: by a timestamp of its own, or by one over the fingerprint.
type ExhibitTime struct {
	Exhibit string
	Kept    time.Time // zero: it does not say
	Proven  time.Time // zero: it is not
	Own     bool      // by a timestamp of its own
	Timely  bool
}

// ErrPassword reports an encrypted ZIP and a password that is missing or wrong.
var ErrPassword = errors.New("the ZIP is encrypted and the password is missing or wrong")

// ErrSealedAsAWhole reports a file that age encrypted: it is opened with age first.
var ErrSealedAsAWhole = errors.New("encrypted with age as a whole")

// ErrNotBundle reports a path that is neither a folder nor a ZIP that can be read.
var ErrNotBundle = errors.New("neither a folder nor a readable ZIP")

// Names of the checks.
const (
	checkPaths       = "paths"
	checkForm        = "zip-form"
	checkLitter      = "of-this-computer"
	checkLimits      = "limits"
	checkReadable    = "readable"
	checkDeclaration = "bag-declaration"
	checkInfo        = "bag-info"
	checkOxum        = "payload-oxum"
	checkPayload256  = "payload-sha256"
	checkPayload512  = "payload-sha512"
	checkTagFiles    = "tag-files"
	checkFiles       = "files"
	checkEvidence    = "evidence-list"
	checkFingerprint = "fingerprint"
	checkExhibit     = "exhibit"
	checkLog         = "custody-log"
	checkAnchor      = "custody-anchor"
	checkSignature   = "custody-signature"
	checkShare       = "share"
	checkTimestamp   = "timestamp"
	checkRenewal     = "renewal"
	checkStands      = "stands"
	checkQualified   = "qualified"
	checkMaterial    = "material"
	checkReport      = "report"
	checkReportTime  = "report-timestamp"
	checkRecord      = "evidence-record"
	checkContainer   = "list-container"
	checkCalendar    = "open-timestamps"
	checkIndex       = "index"
	checkPractice    = "practice"
	checkTime        = "proof-of-time"
	checkWhole       = "proof-of-whole"
	checkExhibitTime = "exhibit-time"
	checkExportTime  = "export-time"
)

// maxListed is how often one check may be listed as failed.
const maxListed = 200

// Verify checks the bundle at path, a folder or a ZIP. Its error means that
// there was nothing to judge: [ErrNotBundle], [ErrPassword], an error of the
// file system, or the end of ctx.
func Verify(ctx context.Context, path string, o Options) (Report, error) {
	t, l, err := openTree(ctx, path, o.ZipPassword)
	if err != nil {
		return Report{}, err
	}
	return verifyTree(ctx, t, l, o)
}

// VerifyArchive checks a bundle that is a ZIP, from whatever it can be read from.
func VerifyArchive(ctx context.Context, r io.ReaderAt, size int64, o Options) (Report, error) {
	t, l, err := readZip(ctx, r, size, o.ZipPassword)
	if err != nil {
		return Report{}, err
	}
	return verifyTree(ctx, t, l, o)
}

func verifyTree(ctx context.Context, t tree, l *listing, o Options) (Report, error) {
	defer t.Close()
	t = besides(t, l, o.Beside)
	c := &checker{ctx: ctx, o: o, tree: t, sizes: l.sizes, failures: map[string]int{}, sums: map[string]sums{},
		facts: map[string]map[string]string{}, account: map[string]string{}}
	if l.shut != "" { // nor was any name in it
		c.fail(checkForm, "%s", l.shut)
		return c.verdict(), nil
	}
	for _, bad := range l.badPath {
		c.fail(checkPaths, "%s", bad)
	}
	c.passUnlessFailed(checkPaths, "%d names", len(l.sizes))
	switch {
	case l.form != nil:
		c.fail(checkForm, "%v", l.form)
	case l.zip:
		c.pass(checkForm, "one reading only: each byte belongs to one entry, and both of its records agree")
	}
	if len(l.litter) > 0 {
		c.skip(
			checkLitter,
			"of this computer, not of the bundle, and not looked into; everything listed is judged by itself: %s",
			strings.Join(l.litter, ", "),
		)
	}
	if l.limit != "" {
		c.fail(checkLimits, "%s", l.limit)
	} else {
		c.pass(checkLimits, "%d files", len(l.sizes))
		if err := c.all(); err != nil {
			return Report{}, err
		}
	}
	return c.verdict(), nil
}

// checker holds what one verification knows so far.
type checker struct {
	ctx      context.Context // of this one verification
	o        Options
	tree     tree
	sizes    map[string]int64 // every file with a usable name
	sums     map[string]sums  // every file that could be read
	info     map[string]string
	exhibits []*exhibit
	facts    map[string]map[string]string // what was told last, by exhibit
	account  map[string]string            // what was told last of the whole case
	rep      Report

	digests map[crypto.Hash][][]byte // of the files that evidence records are about

	failures  map[string]int
	unchecked bool // a stamped digest could not be checked for want of a root
}

func (c *checker) add(name string, state evidence.CheckState, format string, args ...any) {
	c.rep.Checks = append(
		c.rep.Checks,
		evidence.Check{Name: name, State: state, Detail: evidence.Shorten(fmt.Sprintf(format, args...), 500)},
	)
}

func (c *checker) pass(name, format string, args ...any) {
	c.add(name, evidence.Passed, format, args...)
}
func (c *checker) skip(name, format string, args ...any) {
	c.add(name, evidence.NotDone, format, args...)
}

func (c *checker) fail(name, format string, args ...any) {
	c.failures[name]++
	switch n := c.failures[name]; {
	case n <= maxListed:
		c.add(name, evidence.Failed, format, args...)
	case n == maxListed+1:
		c.add(name, evidence.Failed, "more than %d failures; the rest is not listed", maxListed)
	}
}

func (c *checker) passUnlessFailed(name, format string, args ...any) {
	if c.failures[name] == 0 {
		c.pass(name, format, args...)
	}
}

// all runs every check; its error is the end of ctx.
func (c *checker) all() error {
	if err := c.hashAll(); err != nil {
		return err
	}
	c.declaration()
	c.bagInfo()
	c.oxum()
	c.payload()
	c.tagFiles()
	c.evidenceList()
	if err := c.readExhibits(); err != nil {
		return err
	}
	c.surplus()
	if err := c.custody(); err != nil {
		return err
	}
	if err := c.timestamps(); err != nil {
		return err
	}
	c.material()
	if err := c.evidenceRecords(); err != nil {
		return err
	}
	c.container()
	c.calendar()
	c.pdf()
	c.index()
	c.practice()
	return c.ctx.Err()
}

func (c *checker) verdict() Report {
	proven := c.proofOfTime()
	switch {
	case len(c.failures) > 0:
		c.rep.Verdict = NotValid
	case c.unchecked:
		c.rep.Verdict = CouldNotCheck
	case !proven && c.o.needed() > 0:
		c.rep.Verdict = TimeNotProven
	default:
		c.rep.Verdict = Valid
	}
	c.rep.Valid = c.rep.Verdict == Valid
	return c.rep
}
