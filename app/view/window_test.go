package view

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"constat/app/flow"
	"constat/assets/words"
	"constat/evidence"
)

func TestFirstStartMakesAVaultAndShowsTheCodeOnce(t *testing.T) {
	r := newRig(t)
	r.sees("window.first.what", "window.first.hide", "window.passphrase.advice")
	if got := r.win.Title(); got != "Constat" {
		t.Errorf("window title %q", got)
	}
	create := func() *button { return r.buttonOf("window.first.create") }
	r.typeInto(0, "court")
	r.sees("window.passphrase.too-short")
	if !create().disabled {
		t.Error("a vault can be made with a passphrase that is too short")
	}
	r.typeInto(0, " et encore quelques mots") // now long
	r.typeInto(1, "autre chose")
	r.sees("window.passphrase.differ")
	if !create().disabled {
		t.Error("a vault can be made with two different passphrases")
	}
	r.fields()[1].SetText(r.fields()[0].Text)
	r.sees("window.passphrase.same")
	r.press("window.first.create")
	code := r.w.screen.(*codeScreen).code
	if !strings.Contains(r.words(), strings.ReplaceAll(code, "-", " ")) {
		t.Errorf("the code %q is not shown in groups: %s", code, r.words())
	}
	if !r.buttonOf("window.code.next").disabled {
		t.Error("one can go on without having noted the code")
	}

	// The code goes to the clipboard for a minute.
	r.press("window.code.copy")
	r.sees("window.code.copied")
	if r.clip.Content() != code {
		t.Errorf("clipboard %q", r.clip.Content())
	}
	r.clock.pass(clipboardLimit - time.Second)
	r.exec.tick()
	if r.clip.Content() == "" {
		t.Error("clipboard was cleared too early")
	}
	r.clock.pass(time.Second)
	r.exec.tick()
	if r.clip.Content() != "" {
		t.Error("clipboard was not cleared after a minute")
	}

	// A page to print, where the person wants it, for the person alone.
	r.press("window.code.save")
	r.press("window.choose.folder")
	page, err := os.ReadFile(filepath.Join(r.home, pageName))
	if err != nil || !strings.Contains(string(page), strings.Split(code, "-")[0]) {
		t.Errorf("page to print: %v %s", err, page)
	}
	r.sees("window.code.saved")

	r.press("window.code.noted")
	r.press("window.code.next")
	r.sees("window.case.what", "window.practice.first")
}

// buttonOf returns the button with the text of a key.
func (r *rig) buttonOf(key string) *button {
	r.t.Helper()
	for _, o := range r.everything() {
		if b, ok := o.(*button); ok && b.label == r.w.text.T(key) {
			return b
		}
	}
	r.t.Fatalf("no button %s on: %s", key, r.words())
	return nil
}

func TestLockRefusesAWrongPassphraseAndOpensWithTheRightOne(t *testing.T) {
	r := inCase(t)
	r.press("window.lock")
	r.sees("window.unlock.what")
	if strings.Contains(r.words(), "Novembre") {
		t.Error("the case's name is shown while the vault is locked")
	}
	r.typeInto(0, "certainement pas ceci")
	r.press("window.unlock.open")
	r.sees("error.wrong-passphrase.what", "error.wrong-passphrase.do", "window.notice.copy")
	if got := r.fields()[0].Text; got != "" {
		t.Errorf("the wrong passphrase is still in the field: %q", got)
	}
	r.press("window.notice.copy")
	if !strings.Contains(r.clip.Content(), r.w.text.T("error.wrong-passphrase.what")) {
		t.Errorf("details copied: %q", r.clip.Content())
	}
	r.press("window.notice.close")
	r.typeInto(0, passphrase)
	r.fields()[0].TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.sees("window.cases.why")
	if !strings.Contains(r.words(), "Novembre") {
		t.Error("the case is not listed")
	}
}

