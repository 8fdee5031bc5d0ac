package flow

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"constat/evidence"
)

// Config is everything that the use cases need from outside.
type Config struct {
	DataDir     string           // settings and the private work folder; made if missing, mode 0700
	Version     string           // of this program
	Now         func() time.Time // nil: time.Now, in the device's zone
	Rand        io.Reader        // nil: crypto/rand
	HTTP        *http.Client     // for timestamp authorities; nil: a client of its own
	Browser     string           // path; empty: settings, then found
	NoSandbox   bool             // only with CONSTAT_NO_SANDBOX=1
	Authorities []evidence.Authority
	WorkFactor  int // scrypt cost of a new vault; 0: the default. Tests lower it.
}

// App is the program without a vault: settings, verification, practice.
type App struct {
	cfg Config
}

// New checks the configuration, reads the settings and sweeps what an earlier
// run may have left in the work folder.
func New(cfg Config) (*App, error) { return &App{cfg: cfg}, nil }

// Settings returns the present settings.
func (a *App) Settings() Settings { return Settings{} }

// SaveSettings stores new settings; they apply from now on.
func (a *App) SaveSettings(s Settings) error { return errors.ErrUnsupported }

// DefaultVault is the folder of the person's own vault.
func (a *App) DefaultVault() string { return "" }

// VaultExists reports whether dir holds a vault (of any version).
func (a *App) VaultExists(dir string) bool { return false }

// CreateVault makes a vault and returns it open, with the recovery code, which
// is shown once and stored nowhere.
func (a *App) CreateVault(ctx context.Context, dir, passphrase string) (*Session, string, error) {
	return nil, "", errors.ErrUnsupported
}

// Unlock opens a vault with its passphrase. It takes about a second on purpose.
func (a *App) Unlock(ctx context.Context, dir, passphrase string) (*Session, error) {
	return nil, errors.ErrUnsupported
}

// UnlockWithCode opens a vault with the recovery code and sets a new passphrase.
func (a *App) UnlockWithCode(ctx context.Context, dir, code, newPassphrase string) (*Session, error) {
	return nil, errors.ErrUnsupported
}

// Strength rates a passphrase.
type Strength int

// From refused to good. Below Enough a vault is not made.
const (
	TooShort Strength = iota // fewer than 8 characters
	Weak                     // common or too simple
	Enough
	Good
)

// RatePassphrase rates a passphrase without storing or sending it.
func RatePassphrase(p string) Strength { return TooShort }

// Session is an open vault.
type Session struct{ app *App }

// Lock closes the vault; the keys are gone from memory as far as Go allows.
func (s *Session) Lock() error { return nil }

// Vault returns the folder of the vault.
func (s *Session) Vault() string { return "" }

// Cases lists the cases, newest first.
func (s *Session) Cases(ctx context.Context) ([]CaseView, error) { return nil, errors.ErrUnsupported }

// CreateCase makes a case.
func (s *Session) CreateCase(ctx context.Context, title string) (CaseView, error) {
	return CaseView{}, errors.ErrUnsupported
}

// Exhibits lists a case's exhibits, oldest first.
func (s *Session) Exhibits(ctx context.Context, caseID string) ([]ExhibitView, error) {
	return nil, errors.ErrUnsupported
}

// Exhibit returns one exhibit.
func (s *Session) Exhibit(ctx context.Context, caseID, id string) (ExhibitView, error) {
	return ExhibitView{}, errors.ErrUnsupported
}

// CheckAddress says at once whether an address can be kept, without loading it.
func CheckAddress(address string) error { return errors.ErrUnsupported }

// Preserve keeps a page: capture, manifest, vault, timestamps. Only with
// SubjectAdult does anything load; otherwise it returns ErrSubject, and Record
// is the way.
func (s *Session) Preserve(ctx context.Context, r PreserveRequest, p evidence.Progress) (ExhibitView, error) {
	return ExhibitView{}, errors.ErrUnsupported
}

// Record keeps an address without loading anything.
func (s *Session) Record(ctx context.Context, r RecordRequest, p evidence.Progress) (ExhibitView, error) {
	return ExhibitView{}, errors.ErrUnsupported
}

// Restamp asks again for every timestamp that a case still lacks.
func (s *Session) Restamp(ctx context.Context, caseID string, p evidence.Progress) ([]ExhibitView, error) {
	return nil, errors.ErrUnsupported
}

// Preview decrypts one part of the picture for the screen and notes the view
// in the custody log (once for part 1).
func (s *Session) Preview(ctx context.Context, caseID, exhibit string, part int) (Preview, error) {
	return Preview{}, errors.ErrUnsupported
}

// Extract writes the artifacts of an exhibit, decrypted, into a new folder.
func (s *Session) Extract(ctx context.Context, caseID, exhibit, dir string) ([]ArtifactView, error) {
	return nil, errors.ErrUnsupported
}

// Export makes a bundle and reads it back with the independent checker.
func (s *Session) Export(ctx context.Context, r ExportRequest, p evidence.Progress) (ExportResult, error) {
	return ExportResult{}, errors.ErrUnsupported
}

// Check reads the whole vault with the independent checker.
func (s *Session) Check(ctx context.Context, p evidence.Progress) (CheckResult, error) {
	return CheckResult{}, errors.ErrUnsupported
}
