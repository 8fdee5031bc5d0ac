package flow_test

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"syscall"
	"testing"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"constat/app/flow/flowtest"
	"constat/evidence"
	"constat/evidence/vault"
	"constat/evidence/vault/vaulttest"
)

// BenchmarkExportOfTall makes a readable bundle of pages of 1,280 × 8,000 pixels with text and photographs, and
// says what computing it took for each, beside copying the bundle and its sha256sum. The peak is that of the
// process: one size a run. EXPORTTO keeps the bundle in that folder.
//
//	TMPDIR=/dev/shm GOTMPDIR=/tmp go test -run '^$' -bench ExportOfTall/20 -benchtime 1x ./app/flow
func BenchmarkExportOfTall(b *testing.B) {
	for _, exhibits := range []int{20, 200} {
		b.Run(strconv.Itoa(exhibits), func(b *testing.B) { exportOfTall(b, exhibits) })
	}
}

func exportOfTall(b *testing.B, exhibits int) {
	app := flowtest.App(b)
	dir := filepath.Join(b.TempDir(), "vault")
	vaulttest.Make(b, dir, flowtest.Passphrase)
	id := tallCase(b, dir, exhibits)
	s, err := app.Unlock(b.Context(), dir, flowtest.Passphrase)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Lock() }()
	debug.FreeOSMemory()
	peakAnew(b)
	to := os.Getenv("EXPORTTO")
	if to == "" {
		to = b.TempDir()
	}
	var ours, theirs time.Duration
	b.ResetTimer()
	for i := range b.N {
		target := filepath.Join(to, strconv.Itoa(i))
		at := computed(syscall.RUSAGE_SELF)
		flowtest.Bundle(b, s, id, target)
		ours += computed(syscall.RUSAGE_SELF) - at
		b.ReportMetric(peakMB(b), "MB-peak")
		info, err := os.Stat(filepath.Join(target, "data", "report.pdf"))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/1e6, "MB-report")
		at = computed(syscall.RUSAGE_CHILDREN)
		for _, command := range []string{`cp -r "$0" "$1"`, `find "$1" -type f -exec sha256sum {} + >/dev/null`, `rm -r "$1"`} {
			if out, err := exec.CommandContext(b.Context(), "sh", "-c", command, target, target+".copy").CombinedOutput(); err != nil {
				b.Fatalf("%v\n%s", err, out)
			}
		}
		theirs += computed(syscall.RUSAGE_CHILDREN) - at
	}
	b.ReportMetric(ours.Seconds()/float64(b.N*exhibits), "CPU-s/exhibit")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "of-cp-and-sha256sum")
}

