package settings

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/flow/proof"
	"constat/app/view/choose"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/assets/authorities"
	"constat/assets/words"
	"constat/evidence"
)

// settingsScreen changes what is not secret. Every change is stored at once.
type settingsScreen struct {
	browser *widget.Field
	url     *widget.Field
	roots   string // path of a PEM file for the authority that is being added
	saved   bool
	changed bool // the passphrase was changed a moment ago
}

var lockChoices = []int{2, 5, 10, 20, 60}

func (s *settingsScreen) Build(w *stage.Stage) stage.Page {
	now := w.App().Settings()
	if s.browser == nil {
		s.browser = widget.NewAddress(w.Keys(), "")
		s.browser.SetText(now.Browser)
		s.url = widget.NewAddress(w.Keys(), "")
	}
	s.browser.SetPlaceHolder(w.T("settings.browser-found"))
	s.url.SetPlaceHolder("https://")
	back := func() {
		if w.Desk().Case.ID != "" {
			w.Show(w.At(stage.Kept))
			return
		}
		w.Show(w.At(stage.Cases))
	}
	var names []string
	for _, l := range words.Languages {
		names = append(names, words.Names[l])
	}
	language := widget.NewPicker(
		w.Keys(),
		names,
		slices.Index(words.Languages, w.Text().Lang()),
		func(i int) { w.Speak(words.Languages[i]) },
	)

	var minutes []string
	choices := lockChoices
	if !slices.Contains(choices, w.LockMinutes()) {
		choices = append(slices.Clone(choices), w.LockMinutes())
		slices.Sort(choices)
	}
	for _, m := range choices {
		minutes = append(minutes, w.N("settings.minutes", m))
	}
	lock := widget.NewPicker(w.Keys(), minutes, slices.Index(choices, w.LockMinutes()), func(i int) {
		s.change(w, func(c *flow.Settings) { c.LockMinutes = choices[i] })
	})

	storeBrowser := func() {
		s.change(w, func(c *flow.Settings) { c.Browser = strings.TrimSpace(s.browser.Text) })
	}
	s.browser.Submit = storeBrowser
	pick := w.Button(widget.ButtonPlain, "choose", func() {
		w.Show(&choose.Screen{
			Title: w.T("settings.browser"), Hint: w.T("settings.browser-hint"), At: w.Home(), File: true,
			Back: func() { w.Show(s) },
			Done: func(path string) {
				s.browser.SetText(path)
				w.Show(s)
				storeBrowser()
			},
		})
	})
	pick.Small()
	store := w.Button(widget.ButtonPlain, "settings.store", storeBrowser)
	store.Small()

	general := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.T("settings.general"))),
		widget.FormLine(w.T("settings.language"), widget.Row(0, language)),
		widget.FormLine(w.T("settings.look"), widget.Wrap(widget.GapSmall, s.look(w, now), s.textSize(w, now))),
		widget.FormLine(
			w.T("settings.lock"),
			widget.Stack(2, widget.Row(0, lock), widget.NewText(widget.SmallMute(w.T("settings.lock-how")))),
		),
		widget.FormLine(
			w.T("settings.browser"),
			widget.Stack(4, widget.RowGrow(8, 0, s.browser, store, pick), widget.NewText(widget.SmallMute(w.T("settings.browser-how")))),
		),
	}
	if servers, err := authorities.TimeServers(); err == nil {
		general = append(general, widget.FormLine(
			w.T("settings.time"),
			widget.Stack(
				2,
				widget.Row(0, s.timeServer(w, now.TimeServer, servers)),
				widget.NewText(widget.SmallMute(w.T("settings.time-how"))),
			),
		))
	}
	// Where a person keeps something secret matters, and what the program cannot see it says.
	if session := w.Session(); session != nil {
		var lines []fyne.CanvasObject
		for _, line := range session.AtRest(w.Text()) {
			lines = append(lines, widget.NewText(widget.Small(line)))
		}
		general = append(general, widget.FormLine(w.T("settings.at-rest"), widget.Stack(2, lines...)))
	}
	general = append(general, widget.FormLine(w.T("settings.about"),
		widget.Stack(2, widget.NewText(widget.Mono(w.App().About())), widget.NewText(widget.SmallMute(w.T("settings.about-how"))))))
	if s.saved {
		general = append(general, widget.Point(widget.ToneOK, "check", widget.NewText(widget.Small(w.T("settings.saved")))))
	}
	return stage.Page{
		Title: w.T("settings.title"),
		Body: widget.Stack(14, widget.Card(general...), s.secrets(w), s.authorities(w, now),
			widget.Row(0, w.Button(widget.ButtonPlain, "back", back))),
		Focus: language,
		Back:  back,
	}
}

