package view

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"constat/app/view/widget"
	"constat/evidence"
)

func TestUnder18LoadsNothingAndCannotBeOverridden(t *testing.T) {
	for _, answer := range []string{"window.age.yes", "window.age.unsure"} {
		t.Run(answer, func(t *testing.T) {
			r := inCase(t)
			// Whoever connects is heard: nothing may.
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			heard := make(chan struct{}, 1)
			go func() {
				if c, err := l.Accept(); err == nil {
					c.Close()
					heard <- struct{}{}
				}
			}()
			address := "http://" + l.Addr().String() + "/image"
			r.typeInto(0, address)
			r.press("window.keep.button")
			r.sees("window.age.question", "window.age.law")
			r.press(answer)
			r.sees("window.age.stop", "window.help.child-focus", "window.help.police", "window.help.institute")
			for _, number := range []string{"116 000", "101", "0800 12 800"} {
				if !strings.Contains(strings.ReplaceAll(r.words(), "\u00a0", " "), number) {
					t.Errorf("%s is not shown", number)
				}
			}
			// Going back and asking again is no way around it.
			r.press("window.back")
			r.fields()[0].SetText(address)
			r.press("window.keep.button")
			r.press("window.age.no")
			r.sees("window.age.stop")
			r.typeInto(0, "ce que je sais")
			r.press("window.record.button")
			r.sees("window.proof.not-address", "window.proof.no-time")
			list, err := r.w.session.Exhibits(t.Context(), r.w.matter.ID)
			if err != nil || len(list) != 1 || list[0].Kind != evidence.AddressOnly || list[0].Address != address {
				t.Errorf("exhibits %+v %v", list, err)
			}
			select {
			case <-heard:
				t.Error("the address was contacted")
			default:
			}
		})
	}
}

func TestAddressIsCheckedBeforeAnythingIsAsked(t *testing.T) {
	r := inCase(t)
	r.typeInto(0, "file:///etc/passwd")
	r.press("window.keep.button")
	r.sees("error.address.scheme.what", "window.keep.what")
	r.fields()[0].SetText("https://exemple.be/p/1")
	r.press("window.keep.only")
	if r.fields()[0].Text != "https://exemple.be/p/1" {
		t.Error("what was typed is lost")
	}
	r.press("window.record.button")
	r.sees("window.record.what", "window.record.when")
	r.escape()
	r.sees("window.keep.what")
}

// escape presses Escape where the focus is.
func (r *rig) escape() { r.key(fyne.KeyEscape) }

func (r *rig) key(name fyne.KeyName) {
	if f := r.win.Canvas().Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: name})
		return
	}
	r.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: name})
}

func TestHomeListsNewestFirstAndAsksAgain(t *testing.T) {
	r := inCase(t)
	r.keep("https://exemple.be/premier")
	r.clock.pass(time.Hour)
	r.keep("https://exemple.be/second")
	have := r.words()
	if strings.Index(have, "exemple.be/second") > strings.Index(have, "exemple.be/premier") {
		t.Errorf("not newest first: %s", have)
	}
	r.sees("timestamp.state.pending", "window.stamps.again", "kind.address-only")
	if want := r.w.text.N("window.stamps.missing", 2); !strings.Contains(have, strings.Fields(want)[0]+" ") {
		t.Errorf("%q is not shown", want)
	}
	r.press("window.stamps.again")
	r.sees("window.stamps.again") // nobody answers: still pending, nothing lost
	for _, o := range r.everything() {
		if c, ok := o.(*widget.PressCard); ok {
			test.Tap(c)
			break
		}
	}
	if s, ok := r.w.screen.(*exhibitScreen); !ok || s.id != "E-002" {
		t.Errorf("the first card leads to %T", r.w.screen)
	}
	r.sees("window.facts.title", "window.hash.title")
	r.escape()
	r.sees("window.keep.what")
}

func TestPracticeIsMarkedOnEveryScreen(t *testing.T) {
	r := unlocked(t)
	r.press("window.practice.start")
	r.sees("practice.mark", "window.keep.what")
	address := r.fields()[0].Text
	if !strings.HasPrefix(address, "http://127.0.0.1:") {
		t.Fatalf("practice address %q", address)
	}
	r.press("window.keep.button")
	r.sees("practice.mark", "window.age.question")
	r.escape()
	r.press("window.export.title")
	r.sees("practice.mark")
	r.press("window.settings.title")
	r.sees("practice.mark")
	r.press("window.lock")
	if _, err := net.DialTimeout("tcp", strings.TrimSuffix(strings.TrimPrefix(address, "http://"), "/"), time.Second); err == nil {
		t.Error("the practice page is still served after the lock")
	}
}

func TestBrokenStartSaysWhatAndWhatToDo(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(widget.Theme())
	win := test.NewTempWindow(t, nil)
	quits := 0
	w, err := New(Config{Problem: fmt.Errorf("settings: %w", io.ErrUnexpectedEOF), Window: win, Clipboard: a.Clipboard(),
		Executor: &script{}, Quit: func() { quits++ }})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, w: w, win: win}
	r.sees("window.broken.nothing-lost", "window.exit", "window.notice.copy")
	r.press("window.exit")
	if quits != 1 {
		t.Error("one cannot leave")
	}
}

func TestNewNeedsAWindow(t *testing.T) {
	if _, err := New(Config{Problem: errors.New("x")}); err == nil {
		t.Error("New without a window succeeded")
	}
}

// TestTabReachesEverythingAndBringsItIntoView walks every screen with Tab.
func TestTabReachesEverythingAndBringsItIntoView(t *testing.T) {
	r := inCase(t)
	r.win.Resize(least)
	for name, make := range gallery(r) {
		r.put(make())
		want := map[fyne.Focusable]bool{}
		for _, o := range r.everything() {
			if f, ok := o.(fyne.Focusable); ok {
				want[f] = true
			}
		}
		for range 2 * len(want) {
			r.win.Canvas().FocusNext()
			f := r.win.Canvas().Focused()
			delete(want, f)
			o := f.(fyne.CanvasObject)
			if !within(r.w.frame.body, o) {
				continue
			}
			d := fyne.CurrentApp().Driver()
			top := d.AbsolutePositionForObject(o).Y - d.AbsolutePositionForObject(r.w.frame.scroll).Y
			if top < -1 || top > r.w.frame.scroll.Size().Height {
				t.Errorf("%s: %T has the focus at %v, out of view", name, f, top)
			}
		}
		for f := range want {
			t.Errorf("%s: Tab does not reach %T", name, f)
		}
	}
}

func TestEnterIsTheMainActionAndEscapeAWayBack(t *testing.T) {
	r := inCase(t)
	r.typeInto(0, "https://exemple.be/p/1")
	r.key(fyne.KeyReturn)
	r.sees("window.age.question")
	r.escape()
	r.sees("window.keep.what")
	if got := r.fields()[0].Text; got != "https://exemple.be/p/1" {
		t.Errorf("going back lost the address: %q", got)
	}
	r.escape()
	r.sees("window.cases.why")
	r.key(fyne.KeyReturn) // the first case has the focus
	r.sees("window.keep.what")
}
