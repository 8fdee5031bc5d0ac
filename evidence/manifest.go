package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	strictjson "github.com/go-json-experiment/json"
)

// ManifestFormat is the format this version writes and reads.
const ManifestFormat = "constat-manifest/1"

// MaxManifest is the largest manifest that is read, in bytes.
const MaxManifest = 16 << 20

// Kind says how an exhibit came about.
type Kind string

const (
	WebCapture  Kind = "web-capture"
	Import      Kind = "import"
	AddressOnly Kind = "address-only"
	Rechecked   Kind = "recheck" // a kept page, visited again; see [Recheck]
)

// Outcome says honestly what a capture got.
type Outcome string

const (
	Complete  Outcome = "complete"
	Partial   Outcome = "partial"    // usable; the problems say what is missing
	LoginPage Outcome = "login-page" // the site showed its sign-in page instead
	BotCheck  Outcome = "bot-check"  // the site asked to prove that a human is there
	Removed   Outcome = "removed"    // the site says that the content is gone
	Blank     Outcome = "blank"      // one colour from edge to edge
	FailedOut Outcome = "failed"     // nothing usable came
)

// Usable reports whether what was asked for was kept, at least in part.
func (o Outcome) Usable() bool { return o == Complete || o == Partial }

// Problem is something that went wrong during a capture and did not stop it.
type Problem struct {
	Code   string            `json:"code"`             // stable, e.g. "load-timeout"; words are in the translations
	Detail string            `json:"detail,omitempty"` // facts, not prose, in English
	Values map[string]string `json:"values,omitempty"` // the same facts, see [Say]
}

// Moment is one instant, written twice: in UTC and as the person's clock
// showed it, with offset and zone name.
type Moment struct {
	UTC   time.Time `json:"utc"`
	Local string    `json:"local"` // RFC 3339 with the local offset
	Zone  string    `json:"zone"`  // e.g. "CET" or an IANA name
}

// MomentOf renders t in UTC and in t's own location.
func MomentOf(t time.Time) Moment {
	zone := t.Location().String()
	if zone == "Local" || zone == "" {
		zone, _ = t.Zone()
	}
	return Moment{UTC: t.UTC(), Local: t.Format("2006-01-02T15:04:05.000Z07:00"), Zone: zone}
}

// Software names what made the exhibit. No host, user or device name is in it.
type Software struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	OS      string `json:"os"`   // e.g. "Debian GNU/Linux 12 (bookworm)"
	Arch    string `json:"arch"` // GOARCH
}

// Browser names the browser that showed the page, as it names itself.
type Browser struct {
	Product   string   `json:"product"`    // e.g. "HeadlessChrome/156.0.8078.73"
	Protocol  string   `json:"protocol"`   // CDP version
	Revision  string   `json:"revision"`   // source revision
	V8        string   `json:"v8"`         // JavaScript engine version
	UserAgent string   `json:"user_agent"` // as sent with the page's request
	Headless  bool     `json:"headless"`
	Sandbox   bool     `json:"sandbox"` // false only with CONSTAT_NO_SANDBOX=1
	Flags     []string `json:"flags"`   // command line without paths
}

// Request is what was asked for.
type Request struct {
	Address    string `json:"address"` // as entered
	ViewWidth  int    `json:"view_width"`
	ViewHeight int    `json:"view_height"`
	Scale      int    `json:"scale"`           // device pixels per CSS pixel
	Phone      bool   `json:"phone,omitempty"` // shown as a phone would show it: user agent, touch and metrics
	// LeaveOverlays: consent overlays were left as they were, on request.
	LeaveOverlays bool `json:"leave_overlays,omitempty"`
	// NoFilms: films and files were not asked for once more, on request.
	NoFilms bool `json:"no_films,omitempty"`
	// FilmStills: a still each so many seconds of the films that were kept, on request.
	FilmStills int  `json:"film_stills,omitempty"`
	Light      bool `json:"light,omitempty"` // first view, text, headers and certificate only: no more was asked for
	// Window: it stood in a visible window of ours, in which the person may have signed in;
	// Address is then where that window was.
	Window bool `json:"window,omitempty"`
	// Of a window, in percent; absent at 100.
	Zoom        int `json:"zoom,omitempty"`         // of the browser: the page was laid out anew for it
	ScreenScale int `json:"screen_scale,omitempty"` // pixels of the screen for 100 of the window
	Pinch       int `json:"pinch,omitempty"`        // how far the first view was magnified without a new layout
}

// Redirect is one step on the way to the final address.
type Redirect struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Kind   string `json:"kind"` // "http", "meta" or "script"
	Status int    `json:"status,omitempty"`
}

