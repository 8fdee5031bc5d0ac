// Package sample makes a case out of nothing, for the tests of the bundle: a
// very tall page, hostile texts, an imported file, an address-only record and a
// masked exhibit, with a custody log that links them and, if asked for,
// timestamps from OpenSSL. It is for tests only.
package sample

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"constat/bundle/report"
	"constat/evidence"
	"constat/evidence/platform"
	"constat/evidence/tsa"
	"constat/evidence/tsa/practice"
	"constat/evidence/tsa/tsatest"
)

// Title holds what breaks careless programs: a face, Arabic, Hebrew, Chinese,
// a direction override, a combining mark and a line feed.
const Title = "Publication de «\u00a0compte_x\u00a0» 😀 مرحبا بالعالم 12.5 שלום 例え \u202eevil\u202c e\u0301\nligne"

// LongAddress is longer than a line can be.
var LongAddress = "https://www.exemple.be/p/8841/?" + strings.Repeat("parametre=valeur%20longue&", 90) + "fin=1"

// Start is when the first exhibit of a sample was kept.
var Start = time.Date(2026, 11, 23, 10, 42, 7, 0, time.UTC)

// Options says what is in the sample.
type Options struct {
	Tall      int               // height of the first page in pixels; 0: 5,000
	Authority []*tsatest.Server // each stamps every manifest
	Practice  bool
	Photos    bool   // noisy pictures between the lines of the tall page
	Closed    bool   // a fifth exhibit that was closed, because the person shown may have been under 18
	Because   string // it was closed because it holds a file of this exhibit, which was
	Renewals  int    // rounds of renewal over every exhibit's timestamps
	Records   bool   // revocation records are kept beside every token
}

// Case is the sample.
type Case struct {
	Case     evidence.Case
	Exhibits []report.Exhibit
	Log      []byte
	Roots    []*x509.Certificate // of the authorities

	authorities []evidence.Authority
	chain       evidence.Chain
	t           testing.TB
}

// New makes a sample.
func New(t testing.TB, o Options) *Case {
	t.Helper()
	if o.Tall == 0 {
		o.Tall = 5000
	}
	c := &Case{t: t, Case: evidence.Case{
		ID: "0123456789abcdef", Title: "Novembre & <b>Co</b>", CreatedAt: Start.Add(-time.Hour), Practice: o.Practice,
	}}
	for _, s := range o.Authority {
		c.authorities, c.Roots = append(c.authorities, s.Authority()), append(c.Roots, s.Root(t))
	}
	if o.Practice {
		c.practise()
	}
	c.append(evidence.Entry{Action: evidence.ActCaseCreated, Time: Start.Add(-time.Hour)})
	c.web(o)
	c.imported(o)
	c.addressOnly(o)
	c.masked(o)
	if o.Closed {
		c.closed(o.Because)
	}
	for n := range o.Renewals {
		for i := range c.Exhibits {
			c.renew(&c.Exhibits[i], n+1)
		}
	}
	return c
}

