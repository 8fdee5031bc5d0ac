package walls

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// small is a house with one wall of each kind.
var small = House{
	Module: "small",
	Rooms: []Room{
		{Folder: "door", May: "door/... core", Why: "R1"},
		{Folder: "core", Why: "R2"},
		{Folder: "core/place", May: "core", Tests: "core/fake", Why: "R3"},
		{Folder: "core/store", May: "core core/place", Why: "R4"},
		{Folder: "core/check", May: "core core/place", Why: "R5"},
		{Folder: "core/fake", Why: "R6"},
		{Folder: "core/near", May: "core/between core/check", Why: "R7"},
		{Folder: "core/between", May: "core/far", Why: "R8"},
		{Folder: "core/far", Why: "R9"},
		{Folder: "core/aid", Why: "R10"},
		{Folder: "door/aid", May: "core/aid", Why: "R11"},
	},
	Aids: "core/aid door/aid",
	Libraries: []Library{
		{Path: "draw.example/draw", Under: "door/...", Why: "L1"},
		{Path: "draw.example/draw/ask", Why: "L2"},
		{Path: "wrap.example/wrap", Under: "core/... door/...", Why: "L3"},
		{Path: "tool.example/tool", Tests: "core", Why: "L4"},
		{Path: "common.example/common", Under: "core/check", Common: true, Why: "L5"},
		{Path: "C", Common: true, Why: "L6"},
		{Path: "net", Under: "core/check", Common: true, Why: "L7"},
	},
	Detours: []Detour{
		{From: "core/near", Never: "core/far", Why: "D1"},
		{From: "core/near", Never: "common.example/common", Why: "D2"},
	},
	Uses: []Use{{Folder: "core/check", Of: "core", Only: "Digest Size", Why: "U1"}},
	Doors: []Door{{Folder: "door", File: "door/task.go", Why: "O1",
		Calls: "draw.example/draw.Do time.AfterFunc sync.WaitGroup.Go"}},
}

// sound is a house in which nothing is wrong.
var sound = map[string]string{
	"go.mod": `module small
go 1.26
require (
	common.example/common v0.0.0
	draw.example/draw v0.0.0
	tool.example/tool v0.0.0
	wrap.example/wrap v0.0.0
)
replace (
	common.example/common => ./_lib/common
	draw.example/draw => ./_lib/draw
	tool.example/tool => ./_lib/tool
	wrap.example/wrap => ./_lib/wrap
)
`,
	"_lib/common/go.mod": "module common.example/common\n",
	"_lib/common/c.go":   "package common\n",
	"_lib/draw/go.mod":   "module draw.example/draw\n",
	"_lib/draw/draw.go":  "package draw\nfunc Do(func()) {}\nfunc Line() {}\n",
	"_lib/draw/ask/a.go": "package ask\n",
	"_lib/tool/go.mod":   "module tool.example/tool\n",
	"_lib/tool/tool.go":  "package tool\n",
	"_lib/wrap/go.mod":   "module wrap.example/wrap\n",
	"_lib/wrap/plain.go": "package wrap\nimport _ \"common.example/common\"\n",
	// A library that brings another one along.
	"_lib/wrap/nice/n.go": "package nice\nimport _ \"draw.example/draw\"\n",

	"core/core.go":        "package core\ntype Digest string\nvar Size = 32\nfunc Write() {}\n",
	"core/core_test.go":   "package core\nimport _ \"tool.example/tool\"\n",
	"core/fake/fake.go":   "package fake\n",
	"core/place/place.go": "package place\nimport (\n_ \"small/core\"\n_ \"wrap.example/wrap\"\n)\n",
	"core/place/p_test.go": "package place_test\nimport (\n_ \"small/core/fake\"\n_ \"small/core/place\"\n" +
		"_ \"testing\"\n)\n",
	"core/store/store.go": "package store\nimport _ \"small/core/place\"\n",
	"core/check/check.go": "package check\nimport (\n_ \"common.example/common\"\nc \"small/core\"\n_ \"net\"\n)\n" +
		"var _ c.Digest\nvar _ = c.Size\n",
	"core/near/n.go":     "package near\n",
	"core/between/b.go":  "package between\nimport _ \"small/core/far\"\n",
	"core/far/f.go":      "package far\n",
	"core/far/f_test.go": "package far\nimport _ \"small/core/aid\"\n",
	"core/aid/a.go":      "package aid\n",
	"door/aid/a.go":      "package aid\nimport _ \"small/core/aid\"\n",
	"door/task.go":       "package door\nimport \"draw.example/draw\"\nfunc Go(f func()) { go draw.Do(f) }\n",
	"door/door.go": "package door\nimport (\"draw.example/draw\"; \"time\"; \"sync\")\n" +
		"type Lane struct { group *sync.WaitGroup }\nfunc (Lane) Go(f func()) { Go(f) }\n" +
		"func show(l Lane) { draw.Line(); l.group.Wait(); l.Go(nil); _ = time.Second }\n",
	"door/door_test.go": "package door\nfunc wait() { go show(Lane{}) }\n",
	"door/room/room.go": "package room\n",
}

