package flow

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/app/flow/proof"
	"constat/app/flow/remove"
	"constat/app/flow/system"
	"constat/assets/authorities"
	"constat/assets/words"
	"constat/capture"
	"constat/capture/chrome"
	"constat/evidence"
	"constat/evidence/trustlist"
	"constat/evidence/vault"
)

// Config is everything that the use cases need from outside.
type Config struct {
	DataDir     string               // settings and the private work folder; made if missing, mode 0700
	Beside      string               // folder of the program; a vault in it, named PortableVault, is taken first
	Version     string               // of this program
	Build       string               // of this program, as its source is named; empty: not known
	Now         func() time.Time     // nil: time.Now, in the device's zone
	Rand        io.Reader            // nil: crypto/rand
	HTTP        *http.Client         // for timestamp authorities; nil: a client of its own
	Browser     string               // path; empty: settings, then found
	NoSandbox   bool                 // only with CONSTAT_NO_SANDBOX=1
	Authorities []evidence.Authority // nil: settings, then the recommended ones of Known
	// Known is what is known of authorities: pauses, roots, labels; nil: the built-in list.
	Known      []authorities.Authority
	TimeServer string // asked for the time during a capture, as [Settings.TimeServer]; empty: settings
	// SystemTime finds the time server that this system is set to ask, as [SystemTimeServer]; nil:
	// there is none.
	SystemTime func() string
	// Sticks finds the roots of drives that can be taken along; nil: as the system says.
	Sticks func() []string
	// Cost of a new passphrase: the full one, but in tests.
	Cost vault.Cost
	// Offline reports whether this device has no network; nil: by its interfaces.
	Offline func() bool
	// Lenient is for who only looks at what others made: a bundle, a token. No folder is made, and
	// settings that cannot be read are left out; App.Problem says so.
	Lenient bool
}

// App is the program without a vault: settings, verification, practice. It is
// safe for concurrent use.
type App struct {
	// Proof asks for the time and judges answers; it needs no vault.
	Proof *proof.Checker

	cfg   Config
	ahead capture.Warmer

	problem error // of the settings, with Config.Lenient

	organisation Organisation
	leftOut      error // its file, if it cannot be used

	mu       sync.Mutex
	own      Settings // what the person chose
	settings Settings // what applies: that, over what an organisation set up
}

