package capture

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"constat/evidence"
)

// judges is the folder with the independent readers, at the versions that
// wacz/testdata/judges/package.json names.
func judges(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "out", "judges"))
	if err != nil {
		t.Fatal(err)
	}
	for _, need := range []string{"warcio", "@harvard-lil/js-wacz", "replaywebpage"} {
		if _, err := os.Stat(filepath.Join(dir, "node_modules", need)); err != nil {
			t.Fatalf("%v (scripts/prepare.sh test installs it)", err)
		}
	}
	return dir
}

// judge runs a tool in the folder and returns what it prints.
func judge(t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	var out, trouble bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &trouble
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, args, err, trouble.String())
	}
	return out.Bytes()
}

// recorded captures a page with a gzipped style, a script and what the script asks for, one answer
// of it without end, and ends the server, so that what is shown later is from the archive.
func recorded(t *testing.T) (address string, sink *memory) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html; charset=iso-8859-1")
			io.WriteString(w, "<!doctype html><title>Caf\xe9</title><link rel=stylesheet href=/style.css>"+
				"<h1>th\xe9 vert</h1><p id=api>nothing</p><script src=/script.js></script>")
		case "/style.css":
			w.Header().Set("Content-Type", "text/css")
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(zipped([]byte("h1 { color: rgb(1, 2, 3) }")))
		case "/script.js":
			w.Header().Set("Content-Type", "text/javascript")
			io.WriteString(w, `new EventSource('/events'); fetch('/api?b=2&a=1').then(r => r.json()).then(j => { document.getElementById('api').textContent = j.says })`)
		case "/events":
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, "data: one\n\ndata: tw")
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
		case "/api":
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"says": "from the api"}`)
		default:
			http.NotFound(w, r)
		}
	})
	_, sink = take(t, recorder(t, nil).Signing(observed(t)), server.URL+"/")
	server.Close()
	return server.URL + "/", sink
}

func TestArchiveBeforeJudges(t *testing.T) {
	t.Parallel()
	dir := judges(t)
	address, sink := recorded(t)
	entries := entriesOf(t, sink.files[evidence.WACZName])
	file := filepath.Join(t.TempDir(), "data.warc.gz")
	if err := os.WriteFile(file, entries["archive/data.warc.gz"], 0o600); err != nil {
		t.Fatal(err)
	}

	t.Run("warcio reads every record", func(t *testing.T) {
		list := recordsOf(t, sink)
		if a := answerTo(t, list, "/events"); a.truncated != "time" || a.body == "" {
			t.Errorf("what had come of the stream: %q %q", a.truncated, a.body)
		}
		lines := bytes.Split(bytes.TrimSpace(judge(t, dir, "node", "read.mjs", file)), []byte("\n"))
		if len(lines) != len(list) {
			t.Fatalf("%d records, not %d", len(lines), len(list))
		}
		for i, line := range lines {
			var r struct{ Type, URI, SHA256, Told string }
			if err := json.Unmarshal(line, &r); err != nil {
				t.Fatal(err)
			}
			if r.Type != list[i].kind || r.URI != list[i].uri && r.Type != "warcinfo" || r.Type == "response" && r.SHA256 != r.Told && list[i].truncated == "" {
				t.Errorf("record %d: %s", i, line)
			}
		}
		index := judge(t, dir, "node", "node_modules/warcio/dist/cli.js", "cdx-index", file)
		if n := bytes.Count(index, []byte(`"offset"`)); n < 4 {
			t.Errorf("warcio indexes %d records:\n%s", n, index)
		}
	})

	t.Run("js-wacz indexes it alike", func(t *testing.T) {
		out := filepath.Join(t.TempDir(), "theirs.wacz")
		judge(t, dir, "node", "node_modules/@harvard-lil/js-wacz/bin/cli.js", "create", "-f", file, "-o", out, "--log-level", "error")
		b, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		theirs := entriesOfAny(t, b)
		if ours, theirs := places(t, entries["indexes/index.cdx"]), places(t, theirs["indexes/index.cdx"]); len(ours) < 4 || !maps.Equal(ours, theirs) {
			t.Errorf("index\n%v\nnot\n%v", ours, theirs)
		}
	})

	t.Run("replaywebpage shows it, and who observed", func(t *testing.T) {
		archive := sink.files[evidence.WACZName]
		var digest struct {
			Hash       string
			SignedData map[string]string
		}
		if err := json.Unmarshal(entries["datapackage-digest.json"], &digest); err != nil {
			t.Fatal(err)
		}
		key := digest.SignedData["publicKey"]
		if len(digest.SignedData) != 6 || digest.SignedData["hash"] != digest.Hash || key == "" {
			t.Fatalf("signed data: %v", digest.SignedData)
		}
		if said := replays(t, dir, address, archive); said != "true "+key {
			t.Errorf("wabac says %s, not true %s", said, key)
		}
		// The same with another signature over it.
		good := digest.SignedData["signature"]
		bad := strings.ToUpper(good[:8]) + strings.ToLower(good[8:16]) + good[16:]
		forged := bytes.Replace(archive, []byte(good), []byte(bad), 1)
		if bytes.Equal(forged, archive) {
			t.Fatal("nothing was forged")
		}
		if said := replays(t, dir, address, resummed(t, forged)); said != "false "+key {
			t.Errorf("of a forged signature wabac says %s", said)
		}
	})
}

// observed signs with a key of its own, as a vault does with its.
func observed(t *testing.T) func(hash string) (signature, publicKey []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return func(hash string) ([]byte, []byte, error) {
		sum := sha256.Sum256([]byte(hash))
		a, b, err := ecdsa.Sign(rand.Reader, key, sum[:])
		if err != nil {
			return nil, nil, err
		}
		return append(a.FillBytes(make([]byte, 48)), b.FillBytes(make([]byte, 48))...), public, nil
	}
}

// resummed is a ZIP with its entries as they are now: their checksums fit again.
func resummed(t *testing.T, b []byte) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range r.File {
		raw, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		e, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store, Modified: f.Modified})
		if err == nil {
			_, err = io.Copy(e, raw)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// judgedScript reads what the player's reader noted when it verified.
const judgedScript = `(async () => {
	for (const { name } of await indexedDB.databases()) {
		const db = await new Promise((good, bad) => { const r = indexedDB.open(name); r.onsuccess = () => good(r.result); r.onerror = bad });
		try {
			if (!db.objectStoreNames.contains('verification')) continue;
			const all = await new Promise((good, bad) => { const r = db.transaction('verification').objectStore('verification').getAll(); r.onsuccess = () => good(r.result); r.onerror = bad });
			const of = Object.fromEntries(all.map(x => [x.id, x]));
			if (of.signature) return of.signature.matched + ' ' + (of.publicKey || {}).expected;
		} finally { db.close() }
	}
	return '';
})()`

// places maps addresses to where an index says that the answer lies.
func places(t *testing.T, index []byte) map[string]string {
	t.Helper()
	found := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(index))
	for lines.Scan() {
		var line struct {
			URL, Digest    string
			Offset, Length json.RawMessage
		}
		_, object, _ := strings.Cut(lines.Text(), " {")
		if err := json.Unmarshal([]byte("{"+object), &line); err != nil {
			t.Fatalf("%v: %s", err, lines.Text())
		}
		line.Digest = strings.TrimPrefix(line.Digest, "sha256:") // one writes it, the other does not
		found[line.URL] = strings.Join([]string{strings.Trim(string(line.Offset), `"`), strings.Trim(string(line.Length), `"`), line.Digest}, " ")
	}
	return found
}

// replayedScript looks for the replayed document in the player's frames and parts.
const replayedScript = `(() => {
	const find = (root) => {
		for (const e of root.querySelectorAll('*')) {
			if (e.shadowRoot) { const f = find(e.shadowRoot); if (f) return f; }
			if (e.tagName !== 'IFRAME') continue;
			let d; try { d = e.contentDocument } catch { continue }
			if (!d) continue;
			if (d.getElementById('api')) return d;
			const f = find(d); if (f) return f;
		}
	};
	const d = find(document);
	if (!d || !d.querySelector('h1')) return '';
	return [d.title, d.querySelector('h1').textContent, d.getElementById('api').textContent,
		d.defaultView.getComputedStyle(d.querySelector('h1')).color].join('|');
})()`

func replays(t *testing.T, dir, address string, archive []byte) string {
	files := http.FileServer(http.Dir(filepath.Join(dir, "node_modules", "replaywebpage")))
	ranges := make(chan string, 1000)
	player := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/page.wacz" {
			files.ServeHTTP(w, r)
			return
		}
		if asked := r.Header.Get("Range"); asked != "" {
			ranges <- asked
		}
		w.Header().Set("Content-Type", "application/wacz")
		http.ServeContent(w, r, "", time.Unix(1e9, 0), bytes.NewReader(archive))
	})
	rec := recorder(t, nil)
	b, err := rec.start(t.Context(), withDefaults(evidence.Request{}))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	tab, stop := chromedp.NewContext(b.Context())
	defer stop()
	target := player.URL + "/?source=" + url.QueryEscape(player.URL+"/page.wacz") + "#view=resources&url=" + url.QueryEscape(address)
	if _, err := chromedp.Run(tab, chromedp.Navigate(target)); err != nil {
		t.Fatal(err)
	}
	limit, done := context.WithTimeout(tab, paced(t, 60*time.Second))
	defer done()
	const want = "Café|thé vert|from the api|rgb(1, 2, 3)"
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	shown := ""
	for shown != want {
		select {
		case <-limit.Done():
			t.Fatalf("the player shows %q, not %q", shown, want)
		case <-tick.C:
		}
		if s, err := chromedp.Run(limit, chromedp.Evaluate[string](replayedScript)); err == nil {
			shown = s
		}
	}
	if len(ranges) == 0 {
		t.Error("the player read no ranges")
	}
	// What wabac, which is in the player, says of the signature and of who signed. The player itself counts a
	// signature as verified whatever comes of it.
	said := ""
	for said == "" {
		select {
		case <-limit.Done():
			t.Fatal("the player judged no signature")
		case <-tick.C:
		}
		if s, err := chromedp.Run(limit, chromedp.Evaluate[string](judgedScript, chromedp.EvalAwaitPromise)); err == nil {
			said = s
		}
	}
	return said
}