// planted are violations of each kind, all in one house. Each has the beginning of the
// fault that it must cause; together they cause no other.
var planted = []struct{ kind, file, text, fault string }{
	{"another room", "core/planted.go", "package core\nimport _ \"small/core/fake\"\n",
		"core imports core/fake, but may import nothing of ours: R2"},
	{"inside a room", "core/place/planted.go", "package place\nimport _ \"small/core/fake\"\n",
		"core/place imports core/fake, but may import only core: R3"},
	{"another system", "core/store/planted_windows.go", "package store\nimport _ \"small/core/fake\"\n",
		"core/store imports core/fake, but may import only core, core/place: R4 (on windows, windows without cgo)"},
	{"another system, by a line", "core/store/planted_mac.go",
		"//go:build darwin && !cgo\n\npackage store\nimport _ \"small/door/room\"\n",
		"core/store imports door/room, but may import only core, core/place: R4 (on darwin without cgo)"},
	{"no system at all", "core/store/planted_never.go",
		"//go:build never\n\npackage store\nimport _ \"small/door/room\"\n",
		"core/store/planted_never.go is read by no build on any system"},
	{"a test inside", "core/fake/planted_test.go", "package fake\nimport _ \"small/core/store\"\n",
		"core/fake's test imports core/store, but may import nothing of ours: R6"},
	{"what is for tests", "door/planted_aid.go", "package door\nimport _ \"small/door/aid\"\n",
		"door imports door/aid, which is for tests only"},
	{"a test outside", "core/check/planted_test.go", "package check_test\nimport _ \"small/core/store\"\n",
		"core/check's test imports core/store, but may import only core, core/place: R5"},
	{"no room", "attic/planted.go", "package attic\n", "attic lies in no room"},

	{"a library", "core/fake/planted.go", "package fake\nimport _ \"draw.example/draw\"\n",
		"core/fake imports draw.example/draw, which belongs under door/... only: L1"},
	{"a part of a library", "door/planted.go", "package door\nimport _ \"draw.example/draw/ask\"\n",
		"door imports draw.example/draw/ask, which belongs under nobody: L2"},
	{"a library through a library", "core/deep/planted.go", "package deep\nimport _ \"wrap.example/wrap/nice\"\n",
		"core/deep reaches draw.example/draw through wrap.example/wrap/nice, and it belongs under door/... only: L1"},
	{"the same in a test", "core/test/planted_test.go", "package test\nimport _ \"wrap.example/wrap/nice\"\n",
		"core/test's test reaches draw.example/draw through wrap.example/wrap/nice"},
	{"a test's library in the program", "core/planted_tool.go", "package core\nimport _ \"tool.example/tool\"\n",
		"core imports tool.example/tool, which belongs under nobody: L4"},
	{"a library without a row", "core/place/planted_new.go", "package place\nimport _ \"text/template\"\nimport _ \"new.example/new\"\n",
		"core/place imports new.example/new, which no row names"},
	{"a library of the standard library", "core/place/planted_net.go", "package place\nimport _ \"net\"\n",
		"core/place imports net, which belongs under core/check only: L7"},
	{"cgo", "core/place/planted_c.go", "package place\nimport \"C\"\n",
		"core/place imports C, which belongs under nobody: L6 (on darwin, linux, windows)"},

	{"a way round", "core/near/planted.go", "package near\nimport _ \"small/core/between\"\n",
		"core/near reaches what it must never reach, small/core/between -> small/core/far: D1"},
	{"a way round to a library", "core/near/planted_lib.go", "package near\nimport _ \"small/core/check\"\n",
		"core/near reaches what it must never reach, small/core/check -> common.example/common: D2"},
	{"a name of the writer", "core/check/planted_name.go", "package check\nimport w \"small/core\"\nvar _ = w.Write\n",
		"core/check/planted_name.go:3: core/check uses Write of core, but may use only Digest, Size: U1"},
	{"all names of the writer", "core/check/planted_names.go", "package check\nimport . \"small/core\"\nvar _ = Write\n",
		"core/check/planted_names.go:2: core/check uses everything of core"},

	{"a goroutine of a method", "door/planted_go.go", "package door\nfunc a(l Lane) {\n\tgo l.Go(nil)\n}\n",
		"door/planted_go.go:3: starts a goroutine: only door/task.go may: O1"},
	{"a goroutine after a label", "door/planted_label.go",
		"package door\nfunc b(f []func()) {\nx:\n\tfor { switch { case true: go f[0](); break x } }\n}\n",
		"door/planted_label.go:4: starts a goroutine"},
	{"a goroutine below", "door/room/planted.go", "package room\nfunc a() {\n\tif true { go func() {}() }\n}\n",
		"door/room/planted.go:3: starts a goroutine"},
	{"a goroutine on another system", "door/planted_windows.go", "package door\nfunc c() { go show(Lane{}) }\n",
		"door/planted_windows.go:2: starts a goroutine"},
	{"another name of the import", "door/planted_name.go",
		"package door\nimport d \"draw.example/draw\"\nfunc d1() {\n\tlater := d.Do\n\tlater(nil)\n}\n",
		"door/planted_name.go:4: uses draw.example/draw.Do"},
	{"no name of the import", "door/planted_dot.go", "package door\nimport . \"draw.example/draw\"\nfunc e() { Do(nil) }\n",
		"door/planted_dot.go:2: imports draw.example/draw without its name"},
	{"a clock that starts one", "door/planted_clock.go",
		"package door\nimport \"time\"\nfunc f() { time.AfterFunc(0, nil) }\n",
		"door/planted_clock.go:3: uses time.AfterFunc"},
	{"a group that starts one", "door/planted_group.go", "package door\nfunc g(l Lane) { l.group.Go(nil) }\n",
		"door/planted_group.go:2: uses sync.WaitGroup.Go"},
	{"a group inside something", "door/planted_inside.go",
		"package door\nimport \"sync\"\ntype many struct{ sync.WaitGroup }\nfunc h(m *many) { m.Go(nil) }\n",
		"door/planted_inside.go:4: uses sync.WaitGroup.Go"},
}