// computed is the time that was computed so far.
func computed(who int) time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(who, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// tallCase puts so many captures into a vault, each with the files of one: tiles, a dated copy, an archive.
func tallCase(b *testing.B, dir string, exhibits int) string {
	v, err := vault.Open(b.Context(), dir, flowtest.Passphrase, vault.Options{Actor: "test"})
	if err != nil {
		b.Fatal(err)
	}
	defer v.Close()
	info, err := v.CreateCase(b.Context(), "Novembre", false)
	if err != nil {
		b.Fatal(err)
	}
	c, err := v.Case(b.Context(), info.ID)
	if err != nil {
		b.Fatal(err)
	}
	var pages []*tall
	for n := range min(exhibits, 5) {
		pages = append(pages, &tall{RGBA: tallPage(b, n), bands: map[int][]byte{}})
	}
	for n := range exhibits {
		page := pages[n%len(pages)]
		for y := 20; y < tallHeight; y += 400 { // no two are the same
			draw.Draw(page, image.Rect(900, y, 1270, y+24), image.White, image.Point{}, draw.Src)
			line(b, page, 900, y+18, 14, fmt.Sprintf("page %d, row %d", n+1, y))
			delete(page.bands, y/bandRows)
		}
		tallExhibit(b, c, n, page)
	}
	return info.ID
}

const (
	tallWidth, tallHeight, tallTile = 1280, 8000, 4000
)

func tallExhibit(b *testing.B, c *vault.Case, n int, page *tall) {
	draft := c.NewDraft()
	defer func() { _ = draft.Abort() }()
	put := func(name, media string, data []byte, parents ...evidence.Digest) evidence.Digest {
		role := evidence.Original
		if len(parents) > 0 {
			role = evidence.Derived
		}
		a, err := draft.Put(b.Context(), evidence.Artifact{Name: name, MediaType: media, Role: role, Parents: parents}, bytes.NewReader(data))
		if err != nil {
			b.Fatal(err)
		}
		return a.SHA256
	}
	put(evidence.FirstViewName, "image/png", page.png(b, 0, 800))
	var tiles []evidence.Digest
	var all []byte
	for y := 0; y < tallHeight; y += tallTile {
		tile := page.png(b, y, y+tallTile)
		all = append(all, tile...)
		tiles = append(tiles, put(evidence.TileName(len(tiles)+1), "image/png", tile))
	}
	put(evidence.DatedName, "image/png", all, tiles...) // as large as it would be; nobody decodes it
	packed := make([]byte, 1<<20)
	_, _ = rand.NewChaCha8([32]byte{byte(n), byte(n >> 8)}).Read(packed)
	put(evidence.WACZName, "application/wacz", packed)
	put(evidence.MHTMLName, "multipart/related", bytes.Repeat([]byte("Content-Type: text/html\r\n\r\n<p>Novembre</p>\r\n"), 20_000))
	put(evidence.TextName, "text/plain", bytes.Repeat([]byte("Novembre\n"), 800))
	address := fmt.Sprintf("https://example.org/%d", n)
	now := evidence.MomentOf(time.Now())
	m := evidence.Manifest{
		Kind: evidence.WebCapture, Outcome: evidence.Complete, Started: now, Finished: now, Case: c.Info().ID,
		Software: evidence.Software{Name: "Constat", Version: "test"},
		Request:  &evidence.Request{Address: address, ViewWidth: tallWidth, ViewHeight: 800, Scale: 1},
		Page:     &evidence.Page{FinalAddress: address, Title: "Novembre", Status: 200, Width: tallWidth, Height: tallHeight, PageHeight: tallHeight},
		Problems: []evidence.Problem{}, Clock: []evidence.ClockCheck{}, Precondition: []evidence.Precondition{}, Redactions: []evidence.Redaction{},
	}
	_, err := c.Commit(context.WithoutCancel(b.Context()), draft, evidence.ActCaptured,
		func(id string, head evidence.LogHead, list []evidence.Artifact) ([]byte, evidence.Digest, map[string]string, error) {
			m.Exhibit, m.CustodyHead, m.Artifacts = id, head, list
			raw, err := m.Encode()
			return raw, evidence.Sum(raw), nil, err
		}, nil)
	if err != nil {
		b.Fatal(err)
	}
}

// tall is a page that is packed in bands: making a thousand pictures anew would take longer than all exports.
type tall struct {
	*image.RGBA
	bands map[int][]byte // compressed, by number
}

const bandRows = 50

// png is a part of the page, whose edges are those of bands.
func (p *tall) png(b *testing.B, from, to int) []byte {
	out := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
		at := len(out)
		out = append(append(out, kind...), data...)
		out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[at:]))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, tallWidth), uint32(to-from))
	chunk("IHDR", append(head, 8, 2, 0, 0, 0)) // 8 bits, RGB
	packed, sum := []byte{0x78, 0x01}, adler32.New()
	for y := from; y < to; y += bandRows {
		rows := p.rows(y)
		_, _ = sum.Write(rows)
		if p.bands[y/bandRows] == nil {
			var one bytes.Buffer
			z, err := flate.NewWriter(&one, flate.BestSpeed)
			if err == nil {
				_, err = z.Write(rows)
			}
			if err = errors.Join(err, z.Flush()); err != nil {
				b.Fatal(err)
			}
			p.bands[y/bandRows] = one.Bytes()
		}
		packed = append(packed, p.bands[y/bandRows]...)
	}
	packed = append(packed, 1, 0, 0, 0xff, 0xff) // an empty last block
	chunk("IDAT", binary.BigEndian.AppendUint32(packed, sum.Sum32()))
	chunk("IEND", nil)
	return out
}

