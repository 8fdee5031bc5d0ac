package evidence_test

import (
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"constat/evidence"
)

// Every action that has a constant is in the table, once, and nothing else is.
func TestActionsAreInTheTable(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "actions.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := constantsOf(f, "Action")
	var got []string
	for _, r := range evidence.Actions() {
		got = append(got, string(r.Action))
		if r != r.Action.Rule() {
			t.Errorf("%s is found as %+v", r.Action, r.Action.Rule())
		}
		if r.Makes && r.Digest != evidence.OfManifest || (r.Makes || r.Keeps) && !r.Exhibit || r.Keeps && r.Digest == evidence.OfNothing ||
			r.Alone && (r.Makes || r.Keeps) || r.Makes && r.Keeps || r.Vault && (r.Exhibit || r.Digest != evidence.OfNothing) {
			t.Errorf("no entry can be all of that: %+v", r)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) < 20 || !slices.Equal(got, want) {
		t.Errorf("the table has  %q\nconstants are  %q", got, want)
	}
	if r := evidence.Action("of-a-later-version").Rule(); r != (evidence.Rule{}) {
		t.Errorf("of an action that is not known holds %+v", r)
	}
}

// docs/formats.md has the same table, and says of the same actions that they have a digest, and of
// what.
func TestActionsAsDocumented(t *testing.T) {
	doc := formatsDoc(t)
	mark := map[bool]string{true: "yes", false: "–"}
	var want strings.Builder
	for _, r := range evidence.Actions() {
		want.WriteString("| `" + string(r.Action) + "` | " + mark[r.Makes] + " | " + mark[r.Exhibit] + " | " + mark[r.Keeps] +
			" | " + mark[r.Vault] + " | " + mark[r.Alone] + " |\n")
		of := map[evidence.Subject][]string{evidence.OfNothing: {"–"}, evidence.OfManifest: {"manifest"}, evidence.OfReply: {"timestamp reply", "the reply"},
			evidence.OfList: {"the list"}, evidence.OfRevocation: {"the CRL or OCSP answer"}, evidence.OfFingerprint: {"bundle fingerprint"}}[r.Digest]
		if !slices.ContainsFunc(of, func(s string) bool { return strings.Contains(doc, "| `"+string(r.Action)+"` | "+s+" | ") }) {
			t.Errorf("the digest of %s is not said to be of %q", r.Action, of)
		}
	}
	if !strings.Contains(doc, "|---|---|---|---|---|---|\n"+want.String()+"\n") {
		t.Errorf("docs/formats.md lacks, or has otherwise:\n%s", want.String())
	}
}