func TestRecoveryCodeSetsANewPassphrase(t *testing.T) {
	r := newRig(t)
	r.typeInto(0, passphrase)
	r.typeInto(1, passphrase)
	r.press("window.first.create")
	code := strings.ToLower(r.w.screen.(*codeScreen).code)
	for _, o := range r.everything() {
		if b, ok := o.(*button); ok && (b.label == r.w.text.T("window.lock") || b.label == r.w.text.T("window.settings.title")) {
			t.Errorf("%q leads away from a code that is shown only once", b.label)
		}
	}
	r.press("window.code.noted")
	r.press("window.code.next")
	r.press("window.lock")
	r.press("window.unlock.code")
	r.typeInto(0, code)
	const fresh = "quatre nouveaux mots ensemble"
	r.typeInto(1, fresh)
	r.typeInto(2, fresh)
	r.press("window.recover.open")
	r.sees("window.case.what")
	r.press("window.lock")
	r.typeInto(0, fresh)
	r.press("window.unlock.open")
	r.sees("window.case.what")
}

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
		if c, ok := o.(*pressCard); ok {
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

func TestLanguageChangesAtOnceAndIsKept(t *testing.T) {
	r := inCase(t)
	r.typeInto(0, "https://exemple.be/en-cours")
	for _, lang := range words.Languages {
		r.pick(words.Names[lang])
		if r.w.text.Lang() != lang || r.app.Settings().Language != lang {
			t.Errorf("language is %s, settings say %s, want %s", r.w.text.Lang(), r.app.Settings().Language, lang)
		}
		r.sees("window.keep.what", "window.exit", "window.side.call")
		if got := r.fields()[0].Text; got != "https://exemple.be/en-cours" {
			t.Errorf("what was typed is lost: %q", got)
		}
	}
}

// pick chooses an entry of the first list that offers it.
func (r *rig) pick(label string) {
	r.t.Helper()
	for _, o := range r.everything() {
		if p, ok := o.(*picker); ok {
			if i := slices.Index(p.labels, label); i >= 0 {
				p.pick(i)
				return
			}
		}
	}
	r.t.Fatalf("no list offers %q", label)
}

func TestPickerOpensAMenuThatChooses(t *testing.T) {
	r := newRig(t)
	for _, o := range r.everything() {
		if p, ok := o.(*picker); ok {
			test.Tap(p)
			break
		}
	}
	top := r.win.Canvas().Overlays().Top()
	if top == nil {
		t.Fatal("no menu opened")
	}
	if got := len(objectsOf(top)); got < len(words.Languages) {
		t.Errorf("menu has %d objects", got)
	}
}

func TestAutoLock(t *testing.T) {
	r := inCase(t)
	limit := DefaultLockMinutes * time.Minute
	r.clock.pass(limit - 30*time.Second)
	r.exec.tick()
	if want := r.w.text.N("window.side.lock-seconds", 30); !strings.Contains(r.words(), want) {
		t.Errorf("%q is not shown: %s", want, r.words())
	}
	r.w.keys.down(&fyne.KeyEvent{Name: fyne.KeyA}) // the person is there
	r.clock.pass(limit - time.Second)
	r.exec.tick()
	if r.w.session == nil {
		t.Fatal("locked although the person was there")
	}
	r.clock.pass(2 * time.Second)
	r.exec.tick()
	if r.w.session != nil {
		t.Fatal("not locked")
	}
	r.sees("window.unlock.what")
}

func TestAutoLockWaitsForRunningWork(t *testing.T) {
	r := inCase(t)
	r.exec.held = true
	r.w.show(&captureScreen{request: flow.PreserveRequest{Case: r.w.matter.ID, Address: "https://exemple.be/", Subject: flow.SubjectMinor}, from: &homeScreen{}})
	r.clock.pass(2 * DefaultLockMinutes * time.Minute)
	r.exec.tick()
	if r.w.session == nil {
		t.Error("locked while a page was being kept")
	}
	r.exec.finish() // flow refuses it, because of the answer about age
	r.sees("window.age.stop", "window.help.child-focus")
}

func TestCaptureCanBeStopped(t *testing.T) {
	r := inCase(t)
	r.exec.held = true
	s := &captureScreen{request: flow.PreserveRequest{Case: r.w.matter.ID, Address: "https://exemple.be/", Subject: flow.SubjectAdult}, from: &homeScreen{}}
	r.w.show(s)
	r.sees("window.capture.running", "window.calm.wrong", "step.load")
	home := r.w.screen
	for _, o := range r.everything() {
		if item, ok := o.(*stepItem); ok {
			test.Tap(item) // the list at the left waits
		}
	}
	if r.w.screen != home {
		t.Error("one can walk away from a running capture by accident")
	}
	r.press("window.capture.stop")
	r.exec.finish()
	r.sees("window.capture.stopped")
	if r.w.notice != nil {
		t.Errorf("stopping is shown as an error: %+v", r.w.notice)
	}
}

func TestQuickExitFromEverywhere(t *testing.T) {
	shift := &fyne.KeyEvent{Name: desktop.KeyShiftLeft}
	for name, leave := range map[string]func(*rig){
		"button": func(r *rig) { r.press("window.exit") },
		"close":  func(r *rig) { r.w.Exit() },
		"shift in a field": func(r *rig) {
			f := r.fields()[0]
			r.win.Canvas().Focus(f)
			for range 3 {
				f.KeyDown(shift)
				f.KeyUp(shift)
			}
		},
		"shift on a button": func(r *rig) {
			b := r.buttonOf("window.keep.button")
			for range 3 {
				b.KeyDown(shift)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := inCase(t)
			r.w.copySecret("secret")
			session := r.w.session
			leave(r)
			if r.quits != 1 {
				t.Errorf("quit %d times", r.quits)
			}
			if r.clip.Content() != "" {
				t.Error("the clipboard was not cleared")
			}
			if _, err := session.Cases(t.Context()); err == nil {
				t.Error("the vault is still open")
			}
			r.exec.tick()
			r.w.Exit()
			if r.quits != 1 {
				t.Errorf("quit %d times in the end", r.quits)
			}
		})
	}
}

func TestCapitalLettersDoNotQuit(t *testing.T) {
	r := inCase(t)
	f := r.fields()[0]
	shift, letter := &fyne.KeyEvent{Name: desktop.KeyShiftLeft}, &fyne.KeyEvent{Name: fyne.KeyB}
	for range 5 {
		f.KeyDown(shift)
		f.KeyDown(letter)
	}
	f.KeyDown(shift)
	r.clock.pass(shiftWindow + time.Second)
	f.KeyDown(shift)
	f.KeyDown(shift)
	if r.quits != 0 {
		t.Error("typing capitals left the program")
	}
}

func TestExitCancelsWorkAndDoesNotWaitForEver(t *testing.T) {
	r := inCase(t)
	r.exec.held = true
	var seen context.Context
	run(r.w.work, r.w.life, func(ctx context.Context) (int, error) { seen = ctx; return 0, ctx.Err() }, func(int, error) {
		t.Error("a result arrived after quick exit")
	})
	r.w.Exit()
	if r.quits != 0 {
		t.Fatal("left before the work ended")
	}
	r.exec.tick() // the limit passes
	if r.quits != 1 {
		t.Error("quick exit waits for work that does not end")
	}
	r.exec.finish()
	if seen.Err() == nil {
		t.Error("the work was not cancelled")
	}
}

func TestPictureIsShownOnlyWhileHeld(t *testing.T) {
	r := inCase(t)
	asked := 0
	c := newCover(r.w.keys, fyne.NewSize(330, 430), []string{"x"}, func(on bool) {
		if on {
			asked++
		}
	})
	r.win.SetContent(c)
	tall := image.NewNRGBA(image.Rect(0, 0, 1280, 4000))
	shown := func() bool { return c.shown.Visible() && c.shown.Image != nil }

	c.uncovered(tall)
	if shown() {
		t.Fatal("shown without being held")
	}
	c.MouseDown(&desktop.MouseEvent{})
	c.uncovered(tall)
	if !shown() || asked != 1 {
		t.Fatal("not shown while held")
	}
	if got := c.shown.Image.Bounds().Dy(); got != 4000 && got > 1700 {
		t.Errorf("%d rows are drawn at once", got)
	}
	c.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: -100}})
	if c.offset == 0 {
		t.Error("the wheel does not move the picture")
	}
	c.MouseUp(&desktop.MouseEvent{})
	if shown() || c.pic != nil {
		t.Fatal("still shown after release")
	}
	c.uncovered(tall) // comes late
	if shown() {
		t.Fatal("a picture that came late is shown")
	}
	space := &fyne.KeyEvent{Name: fyne.KeySpace}
	c.KeyDown(space)
	c.uncovered(tall)
	if !shown() {
		t.Fatal("Space does not hold")
	}
	c.FocusLost()
	if shown() {
		t.Fatal("still shown after the focus went")
	}
	c.grip(true)
	c.uncovered(tall)
	c.MouseOut()
	if shown() {
		t.Fatal("still shown after the pointer left")
	}
}