// build writes a house into a folder and checks it.
func build(t *testing.T, rules House, files ...map[string]string) []string {
	t.Helper()
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOWORK", "off")
	dir := t.TempDir()
	for _, some := range files {
		for name, text := range some {
			at := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	faults, err := rules.Check(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return faults
}

func TestSoundHouseHasNoFault(t *testing.T) {
	for _, f := range build(t, small, sound) {
		t.Error(f)
	}
}

func TestPlantedViolations(t *testing.T) {
	files := map[string]string{}
	for _, p := range planted {
		if files[p.file] != "" {
			t.Fatalf("%s is planted twice", p.file)
		}
		files[p.file] = p.text
	}
	faults := build(t, small, sound, files)
	for _, p := range planted {
		i := slices.IndexFunc(faults, func(f string) bool { return strings.HasPrefix(f, p.fault) })
		if i < 0 {
			t.Errorf("%s: not noticed: %s", p.kind, p.fault)
			continue
		}
		faults = slices.Delete(faults, i, i+1)
	}
	for _, f := range faults {
		t.Errorf("a fault that was not planted: %s", f)
	}
}

// A row about something that is gone would look like a wall and hold nothing.
func TestRowsAboutNothing(t *testing.T) {
	rules := small
	rules.Rooms = slices.Concat(small.Rooms, []Room{
		{Folder: "cellar", Why: "G1"},
		{Folder: "door/room", May: "core/old core/older/...", Tests: "core/oldest", Why: "G2"},
	})
	rules.Libraries = slices.Concat(small.Libraries, []Library{
		{Path: "old.example/old", Under: "core", Why: "G3"},
		{Path: "old.example/banned", Why: "G4"},
		{Path: "wrap.example/wrap/nice", Under: "core/gone/...", Why: "G5"},
		{Path: "net/http", Under: "core", Common: true, Why: "G6"},
	})
	rules.Detours = []Detour{{From: "core/lost", Never: "core/moved gone.example/gone", Why: "G7"}}
	rules.Uses = []Use{{Folder: "core/check", Of: "core", Only: "Digest Size Renamed", Why: "G8"},
		{Folder: "core/absent", Of: "core/none", Why: "G9"}}
	rules.Doors = []Door{{Folder: "door", File: "door/moved.go", Calls: "draw.example/draw.Do", Why: "G10"},
		{Folder: "door/room", File: "door/room/room.go", Why: "G11"}}
	want := []string{
		"the room cellar is not there any more: G1",
		"the room door/room names core/old, which is not there any more: G2",
		"the room door/room names core/older/..., which is not there any more: G2",
		"the room door/room names core/oldest, which is not there any more: G2",
		"the row of the library old.example/old is about something that nothing imports any more: G3",
		"the row of the library old.example/banned forbids something that is not there any more: G4",
		"the row of the library wrap.example/wrap/nice names core/gone/..., which is not there any more: G5",
		"the row of the library wrap.example/wrap/nice is about something that nothing imports any more: G5",
		"the row of the library net/http is about something that nothing imports any more: G6",
		"the rule about ways from core/lost names core/lost, which is not there any more: G7",
		"the rule about ways from core/lost names core/moved, which is not there any more: G7",
		"the rule about ways from core/lost names gone.example/gone, which is not there any more: G7",
		"the rule about core/check names core.Renamed, which is not there any more: G8",
		"the rule about what core/absent uses names core/absent, which is not there any more: G9",
		"the rule about what core/absent uses names core/none, which is not there any more: G9",
		"the rule about door names door/moved.go, which is not there any more: G10",
		"the rule about door names door/moved.go as the door, and it is none: G10",
		"the rule about door/room names door/room/room.go as the door, and it is none: G11",
		"door/task.go:3: starts a goroutine: only door/moved.go may: G10",
		"door/task.go:3: uses draw.example/draw.Do: only door/moved.go may: G10",
	}
	got := build(t, rules, sound)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What cannot be looked at is an error and never a house without a fault.
func TestHouseThatCannotBeSeen(t *testing.T) {
	dir := t.TempDir()
	if faults, err := house.Check(t.Context(), dir); err == nil {
		t.Errorf("an empty folder: %v", faults)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module constat\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOFLAGS", "-mod=mod")
	faults, err := house.Check(t.Context(), dir)
	if err == nil && len(faults) < len(house.Rooms) {
		t.Errorf("a module without packages: %s", fmt.Sprint(faults))
	}
}
