package view

import (
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"constat/app/flow"
	"constat/app/view/widget"
	"constat/assets/words"
	"constat/evidence"
)

// madeUp is an exhibit with everything that a screen can show.
func madeUp() flow.ExhibitView {
	at := time.Date(2026, 11, 23, 10, 42, 31, 0, time.UTC)
	local := at.In(time.FixedZone("CET", 3600))
	digest := evidence.Sum([]byte("manifest"))
	e := flow.ExhibitView{
		Exhibit: "E-003", Kind: evidence.WebCapture, Outcome: evidence.Partial, Title: "Publication de « compte_x » sur un réseau",
		Address: "https://www.exemple.be/p/8841/?langue=fr&reference=0123456789abcdef0123456789abcdef", FinalAddress: "https://www.exemple.be/p/8841/",
		Started: evidence.MomentOf(local), Finished: evidence.MomentOf(local.Add(8 * time.Second)), ManifestSHA256: digest,
		Problems: []evidence.Problem{{Code: "load-timeout", Detail: "30s"}, {Code: "images-missing", Detail: "2"}},
		Timestamps: []flow.TimestampView{
			{Authority: "quovadis-eu", Time: &at, Accuracy: 1, State: flow.StampVerified, Checks: []evidence.Check{
				{Name: "signature", State: evidence.Passed}, {Name: "chain", State: evidence.Passed}, {Name: "revocation", State: evidence.NotDone, Detail: "no list was asked"}}},
			{Authority: "digicert", State: flow.StampPending, Reason: "timed-out"},
			{Authority: "sectigo", State: flow.StampRejected, Reason: "rejected:imprint", Checks: []evidence.Check{{Name: "imprint", State: evidence.Failed, Detail: "another digest"}}},
		},
	}
	e.Facts = map[string]string{"platform": "Instagram", "account-name": "compte_x", "date-shown": "il y a 2 jours", "audience": "tout le monde", "priority": "worst",
		"suspected-person": "quelqu'un que je connais", "suspicion-reason": "Lui seul avait cette image, et il a écrit hier qu'il la montrerait à tout le monde si je ne répondais pas."}
	e.Manifest.Clock = []evidence.ClockCheck{{Source: "timestamp", OffsetSecs: 2.4}}
	e.Manifest.Precondition = []evidence.Precondition{{Item: "fresh-profile", State: evidence.Met}, {Item: "clock", State: evidence.NotMet}, {Item: "network", State: evidence.NotChecked}}
	e.Manifest.Browser = &evidence.Browser{Product: "HeadlessChrome/156.0.8078.73"}
	e.Manifest.Page = &evidence.Page{Status: 200, StatusText: "OK", RemoteAddress: "203.0.113.7:443", LocalNetwork: true, Width: 1280, Height: 13250,
		TLS: &evidence.TLS{Protocol: "TLS 1.3", Subject: "www.exemple.be", Issuer: "An Issuer of Certificates With a Rather Long Name CA 1"}}
	for _, name := range []string{"first-view.png", "screenshot-01.png", "screenshot-02.png", "screenshot-03.png", "screenshot-dated.png", "page.mhtml", "page.txt", "headers.json", "tls-chain.pem"} {
		d := evidence.Sum([]byte(name))
		e.Artifacts = append(e.Artifacts, flow.ArtifactView{Name: name, Role: "original", MediaType: "image/png", Size: 38_123_456, SHA256: d.String()})
		e.Manifest.Artifacts = append(e.Manifest.Artifacts, evidence.Artifact{Name: name, Role: evidence.Original, SHA256: d})
	}
	return e
}

// chat is an exhibit whose page shows most of it in parts that scroll by themselves.
func chat() flow.ExhibitView {
	e := madeUp()
	e.Exhibit, e.Manifest.Artifacts = "E-006", nil
	names := []string{evidence.TileName(1)}
	for i := range 16 {
		names = append(names, evidence.PaneName(1, i+1))
	}
	for _, name := range append(names, evidence.PaneName(2, 1), evidence.PaneName(2, 2), evidence.UncoveredName(1)) {
		e.Manifest.Artifacts = append(e.Manifest.Artifacts, evidence.Artifact{Name: name, Role: evidence.Original, SHA256: evidence.Sum([]byte(name))})
	}
	return e
}

