package complain

import (
	"strings"
	"testing"
	"time"

	"constat/app/view/stage"
	"constat/app/view/viewtest"
)

func filled(t *testing.T) *viewtest.Rig {
	t.Helper()
	r := inCase(t)
	r.Keep("https://x.com/someone/status/1861234567890123456")
	id := r.W.Desk().Case.ID
	if _, err := r.W.Session().Keep.SaveFacts(t.Context(), id, "E-001", map[string]string{"intent-quotes": "Paie, sinon je publie."}); err != nil {
		t.Fatal(err)
	}
	if err := r.W.Session().Complain.Set(t.Context(), id, map[string]string{"happened": "Mon ex a publié une image de moi.", "because-of-sex": "yes\nil insulte toutes les femmes"}); err != nil {
		t.Fatal(err)
	}
	return r
}

// gallery is every screen of this step in a state that shows most of it.
func gallery(r *viewtest.Rig) viewtest.Gallery {
	opened := func(s interface {
		stage.Screen
		Open(*stage.Stage)
	}) stage.Screen {
		s.Open(r.W)
		return s
	}
	return viewtest.Gallery{
		"60-complain": func() stage.Screen { return opened(&complainScreen{}) },
		"61-complain-open": func() stage.Screen {
			s := &complainScreen{}
			s.Open(r.W)
			for _, n := range s.account.About {
				s.open[n.ID] = true
			}
			s.open["questions"] = true
			return s
		},
		"62-story":        func() stage.Screen { return opened(&storyScreen{}) },
		"63-story-people": func() stage.Screen { return opened(&storyScreen{page: 1}) },
		"64-question":     func() stage.Screen { return opened(&questionScreen{}) },
		"65-read": func() stage.Screen {
			s := &complainScreen{}
			s.Open(r.W)
			return &readScreen{account: s.account, saved: "/media/usb/recit.pdf"}
		},
	}
}

func TestNoTextIsCut(t *testing.T) {
	r := filled(t)
	r.Look(t, gallery(r))
}

func TestTabReachesEverythingAndBringsItIntoView(t *testing.T) {
	r := filled(t)
	r.Tab(t, gallery(r))
}

func TestTheAccountIsToldOnce(t *testing.T) {
	r := filled(t)
	r.W.Show(r.W.At(stage.Complain))
	r.Sees("window.complain.story", "window.complain.about", "window.complain.bring")
	if !strings.Contains(r.Words(), "Mon ex a publié") {
		t.Errorf("%s", r.Words())
	}
	r.Press("window.complain.tell")
	r.Fields()[1].SetText("19.11.2026")
	r.Press("window.story.next")
	r.Press("window.story.later")
	if got := r.W.Session(); got == nil {
		t.Fatal("locked")
	}
	fields, err := r.W.Session().Complain.Fields(t.Context(), r.W.Desk().Case.ID)
	if err != nil || fields["first-known"] != "19.11.2026" {
		t.Errorf("%v, %v", fields, err)
	}
	// A question, with what was noted with an exhibit as its example.
	r.W.Show(&questionScreen{})
	for _, part := range []string{"Paie, sinon je publie.", "E-001", r.W.T("complain.not-confirmed"), "01/09/2026"} {
		if !strings.Contains(r.Words(), part) {
			t.Errorf("%q is not on the screen: %s", part, r.Words())
		}
	}
	r.Press("account.answer.yes")
	r.Press("window.story.next")
	if fields, err = r.W.Session().Complain.Fields(t.Context(), r.W.Desk().Case.ID); err != nil || fields["malice-or-profit"] != "yes" {
		t.Errorf("%v, %v", fields, err)
	}
}

// What is typed is in the vault after a pause, after a lock, and after quick exit; a note is in no log.
func TestWhatIsTypedSurvivesALock(t *testing.T) {
	r := filled(t)
	id := r.W.Desk().Case.ID
	r.W.Show(r.W.At(stage.Complain))
	r.Fields()[0].SetText("ma note")
	r.Press("window.lock")
	r.TypeInto(0, viewtest.Passphrase)
	r.Press("window.unlock.open")
	if got, err := r.W.Session().Complain.Notes(t.Context(), id); got != "ma note" || err != nil {
		t.Fatalf("%q, %v", got, err)
	}
	r.W.Desk().Case.ID = id
	r.W.Show(&storyScreen{})
	r.Fields()[0].SetText("une phrase")
	r.Exec.Tick()
	r.Clock.Pass(9 * time.Second)
	r.Exec.Tick()
	if fields, err := r.W.Session().Complain.Fields(t.Context(), id); err != nil || fields["happened"] != "une phrase" {
		t.Errorf("after a pause: %v, %v", fields, err)
	}
	r.Fields()[0].SetText("une autre phrase")
	r.Window.Exit()
	if r.Quits != 1 {
		t.Fatal("it did not end")
	}
	s, err := r.App.Unlock(t.Context(), r.App.DefaultVault(), viewtest.Passphrase)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Lock()
	if fields, err := s.Complain.Fields(t.Context(), id); err != nil || fields["happened"] != "une autre phrase" {
		t.Errorf("after quick exit: %v, %v", fields, err)
	}
}

func TestOnlyThePersonTicks(t *testing.T) {
	r := filled(t)
	r.W.Show(r.W.At(stage.Complain))
	s := r.W.Screen().(*complainScreen)
	for _, b := range s.account.Bring {
		if b.Ticked {
			t.Errorf("%s is ticked by itself", b.ID)
		}
	}
	s.tick(r.W, "identity", true)
	a, err := r.W.Session().Complain.Show(t.Context(), r.W.Desk().Case.ID, "fr")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range a.Bring {
		if b.Ticked != (b.ID == "identity") {
			t.Errorf("%s: %v", b.ID, b.Ticked)
		}
	}
}
