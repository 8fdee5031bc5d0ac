package proof

import (
	"slices"
	"testing"

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
	if got := d.k.LabelWords(text, asked[0].URL); got != "on an EU trusted list on 02.08.2026" || d.k.LabelWords(text, "http://127.0.0.1:1") != "" {
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

func checkOf(checks []evidence.Check, name string) evidence.Check {
	i := slices.IndexFunc(checks, func(c evidence.Check) bool { return c.Name == name })
	if i < 0 {
		return evidence.Check{}
	}
	return checks[i]
}