// gallery is every screen in a state that shows most of it.
func gallery(r *rig) map[string]func() screen {
	exhibit := madeUp()
	address := madeUp()
	address.Exhibit, address.Kind, address.Outcome, address.Title = "E-001", evidence.AddressOnly, evidence.Complete, ""
	address.Manifest.Artifacts, address.Artifacts = nil, address.Artifacts[:1]
	address.Manifest.Page, address.Manifest.Browser = nil, nil
	address.Timestamps = address.Timestamps[1:2]
	login := madeUp()
	login.Exhibit, login.Outcome, login.Manifest.Artifacts = "E-002", evidence.LoginPage, nil
	imported := madeUp()
	imported.Exhibit, imported.Kind, imported.Title, imported.Address, imported.FinalAddress = "E-005", evidence.Import, "", "", ""
	imported.Problems = []evidence.Problem{{Code: "import-fact-cut", Detail: "import-01.jpg"}}
	imported.Manifest.Artifacts, imported.Manifest.Page, imported.Manifest.Browser, imported.Manifest.Precondition = nil, nil, nil, nil
	for _, name := range []string{"import-01.jpg", "import-02.mp4"} {
		for _, c := range []string{"original-name", "taken", "device-model", "position", "a-claim-of-a-later-version"} {
			imported.Manifest.Claims = append(imported.Manifest.Claims, evidence.Claim{Artifact: name, Name: c, Value: "IMG_20261121_2230.jpg", Source: "exif"})
		}
	}
	closed := madeUp()
	closed.Exhibit, closed.Closed = "E-004", true
	list := []flow.ExhibitView{address, login, closed, exhibit, imported}
	home := func() *homeScreen { return &homeScreen{list: list, loaded: true} }
	running := func() *meter {
		m := &meter{now: r.clock.now}
		for i, s := range captureSteps[:4] {
			m.Step(s)
			r.clock.pass(time.Duration(400+900*i) * time.Millisecond)
		}
		m.Amount(8200, 13250)
		return m
	}
	export := func(done *flow.ExportResult) *exportScreen {
		s := &exportScreen{list: list, loaded: true, mask: map[string]bool{"E-002": true}, dir: "/home/someone/Bureau", zip: done == nil, done: done}
		s.name, s.password = widget.NewField(r.w.keys, ""), widget.NewSecret(r.w.keys, "")
		s.name.SetText("dossier-2026-11-23")
		return s
	}
	at := time.Date(2026, 11, 23, 12, 0, 1, 0, time.UTC)
	return map[string]func() screen{
		"01-first": func() screen { return &firstScreen{} },
		"02-code": func() screen {
			return &codeScreen{code: "K7QX2-M4VNP-8RTWD-3HJCE-9YB6A-FZ5KU", copied: true, saved: "/media/someone/STICK/page.html"}
		},
		"03-unlock":  func() screen { return &unlockScreen{} },
		"04-recover": func() screen { return &recoverScreen{} },
		"05-cases": func() screen {
			return &casesScreen{loaded: true, list: []flow.CaseView{{ID: "1", Title: "Novembre", CreatedAt: at, Exhibits: 3, Pending: 1, Exported: true}, {ID: "2", Title: "x", Practice: true, CreatedAt: at, Exhibits: 1}}}
		},
		"06-new-case": func() screen { return &newCaseScreen{} },
		"07-home":     func() screen { return home() },
		"08-age":      func() screen { return &ageScreen{address: exhibit.Address, from: home()} },
		"09-record-stop": func() screen {
			return &recordScreen{address: exhibit.Address, from: home(), subject: flow.SubjectUnsure}
		},
		"10-record": func() screen { return &recordScreen{address: exhibit.Address, from: home()} },
		"11-capture": func() screen {
			return &captureScreen{request: flow.PreserveRequest{Address: exhibit.Address}, from: home(), meter: running()}
		},
		"12-capture-over": func() screen {
			return &captureScreen{request: flow.PreserveRequest{Address: exhibit.Address}, from: home(), meter: running(), over: true, stopped: true}
		},
		"13-exhibit":         func() screen { return &exhibitScreen{id: "E-003", e: exhibit, loaded: true, part: 1} },
		"14-exhibit-login":   func() screen { return &exhibitScreen{id: "E-002", e: login, loaded: true, part: 1} },
		"15-exhibit-address": func() screen { return &exhibitScreen{id: "E-001", e: address, loaded: true, part: 1, fresh: true} },
		"16-export":          func() screen { return export(nil) },
		"17-export-running":  func() screen { s := export(nil); s.running, s.meter = true, running(); return s },
		"18-export-done": func() screen {
			return export(&flow.ExportResult{Target: "/home/someone/Bureau/dossier-2026-11-23", Report: "/x/report.pdf", Fingerprint: exhibit.ManifestSHA256, Files: 41, Bytes: 38_000_000, Pages: 12, Valid: true,
				Timestamps: []flow.TimestampView{{Authority: "quovadis-eu", State: flow.StampVerified, Time: &at}, {Authority: "digicert", State: flow.StampPending}},
				Checks:     []evidence.Check{{Name: "chain", State: evidence.NotDone, Detail: "no reply"}}})
		},
		"19-settings": func() screen { return &settingsScreen{saved: true, changed: true, roots: "/home/someone/roots.pem"} },
		"20-choose": func() screen {
			return &chooseScreen{title: "x", hint: r.w.t("export.where-hint"), at: r.home, back: func() {}, done: func(string) {}, entries: []choosable{{"data", true}, {"roots.pem", false}}}
		},
		"26-passphrase": func() screen { return &passphraseScreen{} },
		"27-renew":      func() screen { return &renewScreen{} },
		"30-access":     func() screen { return &accessScreen{} },
		"31-access-question": func() screen {
			asked := flow.NewRecipient("Centre d'aide aux victimes, avec un nom plutôt long", "age1pq1"+strings.Repeat("q", 1900))
			return &accessScreen{ask: &asked}
		},
		"28-unseen-code": func() screen {
			r.w.code.on = true
			return &casesScreen{loaded: true, list: []flow.CaseView{{ID: "1", Title: "Novembre", CreatedAt: at, Exhibits: 3}}}
		},
		"07-home-files": func() screen { s := home(); s.way = wayFiles; return s },
		"29-import": func() screen {
			return &importScreen{from: home(), foreign: true, files: []string{"/home/someone/Images/IMG_20261121_2230.jpg", "/home/someone/Images/" + strings.Repeat("un-nom-très-long-", 9) + ".mp4"}}
		},
		"30-import-stop": func() screen { return &importScreen{from: home(), stopped: true} },
		"31-importing": func() screen {
			m := &meter{now: r.clock.now}
			m.Step("import-store")
			m.Amount(1_234_567_890, 4_000_000_000)
			r.clock.pass(12 * time.Second)
			return &importingScreen{request: flow.ImportRequest{Files: []string{"/home/someone/Images/IMG_20261121_2230.mp4"}}, from: &importScreen{from: home()}, meter: m}
		},
		"32-importing-over": func() screen {
			return &importingScreen{request: flow.ImportRequest{Files: []string{"/home/someone/x.mp4"}}, from: &importScreen{from: home()}, meter: running(), over: true}
		},
		"33-exhibit-import": func() screen { return &exhibitScreen{id: "E-005", e: imported, loaded: true, part: 1, fresh: true} },
		"34-exhibit-chat":   func() screen { return &exhibitScreen{id: "E-006", e: chat(), loaded: true, part: 4} },
		"35-home-options":   func() screen { s := home(); s.options = options{open: true, phone: true}; return s },
		"36-list": func() screen {
			return &listScreen{from: home(), twice: 2, addresses: []string{exhibit.Address, "https://www.exemple.be/p/" + strings.Repeat("8841", 60), "https://exemple.be/2"},
				unsure: map[string]bool{"https://exemple.be/2": true}}
		},
		"37-list-running": func() screen { return keepingList(r, exhibit, true) },
		"38-list-paused":  func() screen { return keepingList(r, exhibit, false) },
		"39-home-list": func() screen {
			s := home()
			s.lists = []flow.ListView{keepingList(r, exhibit, false).list}
			s.list[0].Rechecks = visits(at)
			return s
		},
		"40-recheck":      func() screen { return &recheckScreen{exhibit: "E-003", address: exhibit.Address, meter: running()} },
		"41-recheck-over": func() screen { return &recheckScreen{meter: running(), over: true, stopped: true} },
		"42-exhibit-visited": func() screen {
			e := exhibit
			e.Rechecks = visits(at)
			return &exhibitScreen{id: "E-003", e: e, loaded: true, part: 1}
		},
		"43-visit": func() screen {
			e := madeUp()
			e.Exhibit, e.Kind, e.Outcome, e.Artifacts = "E-007", evidence.Rechecked, evidence.FailedOut, nil
			e.Recheck = &evidence.Recheck{Exhibit: "E-003", State: evidence.CannotTell, Reason: "network-dns", Detail: "net::ERR_NAME_NOT_RESOLVED"}
			return &exhibitScreen{id: "E-007", e: e, loaded: true, part: 1}
		},
		"24-facts":          func() screen { return &factsScreen{of: &exhibitScreen{id: "E-003", e: exhibit}} },
		"25-facts-question": func() screen { return &factsScreen{of: &exhibitScreen{id: "E-003", e: exhibit}, asking: func() {}} },
		"22-closed":         func() screen { return &exhibitScreen{id: "E-004", e: closed, loaded: true, part: 1} },
		"23-minor":          func() screen { return &minorScreen{of: &exhibitScreen{id: "E-003", e: exhibit}} },
		"21-broken":         func() screen { return &brokenScreen{err: evidence.ErrManifest} },
	}
}

