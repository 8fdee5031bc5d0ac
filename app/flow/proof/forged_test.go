package proof_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"constat/app/flow/proof"
	"constat/internal/schemas"
)

// forgery is a handed bundle as a forger left it, lists made anew.
type forgery struct {
	t   *testing.T
	dir string
}

func (f forgery) path(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

func (f forgery) read(name string) []byte {
	f.t.Helper()
	b, err := os.ReadFile(f.path(name))
	if err != nil {
		f.t.Fatal(err)
	}
	return b
}

func (f forgery) write(name string, b []byte) {
	f.t.Helper()
	if err := os.MkdirAll(filepath.Dir(f.path(name)), 0o700); err != nil {
		f.t.Fatal(err)
	}
	_ = os.Chmod(f.path(name), 0o600) // it may not be there
	if err := os.WriteFile(f.path(name), b, 0o600); err != nil {
		f.t.Fatal(err)
	}
}

func (f forgery) swap(name, old, now string) {
	f.t.Helper()
	b := f.read(name)
	if !bytes.Contains(b, []byte(old)) {
		f.t.Fatalf("%s does not say %q", name, old)
	}
	f.write(name, bytes.ReplaceAll(b, []byte(old), []byte(now)))
}

func (f forgery) drop(pattern string) {
	f.t.Helper()
	n := 0
	for _, name := range f.names() {
		if ok, _ := regexp.MatchString(pattern, name); ok {
			if err := os.Remove(f.path(name)); err != nil {
				f.t.Fatal(err)
			}
			_ = os.Remove(filepath.Dir(f.path(name))) // goes if it is empty
			n++
		}
	}
	if n == 0 {
		f.t.Fatalf("nothing is called %s", pattern)
	}
}

func (f forgery) names() (list []string) {
	f.t.Helper()
	err := fs.WalkDir(os.DirFS(f.dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			list = append(list, name)
		}
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return list
}

// relist makes every list fit what is there; evidence: the one that tokens cover too.
func (f forgery) relist(evidence bool) {
	var own, short, long, tags strings.Builder
	size, files := 0, 0
	if evidence {
		for _, name := range f.names() {
			if in, ok := strings.CutPrefix(name, "data/"); ok && in != "report.pdf" && !strings.HasPrefix(in, "evidence-sha256.") {
				fmt.Fprintf(&own, "%x  %s\n", sha256.Sum256(f.read(name)), in)
			}
		}
		f.write("data/evidence-sha256.txt", []byte(own.String()))
	}
	exhibits := map[string]bool{}
	for _, name := range f.names() {
		if !strings.HasPrefix(name, "data/") {
			continue
		}
		b := f.read(name)
		size, files = size+len(b), files+1
		fmt.Fprintf(&short, "%x  %s\n", sha256.Sum256(b), name)
		fmt.Fprintf(&long, "%x  %s\n", sha512.Sum512(b), name)
		if p := strings.Split(name, "/"); p[1] == "exhibits" {
			exhibits[p[2]] = true
		}
	}
	f.write("manifest-sha256.txt", []byte(short.String()))
	f.write("manifest-sha512.txt", []byte(long.String()))
	info := string(f.read("bag-info.txt"))
	for key, value := range map[string]string{"Payload-Oxum": fmt.Sprintf("%d.%d", size, files), "Constat-Exhibits": fmt.Sprint(len(exhibits)),
		"Constat-Fingerprint": fmt.Sprintf("%x", sha256.Sum256(f.read("data/evidence-sha256.txt")))} {
		info = regexp.MustCompile(key+": .*").ReplaceAllString(info, key+": "+value)
	}
	f.write("bag-info.txt", []byte(info))
	for _, name := range f.names() {
		if !strings.HasPrefix(name, "data/") && name != "tagmanifest-sha256.txt" {
			fmt.Fprintf(&tags, "%x  %s\n", sha256.Sum256(f.read(name)), name)
		}
	}
	f.write("tagmanifest-sha256.txt", []byte(tags.String()))
}

// chain makes every line of the log follow from the one before again.
func (f forgery) chain() {
	f.t.Helper()
	previous := regexp.MustCompile(`,"previous":"[0-9a-f]{64}"\}$`)
	var out []byte
	for i, line := range bytes.Split(bytes.TrimSuffix(f.read("data/custody-log.jsonl"), []byte("\n")), []byte("\n")) {
		if i > 0 {
			line = previous.ReplaceAll(line, fmt.Appendf(nil, `,"previous":"%x"}`, sha256.Sum256(bytes.TrimSuffix(out[bytes.LastIndexByte(out[:len(out)-1], '\n')+1:], []byte("\n")))))
		}
		out = append(append(out, line...), '\n')
	}
	f.write("data/custody-log.jsonl", out)
}

// shell ends with a command's exit status.
func (f forgery) shell(command string) (int, string) {
	f.t.Helper()
	cmd := exec.CommandContext(f.t.Context(), "sh", "-c", command)
	cmd.Dir = f.dir
	out, err := cmd.CombinedOutput()
	if bad, ok := errors.AsType[*exec.ExitError](err); ok {
		return bad.ExitCode(), string(out)
	}
	if err != nil {
		f.t.Fatal(err)
	}
	return 0, string(out)
}

// One verdict everywhere: what the window, constatctl and constat-verify ask, the
// script of a bundle, and the commands on the paper of the genuine one answer alike
// for each bundle that a forger handed out, and for what the forger's own scripts do.
func TestOneVerdictOverHandedBundles(t *testing.T) {
	handed, err := filepath.Abs(filepath.Join("..", "..", "..", "..", "shared", "cases", "bundle"))
	if err != nil {
		t.Fatal(err)
	}
	if common, err := exec.CommandContext(t.Context(), "git", "rev-parse", "--path-format=absolute", "--git-common-dir").Output(); err == nil {
		// A further work tree lies elsewhere than the clone does.
		if _, err := os.Stat(handed); err != nil {
			handed = filepath.Join(filepath.Dir(filepath.Dir(strings.TrimSpace(string(common)))), "shared", "cases", "bundle")
		}
	}
	if _, err := os.Stat(filepath.Join(handed, "bundles", "genuine")); err != nil {
		t.Skip("no forged bundles were handed: there is no shared/cases/bundle beside the repository")
	}
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Fatal("the scripts and the printed commands need openssl: scripts/prepare.sh test installs it")
	}
	roots, err := os.ReadFile(filepath.Join(handed, "roots.pem"))
	if err != nil {
		t.Fatal(err)
	}
	var rootFiles []string
	for _, one := range strings.SplitAfter(string(roots), "-----END CERTIFICATE-----\n") {
		if one == "" {
			continue
		}
		name := filepath.Join(t.TempDir(), "root.pem")
		if err := os.WriteFile(name, []byte(one), 0o600); err != nil {
			t.Fatal(err)
		}
		rootFiles = append(rootFiles, name)
	}
	script, err := os.ReadFile("../../../bundle/scripts/verify.sh")
	if err != nil {
		t.Fatal(err)
	}
	paper, fingerprint := printed(t, filepath.Join(handed, "bundles", "genuine"))
	const (
		seal = `data/evidence-sha256\..*\.tsr$`
		log  = "data/custody-log.jsonl"
		m256 = "manifest-sha256.txt"
		told = "je publie si tu paies 500"
		said = "il ne m a rien demande"
		sign = `custody-(head|key)`
	)
	for _, c := range []struct {
		name   string
		from   string // the handed bundle
		forge  func(f forgery)
		anew   int // which lists the forger made anew
		want   proof.Verdict
		byHand string // what the commands on the genuine one's paper find; "": not tried, a command takes time
	}{
		// Made before there were timestamps over the whole: never more than consistent.
		{"genuine", "genuine", nil, 0, proof.TimeNotProven, unseen},
		{"remade", "remade", nil, 0, proof.NotValid, seen},
		{"s-facts", "s-facts", nil, 0, proof.NotValid, seen},
		{"s-picture", "s-picture", nil, 0, proof.NotValid, seen},
		{"small-stripped", "small-stripped", nil, 0, proof.NotValid, seen},
		{"tsrmissing", "tsrmissing", nil, 0, proof.TimeNotProven, seen},
		// att1
		{"strip-seal", "genuine", func(f forgery) { f.drop(seal) }, all, proof.NotValid, ""},
		{"omit-exhibit", "genuine", func(f forgery) { f.drop(`exhibits/E-002/`); f.drop(seal) }, all, proof.NotValid, ""},
		{"readme-lies", "genuine", func(f forgery) { f.swap("READ-ME-FIRST.html", "data/report.pdf", "http://evil.example/report") }, lists, proof.TimeNotProven, unseen},
		{"second-report", "genuine", func(f forgery) { f.write("data/Report.pdf", []byte("%PDF-1.4 fake")) }, all, proof.NotValid, ""},
		{"second-report2", "genuine", func(f forgery) { f.write("data/report-final.pdf", []byte("%PDF-1.4 fake")) }, lists, proof.NotValid, ""},
		// att2
		{"s-note", "genuine", func(f forgery) { f.write("data/exhibits/E-001/note.txt", []byte("zwei!")); f.drop(seal) }, all, proof.NotValid, seen},
		{"s-swap", "genuine", func(f forgery) {
			a, b := "data/exhibits/E-001/note.txt", "data/exhibits/E-003/note.txt"
			x, y := f.read(a), f.read(b)
			f.write(a, append(y, '1'))
			f.write(b, append(x, '2'))
			f.drop(seal)
		}, all, proof.NotValid, ""},
		{"s-facts-nosig", "genuine", func(f forgery) { f.swap(log, told, said); f.chain(); f.drop(seal); f.drop(sign) }, all, proof.NotValid, ""},
		{"s-facts-nochain", "genuine", func(f forgery) { f.swap(log, told, said); f.drop(seal); f.drop(sign) }, all, proof.NotValid, ""},
		{"s-tail", "genuine", func(f forgery) {
			lines := bytes.SplitAfter(f.read(log), []byte("\n"))
			f.write(log, bytes.Join(lines[:len(lines)-2], nil))
			f.drop(seal)
			f.drop(sign)
		}, all, proof.NotValid, ""},
		{"s-report", "genuine", func(f forgery) {
			f.write("data/report.pdf", forgery{f.t, filepath.Join(handed, "bundles", "remade")}.read("data/report.pdf")[:20000])
		}, lists, proof.NotValid, unseen},
		{"s-time", "genuine", func(f forgery) {
			f.swap("bag-info.txt", "Constat-Created: 2026", "Constat-Created: 2019")
			f.swap("bag-info.txt", "Bagging-Date: 2026", "Bagging-Date: 2019")
		}, lists, proof.TimeNotProven, ""},
		// att3
		{"l-star", "genuine", func(f forgery) { f.swap(m256, "  data/", " *data/") }, tags, proof.NotValid, ""},
		{"l-crlf", "genuine", func(f forgery) { f.swap(m256, "\n", "\r\n") }, tags, proof.NotValid, ""},
		{"l-bom", "genuine", func(f forgery) { f.write(m256, append([]byte("\ufeff"), f.read(m256)...)) }, tags, proof.NotValid, ""},
		{"l-dup", "genuine", func(f forgery) {
			line, _, _ := bytes.Cut(f.read(m256), []byte("\n"))
			f.write(m256, append(append(f.read(m256), line...), '\n'))
		}, tags, proof.NotValid, ""},
		{"l-up", "genuine", func(f forgery) { f.swap(m256, "  data/report", "  data/../data/report") }, tags, proof.NotValid, ""},
		{"l-comment", "genuine", func(f forgery) { f.write(m256, append(f.read(m256), "# hello\n"...)) }, tags, proof.NotValid, ""},
		{"l-empty512", "genuine", func(f forgery) { f.write("manifest-sha512.txt", nil) }, tags, proof.NotValid, ""},
		{"sym", "genuine", func(f forgery) { f.link("data/exhibits/E-002/import-01.jpg") }, 0, proof.NotValid, ""},
		{"symdir", "genuine", func(f forgery) { f.link("data/exhibits/E-002") }, 0, proof.NotValid, ""},
		{"hidden", "genuine", func(f forgery) { f.write(".DS_Store", []byte("x")) }, 0, proof.TimeNotProven, ""},
		{"sysvol", "genuine", func(f forgery) {
			f.write("System Volume Information/IndexerVolumeGuid", []byte("x"))
			f.write("data/exhibits/E-001/Thumbs.db", []byte("x"))
		}, 0, proof.TimeNotProven, ""},
		{"newline", "genuine", func(f forgery) { f.write("data/exhibits/E-001/x\ny", []byte("x")) }, 0, proof.NotValid, ""},
		{"tsrempty", "genuine", func(f forgery) { f.write("data/evidence-sha256.zzz.tsr", nil) }, lists, proof.NotValid, ""},
		{"tsrmissing2", "genuine", func(f forgery) { f.drop(seal) }, 0, proof.NotValid, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := forgery{t, filepath.Join(t.TempDir(), "bundle")}
			if err := os.CopyFS(f.dir, os.DirFS(filepath.Join(handed, "bundles", c.from))); err != nil {
				t.Fatal(err)
			}
			// The script in it is of an earlier build: this one's takes its place, before anything
			// is forged.
			old := fmt.Sprintf("%x", sha256.Sum256(f.read("verify/verify.sh")))
			f.write("verify/verify.sh", script)
			f.swap("tagmanifest-sha256.txt", old, fmt.Sprintf("%x", sha256.Sum256(script)))
			if c.forge != nil {
				c.forge(f)
			}
			if c.anew != 0 {
				f.make(c.anew)
			}
			r, err := proof.New(proof.Config{Version: "test"}).VerifyBundle(t.Context(), f.dir, proof.VerifyOptions{RootsPEM: roots, Timestamps: 1, TimelyDays: 7})
			if err != nil {
				t.Fatal(err)
			}
			answer, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			schemas.Hold(t, schemas.Verify, answer)
			if r.Verdict != c.want {
				t.Errorf("the program says %s, not %s", r.Verdict, c.want)
				for _, k := range r.Checks {
					t.Log(k.State, k.Name, k.Detail)
				}
			}
			given := strings.Join(rootFiles, " ")
			if c.forge != nil && c.want == proof.NotValid {
				given = "" // what is wrong is wrong without them, and openssl takes its time
			}
			code, out := f.shell("sh verify/verify.sh " + given)
			ends := map[proof.Verdict]string{proof.NotValid: "not-valid", proof.TimeNotProven: "consistent, time not proven"}[c.want]
			if want := map[proof.Verdict]int{proof.NotValid: 1, proof.TimeNotProven: 2}[c.want]; code != want || !strings.HasSuffix(out, "\n"+ends+"\n") {
				t.Errorf("verify.sh ends with %d:\n%s", code, out)
			}
			if c.byHand == "" {
				return
			}
			if found := f.byHand(paper, fingerprint, rootFiles); (found != "") != (c.byHand == seen) {
				t.Errorf("the commands on the paper of the genuine one: %q", found)
			}
		})
	}
	t.Run("two-archives.zip", func(t *testing.T) {
		t.Parallel()
		zip := filepath.Join(handed, "bundles", "two-archives.zip")
		r, err := proof.New(proof.Config{Version: "test"}).VerifyBundle(t.Context(), zip, proof.VerifyOptions{RootsPEM: roots, Timestamps: 1})
		if err != nil || r.Verdict != proof.NotValid {
			t.Errorf("%s, %v", r.Verdict, err)
		}
	})
}

