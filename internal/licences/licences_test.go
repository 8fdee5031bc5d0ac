package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestThePageIsCurrent(t *testing.T) {
	t.Chdir("../..")
	if err := run(true); err != nil {
		t.Error(err)
	}
	b, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	// Fonts and C sources have licences of their own, below the module's.
	for _, want := range []string{"| fyne.io/fyne/v2 | v2.8.1 | theme/font/LICENSE_Inter.txt | OFL-1.1 |", "| glfw/LICENSE.md |", "| ico/LICENSE-reader | Apache-2.0 |",
		"| LICENSE | Apache-2.0 AND BSD-3-Clause AND MIT |"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s lacks %s", target, want)
		}
	}
}

// TestWhatIsWrittenIsWhatTheProgramHolds asks a built program instead of go list.
func TestWhatIsWrittenIsWhatTheProgramHolds(t *testing.T) {
	t.Chdir("../..")
	program := filepath.Join(t.TempDir(), "constatctl")
	cmd := exec.Command("go", "build", "-o", program, "./cmd/constatctl")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command("go", "version", "-m", program).Output()
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) >= 3 && f[0] == "dep" {
			n++
			if !strings.Contains(string(page), "| "+f[1]+" | "+f[2]+" |") {
				t.Errorf("%s %s is in the program and not in %s", f[1], f[2], target)
			}
		}
	}
	if n < 10 {
		t.Errorf("only %d modules in\n%s", n, out)
	}
}

// TestWhatNobodyDecidedOnIsRefused: a licence of a new kind, and none at all.
func TestWhatNobodyDecidedOnIsRefused(t *testing.T) {
	dir := t.TempDir()
	m := &module{path: "example.org/m", dir: dir, packages: map[string]bool{filepath.Join(dir, "p"): true}}
	if err := os.MkdirAll(filepath.Join(dir, "p", "fonts"), 0o700); err != nil {
		t.Fatal(err)
	}
	put := func(name, body string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.read(); err == nil || !strings.Contains(err.Error(), "no licence") {
		t.Errorf("no licence: %v", err)
	}
	put("COPYING", "Permission is hereby granted, free of charge, to any person obtaining a copy of this software\r\n")
	put("licence.go", "package m")
	if err := m.read(); err != nil || len(m.texts) != 1 || m.texts[0].kind != "MIT" {
		t.Errorf("MIT: %+v, %v", m.texts, err)
	}
	put("NOTICE", "This product includes software developed by somebody.")
	if err := m.read(); err == nil || !strings.Contains(err.Error(), "NOTICE is of a kind") {
		t.Errorf("a notice of no Apache licence: %v", err)
	}
	put("LICENSE", "Apache License\nVersion 2.0, January 2004\n")
	m.texts = nil
	if err := m.read(); err != nil || !slices.ContainsFunc(m.texts, func(t text) bool { return t.kind == notice }) {
		t.Errorf("a notice: %+v, %v", m.texts, err)
	}
	put("p/fonts/LICENSE", "GNU GENERAL PUBLIC LICENSE Version 3, 29 June 2007")
	if err := m.read(); err == nil || !strings.Contains(err.Error(), "p/fonts/LICENSE is of a kind") {
		t.Errorf("GPL: %v", err)
	}
}

func TestGoItselfHasTheLicenceOfItsModules(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/sys").Output()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	if kindOf(tidy(string(b))) != "BSD-3-Clause" || !strings.HasPrefix(string(b), "Copyright 2009 The Go Authors.") {
		t.Errorf("%s", b)
	}
	if root, err := exec.Command("go", "env", "GOROOT").Output(); err != nil {
		t.Fatal(err)
	} else if own, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "LICENSE")); err == nil && tidy(string(own)) != tidy(string(b)) {
		t.Error("Go's own licence is another one") // some distributions leave it out
	}
}