// visits are visits of every kind.
func visits(at time.Time) []flow.RecheckView {
	return []flow.RecheckView{
		{Exhibit: "E-004", Time: at, State: evidence.StillOnline, Reason: "same"},
		{Exhibit: "E-005", Time: at.Add(time.Hour), State: evidence.Changed, Reason: "elsewhere", Detail: "https://www.exemple.be/accueil?" + strings.Repeat("de=page&", 20)},
		{Exhibit: "E-006", Time: at.Add(25 * time.Hour), State: evidence.Gone, Reason: "status", Detail: "404"},
		{Exhibit: "E-007", Time: at.Add(50 * time.Hour), State: evidence.CannotTell, Reason: "x-later", Detail: "later"},
	}
}

// keepingList is a list with an address in every state.
func keepingList(r *rig, e flow.ExhibitView, going bool) *keepListScreen {
	item := func(s flow.ListState) flow.ListItem {
		return flow.ListItem{ListAddress: flow.ListAddress{Address: e.Address + string(s), Subject: flow.SubjectAdult}, State: s}
	}
	kept, login, noted, failed := item(flow.ListKept), item(flow.ListKept), item(flow.ListNoted), item(flow.ListFailed)
	kept.Exhibit, kept.Outcome = "E-008", evidence.Complete
	login.Exhibit, login.Outcome = "E-009", evidence.LoginPage
	noted.Exhibit = "E-010"
	failed.Cause = "network.timeout"
	s := &keepListScreen{going: going, list: flow.ListView{Items: []flow.ListItem{kept, login, noted, failed, item(flow.ListRunning), item(flow.ListWaiting)}}}
	s.heard = newListMeter(s.list.Items, r.clock.now)
	s.heard.At(4).Step(evidence.StepFullPage)
	return s
}