// practise starts the practice authority.
func (c *Case) practise() {
	c.t.Helper()
	p, err := practice.New(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	url, stop, err := p.Listen(context.WithoutCancel(c.t.Context()))
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(stop)
	c.authorities, c.Roots = append(c.authorities, p.Describe(url)), append(c.Roots, p.Root())
}

// WriteLog writes the custody log.
func (c *Case) WriteLog(_ context.Context, w io.Writer) error {
	_, err := w.Write(c.Log)
	return err
}

func (c *Case) append(e evidence.Entry) {
	c.t.Helper()
	e.Case, e.Actor = c.Case.ID, "person"
	_, line, err := c.chain.Next(e)
	if err == nil {
		_, err = c.chain.Accept(line)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	c.Log = append(append(c.Log, line...), '\n')
}

type file struct {
	name, mediaType string
	data            []byte
	parents         []string
}

// add finishes an exhibit: digests, manifest, timestamps, custody entry.
func (c *Case) add(o Options, m evidence.Manifest, masked bool, action evidence.Action, files []file) {
	c.t.Helper()
	data := map[string][]byte{}
	for _, f := range files {
		a := evidence.Artifact{Name: f.name, Role: evidence.Original, MediaType: f.mediaType, Size: int64(len(f.data)),
			SHA256: evidence.Sum(f.data), SHA512: evidence.Sum512(f.data)}
		for _, p := range f.parents {
			a.Role = evidence.Derived
			a.Parents = append(a.Parents, evidence.Sum(data[p]))
		}
		data[f.name] = f.data
		m.Artifacts = append(m.Artifacts, a)
	}
	m.Format, m.Case, m.Exhibit = evidence.ManifestFormat, c.Case.ID, evidence.ExhibitID(len(c.Exhibits)+1)
	if o.Practice {
		m.Practice = evidence.PracticeMark
	}
	at := Start.Add(time.Duration(len(c.Exhibits)) * 4 * time.Minute)
	zone := time.FixedZone("CET", 3600)
	m.Started, m.Finished = evidence.MomentOf(at.In(zone)), evidence.MomentOf(at.Add(7*time.Second).In(zone))
	m.Software = Software
	m.CustodyHead = c.chain.Head()
	raw, err := m.Encode()
	if err != nil {
		c.t.Fatal(err)
	}
	e := report.Exhibit{Manifest: m, ManifestBytes: raw, Mask: report.Masking(map[bool]string{true: string(report.LeaveOut)}[masked]),
		Open: func(_ context.Context, name string) (io.ReadCloser, error) {
			b, ok := data[name]
			if !ok {
				return nil, fs.ErrNotExist
			}
			return io.NopCloser(bytes.NewReader(b)), nil
		}}
	c.append(evidence.Entry{Action: action, Time: at, Exhibit: m.Exhibit, Digest: evidence.Sum(raw)})
	e.Stamps = c.Stamp(c.t.Context(), evidence.Sum(raw))
	e.Facts = facts[m.Exhibit]
	if it, ok := platform.Recognize(discordMessage, at); ok && m.Kind == evidence.AddressOnly {
		e.Platform = report.PlatformFacts(&it)
	}
	if o.Records {
		e.Revocation = c.records(0, e.Stamps)
	}
	c.Exhibits = append(c.Exhibits, e)
}

// Stamp asks every authority of the sample.
func (c *Case) Stamp(ctx context.Context, d evidence.Digest) []report.Stamp {
	return c.StampOver(ctx, tsa.ImprintOf(d))
}

// StampOver does so for a digest by any hash.
func (c *Case) StampOver(ctx context.Context, imprint tsa.Imprint) []report.Stamp {
	var out []report.Stamp
	for _, a := range c.authorities {
		var client tsa.Client
		r, err := client.AskImprint(ctx, a, imprint)
		if err != nil {
			c.t.Errorf("authority: %v", err)
			continue
		}
		roots, err := tsa.ParseRootsPEM([]byte(a.RootsPEM))
		if err != nil {
			c.t.Fatal(err)
		}
		st := report.Stamp{Authority: a, FileName: evidence.TokenName(a.Name), Reply: r.Raw, Sent: r.Sent, Received: r.Received, Tries: 2}
		st.Verified, st.Checks = imprint.Verify(r.Raw, tsa.Options{Roots: roots, Nonce: r.Nonce, Window: r.Window(), Practice: a.Practice})
		if st.Verified == nil {
			c.t.Errorf("timestamp of the sample: %v", st.Checks)
		}
		out = append(out, st)
	}
	return out
}

// Revocation asks what is said of a timestamp's certificates.
func (c *Case) Revocation(ctx context.Context, ts *tsa.Timestamp) []tsa.RevocationRecord {
	var client tsa.Client
	records, problems := client.FetchRevocation(ctx, ts)
	if len(problems) > 0 {
		c.t.Errorf("revocation: %v", problems)
	}
	return records
}

// Software is what the sample says that it was made with.
var Software = evidence.Software{Name: "Constat", Version: "1.0.0", OS: "Debian GNU/Linux 12 (bookworm)", Arch: "amd64"}

func (c *Case) web(o Options) {
	page := Page(c.t, 1280, o.Tall, o.Photos)
	var files []file
	var tiles []string
	for y := 0; y < o.Tall; y += 4000 {
		tile := page.SubImage(image.Rect(0, y, 1280, min(y+4000, o.Tall)))
		name := evidence.TileName(len(tiles) + 1)
		files = append(files, file{name: name, mediaType: "image/png", data: PNG(c.t, tile)})
		tiles = append(tiles, name)
	}
	first := PNG(c.t, page.SubImage(image.Rect(0, 0, 1280, 800)))
	files = append(files,
		file{name: evidence.FirstViewName, mediaType: "image/png", data: first},
		file{name: evidence.DatedName, mediaType: "image/png", data: first, parents: tiles},
		file{name: evidence.MHTMLName, mediaType: "multipart/related", data: bytes.Repeat([]byte("Content-Type: text/html\r\n"), 500)},
		file{name: evidence.TextName, mediaType: "text/plain", data: []byte("texte de la page\n")},
		file{name: evidence.HeadersName, mediaType: "application/json", data: []byte("{}\n")},
	)
	leaf := evidence.Sum([]byte("leaf"))
	c.add(o, evidence.Manifest{
		Kind:    evidence.WebCapture,
		Outcome: evidence.Complete,
		Browser: &evidence.Browser{Product: "HeadlessChrome/156.0.8078.73", Headless: true, Sandbox: true,
			UserAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"},
		Request: &evidence.Request{Address: "https://exemple.be/p/8841", ViewWidth: 1280, ViewHeight: 800, Scale: 1},
		Page: &evidence.Page{
			FinalAddress:  LongAddress,
			Title:         Title,
			Status:        200,
			StatusText:    "OK",
			MediaType:     "text/html",
			HTTPVersion:   "h2",
			Redirects:     []evidence.Redirect{{From: "https://exemple.be/p/8841", To: LongAddress, Kind: "http", Status: 301}},
			RemoteAddress: "203.0.113.7:443",
			ServerDate:    "Mon, 23 Nov 2026 10:42:08 GMT",
			Width:         1280,
			Height:        o.Tall,
			PageHeight:    o.Tall,
			Dates: []evidence.RelativeDate{
				{Shown: "il y a 2 h", Absolute: "2026-11-23T08:41:09.000Z", From: "datetime"},
				{Shown: "hier"},
			},
			Names: []evidence.NameAnswer{
				{Host: "www.exemple.be", Addresses: []string{"203.0.113.7", "203.0.113.8"}, Source: evidence.NamesDNS},
			},
			TLS: &evidence.TLS{Protocol: "TLS 1.3", Cipher: "AES_128_GCM", Subject: "www.exemple.be", Issuer: "Exemple CA",
				ValidFrom: Start.AddDate(0, -2, 0), ValidTo: Start.AddDate(0, 4, 0), LeafSHA256: leaf},
		},
		Clock: []evidence.ClockCheck{{Source: "http-date", OffsetSecs: 2.4}},
		Precondition: []evidence.Precondition{
			{Item: "fresh-profile", State: evidence.Met},
			{Item: "clock-compared", State: evidence.Met, Detail: "+2.4 s"},
			{
				Item:  "no-proxy",
				State: evidence.Met,
			},
			{Item: "dns-noted", State: evidence.Met},
			{Item: "reached-by-link", State: evidence.NotMet, Detail: "address entered"},
		},
		Redactions: []evidence.Redaction{{Place: "headers.json: response", What: "Set-Cookie", Reason: "session", Count: 3}},
	}, false, evidence.ActCaptured, files)
}

func (c *Case) imported(o Options) {
	phone := image.NewRGBA(image.Rect(0, 0, 1080, 2400))
	draw.Draw(phone, phone.Bounds(), image.NewUniform(color.RGBA{230, 240, 230, 255}), image.Point{}, draw.Src)
	write(c.t, phone, 60, 120, 40, "Conversation, message 187")
	chat := []byte(strings.Repeat("[05/01/2024 14:03] Ann: Bonjour\n", Messages))
	c.add(o, evidence.Manifest{Kind: evidence.Import, Outcome: evidence.Complete, Claims: claims}, false, evidence.ActImported, []file{
		{name: "conversation.png", mediaType: "image/png", data: PNG(c.t, phone)},
		{name: "damaged.png", mediaType: "image/png", data: PNG(c.t, phone)[:2000]},
		{name: "notes.txt", mediaType: "text/plain", data: []byte("échange\n")},
		{name: "empty.txt", mediaType: "text/plain"},
		{name: "chat.txt", mediaType: "text/plain", data: chat},
		{name: "messages.json", mediaType: "application/json", data: messages(chat), parents: []string{"chat.txt"}},
		{name: "manifest.other.tsr", mediaType: "application/octet-stream", data: []byte("named like a timestamp")},
	})
}

func (c *Case) addressOnly(o Options) {
	c.add(o, evidence.Manifest{Kind: evidence.AddressOnly, Outcome: evidence.Complete,
		Request: &evidence.Request{Address: discordMessage}}, false, evidence.ActRecorded, nil)
}

func (c *Case) masked(o Options) {
	c.add(o, evidence.Manifest{
		Kind:    evidence.WebCapture,
		Outcome: evidence.Partial,
		Request: &evidence.Request{Address: "https://exemple.be/compte_x"},
		Page: &evidence.Page{
			FinalAddress:  "https://exemple.be/compte_x",
			Title:         "Profil",
			Status:        200,
			RemoteAddress: "127.0.0.1:80",
			LocalNetwork:  true,
			Width:         1280,
			Height:        900,
			PageHeight:    12000,
		},
		Browser:  &evidence.Browser{Product: "HeadlessChrome/156.0.8078.73"},
		Problems: []evidence.Problem{{Code: "load-timeout", Detail: "30 s"}, {Code: "unknown-code", Detail: "2"}},
	}, true, evidence.ActCaptured, []file{
		{name: evidence.TileName(1), mediaType: "image/png", data: PNG(c.t, Page(c.t, 1280, 900, false))},
	})
}

// PNG encodes a picture.
func PNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Page draws a page of legible lines; each names the row at which it stands.
func Page(t testing.TB, w, h int, photos bool) *image.RGBA {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	for y := 0; y < h; y += 50 {
		if y/50%2 == 0 {
			draw.Draw(img, image.Rect(0, y, w, y+50), image.NewUniform(color.RGBA{242, 246, 248, 255}), image.Point{}, draw.Src)
		}
		write(t, img, 24, y+33, 18, fmt.Sprintf("row%05d  compte_x a écrit un commentaire que l'on doit pouvoir lire à l'impression.", y))
	}
	if photos {
		for i := range 40 {
			photo(img, image.Rect(40+i%3*400, 60+i*h/40, 400+i%3*400, 60+i*h/40+240), uint32(i+1))
		}
	}
	return img
}

// photo fills a rectangle with smooth colour and grain, as a camera would.
func photo(img *image.RGBA, r image.Rectangle, seed uint32) {
	r = r.Intersect(img.Bounds())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			seed = seed*1664525 + 1013904223
			g := seed >> 28
			img.SetRGBA(x, y, color.RGBA{uint8((x-r.Min.X)/2) + uint8(g), uint8(y-r.Min.Y) + uint8(g), uint8((x+y)/4) + uint8(g), 255})
		}
	}
}

func write(t testing.TB, img draw.Image, x, y int, size float64, s string) {
	t.Helper()
	f, err := opentype.Parse(liberationsansregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		t.Fatal(err)
	}
	defer face.Close()
	d := font.Drawer{Dst: img, Src: image.Black, Face: face, Dot: fixed.P(x, y)}
	d.DrawString(s)
}
