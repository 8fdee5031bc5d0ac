package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestDigestIsWhatSha256sumPrints(t *testing.T) {
	data := []byte("constat\n")
	cmd := exec.Command("sha256sum")
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	want, _, _ := strings.Cut(string(out), " ")
	if got := Sum(data).String(); got != want {
		t.Errorf("Sum = %s, sha256sum says %s", got, want)
	}
	h := NewHasher()
	_, _ = h.Write(data[:3])
	_, _ = h.Write(data[3:])
	d, d512, n := h.Sums()
	if d != Sum(data) || d512 != Sum512(data) || n != int64(len(data)) {
		t.Error("Hasher disagrees with Sum")
	}
}

func TestParseDigestIsStrict(t *testing.T) {
	good := Sum([]byte("x")).String()
	d, err := ParseDigest(good)
	if err != nil || d.String() != good {
		t.Fatalf("ParseDigest(%s) = %v, %v", good, d, err)
	}
	for name, s := range map[string]string{
		"empty": "", "short": good[:63], "long": good + "0", "upper case": strings.ToUpper(good), "not hex": "g" + good[1:],
	} {
		if _, err := ParseDigest(s); !errors.Is(err, errDigest) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, err := json.Marshal(struct{ D Digest }{}); err == nil {
		t.Error("a digest that was never computed was written")
	}
}

func TestGrouped(t *testing.T) {
	g := Sum([]byte("x")).Grouped()
	if strings.ReplaceAll(g, " ", "") != Sum([]byte("x")).String() || len(strings.Fields(g)) != 16 {
		t.Errorf("Grouped = %q", g)
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain é 例":                   "plain é 例",
		"line\nfeed\ttab\x00\x1b[31m": "line feed tab  [31m",
		"evil\u202egpj.exe":           "evilgpj.exe",
		"zero\u200bwidth\ufeff":       "zerowidth",
		"broken\xffutf8":              "broken\ufffdutf8",
		"para\u2029graph":             "para graph",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got := Shorten("abcdef", 4); got != "abc…" {
		t.Errorf("Shorten = %q", got)
	}
}

func TestArtifactNames(t *testing.T) {
	for _, ok := range []string{FirstViewName, DatedName, ManifestName, TileName(1), TileName(123), TokenName("tsa.example-3161")} {
		if err := CheckArtifactName(ok); err != nil {
			t.Errorf("%q refused: %v", ok, err)
		}
	}
	for _, bad := range []string{"", ".", "..", "../x", "a/b", `a\b`, "a:b", ".hidden", "CON", "con.txt", "LPT1.png", "x.", "é.png", "a b", "a\x00", strings.Repeat("a", 121)} {
		if CheckArtifactName(bad) == nil {
			t.Errorf("%q accepted", bad)
		}
	}
}

func TestAuthorityName(t *testing.T) {
	for in, want := range map[string]string{
		"http://tsa.example.org/tsr":   "tsa.example.org",
		"http://127.0.0.1:3161/":       "127.0.0.1-3161",
		"https://TSA.example.org:8318": "tsa.example.org-8318",
		"http://[::1]:80/":             "1--80",
		"::":                           "authority",
	} {
		got := AuthorityName(in)
		if got != want {
			t.Errorf("AuthorityName(%q) = %q, want %q", in, got, want)
		}
		if err := CheckArtifactName(TokenName(got)); err != nil {
			t.Error(err)
		}
	}
}

func TestMomentNamesBothTimes(t *testing.T) {
	m := MomentOf(time.Date(2026, 11, 23, 11, 42, 7, 89e6, time.FixedZone("CET", 3600)))
	if m.Local != "2026-11-23T11:42:07.089+01:00" || m.Zone != "CET" || m.UTC.Format(time.RFC3339) != "2026-11-23T10:42:07Z" {
		t.Errorf("MomentOf = %+v", m)
	}
}

// sampleManifest is small and valid.
func sampleManifest() Manifest {
	tile := Artifact{Name: TileName(1), Role: Original, MediaType: "image/png", Size: 3, SHA256: Sum([]byte("abc")), SHA512: Sum512([]byte("abc"))}
	dated := Artifact{Name: DatedName, Role: Derived, MediaType: "image/png", Size: 1, SHA256: Sum([]byte("d")), SHA512: Sum512([]byte("d")), Parents: []Digest{tile.SHA256}}
	at := MomentOf(time.Date(2026, 11, 23, 10, 42, 7, 0, time.UTC))
	return Manifest{
		Case: "0123456789abcdef", Exhibit: "E-001", Kind: WebCapture, Started: at, Finished: at, Outcome: Complete,
		Problems: []Problem{}, Clock: []ClockCheck{}, Precondition: []Precondition{}, Redactions: []Redaction{},
		Artifacts: []Artifact{tile, dated}, CustodyHead: LogHead{Seq: 1, SHA256: Sum([]byte("line"))},
	}
}

func TestManifestRoundTrip(t *testing.T) {
	b, err := sampleManifest().Encode()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasSuffix(b, []byte("}\n")) {
		t.Error("no final line feed")
	}
	m, err := DecodeManifest(b)
	if err != nil {
		t.Fatal(err)
	}
	again, err := m.Encode()
	if err != nil || !bytes.Equal(b, again) {
		t.Errorf("decoding and encoding changed the bytes: %v", err)
	}
	if len(m.Tiles()) != 1 {
		t.Error("Tiles misses the tile")
	}
}

// visit is a second visit as it should be.
func visit(exhibit string) *Recheck {
	return &Recheck{Exhibit: exhibit, ManifestSHA256: Sum([]byte("kept")), State: Gone, Reason: "status"}
}

func TestManifestRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*Manifest){
		"other practice mark":       func(m *Manifest) { m.Practice = "maybe" },
		"path as case":              func(m *Manifest) { m.Case = "../../etc" },
		"bad exhibit":               func(m *Manifest) { m.Exhibit = "E-1" },
		"escaping artifact":         func(m *Manifest) { m.Artifacts[0].Name = "../x" },
		"artifact twice":            func(m *Manifest) { m.Artifacts[1].Name = m.Artifacts[0].Name },
		"artifact named manifest":   func(m *Manifest) { m.Artifacts[0].Name = ManifestName },
		"no digest":                 func(m *Manifest) { m.Artifacts[0].SHA256 = Digest{} },
		"no second digest":          func(m *Manifest) { m.Artifacts[0].SHA512 = Digest512{} },
		"negative size":             func(m *Manifest) { m.Artifacts[0].Size = -1 },
		"derived without parent":    func(m *Manifest) { m.Artifacts[1].Parents = nil },
		"original with parent":      func(m *Manifest) { m.Artifacts[0].Parents = []Digest{m.Artifacts[1].SHA256} },
		"parent that is not there":  func(m *Manifest) { m.Artifacts[1].Parents = []Digest{Sum([]byte("else"))} },
		"role that does not exist":  func(m *Manifest) { m.Artifacts[0].Role = "copy" },
		"a visit to nothing":        func(m *Manifest) { m.Kind = Rechecked },
		"a visit of another kind":   func(m *Manifest) { m.Recheck = visit("E-002") },
		"a visit to itself":         func(m *Manifest) { m.Kind, m.Recheck = Rechecked, visit(m.Exhibit) },
		"a visit to a path":         func(m *Manifest) { m.Kind, m.Recheck = Rechecked, visit("../x") },
		"a visit without an answer": func(m *Manifest) { m.Kind, m.Recheck = Rechecked, visit("E-002"); m.Recheck.State = "" },
		"a visit without a reason":  func(m *Manifest) { m.Kind, m.Recheck = Rechecked, visit("E-002"); m.Recheck.Reason = "" },
		"a visit without a digest": func(m *Manifest) {
			m.Kind, m.Recheck = Rechecked, visit("E-002")
			m.Recheck.ManifestSHA256 = Digest{}
		},
		"more than all of the text": func(m *Manifest) {
			n := 101
			m.Kind, m.Recheck = Rechecked, visit("E-002")
			m.Recheck.SameText = &n
		},
		"custody head without value": func(m *Manifest) { m.CustodyHead.SHA256 = Digest{} },
	} {
		m := sampleManifest()
		spoil(&m)
		if _, err := m.Encode(); err == nil {
			t.Errorf("%s: encoded", name)
		}
	}
	visited := sampleManifest()
	visited.Kind, visited.Recheck = Rechecked, visit("E-002")
	if _, err := visited.Encode(); err != nil {
		t.Errorf("a second visit is refused: %v", err)
	}
	good, _ := sampleManifest().Encode()
	for name, b := range map[string][]byte{
		"trailing data": append(bytes.Clone(good), "{}"...),
		"other format":  bytes.Replace(good, []byte("constat-manifest/1"), []byte("constat-manifest/2"), 1),
		"name twice":    bytes.Replace(good, []byte(`"exhibit": "E-001",`), []byte(`"exhibit": "E-001", "exhibit": "E-002",`), 1),
		"no SHA-256":    bytes.Replace(good, []byte(`"sha256"`), []byte(`"sha-256"`), 1),
		"no SHA-512":    bytes.Replace(good, []byte(`"sha512"`), []byte(`"sha-512"`), 1),
		"cut":           good[:len(good)/2],
		"empty":         nil,
	} {
		if _, err := DecodeManifest(b); !errors.Is(err, ErrManifest) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// sampleLog has four entries of one case.
func sampleLog(t testing.TB) [][]byte {
	t.Helper()
	var c Chain
	var lines [][]byte
	for i, a := range []Action{ActCaseCreated, ActCaptured, ActStamped, ActExported} {
		_, line, err := c.Next(Entry{Time: time.Date(2026, 11, 23, 10, i, 0, 0, time.UTC), Action: a, Case: "0123456789abcdef", Actor: "Constat"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Accept(line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines
}

func join(lines [][]byte) []byte { return append(bytes.Join(lines, []byte("\n")), '\n') }

func TestChainHoldsAndNamesItsHead(t *testing.T) {
	lines := sampleLog(t)
	n := 0
	head, err := VerifyChain(bytes.NewReader(join(lines)), func(e Entry, line []byte) error {
		if !bytes.Equal(line, lines[n]) {
			t.Errorf("line %d differs", n+1)
		}
		n++
		return nil
	})
	if err != nil || n != 4 || head.Seq != 4 || head.SHA256 != Sum(lines[3]) {
		t.Errorf("VerifyChain = %+v, %d lines, %v", head, n, err)
	}
	// What an expert would do by hand, without our code: each line's SHA-256 stands in the next.
	for i := 1; i < len(lines); i++ {
		if !bytes.Contains(lines[i], []byte(`"previous":"`+Sum(lines[i-1]).String()+`"`)) {
			t.Errorf("line %d does not hold the digest of line %d", i+1, i)
		}
	}
}

func TestChainNamesTheFirstBrokenLink(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func([][]byte) []byte
		line  uint64
	}{
		"changed line": {func(l [][]byte) []byte {
			l[1] = bytes.Replace(l[1], []byte("captured"), []byte("imported"), 1)
			return join(l)
		}, 3},
		"missing line":    {func(l [][]byte) []byte { return join(append(l[:1:1], l[2:]...)) }, 2},
		"swapped lines":   {func(l [][]byte) []byte { l[1], l[2] = l[2], l[1]; return join(l) }, 2},
		"repeated line":   {func(l [][]byte) []byte { return join([][]byte{l[0], l[0], l[1]}) }, 2},
		"first line gone": {func(l [][]byte) []byte { return join(l[1:]) }, 1},
		"no case": {func(l [][]byte) []byte {
			return join([][]byte{bytes.Replace(l[0], []byte("0123456789abcdef"), []byte("../../etc"), 1)})
		}, 1},
		"another format": {func(l [][]byte) []byte {
			return join([][]byte{bytes.Replace(l[0], []byte(CustodyFormat), []byte("constat-custody/2"), 1)})
		}, 1},
		"not JSON": {func(l [][]byte) []byte { l[2] = []byte("hello"); return join(l) }, 3},
		"name twice": {func(l [][]byte) []byte {
			l[2] = bytes.Replace(l[2], []byte(`"actor":`), []byte(`"actor":"someone else","actor":`), 1)
			return join(l)
		}, 3},
		"data after entry": {func(l [][]byte) []byte { l[3] = append(l[3], "{}"...); return join(l) }, 4},
		"line of another case": {func(l [][]byte) []byte {
			var c Chain
			for _, line := range l[:2] {
				if _, err := c.Accept(line); err != nil {
					t.Fatal(err)
				}
			}
			_, foreign, err := c.Next(Entry{Action: ActViewed, Case: "fedcba9876543210", Actor: "Constat"})
			if err != nil {
				t.Fatal(err)
			}
			return join([][]byte{l[0], l[1], foreign})
		}, 3},
		"last line cut": {func(l [][]byte) []byte { b := join(l); return b[:len(b)-5] }, 4},
		"endless line":  {func(l [][]byte) []byte { return bytes.Repeat([]byte("x"), MaxCustodyLine+2) }, 1},
	} {
		_, err := VerifyChain(bytes.NewReader(c.spoil(sampleLog(t))), nil)
		broken, ok := errors.AsType[*BrokenLinkError](err)
		if !ok || broken.Line != c.line || !errors.Is(err, ErrCustody) {
			t.Errorf("%s: error %v, want line %d", name, err, c.line)
		}
	}
}

func TestChainMovesOnlyWhenAccepted(t *testing.T) {
	var c Chain
	e := Entry{Action: ActCaseCreated, Case: "0123456789abcdef", Actor: "Constat"}
	_, first, err := c.Next(e)
	if err != nil {
		t.Fatal(err)
	}
	if c.Head() != (LogHead{}) {
		t.Error("Next moved the chain on")
	}
	if _, err := c.Accept(first); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Accept(first); err == nil {
		t.Error("the same line was accepted twice")
	}
}

func FuzzDecodeManifest(f *testing.F) {
	good, err := sampleManifest().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"format":"constat-manifest/1"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := DecodeManifest(b)
		if err != nil {
			return
		}
		again, err := m.Encode()
		if err != nil {
			return // decoders are kinder than encoders: a zero custody head is not written
		}
		if _, err := DecodeManifest(again); err != nil {
			t.Errorf("what was written is not read: %v", err)
		}
	})
}

func FuzzVerifyChain(f *testing.F) {
	lines := sampleLog(f)
	f.Add(join(lines))
	f.Add(join(lines[:1]))
	f.Fuzz(func(t *testing.T, b []byte) {
		var seen [][]byte
		head, err := VerifyChain(bytes.NewReader(b), func(_ Entry, line []byte) error {
			seen = append(seen, bytes.Clone(line))
			return nil
		})
		if uint64(len(seen)) != head.Seq {
			t.Fatalf("%d lines, head %d", len(seen), head.Seq)
		}
		if err == nil && len(seen) > 0 && !bytes.Equal(join(seen), b) {
			t.Error("an accepted log is not what was read")
		}
	})
}

func FuzzClean(f *testing.F) {
	f.Add("evil\u202etxt\x00\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if Clean(got) != got || strings.ContainsAny(got, "\n\r\x00\u202e\u2066\u200b") {
			t.Errorf("Clean(%q) = %q", s, got)
		}
	})
}