func TestKeyVHoldsThePictureOfTheExhibit(t *testing.T) {
	r := inCase(t)
	s := &exhibitScreen{id: "E-003", e: madeUp(), loaded: true, part: 1}
	r.exec.held = true
	r.put(s)
	v := &fyne.KeyEvent{Name: fyne.KeyV}
	r.w.keys.down(v)
	r.w.keys.down(v) // the system repeats it
	if s.cover.held != 1 || !r.w.aside.busy() {
		t.Errorf("held %d, busy %v", s.cover.held, r.w.aside.busy())
	}
	r.w.keys.up(v)
	if s.cover.held != 0 || r.w.aside.busy() {
		t.Error("still held after release")
	}
	r.exec.finish()
}

func TestSettings(t *testing.T) {
	r := inCase(t)
	r.press("window.settings.title")
	r.sees("window.tsa.title", "window.tsa.built-in")
	r.typeInto(1, "nonsense")
	r.press("window.tsa.add")
	r.sees("error.authority-spec.what")
	r.fields()[1].SetText("http://127.0.0.1:1/tsa")
	r.press("window.tsa.add")
	r.sees("window.tsa.system-roots", "window.tsa.remove", "window.settings.saved")
	if got := r.app.Settings().Authorities; len(got) != 1 || got[0].URL != "http://127.0.0.1:1/tsa" {
		t.Errorf("authorities %+v", got)
	}
	r.press("window.tsa.remove")
	if got := r.app.Settings().Authorities; len(got) != 0 {
		t.Errorf("authorities %+v", got)
	}
	r.pick(r.w.text.N("window.settings.minutes", 2))
	if r.w.lockMinutes() != 2 {
		t.Errorf("locks after %d minutes", r.w.lockMinutes())
	}
	r.typeInto(0, "/opt/browser")
	r.press("window.settings.store")
	if got := r.app.Settings().Browser; got != "/opt/browser" {
		t.Errorf("browser %q", got)
	}
	r.press("window.back")
	r.sees("window.keep.what")
}

