package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/app/flow"
	"constat/app/flow/flowtest"
	"constat/capture/displaytest"
	"constat/internal/pace"
)

// The person alone goes the whole way in TestJourney. These are the others whom the window is made for,
// each in a window of their own: an officer with a stick, a caseworker with the third case of the day,
// and somebody whose partner uses the same device.

// aloneVariable names the test that runs in a process of its own: Fyne opens one window in its life.
const aloneVariable = "CONSTAT_TEST_ALONE"

// person runs the rest of a test in a process of its own, and returns hands on a window there; none here.
func person(t *testing.T, prepare func(home string) options) (h *hands, home string) {
	t.Helper()
	needs(t, "Xvfb", "xdotool", "import")
	if os.Getenv(aloneVariable) != t.Name() {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$", "-test.count=1", "-test.v",
			"-test.timeout="+(5*patience()).String()) // it says what it hangs in

		cmd.Env = append(os.Environ(), aloneVariable+"="+t.Name(), configVariable+"="+t.TempDir())
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		t.Logf("%s", out)
		return nil, ""
	}
	home = t.TempDir()
	o := prepare(home)
	o.dataDir = filepath.Join(home, "data")
	displaytest.Start(t, width, height)
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", os.Getenv(configVariable))
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, ".cache"))
	t.Setenv("FYNE_THEME", "light")
	t.Setenv("FYNE_SCALE", "1")
	env := map[string]string{"CONSTAT_TSA": "http://127.0.0.1:1/", "CONSTAT_NTP": "none", "CONSTAT_LANG": "fr_BE.UTF-8", "CONSTAT_BROWSER": os.Getenv("CONSTAT_BROWSER")}
	if os.Geteuid() == 0 {
		env["CONSTAT_NO_SANDBOX"] = "1" // Chrome refuses to run as root with it
	}
	h = launch(t, context.WithoutCancel(t.Context()), o, func(k string) string { return env[k] })
	h.home = home
	return h, home
}

// says waits for words that no catalogue has as they are.
func (h *hands) says(words string) {
	h.t.Helper()
	h.waits(words, func() bool { return strings.Contains(strings.Join(strings.Fields(h.reads()), " "), words) })
}

// leaves presses Shift three times: the window is gone from the display within half a second, and the
// program ends as it should.
func (h *hands) leaves() {
	h.t.Helper()
	h.left("Shift three times", "key", "--delay", "1", "Shift_L", "Shift_L", "Shift_L")
}

// leavesBy presses what bears the text of a key, with the pointer.
func (h *hands) leavesBy(key string) {
	h.t.Helper()
	h.point(h.find(key))
	h.left(key, "click", "1")
}

func (h *hands) left(what string, keys ...string) {
	h.t.Helper()
	lost := stalls(h.t)
	begun := time.Now()
	h.xdo(keys...)
	h.gone(what, begun, lost)
	if code := h.ended(); code != exitDone {
		h.t.Errorf("the program ended with %d", code)
	}
}

// gone waits until the display is as dark as without any window.
func (h *hands) gone(what string, begun time.Time, lost func() time.Duration) {
	h.t.Helper()
	h.waits("a display without a window", func() bool {
		for {
			light := 0
			for i, b := range displaytest.Pixels(h.t) {
				if i%4 != 3 && b != 0 {
					light++
				}
			}
			if light < 4000 { // the pointer
				took := time.Since(begun)
				limit := pace.Processor().Of(exitLimit) + h.slack + 2*lost()
				h.t.Logf("%4d ms  until the window was gone: %s", took.Milliseconds(), what)
				if took > limit {
					h.t.Errorf("%s: the window was gone after %v, of %v", what, took, limit)
				}
				return true
			}
			if time.Since(begun) > patience() {
				return false
			}
		}
	})
}

// made is a vault with cases, each with addresses that were noted.
func made(t *testing.T, titles ...string) (s *flow.Session, cases []string) {
	t.Helper()
	s = flowtest.Vault(t, flowtest.App(t))
	for _, title := range titles {
		c, err := s.Keep.CreateCase(t.Context(), title)
		if err != nil {
			t.Fatal(err)
		}
		flowtest.Record(t, s, c, "https://exemple.be/p/1")
		flowtest.Record(t, s, c, "https://exemple.be/p/2")
		cases = append(cases, c.ID)
	}
	return s, cases
}

