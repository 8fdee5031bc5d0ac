package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"constat/capture/displaytest"
	"constat/evidence/tsa/tsatest"
	"constat/internal/leftover"
)

const (
	passphrase = "brume lanterne pivot cerise"
	wrongOne   = "brume lanterne pivot prune"
)

// testPage is what the journey keeps: taller than a screen, with a picture of
// colours only, served from this device.
const testPage = `<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Publication de « compte_x »</title>
<style>body{margin:0;font:18px sans-serif;background:#fff}header{padding:24px;background:#203a8f;color:#fff}
.p{height:900px;background:linear-gradient(#e07a5f,#3d405b)}.q{height:1500px;background:repeating-linear-gradient(#81b29a 0 40px,#f2cc8f 40px 80px)}</style></head>
<body><header><h1>compte_x</h1><p>Il y a 2 jours</p></header><div class="p"></div><p>Un texte sous l'image, pour la copie en mots.</p><div class="q"></div></body></html>`

// screenshot is the name of a picture as a telephone would leave it.
const screenshot = "Screenshot_20261121.png"

func drawScreenshot(t *testing.T, path string) {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 360, 640))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{R: 0xe0, G: 0x7a, B: 0x5f, A: 0xff}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestJourney goes the whole way of a person through the real window with real
// mouse and keyboard events, a real browser and OpenSSL as the authority, and
// lets sha256sum and openssl judge what was exported.
func TestJourney(t *testing.T) {
	needs(t, "Xvfb", "xdotool", "import", "openssl", "sha256sum")
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, testPage)
	}))
	defer site.Close()
	authority := tsatest.New(t, tsatest.Options{Name: "openssl"})

	home := t.TempDir()
	drawScreenshot(t, filepath.Join(home, screenshot))
	displaytest.Start(t, width, height)
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", os.Getenv(configVariable))
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, ".cache"))
	t.Setenv("FYNE_THEME", "light")
	t.Setenv("FYNE_SCALE", "1")
	data := filepath.Join(home, "data")
	env := map[string]string{"CONSTAT_TSA": authority.URL + "," + authority.RootPath, "CONSTAT_NTP": "none", "CONSTAT_LANG": "fr_BE.UTF-8", "CONSTAT_BROWSER": os.Getenv("CONSTAT_BROWSER")}
	if os.Geteuid() == 0 {
		env["CONSTAT_NO_SANDBOX"] = "1" // Chrome refuses to run as root with it
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	h := launch(t, ctx, options{dataDir: data}, func(k string) string { return env[k] })

	// First start: the vault and its recovery code.
	h.sees("window.first.what")
	h.picture("01-first")
	h.types(passphrase)
	h.key("Return") // to the second field
	h.types(passphrase)
	h.sees("window.passphrase.same")
	h.picture("02-passphrase")
	h.press("window.first.create")
	h.sees("window.code.what")
	h.picture("03-code")
	h.press("window.code.noted")
	h.press("window.code.next")

	// A case.
	h.sees("window.case.what")
	h.types("Novembre")
	h.picture("04-case")
	h.key("Return")

	// A page.
	h.sees("window.keep.what")
	h.types(site.URL + "/p/8841")
	h.picture("05-home")
	h.key("Return")
	h.sees("window.age.question")
	h.picture("06-age")
	h.press("window.age.no")
	h.sees("window.capture.running")
	h.seesStepDone("window.proof.title")
	h.picture("07-capture")
	h.sees("window.proof.title")
	h.sees("timestamp.state.verified")
	h.picture("08-exhibit")

	// The picture stays covered until it is held.
	if n := h.pictures(); n != 0 {
		t.Fatalf("%d pictures are shown without being held", n)
	}
	h.xdo("keydown", "v")
	h.waits("the picture while V is held", func() bool { return h.pictures() == 1 })
	h.picture("09-held")
	h.xdo("keyup", "v")
	h.waits("the cover after V is released", func() bool { return h.pictures() == 0 })
	h.hold("window.cover.or", true)
	h.waits("the picture while the button is held", func() bool { return h.pictures() == 1 })
	h.hold("window.cover.or", false)
	h.waits("the cover after the button is released", func() bool { return h.pictures() == 0 })

	// What the person knows of it, and a mark.
	h.press("window.facts.complete")
	h.sees("window.facts.form-why")
	h.types("Instagram")
	h.picture("18-facts")
	h.press("window.story.later")
	h.sees("window.facts.told")
	h.press("window.mark.worst")
	h.sees("fact-group.priority")
	h.picture("19-told")

	// Another page, from a window of the browser.
	h.press("window.exhibit.more")
	h.sees("window.more.why")
	h.picture("27-more")
	h.press("window.more.paste")
	h.sees("window.keep.what")
	h.types(site.URL + "/members/9")
	h.press("window.keep.signin")
	h.press("window.signin.open")
	h.sees("window.age.question")
	h.press("window.age.no")
	h.sees("window.signin.what")
	h.picture("23-both-windows")
	h.xdo("search", "--onlyvisible", "--class", "chrom", "windowmove", "1120", "0") // aside: both are to be used
	h.picture("24-sign-in")
	h.press("window.keep.button")
	h.waits("the question about the page in front", func() bool {
		if h.can("window.age.no") {
			return true
		}
		if h.can("window.notice.close") { // the page was not there yet
			h.press("window.keep.button")
		}
		return false
	})
	h.picture("25-sign-in-age")
	h.press("window.age.no")
	h.sees("window.signin.kept")
	h.picture("26-sign-in-kept")
	h.press("window.signin.close")
	h.sees("window.keep.kept")

	// A screenshot from a telephone.
	h.press("window.keep.files")
	h.press("window.import.button")
	h.sees("window.import.choose")
	h.pressWords(screenshot)
	h.sees("window.age.question")
	h.picture("20-import")
	h.press("window.age.no")
	h.sees("window.import.fresh")
	h.sees("window.claims.title")
	h.picture("21-imported")

	// Taken down, and the complaint.
	h.notes()
	h.takesDown(home)
	h.complains(home)

	// The bundle, in French, readable.
	h.press("window.export.title")
	h.sees("window.export.what")
	h.press("window.export.folder")
	h.sees("window.export.open")
	h.ownFolder()
	h.picture("10-export")
	h.press("window.export.create")
	h.sees("window.export.ready")
	h.picture("11-exported")
	judge(t, home, authority.RootPath)

	// Locked, refused, opened.
	h.press("window.lock")
	h.sees("window.unlock.what")
	h.picture("12-locked")
	h.waits("the vault to be closed", func() bool { return h.can("window.unlock.open") })
	h.types(wrongOne)
	h.key("Return")
	h.sees("error.wrong-passphrase.what")
	h.picture("13-refused")
	h.types(passphrase)
	h.key("Return")
	h.sees("window.cases.why")
	h.picture("14-cases")
	h.press("window.settings.title")
	h.sees("window.tsa.title")
	h.picture("15-settings")
	h.press("window.secret.code")
	h.sees("window.renew.why")
	h.press("window.renew.make")
	h.sees("window.code.why")
	h.picture("22-new-code")
	h.press("window.code.noted")
	h.press("window.code.next")
	h.sees("window.secret.title")
	h.key("Escape")
	h.sees("window.cases.why")

	// Practice: the same way on the built-in page, marked everywhere.
	h.press("window.practice.start")
	h.sees("practice.mark")
	h.press("window.keep.button")
	h.sees("window.age.question")
	h.press("window.age.no")
	h.sees("window.proof.title")
	h.sees("practice.mark")
	h.picture("16-practice")
	h.press("window.exhibit.more")
	h.sees("window.keep.kept")
	h.picture("17-practice-case")

	// Quick exit, from anywhere.
	for range 3 {
		h.key("Shift_L")
	}
	if code := h.ended(); code != exitDone {
		t.Errorf("the program ended with %d", code)
	}
	if left := leftover.Processes(data); len(left) > 0 {
		t.Errorf("processes outlive the window: %q", left)
	}
	left, err := filepath.Glob(filepath.Join(data, "work", "*", "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("browser profiles are left: %v %v", left, err)
	}
}

// judge checks the bundle with tools that know nothing of ours.
func judge(t *testing.T, home, roots string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(home, "dossier-*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("bundles in %s: %v %v", home, found, err)
	}
	bundle := found[0]
	exhibit := filepath.Join(bundle, "data", "exhibits", "E-001")
	tokens, err := filepath.Glob(filepath.Join(exhibit, "manifest.*.tsr"))
	if err != nil || len(tokens) != 1 {
		t.Fatalf("timestamps in %s: %v %v", exhibit, tokens, err)
	}
	for _, c := range []struct {
		dir  string
		args []string
	}{
		{bundle, []string{"sha256sum", "--quiet", "-c", "manifest-sha256.txt"}},
		{filepath.Join(bundle, "data"), []string{"sha256sum", "--quiet", "-c", "evidence-sha256.txt"}},
		{exhibit, []string{"openssl", "ts", "-verify", "-in", tokens[0], "-data", "manifest.json", "-CAfile", roots}},
		{bundle, []string{"grep", "-q", "%PDF", "data/report.pdf"}},
	} {
		cmd := exec.CommandContext(t.Context(), c.args[0], c.args[1:]...)
		cmd.Dir = c.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", strings.Join(c.args, " "), err, out)
		}
	}
}
