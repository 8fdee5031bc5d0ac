package view

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

func (s *settingsScreen) build(w *Window) page {
	now := w.app.Settings()
	if s.browser == nil {
		s.browser = widget.NewAddress(w.keys, "")
		s.browser.SetText(now.Browser)
		s.url = widget.NewAddress(w.keys, "")
	}
	s.browser.SetPlaceHolder(w.t("settings.browser-found"))
	s.url.SetPlaceHolder("https://")
	back := func() {
		if w.matter.ID != "" {
			w.show(&homeScreen{})
			return
		}
		w.show(&casesScreen{})
	}
	var names []string
	for _, l := range words.Languages {
		names = append(names, words.Names[l])
	}
	language := widget.NewPicker(w.keys, names, slices.Index(words.Languages, w.text.Lang()), func(i int) { w.speak(words.Languages[i]) })

	var minutes []string
	choices := lockChoices
	if !slices.Contains(choices, w.lockMinutes()) {
		choices = append(slices.Clone(choices), w.lockMinutes())
		slices.Sort(choices)
	}
	for _, m := range choices {
		minutes = append(minutes, w.n("settings.minutes", m))
	}
	lock := widget.NewPicker(w.keys, minutes, slices.Index(choices, w.lockMinutes()), func(i int) {
		s.change(w, func(c *flow.Settings) { c.LockMinutes = choices[i] })
	})

	storeBrowser := func() {
		s.change(w, func(c *flow.Settings) { c.Browser = strings.TrimSpace(s.browser.Text) })
	}
	s.browser.Submit = storeBrowser
	pick := w.button(widget.ButtonPlain, "choose", func() {
		w.show(&chooseScreen{
			title: w.t("settings.browser"), hint: w.t("settings.browser-hint"), at: w.cfg.Home, file: true,
			back: func() { w.show(s) },
			done: func(path string) {
				s.browser.SetText(path)
				w.show(s)
				storeBrowser()
			},
		})
	})
	pick.Small()
	store := w.button(widget.ButtonPlain, "settings.store", storeBrowser)
	store.Small()

	general := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.t("settings.general"))),
		formLine(w.t("settings.language"), widget.Row(0, language)),
		formLine(w.t("settings.lock"), widget.Stack(2, widget.Row(0, lock), widget.NewText(widget.SmallMute(w.t("settings.lock-how"))))),
		formLine(w.t("settings.browser"), widget.Stack(4, widget.RowGrow(8, 0, s.browser, store, pick), widget.NewText(widget.SmallMute(w.t("settings.browser-how"))))),
	}
	if servers, err := authorities.TimeServers(); err == nil {
		general = append(general, formLine(w.t("settings.time"),
			widget.Stack(2, widget.Row(0, s.timeServer(w, now.TimeServer, servers)), widget.NewText(widget.SmallMute(w.t("settings.time-how"))))))
	}
	if s.saved {
		general = append(general, widget.Point(widget.ToneOK, "check", widget.NewText(widget.Small(w.t("settings.saved")))))
	}
	return page{
		title: w.t("settings.title"),
		body: widget.Stack(14, widget.Card(general...), s.secrets(w), s.authorities(w, now),
			widget.Row(0, w.button(widget.ButtonPlain, "back", back))),
		focus: language,
		back:  back,
	}
}

// timeServer chooses whom a capture asks for the time: the server that this system asks anyway, nobody, one of the list, or the
// one that stands in the settings already.
func (s *settingsScreen) timeServer(w *Window, now string, servers []authorities.TimeServer) *widget.Picker {
	system := w.t("settings.time-system-none")
	if host := w.app.SystemTimeServer(); host != "" {
		system = w.t("settings.time-system", "Host", shown(host, 80))
	}
	if now == flow.TimeServerSystem {
		now = ""
	}
	addresses, names := []string{"", flow.TimeServerNone}, []string{system, w.t("settings.time-none")}
	for _, t := range servers {
		addresses, names = append(addresses, t.Address), append(names, t.Operator+" ("+t.Address+")")
	}
	if !slices.Contains(addresses, now) {
		addresses, names = append(addresses, now), append(names, shown(now, 80))
	}
	return widget.NewPicker(w.keys, names, slices.Index(addresses, now), func(i int) {
		s.change(w, func(c *flow.Settings) { c.TimeServer = addresses[i] })
	})
}

// change stores one change.
func (s *settingsScreen) change(w *Window, edit func(*flow.Settings)) {
	c := w.app.Settings()
	edit(&c)
	err := w.app.SaveSettings(c)
	s.saved, s.changed = err == nil, false
	w.notice = nil
	w.rebuild()
	w.explain(err)
}

func (s *settingsScreen) authorities(w *Window, now flow.Settings) fyne.CanvasObject {
	objects := []fyne.CanvasObject{widget.NewText(widget.Head(w.t("tsa.title"))), widget.NewText(widget.Muted(w.t("tsa.what")))}
	if len(now.Authorities) == 0 {
		used, err := w.app.Authorities()
		if err == nil {
			for _, a := range used {
				objects = append(objects, widget.Point(widget.ToneQuiet, "clock", widget.Stack(0, widget.NewText(widget.Mono(shown(a.URL, 200)), widget.SmallMute("  "+w.t("tsa.built-in"))),
					widget.NewText(widget.SmallMute(w.app.LabelWords(w.text, a.URL))))))
			}
		}
	}
	for i, a := range now.Authorities {
		remove := w.button(widget.ButtonPlain, "tsa.remove", func() {
			s.change(w, func(c *flow.Settings) { c.Authorities = slices.Delete(c.Authorities, i, i+1) })
		})
		remove.Small()
		how := w.t("tsa.system-roots")
		if a.RootsPEM != "" {
			how = w.t("tsa.own-roots")
		}
		if label := w.app.LabelWords(w.text, a.URL); label != "" {
			how += " · " + label
		}
		objects = append(objects, widget.RowGrow(12, 0, widget.Stack(0, widget.NewText(widget.Mono(shown(a.URL, 200))), widget.NewText(widget.SmallMute(how))), remove))
	}
	add := w.button(widget.ButtonPlain, "tsa.add", func() { s.add(w) })
	s.url.Submit = func() { s.add(w) }
	roots := w.button(widget.ButtonPlain, "tsa.roots", func() {
		w.show(&chooseScreen{
			title: w.t("tsa.roots"), hint: w.t("tsa.roots-hint"), at: w.cfg.Home, file: true, kinds: []string{".pem", ".crt", ".cer"},
			back: func() { w.show(s) },
			done: func(path string) {
				s.roots = path
				w.show(s)
			},
		})
	})
	objects = append(objects, widget.Rule(), widget.RowGrow(8, 0, s.url, roots, add))
	if s.roots != "" {
		objects = append(objects, widget.NewText(widget.Small(w.t("tsa.with-roots")+" "), widget.Mono(shown(s.roots, 200))))
	}
	return widget.Card(append(objects, widget.NewText(widget.SmallMute(w.t("tsa.how"))))...)
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

func (s *settingsScreen) add(w *Window) {
	spec := strings.TrimSpace(s.url.Text)
	if spec == "" {
		return
	}
	if s.roots != "" {
		spec += "," + s.roots
	}
	run(w.aside, w.life, func(context.Context) (evidence.Authority, error) {
		return flow.ParseAuthority(spec, readRoots)
	}, func(a evidence.Authority, err error) {
		if err != nil {
			w.explain(err)
			return
		}
		s.url.SetText("")
		s.roots = ""
		s.change(w, func(c *flow.Settings) { c.Authorities = flow.DistinctAuthorities(append(c.Authorities, a)) })
	})
}
