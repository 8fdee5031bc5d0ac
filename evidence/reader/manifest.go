package reader

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// What the formats fix.
const (
	ManifestFormat = "constat-manifest/1"
	ManifestName   = "manifest.json"
	MaxManifest    = 16 << 20 // bytes
	PracticeMark   = "PRACTICE — NOT EVIDENCE"
)

// SHA256 is a digest (FIPS 180-4). The zero value is none.
type SHA256 [32]byte

// SHA512 is a digest (FIPS 180-4). The zero value is none.
type SHA512 [64]byte

func (d SHA256) String() string { return hex.EncodeToString(d[:]) }
func (d SHA512) String() string { return hex.EncodeToString(d[:]) }

// IsZero reports that there is none.
func (d SHA256) IsZero() bool { return d == SHA256{} }

// Manifest is what a checker needs of a manifest. All of it was read.
type Manifest struct {
	Practice  bool
	Case      string
	Exhibit   string
	Kind      string
	Artifacts []Artifact
	Recheck   *Recheck // nil: it is no second visit
	Head      Head
	Started   time.Time // by the device's own clock
	Finished  time.Time

	all *value
}

// Artifact is one file that a manifest lists.
type Artifact struct {
	Name    string
	Derived bool
	Size    int64
	SHA256  SHA256
	SHA512  SHA512
	Parents []SHA256
}

// Recheck says which exhibit was visited a second time.
type Recheck struct {
	Exhibit  string
	Manifest SHA256 // of that exhibit
}

// Head is the last line of a custody log at some time.
type Head struct {
	Seq    uint64
	SHA256 SHA256
}

// ReadManifest reads one manifest. Its error is a [*Refused].
func ReadManifest(b []byte) (Manifest, error) {
	if len(b) > MaxManifest {
		return Manifest{}, refuse(RuleSize, "manifest", "%d bytes", len(b))
	}
	v, err := parse(b)
	if err != nil {
		return Manifest{}, err
	}
	// The format first: of another one nothing else can be said.
	if f := v.field("format"); v.kind != isObject || f == nil || f.text != ManifestFormat {
		return Manifest{}, refuse(RuleFormat, "manifest.format", "is not %s", ManifestFormat)
	}
	if err := manifest.against(v, "manifest"); err != nil {
		return Manifest{}, err
	}
	if !bytes.Equal(append(v.indented(make([]byte, 0, len(b)), 0), '\n'), b) {
		return Manifest{}, refuse(RuleLayout, "manifest", "is not indented by two spaces, or has not one line feed at its end")
	}
	return contents(v)
}