func TestExportFormBecomesARequest(t *testing.T) {
	r := inCase(t)
	r.w.show(&exportScreen{})
	r.sees("window.export.empty")
	r.keep("https://exemple.be/p/1")
	r.press("window.export.title")
	r.sees("window.export.what", "window.export.password-how", "window.day.title", "window.know.title")
	s := r.w.screen.(*exportScreen)
	if !r.buttonOf("window.export.create").disabled {
		t.Error("a ZIP can be made without a password")
	}
	r.typeInto(0, "parole de police")
	s.mask["E-001"] = true
	s.language = slices.Index(words.Languages, "nl")
	q := s.request(r.w)
	if q.Language != "nl" || q.ZipPassword != "parole de police" || !slices.Equal(q.Mask, []string{"E-001"}) ||
		q.Target != filepath.Join(r.home, "dossier-2026-11-23.zip") || q.Case != r.w.matter.ID {
		t.Errorf("request %+v", q)
	}
	if r.w.text.Lang() != "fr" {
		t.Error("the report's language changed the screen's")
	}
	r.win.Resize(fyne.NewSize(1000, 500))
	r.w.frame.scroll.ScrollToOffset(fyne.NewPos(0, 60))
	r.press("window.export.folder")
	r.sees("window.export.open")
	if y := r.w.frame.scroll.Offset.Y; y != 60 {
		t.Errorf("a choice scrolled the form to %v", y)
	}
	q = s.request(r.w)
	if q.ZipPassword != "" || filepath.Ext(q.Target) == ".zip" {
		t.Errorf("request for a folder %+v", q)
	}
	s.name.SetText("../../elsewhere")
	if got := s.request(r.w).Target; got != filepath.Join(r.home, "elsewhere") {
		t.Errorf("a name leads out of the folder: %s", got)
	}
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
	a.Settings().SetTheme(Theme())
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

// TestAnExhibitCanBeClosedLater: the answer about age may change after a capture.
func TestAnExhibitCanBeClosedLater(t *testing.T) {
	r := inCase(t)
	e := r.keep("https://exemple.be/p/1")
	shown := madeUp()
	shown.Exhibit, shown.Case = e.Exhibit, e.Case
	r.put(&exhibitScreen{id: e.Exhibit, e: shown, loaded: true, part: 1})
	r.press("window.minor.mark")
	r.sees("window.minor.what", "window.minor.how", "window.help.child-focus")
	r.press("window.minor.close")
	r.sees("error.minor.what", "error.minor.do", "window.help.child-focus")
	if y := r.w.frame.scroll.Offset.Y; y != 0 {
		t.Errorf("the screen begins %v below its top, where the warning is", y)
	}
	s := r.w.screen.(*exhibitScreen)
	if !s.e.Closed || s.cover != nil {
		t.Errorf("closed %v, picture %v", s.e.Closed, s.cover)
	}
	if strings.Contains(r.words(), r.w.t("minor.mark")) {
		t.Error("a closed exhibit can be closed again")
	}
	r.press("window.export.title") // the step at the left
	r.sees("window.minor.not-exported")
}
