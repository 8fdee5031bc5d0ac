// Package stock runs the tools of others (OpenSSL, poppler, sha256sum and their like),
// by whose word tests judge what we make.
//
// # How to use it
//
//	text := stock.Run(t, dir, "pdftotext", "-layout", "report.pdf", "-")
//
// # What it promises
//
// A tool that is missing or that says no fails the test, with what it was asked and all
// that it printed. It ends with the test.
//
// # What it does not do
//
// It installs nothing (scripts/prepare.sh does), and is for tests only.
package stock

import (
	"os/exec"
	"strings"
	"testing"
)

// Run runs a tool in a folder, or where the test is if dir is empty, and returns what
// it printed on both outputs.
func Run(t testing.TB, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}