// contents takes out what a checker needs, and refuses what cannot be so. The types
// were checked before.
func contents(v *value) (Manifest, error) {
	m := Manifest{Case: v.field("case").text, Exhibit: v.field("exhibit").text, Kind: v.field("kind").text, all: v}
	bad := func(at, format string, a ...any) (Manifest, error) {
		return Manifest{}, refuse(RuleContent, "manifest."+at, format, a...)
	}
	if p := v.field("practice"); p != nil {
		// Empty says the same as no field; the program never writes it.
		if p.text != "" && p.text != PracticeMark {
			return bad("practice", "%.40q is not the mark", p.text)
		}
		m.Practice = p.text != ""
	}
	if !IsCase(m.Case) {
		return bad("case", "%.40q is not a case id", m.Case)
	}
	if !IsExhibit(m.Exhibit) {
		return bad("exhibit", "%.40q is not an exhibit id", m.Exhibit)
	}
	for name, t := range map[string]*time.Time{"started": &m.Started, "finished": &m.Finished} {
		// The types were checked before, so a time that is none stays zero.
		if u := v.field(name).field("utc"); u != nil {
			*t, _ = time.Parse(time.RFC3339Nano, u.text)
		}
	}
	seq, err := v.field("custody_head").field("seq").integer("manifest.custody_head.seq")
	if err != nil || seq < 0 {
		return Manifest{}, refuse(RuleType, "manifest.custody_head.seq", "%d is not the number of a line", seq)
	}
	m.Head = Head{Seq: uint64(seq), SHA256: v.field("custody_head").sha256("sha256")}
	if r := v.field("recheck"); (r != nil) != (m.Kind == "recheck") {
		return bad("recheck", "does not go together with kind %.20q", m.Kind)
	} else if r != nil {
		m.Recheck = &Recheck{Exhibit: r.field("exhibit").text, Manifest: r.sha256("manifest_sha256")}
		if !IsExhibit(m.Recheck.Exhibit) || m.Recheck.Exhibit == m.Exhibit {
			return bad("recheck.exhibit", "%.20q cannot have been visited", m.Recheck.Exhibit)
		}
		if r.field("state").text == "" || r.field("reason").text == "" {
			return bad("recheck", "has no state or no reason")
		}
		if p := r.field("same_text_percent"); p != nil {
			if n, err := p.integer(""); err != nil || n < 0 || n > 100 {
				return bad("recheck.same_text_percent", "is not 0 to 100")
			}
		}
	}
	names, sums := map[string]bool{ManifestName: true}, map[SHA256]bool{}
	for i, a := range v.field("artifacts").items {
		at := fmt.Sprintf("artifacts[%d]", i)
		one := Artifact{Name: a.field("name").text, SHA256: a.sha256("sha256")}
		if _, err := hex.Decode(one.SHA512[:], []byte(a.field("sha512").text)); err != nil {
			return Manifest{}, err
		}
		if one.Size, err = a.field("size").integer("manifest." + at + ".size"); err != nil || one.Size < 0 {
			return bad(at+".size", "is negative")
		}
		if !IsArtifact(one.Name) {
			return bad(at+".name", "%.40q is not the name of an artifact", one.Name)
		}
		if names[one.Name] {
			return bad(at+".name", "%q is there already", one.Name)
		}
		if p := a.field("parents"); p != nil {
			for _, d := range p.items {
				one.Parents = append(one.Parents, d.sum())
			}
		}
		switch role := a.field("role").text; {
		case role == "original" && len(one.Parents) == 0:
		case role == "derived" && len(one.Parents) > 0:
			one.Derived = true
		default:
			return bad(at+".role", "%.20q with %d parents", role, len(one.Parents))
		}
		names[one.Name], sums[one.SHA256] = true, true
		m.Artifacts = append(m.Artifacts, one)
	}
	for i, a := range m.Artifacts {
		for _, p := range a.Parents {
			if !sums[p] {
				return bad(fmt.Sprintf("artifacts[%d].parents", i), "%s is not listed", p)
			}
		}
	}
	return m, nil
}

func (v *value) sha256(name string) SHA256 { return v.field(name).sum() }

// sum is a digest that was checked before.
func (v *value) sum() (d SHA256) {
	_, _ = hex.Decode(d[:], []byte(v.text))
	return d
}

var (
	caseForm     = regexp.MustCompile(`^[0-9a-f]{16}$`)
	exhibitForm  = regexp.MustCompile(`^E-[0-9]{3,6}$`)
	artifactForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]{0,118}[A-Za-z0-9_-])?$`)
	deviceForm   = regexp.MustCompile(`(?i)^(CON|PRN|AUX|NUL|COM.|LPT.)(\.|$)`)
)

// IsCase reports whether s has the form of a case id.
func IsCase(s string) bool { return caseForm.MatchString(s) }

// IsExhibit reports whether s has the form of an exhibit id.
func IsExhibit(s string) bool { return exhibitForm.MatchString(s) }

// IsArtifact reports whether s has the form of an artifact's name.
func IsArtifact(s string) bool {
	return artifactForm.MatchString(s) && !deviceForm.MatchString(s) && !strings.Contains(s, "\n")
}