// TLS is what the browser's own connection negotiated.
type TLS struct {
	Protocol    string    `json:"protocol"` // e.g. "TLS 1.3"
	Cipher      string    `json:"cipher"`
	KeyExchange string    `json:"key_exchange,omitempty"`
	Subject     string    `json:"subject"`
	Issuer      string    `json:"issuer"`
	Names       []string  `json:"names,omitempty"` // subject alternative names
	ValidFrom   time.Time `json:"valid_from"`
	ValidTo     time.Time `json:"valid_to"`
	LeafSHA256  Digest    `json:"leaf_sha256,omitzero"` // of the DER certificate
}

// Sources of a [NameAnswer].
const (
	NamesDNS    = "dns"            // a name server, asked by the browser
	NamesHTTPS  = "dns-over-https" // a name server, asked by the browser over HTTPS
	NamesSystem = "system"         // the system's resolver, whoever that asked
	NamesHosts  = "hosts"          // the system's own list of hosts
)

// RelativeDate is a date that a page tells from now, such as "2 h", and the absolute one that the page itself
// carries beside it.
type RelativeDate struct {
	Shown    string `json:"shown"`              // as the page shows it
	Absolute string `json:"absolute,omitempty"` // verbatim; empty: the page carries none
	From     string `json:"from,omitempty"`     // attribute of the document, e.g. "datetime" or "title"
}

// NameAnswer is what the browser was told when it asked for the addresses of a host.
type NameAnswer struct {
	Host      string   `json:"host"`
	Addresses []string `json:"addresses"`         // IP addresses, as answered
	Aliases   []string `json:"aliases,omitempty"` // names that the host is another name of, in the order of the answer
	Source    string   `json:"source"`
}

// Page is what the browser itself knew of the page. No second request is made.
type Page struct {
	FinalAddress  string     `json:"final_address"`
	Redirects     []Redirect `json:"redirects"`
	Status        int        `json:"status"`
	StatusText    string     `json:"status_text,omitempty"`
	MediaType     string     `json:"media_type,omitempty"`
	HTTPVersion   string     `json:"http_version,omitempty"` // ALPN name, e.g. "h2"
	RemoteAddress string     `json:"remote_address"`         // IP and port
	LocalNetwork  bool       `json:"local_network"`          // loopback or private address
	// Names are what the browser was told when it asked for the addresses of the page's hosts: of
	// the document first.
	Names      []NameAnswer `json:"names,omitempty"`
	ServerDate string       `json:"server_date,omitempty"` // Date header, verbatim
	TLS        *TLS         `json:"tls,omitempty"`
	Title      string       `json:"title"`
	// Dates are those that the page tells from now, in the order of the page; each pair once.
	Dates      []RelativeDate `json:"dates,omitempty"`
	Width      int            `json:"width"`  // device pixels pictured
	Height     int            `json:"height"` // device pixels pictured
	PageHeight int            `json:"page_height"`
}

// ClockCheck compares this device's clock with others. Differences are shown, never corrected.
type ClockCheck struct {
	Source     string  `json:"source"`         // "http-date", "timestamp", "ntp"
	OffsetSecs float64 `json:"offset_seconds"` // this device minus the other: positive, this device is ahead
	Detail     string  `json:"detail,omitempty"`
	// Values are what the detail says, see [Say].
	Values map[string]string `json:"values,omitempty"`
}

// PreconditionState is the answer to one item of the list of preconditions.
type PreconditionState string

const (
	Met        PreconditionState = "met"
	NotMet     PreconditionState = "not-met"
	NotChecked PreconditionState = "not-checked"
)

// Precondition is one item of the checklist after NF Z67-147; we never claim conformity.
type Precondition struct {
	Item   string            `json:"item"` // stable, e.g. "fresh-profile"; words are in the translations
	State  PreconditionState `json:"state"`
	Detail string            `json:"detail,omitempty"`
	Values map[string]string `json:"values,omitempty"` // what the detail says, see [Say]
}

