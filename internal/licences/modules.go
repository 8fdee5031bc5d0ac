package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// module is one that a program contains.
type module struct {
	path, version, dir string
	packages           map[string]bool // folders that are used
	texts              []text
}

// text is a licence as the module has it.
type text struct {
	name string // of the file, relative to the module, with slashes
	kind string
	body string
}

// systems are those that the programs are built for.
var systems = []string{"linux", "windows", "darwin"}

// contained lists the modules of both programs on all systems, by path, each with
// its licences.
func contained() ([]*module, error) {
	byPath := map[string]*module{}
	for _, system := range systems {
		if err := list(system, byPath); err != nil {
			return nil, fmt.Errorf("%s: %w", system, err)
		}
	}
	var all []*module
	for _, m := range byPath {
		if err := m.read(); err != nil {
			return nil, fmt.Errorf("%s: %w", m.path, err)
		}
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b *module) int { return strings.Compare(a.path, b.path) })
	return all, nil
}

// list adds what the programs are built from on one system.
func list(system string, byPath map[string]*module) error {
	cmd := exec.Command("go", "list", "-deps", "-json=Dir,Module", "./cmd/constat", "./cmd/constatctl")
	cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p struct {
			Dir    string
			Module *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if p.Module == nil || p.Module.Main {
			continue // Go's own, or ours
		}
		m := byPath[p.Module.Path]
		if m == nil {
			m = &module{path: p.Module.Path, version: p.Module.Version, dir: p.Module.Dir, packages: map[string]bool{}}
			byPath[m.path] = m
		}
		m.packages[p.Dir] = true
	}
}

// licenceFile is how such files are called. PATENTS gives and asks for nothing.
var licenceFile = regexp.MustCompile(`(?i)^(un)?licen[cs]e|^copying|^notice|^ofl`)

// quoted is a licence in a README, word for word: of fonts that a module made its own of.
var quoted = regexp.MustCompile("(?ims)^#+ ([^\n]*licen[cs]e)\\s+```\n(.*?)```")

// read finds the licences that go with the packages that are used.
func (m *module) read() error {
	folders := map[string]bool{}
	for dir := range m.packages {
		for up := dir; len(up) >= len(m.dir); up = filepath.Dir(up) {
			folders[up] = true
		}
		if err := below(dir, folders); err != nil {
			return err
		}
	}
	for dir := range folders {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			readme := strings.EqualFold(e.Name(), "README.md")
			if !e.Type().IsRegular() || !readme && !licenceFile.MatchString(e.Name()) || strings.HasSuffix(e.Name(), ".go") {
				continue
			}
			b, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				return err
			}
			if readme {
				var all []byte
				for _, m := range quoted.FindAllSubmatch(b, -1) {
					all = slices.Concat(all, m[1], []byte("\n\n"), m[2], []byte("\n"))
				}
				if b = all; len(b) == 0 {
					continue
				}
			}
			rel, err := filepath.Rel(m.dir, filepath.Join(dir, e.Name()))
			if err != nil {
				return err
			}
			t := text{name: filepath.ToSlash(rel), body: tidy(string(b))}
			if t.kind = kindOf(t.body); t.kind == "" && strings.EqualFold(e.Name(), "NOTICE") {
				t.kind = notice
			}
			if t.kind == "" {
				return fmt.Errorf("%s is of a kind that is not known here", t.name)
			}
			m.texts = append(m.texts, t)
		}
	}
	of := func(kind string) func(text) bool {
		return func(t text) bool { return strings.Contains(t.kind, kind) }
	}
	if len(m.texts) == 0 {
		return errors.New("has no licence")
	}
	if slices.ContainsFunc(m.texts, of(notice)) && !slices.ContainsFunc(m.texts, of("Apache-2.0")) {
		return errors.New("NOTICE is of a kind that is not known here")
	}
	slices.SortFunc(m.texts, func(a, b text) int { return strings.Compare(a.name, b.name) })
	return nil
}

// below adds the folders without Go code below a package: what is embedded or
// compiled with it.
func below(dir string, folders map[string]bool) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil || !e.IsDir() || path == dir:
			return err
		case e.Name() == "testdata" || strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "_"):
			return fs.SkipDir
		}
		code, err := filepath.Glob(filepath.Join(path, "*.go"))
		if err != nil {
			return err
		}
		if len(code) > 0 {
			return fs.SkipDir // a package of its own
		}
		folders[path] = true
		return nil
	})
}

// tidy makes two copies of one text equal: ends of lines and blank margins.
func tidy(s string) string {
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(s, "\r\n", "\n")) {
		lines = append(lines, strings.TrimRight(line, " \t\n\f"))
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// notice is what the Apache License, section 4(d), has everybody pass on beside itself. It adds
// nothing to its terms.
const notice = "notice"

// kinds are known by a sentence of theirs. What a program may contain is decided
// here: nothing that asks for more than naming.
var kinds = []struct {
	name, sentence string
	unless         string // another kind, whose text has this sentence too
}{
	{"Apache-2.0", "apache license version 2.0, january 2004", ""},
	{"Apache-2.0", "licensed under the apache license, version 2.0", "Apache-2.0"}, // named, not quoted
	{"OFL-1.1", "sil open font license version 1.1", ""},
	{"Bitstream-Vera", "bitstream vera fonts copyright", ""},
	{"Unlicense OR BSD-3-Clause", "under the terms of the unlicense or the bsd license", ""},
	{"BSD-3-Clause", "neither the name", "Unlicense OR BSD-3-Clause"},
	{"BSD-2-Clause", "redistribution and use in source and binary forms", "BSD-3-Clause"},
	{"ISC", "permission to use, copy, modify, and/or distribute this software for any purpose", ""},
	{"Zlib", "this software is provided 'as-is', without any express or implied warranty", ""},
	{"MIT", "permission is hereby granted, free of charge, to any person obtaining a copy of this software", ""},
	{"Baekmuk", "permission to use, copy, modify and distribute this font is hereby granted", ""},
	{"mplus", "unlimited permission is granted to use, copy, and distribute it, with or without modification", ""},
	{"MIT-Modern-Variant", "permission is hereby granted, without written agreement and without license or royalty fees", ""},
}

// kindOf names the licences in a text by their SPDX identifiers; empty if there is
// none of [kinds]. Some modules have several in one file.
func kindOf(body string) string {
	plain := strings.ToLower(strings.Join(strings.Fields(body), " "))
	has := map[string]bool{}
	var found []string
	for _, k := range kinds {
		if !strings.Contains(plain, k.sentence) {
			continue
		}
		known := has[k.unless]
		has[k.name] = true
		if known {
			continue
		}
		found = append(found, k.name)
	}
	return strings.Join(found, " AND ")
}