// New checks the configuration and reads the settings. A data folder that cannot be made is no
// error: it costs what needs it. See [App.Sweep].
func New(cfg Config) (*App, error) {
	if cfg.DataDir == "" {
		return nil, &UsageError{Reason: "no data folder"}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if cfg.Known == nil {
		list, err := authorities.List()
		if err != nil {
			return nil, err
		}
		cfg.Known = list
	}
	lists, err := trustlist.ReadSet(authorities.Qualified())
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(cfg.DataDir)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	cfg.DataDir = dir
	if !cfg.Lenient {
		_ = makePrivate(dir) // whoever writes into it says what is wrong
	}
	settings, err := loadSettings(filepath.Join(dir, "settings.json"))
	if err != nil && !cfg.Lenient {
		return nil, err
	}
	organisation, wrong := readOrganisation(cfg.Beside, dir)
	a := &App{cfg: cfg, own: settings, settings: settings.under(organisation), organisation: organisation, problem: err, leftOut: wrong}
	a.Proof = proof.New(proof.Config{Version: cfg.Version, Now: cfg.Now, Rand: cfg.Rand, HTTP: cfg.HTTP, Known: cfg.Known, Lists: lists,
		ListsDir: filepath.Join(dir, "trusted-lists"), Chosen: a.chosen, Calendars: func() []string { return a.Settings().Calendars }})
	return a, nil
}

// About names this program as a person may have to tell it: version and build.
func (a *App) About() string {
	if a.cfg.Build == "" {
		return "Constat " + a.cfg.Version
	}
	return "Constat " + a.cfg.Version + " (" + a.cfg.Build + ")"
}

// Now is the time by the clock that this program goes by.
func (a *App) Now() time.Time { return a.cfg.Now() }

// Problem is what is wrong with the settings, of an App that goes on without them; see Config.Lenient.
func (a *App) Problem() error { return a.problem }

// LeftOut is what is wrong with an organisation's file, of which nothing is used then. It is to be said
// once, and is no reason not to go on.
func (a *App) LeftOut() error { return a.leftOut }

// Sweep removes what a run that was killed left in the work folder. The error names what stays, for
// a person to be told: nothing else depends on it.
func (a *App) Sweep() error {
	_, err := chrome.Sweep(a.workDir())
	return err
}

// makePrivate makes a folder that nobody but the person may enter. One that was there keeps its rights.
func makePrivate(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	_ = system.Private(dir) // a file system without rights, as of most sticks
	return nil
}

// Place says what a person should know of a place before something is put there; nil if nothing is
// known. Vault tells that it is a vault, and not what anybody could read. It looks at disks, so not
// on the window's goroutine.
func Place(path string, vault bool) error {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if p, ok := system.This().Look(path); ok {
		return &system.Error{Path: path, Place: p, Vault: vault}
	}
	return nil
}

// workDir is where browser profiles live while a capture runs.
func (a *App) workDir() string { return filepath.Join(a.cfg.DataDir, "work") }

// Settings returns the present settings.
func (a *App) Settings() Settings {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.settings.clone()
}

// SaveSettings takes new settings, which apply from now on, and stores those that the person chose:
// what an organisation gives stays the organisation's.
func (a *App) SaveSettings(s Settings) error {
	for _, x := range s.Authorities {
		if _, err := proof.ParseAuthority(x.URL, nil); err != nil {
			return err
		}
	}
	for _, x := range s.Calendars {
		if err := proof.CheckCalendar(x); err != nil {
			return err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	own := s.chosen(a.own, a.settings, a.organisation)
	if err := saveSettings(filepath.Join(a.cfg.DataDir, "settings.json"), own); err != nil {
		return err
	}
	a.own, a.settings = own, own.under(a.organisation)
	return nil
}

// PortableVault is the name of a vault that travels beside the program, as on
// a USB stick. An empty folder of that name is where a new one goes.
const PortableVault = "constat-vault"

// DefaultVault is the folder of the person's own vault: the one beside the
// program if there is one, the one of the settings, or the one in the data folder.
func (a *App) DefaultVault() string {
	if a.cfg.Beside != "" {
		if dir := filepath.Join(a.cfg.Beside, PortableVault); a.VaultExists(dir) || emptyFolder(dir) {
			return dir
		}
	}
	if v := a.Settings().Vault; v != "" {
		return v
	}
	return filepath.Join(a.cfg.DataDir, "vault")
}

func emptyFolder(dir string) bool {
	list, err := os.ReadDir(dir)
	return err == nil && len(list) == 0
}

// chosen are the authorities of the configuration or the settings; nil if neither names any.
func (a *App) chosen() []evidence.Authority {
	if a.cfg.Authorities != nil {
		return a.cfg.Authorities
	}
	if s := a.Settings(); len(s.Authorities) > 0 {
		return s.Authorities
	}
	return nil
}

func (a *App) software() evidence.Software {
	return evidence.Software{Name: "Constat", Version: a.cfg.Version, OS: system.Name(), Arch: runtime.GOARCH}
}

// Prepare starts an empty browser for the next capture, while the person answers questions, and
// returns when it is ready. It loads nothing. The error can be ignored: a capture that finds no browser
// ready starts one, and says what is wrong. The browser ends with its capture, after
// five minutes, with [Session.Lock], [App.Dismiss] or this program.
func (a *App) Prepare(ctx context.Context) error {
	r, err := a.recorder(false)
	if err != nil {
		return err
	}
	return r.Warm(ctx)
}

// Dismiss ends a browser that [App.Prepare] has started and no capture has taken.
func (a *App) Dismiss() { a.ahead.End() }

// recorder is what keeps a page.
// A practice page is kept without asking anybody.
func (a *App) recorder(practice bool) (*capture.Recorder, error) {
	browser, err := a.browser()
	if err != nil {
		return nil, err
	}
	timeServer, own := a.timeServer()
	if practice {
		timeServer, own = "", false
	}
	return capture.New(capture.Config{
		Executable: browser, WorkDir: a.workDir(), NoSandbox: a.cfg.NoSandbox, Now: a.cfg.Now, Practice: practice, Warmer: &a.ahead,
		TimeServer: timeServer, SystemTime: own,
	})
}

// Guide returns the steps to have taken down what stands at an address. It needs no vault and loads
// nothing.
func (a *App) Guide(address, lang string) (remove.Guide, error) {
	if !slices.Contains(words.Languages, lang) {
		return remove.Guide{}, &handover.LanguageError{Language: lang}
	}
	if found, _ := keep.Addresses(address); len(found) == 1 {
		address = found[0]
	}
	if err := keep.CheckAddress(address); err != nil {
		return remove.Guide{}, err
	}
	return remove.ForAddress(address, lang, a.cfg.Now()), nil
}

// timeServer is whom a capture asks for the time, and whether that is the system's own.
func (a *App) timeServer() (server string, own bool) {
	switch server = cmp.Or(a.cfg.TimeServer, a.Settings().TimeServer, TimeServerSystem); server {
	case TimeServerNone:
		return "", false
	case TimeServerSystem:
		return a.SystemTimeServer(), true
	}
	return server, false
}

// SystemTimeServer is the time server that this system is set to ask; empty if none is known.
func (a *App) SystemTimeServer() string {
	if a.cfg.SystemTime == nil {
		return ""
	}
	return a.cfg.SystemTime()
}

// browser finds the browser that captures will use.
func (a *App) browser() (chrome.Executable, error) {
	named := a.cfg.Browser
	if named == "" {
		named = a.Settings().Browser
	}
	return chrome.Find(chrome.FindOptions{Named: named})
}
