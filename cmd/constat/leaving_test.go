package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"constat/app/flow/flowtest"
	"constat/internal/leftover"
)

// TestItEndsWhereTheWindowDoesNot: Fyne's loop may wait for ever for its own queue of events.
func TestItEndsWhereTheWindowDoesNot(t *testing.T) {
	h, _ := person(t, func(string) options { return options{} })
	if h == nil {
		return
	}
	h.sees("window.first.what")
	never := make(chan struct{})
	h.look(func() { h.program.fyne.Lifecycle().SetOnStopped(func() { <-never }) })
	h.leaves()
}

// TestTheWindowIsGoneAtOnce leaves from where it is hardest, each time in a program of its own: the window is
// gone within half a second, the program ends, and no browser stays. That Shift and the button are heard on
// every screen, over every menu and in every field, the tests of the screens hold.
func TestTheWindowIsGoneAtOnce(t *testing.T) {
	slow := func(t *testing.T) string {
		over := make(chan struct{})
		site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte("<!DOCTYPE html><title>x</title><p>words"))
			w.(http.Flusher).Flush()
			<-over // it never ends loading
		}))
		t.Cleanup(func() {
			close(over)
			site.Close()
		})
		return site.URL + "/p/1"
	}
	type place struct {
		vault bool // there is one, with a case
		open  bool // and it is opened
		to    func(t *testing.T, h *hands)
	}
	for name, x := range map[string]place{
		"first": {to: func(_ *testing.T, h *hands) { h.sees("window.first.what"); h.types("brume lanterne") }},
		"help": {to: func(_ *testing.T, h *hands) {
			h.sees("window.first.what")
			h.press("window.side.help")
			h.sees("window.help.why")
		}},
		"making": {to: func(_ *testing.T, h *hands) {
			made := passphrase
			h.sees("window.first.what")
			h.types(made)
			h.key("Return")
			h.types(made)
			h.key("Return")
		}},
		"code": {to: func(_ *testing.T, h *hands) {
			h.sees("window.first.what")
			h.types(passphrase)
			h.key("Return")
			h.types(passphrase)
			h.key("Return")
			h.sees("window.code.what")
		}},
		"unlock":  {vault: true, to: func(_ *testing.T, h *hands) { h.sees("window.unlock.what"); h.types("brume") }},
		"opening": {vault: true, to: func(_ *testing.T, h *hands) { h.sees("window.unlock.what"); h.types(passphrase); h.key("Return") }},
		"cases":   {vault: true, open: true, to: func(*testing.T, *hands) {}},
		"capture": {vault: true, open: true, to: func(t *testing.T, h *hands) {
			h.pressWords("Novembre")
			h.sees("window.keep.what")
			h.types(slow(t))
			h.key("Return")
			h.sees("window.age.question")
			h.press("window.age.no")
			h.sees("window.capture.running")
			h.waits("a browser", func() bool { return len(leftover.Processes(filepath.Join(h.home, "data"))) > 0 })
		}},
		"sign-in": {vault: true, open: true, to: func(t *testing.T, h *hands) {
			h.pressWords("Novembre")
			h.sees("window.keep.what")
			h.types(slow(t))
			h.press("window.keep.signin")
			h.press("window.signin.open")
			h.sees("window.age.question")
			h.press("window.age.no")
			h.sees("window.signin.what")
			h.waits("the browser's window, beside the button", func() bool { // with --sync xdotool would wait for ever
				return exec.CommandContext(t.Context(), "xdotool", "search", "--onlyvisible", "--class", "chrom", "windowmove", "1120", "0").Run() == nil
			})
		}},
		"export": {vault: true, open: true, to: func(_ *testing.T, h *hands) {
			h.pressWords("Novembre")
			h.press("window.export.title")
			h.press("window.export.folder")
			h.ownFolder()
			h.press("window.export.create")
			h.sees("window.export.running")
		}},
		"choose": {vault: true, open: true, to: func(_ *testing.T, h *hands) {
			h.pressWords("Novembre")
			h.press("window.export.title")
			h.sees("window.export.what")
			h.press("window.choose")
			h.sees("window.choose.folder")
		}},
		"settings": {vault: true, open: true, to: func(_ *testing.T, h *hands) {
			h.press("window.settings.title")
			h.sees("window.tsa.title")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			h, home := person(t, func(home string) options {
				if !x.vault {
					return options{}
				}
				app, vault := flowtest.App(t), filepath.Join(home, "vault")
				s, _, err := app.CreateVault(t.Context(), vault, passphrase)
				if err != nil {
					t.Fatal(err)
				}
				c, err := s.Keep.CreateCase(t.Context(), "Novembre")
				if err != nil {
					t.Fatal(err)
				}
				for range 40 {
					flowtest.Record(t, s, c, "https://exemple.be/p/1")
				}
				if err := s.Lock(); err != nil {
					t.Fatal(err)
				}
				return options{vault: vault}
			})
			if h == nil {
				return
			}
			if x.open {
				h.sees("window.unlock.what")
				h.types(passphrase)
				h.key("Return")
				h.sees("window.cases.why")
			}
			x.to(t, h)
			if name == "sign-in" { // the keys belong to the other window
				h.leavesBy("window.exit")
			} else {
				h.leaves()
			}
			data := filepath.Join(home, "data")
			end := time.Now().Add(patience())
			for len(leftover.Processes(data)) > 0 && time.Now().Before(end) {
				<-time.After(20 * time.Millisecond)
			}
			if left := leftover.Processes(data); len(left) > 0 {
				t.Errorf("processes outlive the window: %q", left)
			}
			if left, _ := filepath.Glob(filepath.Join(home, "dossier-*")); name == "export" && len(left) > 0 {
				for _, path := range left {
					if _, err := os.Stat(filepath.Join(path, "tagmanifest-sha256.txt")); err != nil {
						t.Errorf("half a bundle is left: %s", path)
					}
				}
			}
		})
	}
}
