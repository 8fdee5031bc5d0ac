// Package cmd_test holds the house's walls: which folder may import which.
// It lives here because cmd stands above everything else.
package cmd_test

import (
	"encoding/json"
	"io"
	"os/exec"
	"path"
	"strings"
	"testing"
)

const module = "constat/"

// mayImport lists, per folder, what of ours it may import (itself and what is
// below it always), after docs/design.md.
var mayImport = map[string][]string{
	"cmd":      {"app", "evidence", "assets"},
	"app/view": {"app/flow", "evidence", "assets"},
	// Pieces of the window draw what they are told and decide nothing.
	"app/view/widget": {"assets"},
	"app/flow":        {"capture", "capture/chrome", "bundle", "evidence", "assets"},
	"capture":         {"evidence"},
	// The browser as a program and the device know nothing of pages.
	"capture/chrome": {"evidence"},
	"capture/device": {"evidence"},
	"bundle":         {"evidence", "assets"},
	"evidence":       {},
	"assets":         {},
}

// onlyUnder says which folders alone may use a library, and why.
var onlyUnder = []struct {
	library string
	folders []string
	why     string
}{
	{"fyne.io/fyne/v2", []string{"app/view", "cmd/constat"}, "rules must be testable without a window"},
	{"github.com/chromedp/", []string{"capture"}, "its API changes often; one folder and the packages in it pay for it"},
	{"github.com/beevik/ntp", []string{"capture"}, "a clock that is asked is compared, never followed"},
	{"github.com/jung-kurt/gofpdf", []string{"bundle/paper"}, "it panics on some text and pictures; one wrapper guards it"},
	{"filippo.io/age", []string{"evidence"}, "encryption has one door"},
	{"golang.org/x/crypto", []string{"evidence"}, "cryptography has one door"},
	{"github.com/digitorus/", []string{"evidence/tsa"}, "it parses without verifying"},
	{"github.com/sigstore/", []string{"evidence/tsa"}, "only tsa may say that a token holds"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-e", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func under(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

// room is the folder of mayImport that a package belongs to.
func room(pkg string) string {
	for p := pkg; p != "."; p = path.Dir(p) {
		if _, ok := mayImport[p]; ok {
			return p
		}
	}
	return ""
}

func TestImportsRunOneWay(t *testing.T) {
	all := packages(t)
	if len(all) < 10 {
		t.Fatalf("only %d packages seen: the rules were not tried", len(all))
	}
	for _, p := range all {
		pkg := strings.TrimPrefix(p.ImportPath, module)
		from := room(pkg)
		if from == "" {
			t.Errorf("%s lies in no room of the house", pkg)
		}
		for _, imp := range p.Imports {
			own, ours := strings.CutPrefix(imp, module)
			if !ours {
				checkLibrary(t, pkg, imp)
				continue
			}
			if under(own, from) {
				continue
			}
			if to := room(own); !strings.HasPrefix(to, "app") && contains(mayImport[from], to) ||
				strings.HasPrefix(to, "app") && containsUnder(mayImport[from], to) {
				continue
			}
			t.Errorf("%s imports %s: imports run cmd -> app/view -> app/flow -> {capture, bundle} -> evidence; assets imports nothing of ours", pkg, own)
		}
	}
}

func checkLibrary(t *testing.T, pkg, imp string) {
	t.Helper()
	for _, r := range onlyUnder {
		if !strings.HasPrefix(imp, r.library) {
			continue
		}
		ok := false
		for _, f := range r.folders {
			ok = ok || under(pkg, f)
		}
		if !ok {
			t.Errorf("%s imports %s, which belongs under %s only: %s", pkg, imp, strings.Join(r.folders, ", "), r.why)
		}
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func containsUnder(list []string, s string) bool {
	for _, x := range list {
		if under(s, x) {
			return true
		}
	}
	return false
}

// The checker must not share code with the writer (design, point 10).
func TestCheckerSharesNothingWithTheWriter(t *testing.T) {
	for _, p := range packages(t) {
		pkg := strings.TrimPrefix(p.ImportPath, module)
		if !under(pkg, "bundle/verify") {
			continue
		}
		for _, imp := range p.Imports {
			own, ours := strings.CutPrefix(imp, module)
			if ours && under(own, "bundle") && !under(own, "bundle/verify") {
				t.Errorf("the checker imports %s of the writer: a mistake there would go unseen", own)
			}
		}
	}
}