// rows are those of a band as PNG has them: each is said by the one above it, but for the first.
func (p *tall) rows(y int) []byte {
	const line = 3 * tallWidth
	now, before := make([]byte, line), make([]byte, line)
	out := make([]byte, 0, bandRows*(line+1))
	for row := range bandRows {
		pix := p.Pix[p.PixOffset(0, y+row):]
		for x := range tallWidth {
			copy(now[3*x:3*x+3], pix[4*x:])
		}
		if row == 0 {
			out = append(append(out, 0), now...)
		} else {
			out = append(out, 2)
			for i, v := range now {
				out = append(out, v-before[i])
			}
		}
		now, before = before, now
	}
	return out
}

// tallPage looks like a page of posts: a column of text with a photograph now and then, and one of names.
func tallPage(b *testing.B, n int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, tallWidth, tallHeight))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{240, 242, 245, 255}), image.Point{}, draw.Src)
	r := rand.New(rand.NewPCG(uint64(n), 7))
	words := []string{"bonjour", "elle", "publié", "hier", "photo", "compte", "partager", "commentaire", "réponse", "qui", "la", "de", "encore", "2026", "amis"}
	for y := 20; y < tallHeight-700; {
		post := image.Rect(200, y, 880, y+160)
		if r.IntN(3) > 0 {
			post.Max.Y += 460
		}
		draw.Draw(img, post, image.White, image.Point{}, draw.Src)
		for row := range 7 {
			s := ""
			for len(s) < 76 {
				s += words[r.IntN(len(words))] + " "
			}
			line(b, img, post.Min.X+20, y+26+row*21, 15, s)
		}
		if post.Dy() > 160 {
			photograph(img, image.Rect(post.Min.X, y+170, post.Max.X, post.Max.Y), r)
		}
		y = post.Max.Y + 16
	}
	return img
}

// photograph has soft forms and the grain of a camera.
func photograph(img *image.RGBA, at image.Rectangle, r *rand.Rand) {
	var coarse [12][16][3]float64
	for y := range coarse {
		for x := range coarse[y] {
			for c := range 3 {
				coarse[y][x][c] = float64(40 + r.IntN(180))
			}
		}
	}
	for y := at.Min.Y; y < at.Max.Y; y++ {
		fy := float64(y-at.Min.Y) / float64(at.Dy()) * 10.99
		for x := at.Min.X; x < at.Max.X; x++ {
			fx := float64(x-at.Min.X) / float64(at.Dx()) * 14.99
			iy, ix := int(fy), int(fx)
			dy, dx := fy-float64(iy), fx-float64(ix)
			p := img.Pix[img.PixOffset(x, y):]
			for c := range 3 {
				v := (coarse[iy][ix][c]*(1-dx)+coarse[iy][ix+1][c]*dx)*(1-dy) + (coarse[iy+1][ix][c]*(1-dx)+coarse[iy+1][ix+1][c]*dx)*dy
				p[c] = uint8(v + float64(r.IntN(9)) - 4)
			}
			p[3] = 255
		}
	}
}

var lines = map[float64]font.Face{}

func line(b *testing.B, img draw.Image, x, y int, size float64, s string) {
	if lines[size] == nil {
		f, err := opentype.Parse(goregular.TTF)
		if err != nil {
			b.Fatal(err)
		}
		if lines[size], err = opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull}); err != nil {
			b.Fatal(err)
		}
	}
	d := font.Drawer{Dst: img, Src: image.Black, Face: lines[size], Dot: fixed.P(x, y)}
	d.DrawString(s)
}
