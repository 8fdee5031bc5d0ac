package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"constat/app/flow/flowtest"
	"constat/capture/displaytest"
	"constat/internal/pace"
)

// Nothing that a person does stays without a sign for longer than this, and quick exit takes the window
// away within the other; both on the machine that the limits were set on.
const (
	signLimit = 300 * time.Millisecond
	exitLimit = 500 * time.Millisecond
)

// What has to change to be a sign: more than a cursor that blinks, or a ring around what was pressed.
const (
	aScreen = 3000 // pixels: words, a list, another screen
	aMark   = 60   // a tick, a letter
)

// still waits until what the display shows does not change any more, but for a cursor.
func (h *hands) still() []byte {
	h.t.Helper()
	before, same := displaytest.Pixels(h.t), 0
	h.waits("a display that holds still", func() bool {
		now := displaytest.Pixels(h.t)
		if displaytest.Changed(before, now) < aMark {
			same++
		} else {
			same = 0
		}
		before = now
		return same >= 4
	})
	return before
}

// sign does something, and returns how long it took until that many pixels had changed.
func (h *hands) sign(what string, least int, do func()) time.Duration {
	h.t.Helper()
	before := h.still()
	lost := stalls(h.t)
	begun := time.Now()
	do()
	deadline := begun.Add(patience())
	for {
		if displaytest.Changed(before, displaytest.Pixels(h.t)) >= least {
			took := time.Since(begun)
			limit := pace.Processor().Of(signLimit) + h.slack + 2*lost()
			h.heard()
			h.t.Logf("%4d ms  %s", took.Milliseconds(), what)
			if took > limit {
				h.t.Errorf("%s: the first sign came after %v, of %v", what, took, limit)
			}
			return took
		}
		if time.Now().After(deadline) {
			h.picture("failed")
			h.t.Fatalf("%s: no sign", what)
		}
	}
}

// stalls measures from now on for how long this machine let a process wait that wanted to run: others
// may have it.
func stalls(t testing.TB) (lost func() time.Duration) {
	var sum atomic.Int64
	done := make(chan struct{})
	stop := sync.OnceFunc(func() { close(done) })
	t.Cleanup(stop)
	go func() {
		const step = 5 * time.Millisecond
		tick := time.NewTimer(step)
		for last := time.Now(); ; {
			tick.Reset(step)
			select {
			case <-done:
				return
			case <-tick.C:
			}
			now := time.Now()
			sum.Add(int64(max(0, now.Sub(last)-step-step/2)))
			last = now
		}
	}()
	return func() time.Duration {
		stop()
		return time.Duration(sum.Load())
	}
}

// answered presses what bears the text of a key, and measures until the window says so.
func (h *hands) answered(key string, least int) {
	h.t.Helper()
	h.point(h.find(key))
	h.sign(key, least, func() { h.xdo("click", "1") })
}

// measure finds out what of a press is xdotool's own time.
func (h *hands) measure() {
	h.t.Helper()
	h.xdo("mousemove", "700", "740")
	for n := range 5 {
		begun := time.Now()
		h.xdo("click", "1")
		if took := time.Since(begun); n == 0 || took < h.slack {
			h.slack = took
		}
	}
	h.t.Logf("%4d ms  are xdotool's own of each press", h.slack.Milliseconds())
}

// many is a case with that many addresses that were noted.
const many = 300