func TestAnOfficerWithAStick(t *testing.T) {
	h, home := person(t, func(home string) options {
		s, cases := made(t, "Novembre")
		if err := os.Mkdir(filepath.Join(home, "stick"), 0o700); err != nil {
			t.Fatal(err)
		}
		flowtest.Bundle(t, s, cases[0], filepath.Join(home, "stick", "liasse"), "E-002")
		return options{}
	})
	if h == nil {
		return
	}
	h.sees("window.first.what")
	h.press("window.check.open")
	h.press("window.check.folder")
	h.pressWords("stick")
	h.pressWords("liasse")
	h.says("READ-ME-FIRST.html")
	h.press("window.choose.folder")
	h.sees("answer.consistent-time-not-proven")
	h.says("1 des 2 pièces du dossier")
	h.picture("30-officer")
	h.press("window.check.save")
	h.press("window.choose.folder")
	h.waits("the page with the result", func() bool {
		found, err := filepath.Glob(filepath.Join(home, "*.pdf"))
		return err == nil && len(found) == 1
	})
	h.leaves()
}

func TestACaseworkerWithTheThirdCase(t *testing.T) {
	h, home := person(t, func(string) options {
		s, _ := made(t, "Premier", "Second")
		dir := s.Vault()
		if err := s.Lock(); err != nil {
			t.Fatal(err)
		}
		return options{vault: dir}
	})
	if h == nil {
		return
	}
	h.sees("window.unlock.what")
	h.types(flowtest.Passphrase)
	h.key("Return")
	h.sees("window.cases.why")
	h.says("Premier")
	h.picture("31-caseworker")
	h.press("window.cases.new")
	h.sees("window.case.what")
	h.types("Troisieme")
	h.key("Return")
	h.sees("window.keep.what")
	h.types("https://www.instagram.com/p/C0abcdefghi/")
	h.press("window.keep.only")
	h.press("window.record.button")
	h.sees("window.record.what")
	h.press("window.record.button")
	h.says("E-001")

	h.press("window.remove.title") // step 2: what its platform asks for
	h.says("Instagram")
	h.sees("window.remove.before-not")
	h.picture("32-caseworker-remove")
	h.press("window.complain.title") // step 3
	h.sees("window.complain.story")
	h.press("window.complain.tell")
	h.sees("window.story.kept")
	h.types("dit au bureau")
	h.picture("33-caseworker-complain")
	h.press("window.export.title") // step 4
	h.sees("window.export.what")
	h.press("window.export.folder")
	h.ownFolder()
	h.press("window.export.create")
	h.sees("window.export.ready")
	h.picture("34-caseworker-bundle")
	found, err := filepath.Glob(filepath.Join(home, "dossier-*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("bundles: %v %v", found, err)
	}
	log, err := os.ReadFile(filepath.Join(found[0], "data", "custody-log.jsonl"))
	if err != nil || !strings.Contains(string(log), "dit au bureau") {
		t.Errorf("what was told is not in the bundle: %v", err)
	}
	h.leaves()
}

func TestSomebodyWhosePartnerUsesTheDevice(t *testing.T) {
	var vault string
	h, _ := person(t, func(string) options {
		s, _ := made(t, "Novembre")
		vault = s.Vault()
		if err := s.Lock(); err != nil {
			t.Fatal(err)
		}
		return options{vault: vault}
	})
	if h == nil {
		return
	}
	h.sees("window.unlock.what")
	for _, word := range []string{"intime", "preuve", "plainte", "police", "Novembre", "0800"} {
		if strings.Contains(strings.ToLower(h.reads()), strings.ToLower(word)) {
			t.Errorf("a passer-by reads %q: %s", word, h.reads())
		}
	}
	h.picture("35-shared-locked")
	h.press("window.side.help") // help is there all the same, and leads back
	h.sees("window.help.why")
	h.key("Escape")
	h.sees("window.unlock.what")
	h.types(flowtest.Passphrase)
	h.key("Return")
	h.sees("window.cases.why")
	h.pressWords("Novembre")
	h.sees("window.keep.what")
	h.press("window.complain.title")
	h.press("window.complain.tell")
	h.sees("window.story.kept")
	h.types("ecrit avant de partir")
	h.says("ecrit avant de partir")
	h.pressWords("Français") // a list is open when somebody comes in
	h.picture("36-shared-menu")
	h.leaves()

	s, err := flowtest.App(t).Unlock(t.Context(), vault, flowtest.Passphrase)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Lock() }()
	list, err := s.Look.Cases(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%v %v", list, err)
	}
	told, err := s.Complain.Show(t.Context(), list[0].ID, "fr")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range told.Fields {
		if strings.Contains(v, "ecrit avant de partir") {
			return
		}
	}
	t.Errorf("what was typed is lost: %v", told.Fields)
}
