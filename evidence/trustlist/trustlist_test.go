package trustlist_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/trustlist"
)

const swedish = "5ca1297db2975a4192a8ffa44b34ba67ac7f82f00f7dcf9144683ba2218cda51"

func digestOf(t testing.TB, s string) evidence.Digest {
	t.Helper()
	d, err := evidence.ParseDigest(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func sweden(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/se.xml")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// distilled is what the program brings.
func distilled(t testing.TB) trustlist.Set {
	t.Helper()
	b, err := os.ReadFile("../../assets/authorities/qualified.json")
	if err != nil {
		t.Fatal(err)
	}
	s, err := trustlist.ReadSet(b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestASignedListIsReadAsItWasDistilled(t *testing.T) {
	l, err := trustlist.Open(sweden(t), []evidence.Digest{digestOf(t, swedish)})
	if err != nil {
		t.Fatal(err)
	}
	if l.Territory != "SE" || l.Sequence != 48 || l.Issued.Format(time.DateOnly) != "2023-06-02" || len(l.Services) != 1 {
		t.Errorf("%+v", l)
	}
	set := distilled(t)
	for _, x := range set.Each {
		if x.Territory != "SE" {
			continue
		}
		if l.Pointers = nil; !reflect.DeepEqual(x, l) {
			t.Errorf("distilled %+v\nread %+v", x, l)
		}
	}
	if len(set.Each) != 9 || len(set.Lists.Pointers) < 30 {
		t.Errorf("%d lists, %d pointers", len(set.Each), len(set.Lists.Pointers))
	}
	if _, err := set.Read(sweden(t), nil); err != nil {
		t.Errorf("the list of lists does not name who signed: %v", err)
	}
}

// What is forged, cut, huge, old or signed by somebody else is refused, and
// nothing of it is used.
func TestListsThatAreRefused(t *testing.T) {
	good := sweden(t)
	may := []evidence.Digest{digestOf(t, swedish)}
	change := func(old, new string) []byte {
		if !bytes.Contains(good, []byte(old)) {
			t.Fatalf("the list has no %q", old)
		}
		return bytes.Replace(good, []byte(old), []byte(new), 1)
	}
	at := bytes.Index(good, []byte("<TrustServiceStatusList"))
	if at < 0 {
		at = bytes.Index(good, []byte(":TrustServiceStatusList")) // with a prefix
		at = bytes.LastIndexByte(good[:at], '<')
	}
	body := string(good[at:])
	sig := body[strings.Index(body, "<ds:Signature "):]
	sig = sig[:strings.Index(sig, "</ds:Signature>")+len("</ds:Signature>")]
	for _, c := range []struct {
		name string
		raw  []byte
		may  []evidence.Digest
		want error
	}{
		{"another status", change("Svcstatus/granted", "Svcstatus/withdrawn"), may, trustlist.ErrSignature},
		{"another date", change("2023-06-02T", "2026-06-02T"), may, trustlist.ErrSignature},
		{"another digest", change("<ds:DigestValue>", "<ds:DigestValue>AAAA"), may, trustlist.ErrSignature},
		{"another value", otherValue(good), may, trustlist.ErrSignature},
		{"signed by somebody else", good, []evidence.Digest{evidence.Sum([]byte("x"))}, trustlist.ErrSigner},
		{"nobody may", good, nil, trustlist.ErrSigner},
		{"no signature", []byte(strings.Replace(body, sig, "", 1)), may, trustlist.ErrForm},
		{"two signatures", []byte(strings.Replace(body, sig, sig+sig, 1)), may, trustlist.ErrForm},
		{"a document type", []byte("<!DOCTYPE x [<!ENTITY a \"b\">]>" + body), may, trustlist.ErrForm},
		{"wrapped in another list", []byte(`<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#">` + body + sig + `</TrustServiceStatusList>`), may, trustlist.ErrSignature},
		{"huge", append(bytes.Clone(good), bytes.Repeat([]byte(" "), trustlist.MaxList)...), may, trustlist.ErrSize},
		{"nothing", nil, may, trustlist.ErrForm},
		{"a page", []byte("<html><body>sign in</body></html>"), may, trustlist.ErrForm},
		{"very deep", []byte(strings.Repeat("<a>", 10_000)), may, trustlist.ErrForm},
	} {
		_, err := trustlist.Open(c.raw, c.may)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	for n := len(good) / 7; n < len(good); n += len(good) / 7 {
		if _, err := trustlist.Open(good[:n], may); err == nil {
			t.Errorf("the first %d of %d bytes pass", n, len(good))
		}
	}

	// Whom the list of lists names for another territory may not sign this one,
	// and an older list changes nothing.
	set := distilled(t)
	for i := range set.Lists.Pointers {
		switch p := &set.Lists.Pointers[i]; p.Territory {
		case "SE":
			p.Territory = "BE"
		case "BE":
			p.Territory = "SE"
		}
	}
	if _, err := set.Read(good, nil); !errors.Is(err, trustlist.ErrSigner) {
		t.Errorf("signed by who may sign another: %v", err)
	}
	set = distilled(t)
	for i := range set.Each {
		if set.Each[i].Territory == "SE" {
			set.Each[i].Issued, set.Each[i].Sequence = set.Each[i].Issued.Add(time.Hour), 49
		}
	}
	if _, err := set.Read(good, nil); !errors.Is(err, trustlist.ErrOlder) {
		t.Errorf("an older list: %v", err)
	}
	for _, l := range set.Each {
		if l.Territory == "SE" && l.Sequence != 49 {
			t.Error("an older list took a newer one's place")
		}
	}
}

// otherValue changes the value of the signature alone.
func otherValue(good []byte) []byte {
	out := bytes.Clone(good)
	at := bytes.Index(out, []byte("SignatureValue"))
	at += bytes.IndexByte(out[at:], '>') + 20
	if out[at] == 'A' {
		out[at] = 'B'
	} else {
		out[at] = 'A'
	}
	return out
}

func TestWhatTheListsSayOfAToken(t *testing.T) {
	cert := selfSigned(t)
	day := func(s string) time.Time {
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	service := trustlist.Service{Name: "TSU 1", Certificates: []evidence.Digest{evidence.Sum(cert.Raw)},
		History: []trustlist.Status{{Status: "withdrawn", Since: day("2022-01-01")}, {Status: "granted", Since: day("2020-01-01")}}}
	now := service
	now.History = service.History[1:]
	set := func(s trustlist.Service) trustlist.Set {
		return trustlist.Set{Each: []trustlist.List{{Territory: "BE", Issued: day("2023-06-01"), Services: []trustlist.Service{s}},
			{Territory: "AT", Issued: day("2023-01-01")}}}
	}
	byKey := now
	byKey.Certificates, byKey.Keys = nil, []evidence.Digest{evidence.Sum(cert.RawSubjectPublicKeyInfo)}
	for _, c := range []struct {
		name    string
		service trustlist.Service
		at      string
		want    trustlist.State
		status  string
	}{
		{"granted then", service, "2021-05-05", trustlist.Qualified, "granted"},
		{"granted then, by its key", byKey, "2021-05-05", trustlist.Qualified, "granted"},
		{"not yet", service, "2019-05-05", trustlist.NotQualified, ""},
		{"no longer", service, "2022-05-05", trustlist.NotQualified, "withdrawn"},
		{"granted, token after the list", now, "2026-05-05", trustlist.ListIsOlder, "granted"},
		{"withdrawn, token after the list", service, "2026-05-05", trustlist.NotQualified, "withdrawn"},
		{"another service", trustlist.Service{History: service.History}, "2021-05-05", trustlist.NotListed, ""},
	} {
		f := set(c.service).Find([]*x509.Certificate{cert}, day(c.at))
		if f == nil || f.State != c.want || f.Status != c.status || f.Looked != 2 {
			t.Errorf("%s: %+v", c.name, f)
		}
		if f.State == trustlist.NotListed && f.Issued != day("2023-01-01") {
			t.Errorf("%s: the oldest list is of %v", c.name, f.Issued)
		}
	}
	if f := (trustlist.Set{}).Find([]*x509.Certificate{cert}, time.Now()); f != nil {
		t.Errorf("without lists: %+v", f)
	}
}

func selfSigned(t *testing.T) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "TSU"}},
		&x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "TSU"}}, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// FuzzList: whatever comes, nothing passes but what Sweden signed.
func FuzzList(f *testing.F) {
	good := sweden(f)
	f.Add(good)
	f.Add([]byte(`<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#"><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></TrustServiceStatusList>`))
	may := []evidence.Digest{digestOf(f, swedish)}
	f.Fuzz(func(t *testing.T, b []byte) {
		if l, err := trustlist.Open(b, may); err == nil && (l.Territory != "SE" || l.Sequence != 48) {
			t.Errorf("%+v", l)
		}
	})
}
