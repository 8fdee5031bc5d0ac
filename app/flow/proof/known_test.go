package proof

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"constat/assets/authorities"
	"constat/assets/words"
	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/tsatest"
)

// What is known of an authority stands beside its timestamps: a pinned root adds
// trust, and another root than the pinned one is said, not refused.
func TestWhatIsKnownOfAnAuthority(t *testing.T) {
	one, two := tsatest.New(t, tsatest.Options{Name: "one"}), tsatest.New(t, tsatest.Options{Name: "two"})
	asked := []evidence.Authority{{Name: "one", URL: one.Authority().URL}, {Name: "two", URL: two.Authority().URL}}
	roots, err := tsa.ParseRootsPEM([]byte(one.Authority().RootsPEM))
	if err != nil {
		t.Fatal(err)
	}
	pin := authorities.Root{Subject: roots[0].Subject.String(), SHA256: evidence.Sum(roots[0].Raw).String()}
	d := newDesk(t, Config{Known: []authorities.Authority{
		{Name: "one", URL: asked[0].URL, Label: authorities.OnTrustedList, ListedOn: "2026-08-02", VerifiedOn: "2026-08-03", Roots: []authorities.Root{pin}},
		{Name: "two", URL: asked[1].URL, Label: authorities.NotQualified, VerifiedOn: "2026-08-03", Roots: []authorities.Root{pin}},
	}}, false)
	e := d.record("https://example.org/1", asked...)
	stamps := d.timestamps(e.ID)
	first, second := stamps[0], stamps[1]
	if first.State != Verified || checkOf(first.Checks, tsa.CheckPinnedRoot).State != evidence.Passed || first.Root != pin.SHA256 {
		t.Errorf("trusted by its fingerprint: %+v", first)
	}
	if first.Label != authorities.OnTrustedList || first.LabelOn != "2026-08-02" || second.Label != authorities.NotQualified || second.LabelOn != "2026-08-03" {
		t.Errorf("labels %s %s, %s %s", first.Label, first.LabelOn, second.Label, second.LabelOn)
	}
	text, err := words.For("en")
	if err != nil {
		t.Fatal(err)
	}
	if got := d.k.LabelWords(text, asked[0].URL); got != "on an EU trusted list on 02 Aug 2026" || d.k.LabelWords(text, "http://127.0.0.1:1") != "" {
		t.Errorf("label in words: %q", got)
	}
	if second.State != Rejected || second.Reason != "rejected:"+tsa.CheckChain {
		t.Errorf("the fingerprint of another root: %+v", second)
	}
	// With a root of the person's own the pin says nothing, whatever it is.
	own := d.k.judge(two.Authority(), nil, evidence.Digest{}, nil, nil, false, nil)
	if got := checkOf(own.Checks, tsa.CheckPinnedRoot); got.State != evidence.NotDone {
		t.Errorf("with own roots: %+v", got)
	}
}

// An anchor that is kept for an authority counts for that authority and for
// whoever verifies a bundle; one that is kept for another does not count for it.
func TestAnchorsOfAnAuthority(t *testing.T) {
	one, two := tsatest.New(t, tsatest.Options{Name: "one"}), tsatest.New(t, tsatest.Options{Name: "two"})
	anchor := authorities.Anchor{File: "one.pem", SHA256: evidence.Sum(one.Root(t).Raw).String(), PEM: one.RootPEM}
	d := newDesk(t, Config{Known: []authorities.Authority{
		{Name: "one", URL: one.Authority().URL, Label: authorities.NotQualified, VerifiedOn: "2026-08-03", Anchors: []authorities.Anchor{anchor}},
		{Name: "two", URL: two.Authority().URL, Label: authorities.NotQualified, VerifiedOn: "2026-08-03"},
	}}, false)
	e := d.record("https://example.org/1", evidence.Authority{Name: "one", URL: one.Authority().URL}, evidence.Authority{Name: "two", URL: two.Authority().URL})
	stamps := d.timestamps(e.ID)
	if s := stamps[0]; s.State != Verified || s.Root != anchor.SHA256 || checkOf(s.Checks, tsa.CheckPinnedRoot).State != evidence.Passed {
		t.Errorf("%+v", s)
	}
	if s := stamps[1]; s.State != Rejected || s.Reason != "rejected:"+tsa.CheckChain {
		t.Errorf("%+v", s)
	}
	if all := d.k.Anchors(); len(all) != 1 || !all[0].Equal(one.Root(t)) {
		t.Errorf("%d anchors for bundles", len(all))
	}
}

// A token by itself, over SHA-512, judged by a root in DER at a moment of choice.
func TestVerifyToken(t *testing.T) {
	s := tsatest.New(t, tsatest.Options{Revocation: true})
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string, b []byte) {
		t.Helper()
		if err := os.WriteFile(path(name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("data", []byte("what is to be proved"))
	write("root.der", s.Root(t).Raw)
	openssl := func(args ...string) {
		t.Helper()
		cmd := exec.Command("openssl", args...)
		cmd.Dir, cmd.Env = s.Dir, append(os.Environ(), "OPENSSL_CONF=tsa.cnf")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	openssl("ts", "-query", "-data", path("data"), "-sha512", "-cert", "-out", "q")
	openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "q", "-token_out", "-out", path("token"))
	openssl("ca", "-gencrl", "-config", "tsa.cnf", "-cert", "root.pem", "-keyfile", "root.key", "-crldays", "1", "-out", path("list.pem"))
	q := TokenQuestion{Token: path("token"), Data: path("data"), Roots: path("root.der"), Revocation: []string{path("list.pem")}}
	k := New(Config{})
	r, err := k.VerifyToken(t.Context(), q)
	if err != nil || !r.Valid || !r.Stands || r.Imprint != "SHA-512" || checkOf(r.Checks, tsa.CheckRevocation).State != evidence.Passed ||
		checkOf(r.Checks, tsa.CheckStatus).State != evidence.NotDone {
		t.Fatalf("%+v %v", r, err)
	}
	q.At = r.StandsUntil.Add(time.Second)
	if r, err = k.VerifyToken(t.Context(), q); err != nil || !r.Valid || r.Stands {
		t.Errorf("after its end: %+v %v", r, err)
	}
	q.At = r.Time.AddDate(0, -1, 0)
	if r, err = k.VerifyToken(t.Context(), q); err != nil || r.Valid || checkOf(r.Checks, tsa.CheckWindow).State != evidence.Failed {
		t.Errorf("before it was made: %+v %v", r, err)
	}
	write("data", []byte("something else"))
	if r, err = k.VerifyToken(t.Context(), q); err != nil || r.Valid || checkOf(r.Checks, tsa.CheckImprint).State != evidence.Failed {
		t.Errorf("other data: %+v %v", r, err)
	}
}

func checkOf(checks []evidence.Check, name string) evidence.Check {
	i := slices.IndexFunc(checks, func(c evidence.Check) bool { return c.Name == name })
	if i < 0 {
		return evidence.Check{}
	}
	return checks[i]
}
