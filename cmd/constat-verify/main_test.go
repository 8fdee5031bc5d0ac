package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/internal/stock"
)

func TestWhatItSays(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		args      []string
		code      int
		out, said string
	}{
		"version":         {[]string{"--version"}, 0, "constat-verify", ""},
		"nothing":         {nil, exitWrongUse, "", "BUNDLE"},
		"no moment":       {[]string{"--at", "x", dir}, exitWrongUse, "", "-at"},
		"a wrong flag":    {[]string{"--no"}, exitWrongUse, "", "not defined"},
		"none to take":    {[]string{"--timestamps", "0", dir}, exitWrongUse, "", "BUNDLE"},
		"no bundle":       {[]string{file}, exitCannot, "", "keine Mappe"},
		"not there":       {[]string{filepath.Join(dir, "none")}, exitCannot, "", "("},
		"a page is there": {[]string{"--report", file, dir}, exitCannot, "", "file"},
		"no language":     {[]string{"--report", filepath.Join(dir, "a.pdf"), "--lang", "it", dir}, exitWrongUse, "", "fr, nl, de"},
		"roots missing":   {[]string{"--roots", filepath.Join(dir, "none"), file}, exitCannot, "", "existiert nicht"},
	} {
		var out, msg bytes.Buffer
		code := run(t.Context(), row.args, &out, &msg, func(n string) string { return map[string]string{"CONSTAT_LANG": "de"}[n] })
		if code != row.code || !strings.Contains(out.String(), row.out) || !strings.Contains(msg.String(), row.said) {
			t.Errorf("%s: exit %d\n%s\n%s", name, code, out.String(), msg.String())
		}
	}
}

// The page is made whatever the verdict, is one that a stranger's program reads, and is not
// overwritten.
func TestTheAnswerOnAPage(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(t.TempDir(), "answer.pdf")
	for _, want := range []int{exitNo, exitCannot} {
		var out, msg bytes.Buffer
		if code := run(t.Context(), []string{"--report", page, "--lang", "fr", dir}, &out, &msg, func(string) string { return "" }); code != want {
			t.Fatalf("exit %d\n%s\n%s", code, out.String(), msg.String())
		}
		if text := strings.Join(strings.Fields(stock.Run(t, "", "pdftotext", page, "-")), " "); !strings.Contains(text, "Non valable") && !strings.Contains(text, "Pas valable") {
			t.Errorf("the page says: %s", text)
		}
	}
}