// Redaction is one thing that was kept out of the record, and why.
type Redaction struct {
	Place  string `json:"place"` // e.g. "headers.json: response"
	What   string `json:"what"`  // e.g. "Set-Cookie"
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

// LogHead anchors the history: the custody log's last line before this manifest.
type LogHead struct {
	Seq    uint64 `json:"seq"`
	SHA256 Digest `json:"sha256"`
}

// Manifest is the list of an exhibit's artifacts, digests and facts. Its exact
// bytes are what gets timestamped.
type Manifest struct {
	Format       string         `json:"format"`
	Practice     string         `json:"practice,omitempty"` // PracticeMark or empty
	Case         string         `json:"case"`
	Exhibit      string         `json:"exhibit"`
	Kind         Kind           `json:"kind"`
	Software     Software       `json:"software"`
	Browser      *Browser       `json:"browser,omitempty"`
	Started      Moment         `json:"started"`
	Pictured     *Moment        `json:"pictured,omitempty"` // when the first view was taken; it is on the dated copy
	Finished     Moment         `json:"finished"`
	Request      *Request       `json:"request,omitempty"`
	Page         *Page          `json:"page,omitempty"`
	Recheck      *Recheck       `json:"recheck,omitempty"`
	Outcome      Outcome        `json:"outcome"`
	Problems     []Problem      `json:"problems"`
	Clock        []ClockCheck   `json:"clock"`
	Precondition []Precondition `json:"preconditions"`
	Artifacts    []Artifact     `json:"artifacts"`
	Claims       []Claim        `json:"claims,omitempty"` // what imported files say of themselves
	Redactions   []Redaction    `json:"redactions"`
	CustodyHead  LogHead        `json:"custody_head"`
}

// PracticeMark is written into everything that practice makes.
const PracticeMark = "PRACTICE — NOT EVIDENCE"

// ErrManifest reports bytes that are not a manifest this version understands.
var ErrManifest = errors.New("not a valid manifest")

// Encode returns the exact bytes of the manifest: indented JSON, one final
// line feed. It refuses a manifest that [DecodeManifest] would refuse. A list that is
// always there is written as an empty one if it is nil: "none" is a fact too.
func (m Manifest) Encode() ([]byte, error) {
	m.Format = ManifestFormat
	m.wholeLists()
	if err := m.check(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(m); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	if b.Len() > MaxManifest {
		return nil, fmt.Errorf("%w: %d bytes", ErrManifest, b.Len())
	}
	return b.Bytes(), nil
}

// wholeLists replaces what would be written as null, without changing what the caller has.
func (m *Manifest) wholeLists() {
	m.Problems, m.Clock = whole(m.Problems), whole(m.Clock)
	m.Precondition, m.Artifacts, m.Redactions = whole(m.Precondition), whole(m.Artifacts), whole(m.Redactions)
	if m.Browser != nil && m.Browser.Flags == nil {
		b := *m.Browser
		b.Flags, m.Browser = []string{}, &b
	}
	if m.Page != nil {
		p := *m.Page
		p.Redirects, p.Names, p.Dates = whole(p.Redirects), slices.Clone(p.Names), slices.Clone(p.Dates)
		for i := range p.Names {
			p.Names[i].Addresses = whole(p.Names[i].Addresses)
		}
		m.Page = &p
	}
}

func whole[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// DecodeManifest reads one manifest. Fields it does not know are ignored, so
// that a later version can add some. Trailing data, a name that stands twice or
// in other letters, and broken UTF-8 are refused: two readers of the same bytes
// must see the same manifest.
func DecodeManifest(b []byte) (Manifest, error) {
	var m Manifest
	if len(b) > MaxManifest {
		return m, fmt.Errorf("%w: %d bytes", ErrManifest, len(b))
	}
	if err := strictjson.Unmarshal(b, &m); err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	if err := m.check(); err != nil {
		return Manifest{}, err
	}
	return m, nil
}

func (m Manifest) check() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrManifest, fmt.Sprintf(format, args...))
	}
	if m.Format != ManifestFormat {
		return bad("format %.40q", m.Format)
	}
	if m.Practice != "" && m.Practice != PracticeMark {
		return bad("practice mark %.40q", m.Practice)
	}
	if err := CheckCaseID(m.Case); err != nil {
		return bad("%v", err)
	}
	if err := CheckExhibitID(m.Exhibit); err != nil {
		return bad("%v", err)
	}
	if err := m.checkRecheck(); err != nil {
		return bad("%v", err)
	}
	names := map[string]bool{ManifestName: true}
	digests := map[Digest]bool{}
	for _, a := range m.Artifacts {
		if err := CheckArtifactName(a.Name); err != nil {
			return bad("%v", err)
		}
		if names[a.Name] {
			return bad("artifact %q twice", a.Name)
		}
		if a.SHA256.IsZero() || a.SHA512.IsZero() || a.Size < 0 {
			return bad("artifact %q without digest or size", a.Name)
		}
		if a.Role != Original && a.Role != Derived || (a.Role == Derived) != (len(a.Parents) > 0) {
			return bad("artifact %q: role %.20q with %d parents", a.Name, a.Role, len(a.Parents))
		}
		names[a.Name], digests[a.SHA256] = true, true
	}
	for _, a := range m.Artifacts {
		for _, p := range a.Parents {
			if !digests[p] {
				return bad("artifact %q names a parent that is not here", a.Name)
			}
		}
	}
	return nil
}

// Artifact returns the artifact of that name.
func (m Manifest) Artifact(name string) (Artifact, bool) {
	for _, a := range m.Artifacts {
		if a.Name == name {
			return a, true
		}
	}
	return Artifact{}, false
}

// Tiles returns the tiles of the full page in order.
func (m Manifest) Tiles() []Artifact {
	var tiles []Artifact
	for _, a := range m.Artifacts {
		if IsTile(a.Name) {
			tiles = append(tiles, a)
		}
	}
	return tiles
}
