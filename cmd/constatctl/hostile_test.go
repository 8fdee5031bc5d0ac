package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"constat/evidence"
	"constat/evidence/tsa/tsatest"
	"constat/evidence/vault/vaulttest"
)

// evil is what a page, a server or a sender writes to break a terminal, a log
// or a paper: a colour, a bell, a C1 control, a direction, a joiner, a line end.
const evil = "a\x1b[31m\a\u009b2J\u202egpj.exe\u2066\u200b\u2028b"

// evilPage answers with as much as a browser swallows.
func evilPage(t *testing.T) *httptest.Server {
	mux := http.NewServeMux()
	long := strings.Repeat("<&\u202e", 1<<18) // one megabyte and a quarter
	step := strings.Repeat("x", 900_000)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d", &n); err == nil && n < 10 { // ten addresses of almost a megabyte, each named twice
			fmt.Fprintf(w, `<!doctype html><title>way</title><script>location.replace('/%d?' + 'x'.repeat(%d))</script>`, n+1, len(step))
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8; x=\"\xe2\x80\xae\"")
		h["Date"] = []string{"Mon, 23 Nov 2026 10:42:08 GMT \xe2\x80\xae \x1b[31m" + strings.Repeat("d", 100_000)}
		h.Set("Age", strings.Repeat("9", 50_000))
		h.Set("X-Evil", "\xe2\x80\xae\xff"+strings.Repeat("v", 50_000))
		fmt.Fprintf(w, `<!doctype html><title>%s</title><body><p>%s</p><script>
			alert(%q + 'y'.repeat(1e6));
			const a = document.createElement('a'); a.download = %q + '.exe'; a.href = URL.createObjectURL(new Blob(['x'])); document.body.append(a); a.click();
			document.title = %q + document.title;
			console.log(%[3]q)</script>`, evil+long, evil, evil, evil+strings.Repeat("n", 1<<20), evil)
	})
	s := httptest.NewUnstartedServer(mux)
	s.Config.MaxHeaderBytes = 4 << 20
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// wicked finds a character that no screen and no paper may get.
func wicked(s string) string {
	for _, r := range s {
		if !strings.ContainsRune("\n\f\t", r) && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
			return fmt.Sprintf("U+%04X", r)
		}
	}
	return ""
}

// TestNothingHostileReachesAnyReader goes the whole way, from a page that does
// its worst to what each reader gets: terminal, JSON, log, report, first page, tags.
func TestNothingHostileReachesAnyReader(t *testing.T) {
	page := evilPage(t)
	work := t.TempDir()
	authority := tsatest.New(t, tsatest.Options{})
	env := map[string]string{
		"CONSTAT_VAULT": filepath.Join(work, "vault"), "CONSTAT_DATA": filepath.Join(work, "data"), "CONSTAT_LANG": "en",
		"CONSTAT_PASSPHRASE": passphrase, "CONSTAT_TSA": authority.URL + "," + authority.RootPath,
		"CONSTAT_NTP": "none", "CONSTAT_NO_SANDBOX": os.Getenv("CONSTAT_NO_SANDBOX"), "CONSTAT_BROWSER": os.Getenv("CONSTAT_BROWSER"),
	}
	tell := func(want int, args ...string) string {
		t.Helper()
		var out, msg bytes.Buffer
		if code := run(t.Context(), args, os.Stdin, &out, &msg, func(k string) string { return env[k] }); code != want {
			t.Fatalf("%.200q: exit code %d\n%.2000s\n%.2000s", args, code, out.String(), msg.String())
		}
		for name, s := range map[string]string{"output": out.String(), "message": msg.String()} {
			if bad := wicked(s); bad != "" {
				t.Errorf("%.200q: %s holds %s: %.300q", args, name, bad, s)
			}
			if line := longest(s); line > 5000 && !strings.HasPrefix(s, "{") {
				t.Errorf("%.200q: %s has a line of %d bytes", args, name, line)
			}
		}
		return strings.TrimSpace(out.String())
	}
	vaulttest.Make(t, env["CONSTAT_VAULT"], passphrase)
	id := tell(0, "case", "create", "--title", evil)

	file := filepath.Join(work, "photo-\u202egpj\x1b[31m-"+strings.Repeat("n", 200)+".txt")
	if err := os.WriteFile(file, []byte(evil), 0o600); err != nil {
		t.Fatal(err)
	}
	tell(0, "import", file, "--case", id, "--subject", "adult")
	tell(3, "capture", "http://example.org/"+evil+strings.Repeat("a", 1<<20), "--case", id, "--subject", "adult")
	tell(2, "capture", "http://127.0.0.1:1/?"+strings.Repeat("%E2%80%AE", 100), "--case", id, "--subject", "adult")

	var kept struct{ Title, Exhibit, Outcome string }
	doc := tell(0, "capture", page.URL+"/1?"+strings.Repeat("x", 100), "--case", id, "--subject", "adult", "--json")
	if err := json.Unmarshal([]byte(doc), &kept); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(kept.Title, "\u009b2J\u202egpj.exe\u2066") || len(kept.Title) < 9000 {
		t.Errorf("the title is not what the browser has: %.100q", kept.Title) // the terminal is spared, not the record
	}
	tell(0, "facts", "--case", id, "--exhibit", kept.Exhibit, "--set", "account-name="+evil)
	tell(0, "list", "--case", id)
	bundle := filepath.Join(work, "bundle")
	tell(0, "export", "--case", id, "--out", bundle, "--lang", "fr")
	tell(0, "verify", bundle, "--roots", authority.RootPath)

	for _, name := range []string{"READ-ME-FIRST.html", "bag-info.txt", "verify/commands.txt", "manifest-sha256.txt", "data/evidence-sha256.txt"} {
		b, err := os.ReadFile(filepath.Join(bundle, name))
		if err != nil {
			t.Fatal(err)
		}
		if bad := wicked(string(b)); bad != "" {
			t.Errorf("%s holds %s", name, bad)
		}
		if strings.Contains(string(b), "gpj") && strings.Contains(string(b), "<&") {
			t.Errorf("%s holds marks of the page as they are", name)
		}
	}
	log, err := os.ReadFile(filepath.Join(bundle, "data", "custody-log.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSuffix(string(log), "\n"), "\n") {
		var e evidence.Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Seq != uint64(i+1) {
			t.Errorf("line %d of the log: %v", i+1, err)
		}
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", filepath.Join(bundle, "data", "report.pdf"), "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	if bad := wicked(string(out)); bad != "" {
		t.Errorf("the report holds %s", bad)
	}
	if n := strings.Count(string(out), "\f"); n > 120 {
		t.Errorf("the report has %d pages", n)
	}
	if info, err := exec.CommandContext(t.Context(), "qpdf", "--check", filepath.Join(bundle, "data", "report.pdf")).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, info)
	}
}

func longest(s string) (n int) {
	for _, line := range strings.Split(s, "\n") {
		n = max(n, len(line))
	}
	return n
}
