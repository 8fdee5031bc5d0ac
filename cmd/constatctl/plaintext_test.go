package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"constat/evidence/tsa/tsatest"
	"constat/evidence/vault/vaulttest"
)

// secrets are what may be found nowhere on disk in the clear.
type secrets struct {
	words   []string // in the page, its title, its address, a cookie, its storage, the case's title
	picture []byte   // a file that the page shows
}

// needles are the secrets in the forms in which programs keep things.
func (s secrets) needles() map[string][]byte {
	n := map[string][]byte{}
	for _, w := range s.words {
		n[w+" plain"] = []byte(w)
		n[w+" hex"] = []byte(hex.EncodeToString([]byte(w)))
		n[w+" percent"] = []byte(url.QueryEscape(w))
		var wide []byte
		for _, u := range utf16.Encode([]rune(w)) {
			wide = append(wide, byte(u), byte(u>>8))
		}
		n[w+" UTF-16"] = wide
		for shift := range 3 { // base64 of text that contains it, at each alignment
			e := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + w))
			n[fmt.Sprintf("%s base64+%d", w, shift)] = []byte(e[4 : len(e)-4])
		}
	}
	for i := 0; i+48 <= len(s.picture); i += len(s.picture) / 4 {
		n[fmt.Sprintf("picture at %d", i)] = s.picture[i : i+48]
	}
	return n
}

// search reads every file below the folders. Sockets and the like have no bytes.
func search(t *testing.T, s secrets, dirs ...string) (files int) {
	t.Helper()
	needles := s.needles()
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil // a folder that went away while we looked holds nothing any more
			}
			for name, n := range needles {
				if strings.Contains(path, string(n)) {
					t.Errorf("the path %s holds %s", path, name)
				}
			}
			if !d.Type().IsRegular() {
				return nil
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return nil
			}
			files++
			for name, n := range needles {
				if bytes.Contains(b, n) {
					t.Errorf("%s holds %s", path, name)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func noise(t *testing.T) []byte {
	t.Helper()
	img, r := image.NewRGBA(image.Rect(0, 0, 200, 200)), rand.New(rand.NewPCG(7, 11))
	for y := range 200 {
		for x := range 200 {
			img.Set(x, y, color.RGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestNothingPlainOnDiskAfterAKill keeps a page and kills the program at several
// moments, as a power cut or a slammed lid would, then searches every file in
// its home, temporary, data and vault folders.
func TestNothingPlainOnDiskAfterAKill(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "constatctl")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	for _, moment := range []string{"page asked", "picture asked", "page loaded", "first object", "authority asked", "never"} {
		t.Run(moment, func(t *testing.T) { killAt(t, program, moment) })
	}
}

func killAt(t *testing.T, program, moment string) {
	home := t.TempDir()
	secret := secrets{picture: noise(t),
		words: []string{"Zwielichtwort", "Titelgeheimnis", "adressgeheim", "keksgeheimnis", "speichergeheim", "Aktentitel"}}
	reached := make(chan struct{}, 16)
	reach := func(now string) {
		if now == moment {
			reached <- struct{}{}
		}
	}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/adressgeheim":
			reach("page asked")
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Cache-Control", "max-age=86400")
			http.SetCookie(w, &http.Cookie{Name: "s", Value: "keksgeheimnis", MaxAge: 86400})
			fmt.Fprint(w, `<!doctype html><title>Titelgeheimnis</title><p>Zwielichtwort</p><img src="/p.png" width="900"><div style="height:9000px"></div>
<script>localStorage.setItem("x","speichergeheim");indexedDB.open("speichergeheim");onload=()=>fetch("/loaded")</script>`)
		case "/p.png":
			reach("picture asked")
			w.Header().Set("Cache-Control", "max-age=86400")
			_, _ = w.Write(secret.picture)
		case "/loaded":
			reach("page loaded")
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(site.Close)
	real := tsatest.New(t, tsatest.Options{})
	forward := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reach("authority asked")
		http.Redirect(w, r, real.URL, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(forward.Close)

	env := append(os.Environ(), "HOME="+filepath.Join(home, "home"), "TMPDIR="+filepath.Join(home, "tmp"),
		"XDG_CONFIG_HOME="+filepath.Join(home, "config"), "XDG_CACHE_HOME="+filepath.Join(home, "cache"), "XDG_DATA_HOME="+filepath.Join(home, "share"),
		"CONSTAT_VAULT="+filepath.Join(home, "vault"), "CONSTAT_DATA="+filepath.Join(home, "data"),
		"CONSTAT_PASSPHRASE="+passphrase, "CONSTAT_NTP=none", "CONSTAT_TSA="+forward.URL)
	for _, dir := range []string{"home", "tmp", "config", "cache", "share"} {
		if err := os.MkdirAll(filepath.Join(home, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	ctl := func(args ...string) string {
		cmd := exec.Command(program, args...)
		cmd.Env = env
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	vaulttest.Make(t, filepath.Join(home, "vault"), passphrase)
	id := ctl("case", "create", "--title", "Aktentitel")

	cmd := exec.Command(program, "capture", site.URL+"/adressgeheim", "--case", id, "--subject", "adult", "--json")
	cmd.Env = env
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	objects := filepath.Join(home, "vault", "cases", id, "objects")
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for done := false; !done; {
		select {
		case <-reached:
			_ = cmd.Process.Kill()
		case <-tick.C:
			if names, _ := os.ReadDir(objects); moment == "first object" && len(names) > 0 {
				_ = cmd.Process.Kill()
			}
		case err := <-ended:
			if moment == "never" && err != nil {
				t.Fatalf("capture: %v", err)
			}
			if moment != "never" && err == nil {
				t.Fatal("the capture ended before it was killed")
			}
			done = true
		}
	}
	if n := search(t, secret, home); n < 5 {
		t.Errorf("only %d files were searched", n)
	}
	// The next start sweeps, opens, and finds the vault whole.
	ctl("vault", "check")
	search(t, secret, home)
	if left, _ := filepath.Glob(filepath.Join(home, "data", "work", "*", "*")); len(left) != 0 {
		t.Errorf("after the next start the work folder holds %v", left)
	}
}

// The search itself must be able to find.
func TestSearchFinds(t *testing.T) {
	s := secrets{words: []string{"Zwielichtwort"}, picture: noise(t)}
	for name, b := range map[string][]byte{
		"plain": []byte("abc Zwielichtwort def"), "base64": []byte(base64.StdEncoding.EncodeToString([]byte("ab Zwielichtwort ist da"))),
		"UTF-16":  {0x5a, 0, 0x77, 0, 0x69, 0, 0x65, 0, 0x6c, 0, 0x69, 0, 0x63, 0, 0x68, 0, 0x74, 0, 0x77, 0, 0x6f, 0, 0x72, 0, 0x74, 0},
		"picture": s.picture[:len(s.picture)/2],
	} {
		found := false
		for _, n := range s.needles() {
			found = found || bytes.Contains(b, n)
		}
		if !found {
			t.Errorf("%s is not found", name)
		}
	}
}
