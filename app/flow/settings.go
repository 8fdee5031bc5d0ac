package flow

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"syscall"

	"constat/assets/words"
	"constat/capture"
	"constat/evidence"
	"constat/evidence/held"
)

// Settings are choices that are not secret: no address of a page, no name and
// no passphrase is ever among them. They lie in settings.json in the data folder.
type Settings struct {
	Language    string               `json:"language,omitempty"`   // of the window
	Vault       string               `json:"vault,omitempty"`      // folder; empty: the default one
	Browser     string               `json:"browser,omitempty"`    // path; empty: found by itself
	Authorities []evidence.Authority `json:"authorities,omitzero"` // none: the built-in list; empty, not nil: although an organisation gives others
	LockMinutes int                  `json:"lock_minutes,omitempty"`
	Look        string               `json:"look,omitempty"`         // of the window: light, dark or contrast; empty: as the system says
	TextPercent int                  `json:"text_percent,omitempty"` // 100 to 200; 0: 100
	// TimeServer is asked for the time during a capture (NTP): host, host:port, [TimeServerNone] or
	// [TimeServerSystem]; empty means the latter.
	TimeServer string `json:"time_server,omitempty"`
	// Calendars are asked for an OpenTimestamps proof when a bundle is made; none, nobody is.
	Calendars []string `json:"calendars,omitempty"`
}

// What can stand for a time server. Neither is a host that anybody asks: one has no dot, and no port.
const (
	TimeServerSystem = "system" // the one that this system is set to ask
	TimeServerNone   = "none"   // nobody
)

// lookSystem stands in the file for the system's own look, where an organisation gives another one.
const lookSystem = "system"

// looks are what can stand for a look that is not the system's.
var looks = []string{"", "light", "dark", "contrast"}

// validTimeServer reports whether this is nothing, a word for a time server, a host or host:port.
func validTimeServer(s string) bool {
	if s == "" || s == TimeServerNone || s == TimeServerSystem || net.ParseIP(s) != nil {
		return true
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		host, port = s, "123"
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || len(host) > 253 {
		return false
	}
	return net.ParseIP(host) != nil || hostName.MatchString(host)
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\.?$`)

// SystemTimeServer is the time server that this system is set to ask; empty if none is known.
// Nobody is asked for it.
func SystemTimeServer() string { return capture.SystemTimeServer() }

func (s Settings) clone() Settings {
	s.Authorities, s.Calendars = slices.Clone(s.Authorities), slices.Clone(s.Calendars)
	return s
}

// maxSettings is the largest settings file that is read, in bytes.
const maxSettings = 1 << 20

// settingsError reports a settings file that cannot be used; it is never overwritten silently.
type settingsError struct {
	Path string
	Err  error
}

func (e *settingsError) Error() string { return fmt.Sprintf("settings %s: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *settingsError) Unwrap() error { return e.Err }

func loadSettings(path string) (Settings, error) {
	var s Settings
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) { // nor is there a folder that they could lie in
		return s, nil
	}
	if err != nil {
		return s, &settingsError{path, err}
	}
	if info.Size() > maxSettings {
		return s, &settingsError{path, fmt.Errorf("%d bytes", info.Size())}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return s, &settingsError{path, err}
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return Settings{}, &settingsError{path, err}
	}
	if s.Language != "" && !slices.Contains(words.Languages, s.Language) {
		s.Language = ""
	}
	return s, nil
}

func saveSettings(path string, s Settings) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return &settingsError{path, err}
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".settings-*")
	if err != nil {
		return &settingsError{path, err}
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(append(b, '\n'))
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = held.Rename(tmp.Name(), path)
	}
	if err != nil {
		return &settingsError{path, err}
	}
	return nil
}