// textSizes are the sizes of text that are offered, in percent.
var textSizes = []int{100, 125, 150, 175, 200}

// look chooses light, dark or more contrast, at once.
func (s *settingsScreen) look(w *stage.Stage, now flow.Settings) fyne.CanvasObject {
	labels := []string{w.T("settings.look-system"), w.T("settings.look-light"), w.T("settings.look-dark"), w.T("settings.look-contrast")}
	return widget.NewPicker(w.Keys(), labels, max(slices.Index(widget.Looks, now.Look), 0), func(i int) {
		s.change(w, func(c *flow.Settings) { c.Look = widget.Looks[i] })
		s.show(w)
	})
}

// textSize chooses how large text is, at once.
func (s *settingsScreen) textSize(w *stage.Stage, now flow.Settings) fyne.CanvasObject {
	labels := make([]string, len(textSizes))
	for i, n := range textSizes {
		labels[i] = w.T("settings.text", "Percent", w.Text().Number(int64(n)))
	}
	return widget.NewPicker(w.Keys(), labels, max(slices.Index(textSizes, now.TextPercent), 0), func(i int) {
		s.change(w, func(c *flow.Settings) { c.TextPercent = textSizes[i] })
		s.show(w)
	})
}

// show draws the window as it was chosen.
func (s *settingsScreen) show(w *stage.Stage) {
	now := w.App().Settings()
	fyne.CurrentApp().Settings().SetTheme(widget.ThemeOf(now.Look, float32(max(now.TextPercent, 100))/100))
}

// timeServer chooses whom a capture asks for the time: the server that this system asks anyway,
// nobody, one of the list, or the one that stands in the settings already.
func (s *settingsScreen) timeServer(w *stage.Stage, now string, servers []authorities.TimeServer) *widget.Picker {
	system := w.T("settings.time-system-none")
	if host := w.App().SystemTimeServer(); host != "" {
		system = w.T("settings.time-system", "Host", evidence.Shorten(host, 80))
	}
	if now == flow.TimeServerSystem {
		now = ""
	}
	addresses, names := []string{"", flow.TimeServerNone}, []string{system, w.T("settings.time-none")}
	for _, t := range servers {
		addresses, names = append(addresses, t.Address), append(names, t.Operator+" ("+t.Address+")")
	}
	if !slices.Contains(addresses, now) {
		addresses, names = append(addresses, now), append(names, evidence.Shorten(now, 80))
	}
	return widget.NewPicker(w.Keys(), names, slices.Index(addresses, now), func(i int) {
		s.change(w, func(c *flow.Settings) { c.TimeServer = addresses[i] })
	})
}

// change stores one change.
func (s *settingsScreen) change(w *stage.Stage, edit func(*flow.Settings)) {
	c := w.App().Settings()
	edit(&c)
	err := w.App().SaveSettings(c)
	s.saved, s.changed = err == nil, false
	w.ClearNotice()
	w.Rebuild()
	w.Explain(err)
}

