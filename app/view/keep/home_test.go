package keep

import (
	"net"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/view/widget"
	"constat/evidence"
)

// A case of thousands is drawn in parts, newest first.
func TestALongCaseIsDrawnInParts(t *testing.T) {
	r := inCase(t)
	s := &homeScreen{loaded: true}
	newest := evidence.ExhibitID(2*homeMost + 30)
	for i := range 2*homeMost + 30 {
		s.list = append(s.list, look.Exhibit{Exhibit: evidence.ExhibitID(i + 1), Title: "a page"})
	}
	r.Put(s)
	drawn := func() (n int) {
		for _, o := range r.Everything() {
			if _, ok := o.(*widget.PressCard); ok {
				n++
			}
		}
		return n
	}
	for i, want := range []struct{ drawn, more int }{{homeMost, homeMost}, {2 * homeMost, 30}, {2*homeMost + 30, 0}} {
		if got := drawn(); got != want.drawn {
			t.Errorf("part %d: %d exhibits are drawn, want %d", i+1, got, want.drawn)
		}
		if !strings.Contains(r.Words(), newest) || strings.Contains(r.Words(), "E-001") != (want.more == 0) {
			t.Errorf("part %d: not the newest ones", i+1)
		}
		var more *widget.Button
		for _, o := range r.Everything() {
			if b, ok := o.(*widget.Button); ok && b.Words() == r.W.N("keep.more", max(want.more, 1)) {
				more = b
			}
		}
		if (more != nil) != (want.more > 0) {
			t.Fatalf("part %d: more can be shown: %v", i+1, more != nil)
		}
		if more != nil {
			test.Tap(more)
		}
	}
}

func TestHomeListsNewestFirstAndAsksAgain(t *testing.T) {
	r := inCase(t)
	r.Keep("https://exemple.be/premier")
	r.Clock.Pass(time.Hour)
	r.Keep("https://exemple.be/second")
	have := r.Words()
	if strings.Index(have, "exemple.be/second") > strings.Index(have, "exemple.be/premier") {
		t.Errorf("not newest first: %s", have)
	}
	r.Sees("timestamp.state.pending", "window.stamps.again", "kind.address-only")
	if want := r.W.Text().N("window.stamps.missing", 2); !strings.Contains(have, strings.Fields(want)[0]+" ") {
		t.Errorf("%q is not shown", want)
	}
	r.Press("window.stamps.again")
	r.Sees("window.stamps.again") // nobody answers: still pending, nothing lost
	for _, o := range r.Everything() {
		if c, ok := o.(*widget.PressCard); ok {
			test.Tap(c)
			break
		}
	}
	if s, ok := r.W.Screen().(*exhibitScreen); !ok || s.id != "E-002" {
		t.Errorf("the first card leads to %T", r.W.Screen())
	}
	r.Sees("window.facts.title", "window.exhibit.now")
	r.Escape()
	r.Sees("window.keep.what")
}

func TestAddressIsCheckedBeforeAnythingIsAsked(t *testing.T) {
	r := inCase(t)
	r.TypeInto(0, "file:///etc/passwd")
	r.Press("window.keep.button")
	r.Sees("error.address.scheme.what", "window.keep.what")
	r.Fields()[0].SetText("https://exemple.be/p/1")
	r.Press("window.keep.only")
	if r.Fields()[0].Text != "https://exemple.be/p/1" {
		t.Error("what was typed is lost")
	}
	r.Press("window.record.button")
	r.Sees("window.record.what", "window.record.when")
	r.Escape()
	r.Sees("window.keep.what")
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
			r.TypeInto(0, address)
			r.Press("window.keep.button")
			r.Sees("window.age.question", "window.age.law")
			r.Press(answer)
			r.Sees("window.age.stop", "window.help.child-focus", "window.help.police", "window.help.institute")
			for _, number := range []string{"116 000", "101", "0800 12 800"} {
				if !strings.Contains(strings.ReplaceAll(r.Words(), "\u00a0", " "), number) {
					t.Errorf("%s is not shown", number)
				}
			}
			// Going back and asking again is no way around it.
			r.Press("window.back")
			r.Fields()[0].SetText(address)
			r.Press("window.keep.button")
			r.Press("window.age.no")
			r.Sees("window.age.stop", "window.age.earlier")
			// A mis-click is taken back while nothing is recorded, and asked anew.
			r.Press("window.back")
			r.Fields()[0].SetText(address + "/autre")
			r.Press("window.keep.button")
			r.Press(answer)
			r.Press("window.age.mistake")
			r.Sees("window.age.question", "window.age.then")
			r.W.Show(&recordScreen{address: address, from: &homeScreen{}, subject: keep.SubjectUnsure})
			r.TypeInto(0, "ce que je sais")
			r.Press("window.record.button")
			r.Sees("window.proof.not-address", "window.proof.no-time")
			list, err := r.W.Session().Look.Exhibits(t.Context(), r.W.Desk().Case.ID)
			if err != nil || len(list) != 1 || list[0].Kind != evidence.AddressOnly || list[0].Address != address {
				t.Errorf("exhibits %+v %v", list, err)
			}
			// What was recorded for an answer makes it stand.
			if r.W.Session().Keep.TakeBack(address) {
				t.Error("an answer was taken back after something was recorded for it")
			}
			select {
			case <-heard:
				t.Error("the address was contacted")
			default:
			}
		})
	}
}
