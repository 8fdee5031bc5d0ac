package remove

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2/canvas"

	"constat/app/flow/remove"
	"constat/app/view/stage"
	"constat/app/view/viewtest"
)

const message = "https://discord.com/channels/1096054021487017984/1096054021487017990/1178000000000000000"

// gallery is every screen of this step in a state that shows most of it.
func gallery(r *viewtest.Rig) viewtest.Gallery {
	at := func(exhibit, lang string) *removeScreen {
		g, err := r.W.Session().Remove.Guide(r.T.Context(), remove.Request{Case: r.W.Desk().Case.ID, Exhibit: exhibit, Language: r.W.Text().Lang()})
		if err != nil {
			r.T.Fatal(err)
		}
		reports, err := r.W.Session().Remove.Reports(r.T.Context(), r.W.Desk().Case.ID)
		if err != nil {
			r.T.Fatal(err)
		}
		return &removeScreen{exhibit: exhibit, list: r.Exhibits(), reports: reports, guide: g, lang: r.W.Text().Lang(), loaded: true}
	}
	return viewtest.Gallery{
		"50-remove-choose":   func() stage.Screen { s := at("E-001", ""); s.exhibit = ""; return s },
		"51-remove-discord":  func() stage.Screen { s := at("E-001", ""); s.all = true; return s },
		"52-remove-whatsapp": func() stage.Screen { return at("E-002", "") },
		"53-remove-youtube":  func() stage.Screen { return at("E-003", "") },
		"54-report":          func() stage.Screen { return &reportScreen{from: at("E-001", ""), to: "Discord", wrong: "on"} },
		"55-letter": func() stage.Screen {
			s := &letterScreen{from: at("E-001", ""), kind: "site", exhibit: "E-001"}
			s.Open(r.W)
			s.saved = "/media/usb/site-E-001.pdf"
			return s
		},
	}
}

func filled(t *testing.T) *viewtest.Rig {
	t.Helper()
	r := inCase(t)
	for _, a := range []string{message, "https://wa.me/32470123456", "https://youtu.be/dQw4w9WgXcQ?t=95"} {
		r.Keep(a)
	}
	for _, fields := range []map[string]string{{"to": "Discord", "on": "2026-11-10", "next-on": "2026-11-20", "reference": "4471-A", "exhibits": "E-001"}, {"to": "Institut", "state": "removed"}} {
		if _, err := r.W.Session().Remove.Report(t.Context(), r.W.Desk().Case.ID, fields); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func TestNoTextIsCut(t *testing.T) {
	r := filled(t)
	r.Look(t, gallery(r))
}

func TestTabReachesEverythingAndBringsItIntoView(t *testing.T) {
	r := filled(t)
	r.Tab(t, gallery(r))
}

// From what was kept to what the form asks for, copied with one press, and the report noted.
func TestTheWayFromAnExhibitToItsReport(t *testing.T) {
	r := filled(t)
	r.W.Desk().Target = "E-001"
	r.W.Show(r.W.At(stage.Remove))
	for _, part := range []string{"Discord", "1178000000000000000", "1096054021487017984", r.W.T("remove.missing"), r.W.T("remove.before-not")} {
		if !strings.Contains(r.Words(), part) {
			t.Errorf("%q is not on the screen: %s", part, r.Words())
		}
	}
	r.Press("window.copy") // the first of them: the message's link
	if r.Clip.Content() != message {
		t.Errorf("copied %q", r.Clip.Content())
	}
	r.Press("window.remove.show-how")
	if !strings.Contains(r.Words(), "mode développeur") {
		t.Error("nothing says how to find what is missing")
	}
	r.Press("window.remove.note")
	r.Fields()[1].SetText("hier")
	r.Press("window.report-log.save")
	r.Sees("window.report-log.no-day")
	r.Fields()[1].SetText("22.11.2026")
	r.Fields()[2].SetText("88-B")
	r.Press("window.report-log.save")
	if !strings.Contains(r.Words(), "88-B") {
		t.Errorf("the report is not listed: %s", r.Words())
	}
	r.Sees("window.remove.log")
	list, err := r.W.Session().Remove.Reports(t.Context(), r.W.Desk().Case.ID)
	if err != nil || len(list) != 3 || list[1].On != "2026-11-22" {
		t.Errorf("%+v, %v", list, err)
	}
}

// A letter is filled in, can be changed, and is saved as it stands on the screen.
func TestALetterIsSavedAsItStands(t *testing.T) {
	r := filled(t)
	r.W.Desk().Target = "E-001"
	r.W.Show(r.W.At(stage.Remove))
	r.Press("window.remove.letter.dsa16")
	if text := r.Fields()[0].Text; !strings.Contains(text, message) || !strings.Contains(text, "[votre nom]") {
		t.Errorf("%s", text)
	}
	r.Fields()[0].SetText("Mes mots")
	r.Press("window.letter.copy")
	if r.Clip.Content() != "Mes mots" {
		t.Errorf("%q", r.Clip.Content())
	}
	r.Press("window.letter.text")
	r.Press("window.choose.folder")
	b, err := os.ReadFile(filepath.Join(r.Home, "dsa16-E-001.txt"))
	if err != nil || string(b) != "Mes mots" {
		t.Errorf("%q, %v", b, err)
	}
	r.Sees("window.letter.saved", "window.letter.open")
}

// At the least width that the window is made for, an address that is to be copied is broken between its
// parts, and not every few letters.
func TestAnAddressToCopyIsRead(t *testing.T) {
	r := filled(t)
	r.Win.Resize(viewtest.Least)
	r.W.Desk().Target = "E-001"
	r.W.Show(r.W.At(stage.Remove))
	var read []string
	rest, lines := message, 0
	for _, o := range r.Everything() {
		text, ok := o.(*canvas.Text)
		if !ok || rest == "" {
			continue
		}
		read = append(read, text.Text)
		if !strings.HasPrefix(rest, text.Text) {
			rest, lines = message, 0
		}
		if text.Text != "" && strings.HasPrefix(rest, text.Text) {
			rest, lines = rest[len(text.Text):], lines+1
		}
	}
	if rest != "" || lines > 4 {
		t.Errorf("the address is in %d pieces, with %q left: %q", lines, rest, read)
	}
	for _, line := range read[max(0, len(read)-lines):max(0, len(read)-1)] {
		if rest == "" && !strings.HasSuffix(line, "/") {
			t.Errorf("broken within %q", line)
		}
	}
}