func (s *settingsScreen) authorities(w *stage.Stage, now flow.Settings) fyne.CanvasObject {
	objects := []fyne.CanvasObject{widget.NewText(widget.Head(w.T("tsa.title"))), widget.NewText(widget.Muted(w.T("tsa.what")))}
	if len(now.Authorities) == 0 {
		for _, a := range w.App().Proof.Authorities() {
			objects = append(
				objects,
				widget.Point(
					widget.ToneQuiet,
					"clock",
					widget.Stack(0, widget.NewText(widget.Mono(evidence.Shorten(a.URL, 200)), widget.SmallMute("  "+w.T("tsa.built-in"))),
						widget.NewText(widget.SmallMute(w.App().Proof.LabelWords(w.Text(), a.URL))), s.anchors(w, a.URL)),
				),
			)
		}
	}
	for i, a := range now.Authorities {
		remove := w.Button(widget.ButtonPlain, "tsa.remove", func() {
			s.change(w, func(c *flow.Settings) { c.Authorities = slices.Delete(c.Authorities, i, i+1) })
		})
		remove.Small()
		how := w.T("tsa.system-roots")
		if a.RootsPEM != "" {
			how = w.T("tsa.own-roots")
		}
		if label := w.App().Proof.LabelWords(w.Text(), a.URL); label != "" {
			how += " · " + label
		}
		objects = append(objects, widget.RowGrow(12, 0, widget.Stack(0, widget.NewText(widget.Mono(evidence.Shorten(a.URL, 200))), widget.NewText(widget.SmallMute(how)), s.anchors(w, a.URL)), remove))
	}
	add := w.Button(widget.ButtonPlain, "tsa.add", func() { s.add(w) })
	s.url.Submit = func() { s.add(w) }
	roots := w.Button(widget.ButtonPlain, "tsa.roots", func() {
		w.Show(&choose.Screen{
			Title: w.T("tsa.roots"), Hint: w.T("tsa.roots-hint"), At: w.Home(), File: true, Kinds: []string{".pem", ".crt", ".cer"},
			Back: func() { w.Show(s) },
			Done: func(path string) {
				s.roots = path
				w.Show(s)
			},
		})
	})
	objects = append(objects, widget.Rule(), widget.RowGrow(8, 0, s.url, roots, add))
	if s.roots != "" {
		objects = append(objects, widget.NewText(widget.Small(w.T("tsa.with-roots")+" "), widget.Mono(evidence.Shorten(s.roots, 200))))
	}
	objects = append(objects, widget.NewText(widget.SmallMute(w.T("tsa.check-root"))), widget.NewText(widget.SmallMute(w.T("tsa.how"))))
	return widget.Card(append(objects, s.calendars(w, now)...)...)
}

// calendars switches on that a proof is asked for which needs no authority. Addresses that stand in the
// settings already, other than those that are known, are said.
func (s *settingsScreen) calendars(w *stage.Stage, now flow.Settings) []fyne.CanvasObject {
	on := len(now.Calendars) > 0
	asked := proof.KnownCalendars()
	if on {
		asked = now.Calendars
	}
	return []fyne.CanvasObject{
		widget.Rule(),
		widget.NewCheck(w.Keys(), on, func(on bool) {
			s.change(w, func(c *flow.Settings) {
				if c.Calendars = nil; on {
					c.Calendars = proof.KnownCalendars()
				}
			})
		}, widget.Plain(w.T("tsa.calendars"))),
		widget.NewText(widget.SmallMute(w.T("tsa.calendars-how", "Calendars", evidence.Shorten(strings.Join(asked, ", "), 300)))),
	}
}

// anchors are the certificates that an authority's timestamps are judged by.
func (s *settingsScreen) anchors(w *stage.Stage, address string) fyne.CanvasObject {
	var lines []fyne.CanvasObject
	for _, line := range w.App().Proof.AnchorWords(w.Text(), address) {
		lines = append(lines, widget.NewText(widget.SmallMute(line)))
	}
	return widget.Stack(0, lines...)
}

// maxRoots is the largest file of roots that is read.
const maxRoots = 1 << 20

func readRoots(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxRoots+1))
	if err == nil && len(b) > maxRoots {
		err = fmt.Errorf("more than %s bytes", strconv.Itoa(maxRoots))
	}
	return b, err
}

func (s *settingsScreen) add(w *stage.Stage) {
	spec := strings.TrimSpace(s.url.Text)
	if spec == "" {
		return
	}
	if s.roots != "" {
		spec += "," + s.roots
	}
	stage.Run(w.Aside(), func(context.Context) (evidence.Authority, error) {
		return proof.ParseAuthority(spec, readRoots)
	}, func(a evidence.Authority, err error) {
		if err != nil {
			w.Explain(err)
			return
		}
		s.url.SetText("")
		s.roots = ""
		s.change(w, func(c *flow.Settings) { c.Authorities = proof.DistinctAuthorities(append(c.Authorities, a)) })
	})
}