// put shows a screen as it is, without starting what it would start.
func (r *rig) put(s screen) {
	r.w.notice = nil
	r.w.screen = s
	r.w.rebuild()
}

// least is the smallest size that the screens are made for.
var least = fyne.NewSize(1000, 680)

// TestNoTextIsCut draws every screen in every language at the usual and the
// least size and holds that every piece of text lies within what surrounds it.
func TestNoTextIsCut(t *testing.T) {
	r := inCase(t)
	r.w.matter.Practice = true
	for name, make := range gallery(r) {
		for _, lang := range words.Languages {
			for _, size := range []fyne.Size{Size, least} {
				r.w.text = mustText(t, lang)
				r.win.Resize(size)
				r.put(make())
				where := fmt.Sprintf("%s %s %vx%v", name, lang, size.Width, size.Height)
				if got := r.win.Canvas().Size(); got.Width > size.Width || got.Height > size.Height {
					t.Fatalf("%s: window grew to %v", where, got)
				}
				checkCut(t, where, r.win.Content(), size.Width)
				if lang == "fr" || size == least {
					r.picture(name + "-" + lang + fmt.Sprintf("-%v", size.Width))
				}
			}
		}
	}
}

func mustText(t *testing.T, lang string) *words.Text {
	t.Helper()
	text, err := words.For(lang)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// checkCut walks down with the room that each object leaves to what is in it.
func checkCut(t *testing.T, where string, o fyne.CanvasObject, room float32) {
	t.Helper()
	if !o.Visible() {
		return
	}
	if _, ok := o.(*widget.Field); ok {
		return // a field scrolls
	}
	if x, ok := o.(*canvas.Text); ok {
		if w := x.MinSize().Width; x.Position().X+w > room+1.5 {
			t.Errorf("%s: %q needs %v of %v", where, x.Text, x.Position().X+w, room)
		}
		return
	}
	inner := o.Size().Width
	if inner > room-o.Position().X+1.5 {
		t.Errorf("%s: %T at %v is %v wide, room %v", where, o, o.Position().X, inner, room)
	}
	var children []fyne.CanvasObject
	switch c := o.(type) {
	case *fyne.Container:
		children = c.Objects
	case *container.Scroll:
		children = []fyne.CanvasObject{c.Content}
	case fyne.Widget:
		children = rendererObjects(c)
	}
	for _, c := range children {
		if r, ok := c.(*canvas.Rectangle); ok && r.Position().X < 0 {
			continue // the focus ring lies around its widget
		}
		checkCut(t, where, c, inner)
	}
}

// picture writes what the window shows to $CONSTAT_ARTIFACTS, for people.
func (r *rig) picture(name string) {
	dir := os.Getenv("CONSTAT_ARTIFACTS")
	if dir == "" {
		return
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		r.t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, r.win.Canvas().Capture()); err != nil {
		r.t.Fatal(err)
	}
}