// What is found by hand, and which lists a forger makes anew.
const (
	seen, unseen = "seen", "unseen"

	tags  = iota // the list of lists alone
	lists        // and those that no timestamp covers
	all          // and the one whose digest is the fingerprint
)

func (f forgery) make(which int) {
	if which > tags {
		f.relist(which == all)
		return
	}
	var b strings.Builder
	for _, name := range f.names() {
		if !strings.HasPrefix(name, "data/") && name != "tagmanifest-sha256.txt" {
			fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(f.read(name)), name)
		}
	}
	f.write("tagmanifest-sha256.txt", []byte(b.String()))
}

// link puts a link in the place of a file or folder, which lies outside then.
func (f forgery) link(name string) {
	f.t.Helper()
	away := filepath.Join(f.t.TempDir(), "outside")
	if err := os.Rename(f.path(name), away); err != nil {
		f.t.Fatal(err)
	}
	if err := os.Symlink(away, f.path(name)); err != nil {
		f.t.Fatal(err)
	}
}

// printed are the commands of a bundle's paper, and its fingerprint.
func printed(t *testing.T, dir string) (list []string, fingerprint string) {
	f := forgery{t, dir}
	for _, line := range strings.Split(string(f.read("verify/commands.txt")), "\n") {
		if command, ok := strings.CutPrefix(line, "  Linux, macOS:  "); ok {
			list = append(list, command)
		}
	}
	if len(list) < 7 {
		t.Fatalf("%d commands", len(list))
	}
	return list, fmt.Sprintf("%x", sha256.Sum256(f.read("data/evidence-sha256.txt")))
}

// byHand is what somebody sees who does what the paper says: the first command that
// does not end well, or a fingerprint that is not the one on it.
func (f forgery) byHand(commands []string, fingerprint string, roots []string) string {
	for _, command := range commands {
		ok := false
		for _, root := range roots { // one of them is the authority's
			code, out := f.shell(strings.ReplaceAll(command, "ROOT.pem", root))
			if strings.HasPrefix(command, "sha256sum data/evidence") && !strings.HasPrefix(out, fingerprint) {
				return "another fingerprint"
			}
			if ok = code == 0; ok || !strings.Contains(command, "ROOT.pem") {
				break
			}
		}
		if !ok {
			return command
		}
	}
	return ""
}