// TestEveryPressIsAnsweredAtOnce presses each main control of each screen in a case of hundreds of
// exhibits, under a passphrase as people have it, and looks at what the display shows.
func TestEveryPressIsAnsweredAtOnce(t *testing.T) {
	h, _ := person(t, func(home string) options {
		app := flowtest.App(t)
		vault := filepath.Join(home, "vault")
		s, _, err := app.CreateVault(t.Context(), vault, passphrase)
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.Keep.CreateCase(t.Context(), "Novembre")
		if err != nil {
			t.Fatal(err)
		}
		for n := range many {
			flowtest.Record(t, s, c, fmt.Sprintf("https://www.instagram.com/p/C%06dabcd/", n))
		}
		if err := os.Mkdir(filepath.Join(home, "stick"), 0o700); err != nil {
			t.Fatal(err)
		}
		flowtest.Bundle(t, s, c.ID, filepath.Join(home, "stick", "liasse"), "E-002")
		if err := s.Lock(); err != nil {
			t.Fatal(err)
		}
		return options{vault: vault}
	})
	if h == nil {
		return
	}
	h.sees("window.unlock.what")
	h.measure()
	h.answered("window.check.open", aScreen)
	h.sees("window.check.what")
	h.answered("window.check.folder", aScreen)
	h.pressWords("stick")
	h.pressWords("liasse")
	h.says("READ-ME-FIRST.html")
	h.answered("window.choose.folder", aScreen)
	h.sees("answer.consistent-time-not-proven")
	h.answered("window.check.every", aScreen)
	h.key("Escape")
	h.sees("window.unlock.what")
	h.answered("window.side.help", aScreen)
	h.sees("window.help.why")
	h.sign("Escape from help", aScreen, func() { h.key("Escape") })
	h.sees("window.unlock.what")

	h.types(wrongOne)
	h.sign("a wrong passphrase", 400, func() { h.key("Return") })
	h.sees("error.wrong-passphrase.what")
	h.types(passphrase)
	h.sign("the passphrase", 400, func() { h.key("Return") })
	h.sees("window.cases.why")
	h.point(h.findWords("Novembre"))
	h.sign("a case", aScreen, func() { h.xdo("click", "1") })
	h.says("E-300")

	// Keep.
	h.sign("a letter", aMark, func() { h.key("x") })
	h.key("BackSpace")
	h.answered("window.keep.files", aMark)
	h.answered("window.keep.visible", aMark)
	h.answered("window.options.open", aScreen)
	h.answered("window.more.open", aScreen)
	h.sees("window.more.why")
	h.sign("Escape", aScreen, func() { h.key("Escape") })
	h.sees("window.keep.what")
	h.point(h.findWords("Français"))
	h.sign("a list of languages", aScreen, func() { h.xdo("click", "1") })
	h.point(h.findOver("Nederlands"))
	h.sign("another language", aScreen, func() { h.xdo("click", "1") })
	h.point(h.findWords("Nederlands"))
	h.xdo("click", "1")
	h.point(h.findOver("Français"))
	h.xdo("click", "1")
	h.sees("window.keep.what")

	// The four steps, and what is around them.
	h.answered("window.remove.title", aScreen)
	h.answered("window.complain.title", aScreen)
	h.sees("window.complain.story")
	h.answered("window.complain.tell", aScreen)
	h.sees("window.story.kept")
	h.sign("a letter of the account", aMark, func() { h.key("x") })
	h.answered("window.export.title", aScreen)
	h.sees("window.export.what")
	h.answered("window.export.choose-none", aMark)
	h.answered("window.export.choose-all", aMark)
	h.answered("window.export.folder", aScreen)
	h.answered("window.export.own", aMark)
	h.showsHome()
	h.answered("window.export.create", aScreen)
	h.sees("window.export.ready")
	h.answered("window.settings.title", aScreen)
	h.sees("window.tsa.title")
	h.answered("window.cases.all", aScreen)
	h.sees("window.cases.why")
	h.answered("window.cases.new", aScreen)
	h.sees("window.case.what")
	h.types("Second")
	h.sign("a new case", aScreen, func() { h.key("Return") })
	h.sees("window.keep.what")
	h.types("https://www.instagram.com/p/C0abcdefghi/")
	h.answered("window.keep.only", aMark)
	h.answered("window.record.button", aScreen)
	h.sees("window.record.what")
	h.answered("window.record.button", aScreen)
	h.says("E-001")
	h.answered("window.facts.complete", aScreen)
	h.sees("window.facts.form-why")
	h.answered("window.lock", aScreen)
	h.sees("window.unlock.what")
	h.leaves()
}

// laidOver are the pieces of text of what lies over the window.
func (h *hands) laidOver() (out []piece) {
	h.look(func() {
		c := h.program.window.Canvas()
		top := c.Overlays().Top()
		walk(top, fyne.Position{}, area{size: c.Size()}, func(o fyne.CanvasObject, at fyne.Position, _ area) {
			if t, ok := o.(*canvas.Text); ok {
				out = append(out, piece{t.Text, at.X, at.Y, t.Size().Width, t.Size().Height})
			}
		})
	})
	return out
}

// findOver returns where a text is drawn in what lies over the window.
func (h *hands) findOver(want string) piece {
	h.t.Helper()
	var found piece
	h.waits(want, func() bool {
		for _, p := range h.laidOver() {
			if p.text == want {
				found = p
				return true
			}
		}
		return false
	})
	return found
}
