package bundle_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"constat/assets/words"
	"constat/bundle"
	"constat/bundle/internal/sample"
	"constat/bundle/report"
	"constat/bundle/verify"
	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/tsatest"
	"constat/internal/schemas"
	"constat/internal/stock"
)

func inputOf(c *sample.Case, lang string) bundle.Input {
	return bundle.Input{Case: c.Case, Exhibits: c.Exhibits, WriteLog: c.WriteLog, Language: lang, Location: time.FixedZone("CET", 3600),
		CreatedAt: sample.Start.Add(3 * time.Hour), Software: sample.Software, Stamp: c.Stamp, StampOver: c.StampOver}
}

// status runs a command and returns its exit status.
func status(t *testing.T, dir, name string, args ...string) (int, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

func write(t *testing.T, in bundle.Input) bundle.Result {
	t.Helper()
	r, err := bundle.Write(t.Context(), filepath.Join(t.TempDir(), "liasse"), in, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestStrangersCanCheckIt(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	two := tsatest.New(t, tsatest.Options{Name: "tsa-two", Key: tsatest.RSA})
	c := sample.New(t, sample.Options{Authority: []*tsatest.Server{one, two}})
	r := write(t, inputOf(c, "fr"))

	for _, list := range []string{"manifest-sha256.txt", "tagmanifest-sha256.txt"} {
		stock.Run(t, r.Dir, "sha256sum", "--strict", "-c", list)
	}
	stock.Run(t, r.Dir, "sha512sum", "--strict", "-c", "manifest-sha512.txt")
	stock.Run(t, filepath.Join(r.Dir, "data"), "sha256sum", "--strict", "-c", "evidence-sha256.txt")
	if out := stock.Run(t, r.Dir, "sha256sum", "data/evidence-sha256.txt"); !strings.HasPrefix(out, r.Fingerprint.String()) {
		t.Errorf("fingerprint %s, sha256sum says %s", r.Fingerprint, out)
	}
	listed := strings.Count(read(t, r.Dir, "data/evidence-sha256.txt"), "\n")
	if all := len(files(t, filepath.Join(r.Dir, "data"))); all-listed != 5 { // report, page, list, two tokens over it
		t.Errorf("%d files in data/, %d in the list of the evidence", all, listed)
	}
	if len(files(t, r.Dir)) != r.Files {
		t.Errorf("%d files, Write says %d", len(files(t, r.Dir)), r.Files)
	}
	for _, e := range c.Exhibits {
		schemas.Hold(t, schemas.Manifest, []byte(read(t, r.Dir, "data/exhibits/"+e.Manifest.Exhibit+"/manifest.json")))
	}
	for line := range strings.Lines(read(t, r.Dir, "data/custody-log.jsonl")) {
		schemas.Hold(t, schemas.CustodyLine, []byte(line))
	}
	for _, s := range []*tsatest.Server{one, two} {
		name := s.Authority().Name
		stock.Run(t, r.Dir, "openssl", "ts", "-verify", "-CAfile", s.RootPath, "-data", "data/evidence-sha256.txt", "-in", "data/evidence-sha256."+name+".tsr")
		stock.Run(t, r.Dir, "openssl", "ts", "-verify", "-CAfile", s.RootPath, "-data", "data/exhibits/E-001/manifest.json", "-in", "data/exhibits/E-001/manifest."+name+".tsr")
	}
	if code, out := status(t, r.Dir, "sh", "verify/verify.sh", "--timely", "36500", one.RootPath, two.RootPath); code != 0 || !strings.Contains(out, r.Fingerprint.String()) {
		t.Errorf("verify.sh ends with %d:\n%s", code, out)
	}
	if code, out := status(t, "/", "sh", filepath.Join(r.Dir, "verify/verify.sh"), "--timely", "36500"); code != 2 || !strings.Contains(out, "NOT DONE") {
		t.Errorf("verify.sh without roots ends with %d:\n%s", code, out)
	}
	if code, out := status(t, r.Dir, "sh", "verify/verify.sh", "--timely", "36500", one.RootPath); code != 0 || !strings.Contains(out, "its root is not among those that were given") {
		t.Errorf("verify.sh with one of two roots ends with %d:\n%s", code, out)
	}
	for _, name := range []string{"READ-ME-FIRST.html", "verify/commands.txt"} {
		said := strings.ReplaceAll(read(t, r.Dir, name), "\u00a0", " ") // as French sets its quotes
		if !strings.Contains(said, "« consistent, time not proven » (cohérent, heure non prouvée)") {
			t.Errorf("%s does not say what a bundle without a timestamp is", name)
		}
	}
	for _, name := range files(t, r.Dir) {
		// Certificates are enclosed as material, for when the authorities are gone, in one place
		// that says so.
		if strings.Contains(read(t, r.Dir, name), "BEGIN CERTIFICATE") != (strings.HasPrefix(name, "material/") && strings.HasSuffix(name, ".pem")) {
			t.Errorf("%s brings a certificate, or material/ something else", name)
		}
	}
	for _, s := range []*tsatest.Server{one, two} { // the root is among them, and named by its fingerprint
		sum := evidence.Sum(s.Root(t).Raw)
		if !strings.Contains(read(t, r.Dir, "material/"+sum.String()[:16]+".pem"), "BEGIN CERTIFICATE") || !strings.Contains(read(t, r.Dir, "material/READ-ME.txt"), sum.Grouped()) {
			t.Errorf("the root of %s is not enclosed, or not named", s.Authority().Name)
		}
	}
	// They are trusted by nobody: whoever brings no root can check nothing.
	if v, err := verify.Verify(t.Context(), r.Dir, verify.Options{Policy: verify.Policy{Timely: 36500 * 24 * time.Hour}}); err != nil || v.Verdict != verify.CouldNotCheck {
		t.Errorf("without roots: %s %v", v.Verdict, err)
	}
	if info := read(t, r.Dir, "bag-info.txt"); strings.Contains(info, c.Case.Title) || strings.Contains(info, "Practice") {
		t.Errorf("bag-info.txt:\n%s", info)
	}
}

func TestTheScriptFindsTampering(t *testing.T) {
	c := sample.New(t, sample.Options{})
	for name, tamper := range map[string]func(dir string) error{
		"changed": func(dir string) error { return flip(filepath.Join(dir, "data/exhibits/E-002/notes.txt"), 2) },
		"missing": func(dir string) error { return os.Remove(filepath.Join(dir, "data/exhibits/E-002/notes.txt")) },
		"surplus": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "data/exhibits/E-002/more.txt"), nil, 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := write(t, inputOf(c, "nl"))
			if code, out := status(t, r.Dir, "sh", "verify/verify.sh", "--timely", "36500"); code != 2 {
				t.Fatalf("whole bundle: %d\n%s", code, out)
			}
			if err := tamper(r.Dir); err != nil {
				t.Fatal(err)
			}
			if code, out := status(t, r.Dir, "sh", "verify/verify.sh", "--timely", "36500"); code != 1 || !strings.Contains(out, "WRONG") {
				t.Errorf("%d\n%s", code, out)
			}
		})
	}
}

func TestReadMeInEveryLanguage(t *testing.T) {
	c := sample.New(t, sample.Options{Practice: true})
	for _, lang := range words.Languages {
		r := write(t, inputOf(c, lang))
		html := read(t, r.Dir, "READ-ME-FIRST.html")
		for _, want := range []string{`lang="` + lang + `"`, "Novembre &amp; &lt;b&gt;Co&lt;/b&gt;", r.Fingerprint.Grouped(), evidence.PracticeMark, "sha256sum -c", "certutil"} {
			if !strings.Contains(html, want) {
				t.Errorf("%s: lacks %q", lang, want)
			}
		}
		for _, no := range []string{"http:", "https:", "src=", "<script", ">report.", "<b>Co"} {
			if strings.Contains(html, no) {
				t.Errorf("%s: has %q", lang, no)
			}
		}
		if !strings.Contains(read(t, r.Dir, "verify/commands.txt"), evidence.PracticeMark) {
			t.Errorf("%s: commands.txt is not marked", lang)
		}
		if !strings.Contains(read(t, r.Dir, "bag-info.txt"), "Constat-Practice: true\n") {
			t.Errorf("%s: bag-info.txt is not marked", lang)
		}
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	c := sample.New(t, sample.Options{})
	dir := t.TempDir()
	file := filepath.Join(dir, "there.zip")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink("nowhere", link); err != nil {
		t.Fatal(err)
	}
	var exists *bundle.ExistsError
	for _, target := range []string{file, link, dir} {
		if _, err := bundle.Write(t.Context(), target, inputOf(c, "fr"), evidence.NoProgress{}); !errors.As(err, &exists) {
			t.Errorf("Write: %v", err)
		}
		if _, err := bundle.WriteZip(t.Context(), target, "secret", inputOf(c, "fr"), evidence.NoProgress{}); !errors.As(err, &exists) {
			t.Errorf("WriteZip: %v", err)
		}
	}
	if read(t, dir, "there.zip") != "mine" || len(files(t, dir)) != 2 {
		t.Error("something was touched")
	}
	// A target that appears while the bundle is written is not overwritten either.
	late := filepath.Join(dir, "late")
	in := inputOf(c, "fr")
	in.Stamp = func(context.Context, evidence.Digest) []bundle.Stamp {
		if err := os.WriteFile(late, []byte("late"), 0o600); err != nil {
			t.Error(err)
		}
		return nil
	}
	if _, err := bundle.WriteZip(t.Context(), late, "", in, evidence.NoProgress{}); !errors.As(err, &exists) || read(t, dir, "late") != "late" {
		t.Errorf("late: %v", err)
	}
	if len(files(t, dir)) != 3 {
		t.Errorf("left behind: %v", files(t, dir))
	}
}

// stopAt cancels when a stage begins.
type stopAt struct {
	evidence.NoProgress
	step   evidence.Step
	cancel context.CancelFunc
}

func (s stopAt) Step(step evidence.Step) {
	if step == s.step {
		s.cancel()
	}
}

func TestCancelLeavesNothing(t *testing.T) {
	c := sample.New(t, sample.Options{})
	for _, step := range []evidence.Step{evidence.StepCollect, evidence.StepReport, evidence.StepSeal} {
		for _, target := range []string{"folder", "file.zip"} {
			dir := t.TempDir()
			ctx, cancel := context.WithCancel(t.Context())
			var err error
			if target == "folder" {
				_, err = bundle.Write(ctx, filepath.Join(dir, target), inputOf(c, "fr"), stopAt{step: step, cancel: cancel})
			} else {
				_, err = bundle.WriteZip(ctx, filepath.Join(dir, target), "secret", inputOf(c, "fr"), stopAt{step: step, cancel: cancel})
			}
			cancel()
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s, %s: %v", step, target, err)
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("%s, %s: left %v", step, target, left)
			}
		}
	}
}

func TestWhatDoesNotMatchIsNotExported(t *testing.T) {
	c := sample.New(t, sample.Options{})
	for name, alter := range map[string]func([]byte) []byte{
		"changed": func(b []byte) []byte { b = bytes.Clone(b); b[len(b)/2] ^= 1; return b },
		"shorter": func(b []byte) []byte { return b[:len(b)-1] },
		"longer":  func(b []byte) []byte { return append(bytes.Clone(b), 0) },
		"empty":   func([]byte) []byte { return nil },
	} {
		in := inputOf(c, "de")
		in.Exhibits = append([]bundle.Exhibit(nil), in.Exhibits...)
		open := in.Exhibits[1].Open
		in.Exhibits[1].Open = func(ctx context.Context, file string) (io.ReadCloser, error) {
			r, err := open(ctx, file)
			if err != nil || file != "notes.txt" {
				return r, err
			}
			b, err := io.ReadAll(r)
			return io.NopCloser(bytes.NewReader(alter(b))), err
		}
		dir := t.TempDir()
		_, err := bundle.Write(t.Context(), filepath.Join(dir, "b"), in, evidence.NoProgress{})
		var mismatch *bundle.MismatchError
		if !errors.As(err, &mismatch) || mismatch.Name != "notes.txt" || mismatch.Exhibit != "E-002" {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s: left %v", name, left)
		}
	}
}

func TestErrorsStayRecognisable(t *testing.T) {
	c := sample.New(t, sample.Options{})
	in := inputOf(c, "en")
	in.WriteLog = func(context.Context, io.Writer) error {
		return &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	}
	if _, err := bundle.Write(t.Context(), filepath.Join(t.TempDir(), "b"), in, evidence.NoProgress{}); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("full disk: %v", err)
	}
	if _, err := bundle.Write(t.Context(), filepath.Join(t.TempDir(), "no", "b"), inputOf(c, "en"), evidence.NoProgress{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no parent: %v", err)
	}
	in = inputOf(c, "en")
	in.WriteLog = func(_ context.Context, w io.Writer) error {
		_, err := w.Write(bytes.Replace(c.Log, []byte("captured"), []byte("imported"), 1))
		return err
	}
	if _, err := bundle.Write(t.Context(), filepath.Join(t.TempDir(), "b"), in, evidence.NoProgress{}); !errors.Is(err, evidence.ErrCustody) {
		t.Errorf("broken log: %v", err)
	}
	in = inputOf(c, "en")
	in.Exhibits = append(in.Exhibits, in.Exhibits[0])
	if _, err := bundle.Write(t.Context(), filepath.Join(t.TempDir(), "b"), in, evidence.NoProgress{}); !errors.Is(err, bundle.ErrInput) {
		t.Errorf("one exhibit twice: %v", err)
	}
	in.Exhibits = nil
	if _, err := bundle.Write(t.Context(), filepath.Join(t.TempDir(), "b"), in, evidence.NoProgress{}); !errors.Is(err, bundle.ErrNoExhibits) {
		t.Errorf("no exhibit: %v", err)
	}
}

// What this program could not verify is there under a name that says so, all of
// it, and never under that of a timestamp.
func TestRepliesThatCouldNotBeVerified(t *testing.T) {
	c := sample.New(t, sample.Options{})
	in := inputOf(c, "en")
	in.Exhibits = append([]bundle.Exhibit(nil), in.Exhibits...)
	bad := bundle.Stamp{Authority: evidence.Authority{Name: "bad"}, Reply: []byte("reply"), Reason: "rejected",
		Checks: []evidence.Check{{Name: "reply", State: evidence.Passed}, {Name: "signature", State: evidence.Failed, Detail: "flipped"}}}
	again := bad
	again.Reply = []byte("reply again")
	in.Exhibits[0].Stamps = []bundle.Stamp{bad, again}
	in.Stamp = func(context.Context, evidence.Digest) []bundle.Stamp { return []bundle.Stamp{bad} }
	r := write(t, in)
	if _, err := os.Stat(filepath.Join(r.Dir, "data/exhibits/E-001/manifest.bad.tsr")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("what was not verified has the name of a timestamp")
	}
	for name, want := range map[string]string{"data/exhibits/E-001/unverified-manifest.bad.tsr": "reply", "data/unverified-evidence-sha256.bad.tsr": "reply",
		"data/exhibits/E-001/unverified-manifest.bad.02.tsr": "reply again"} {
		if got := read(t, r.Dir, name); got != want {
			t.Errorf("%s holds %q", name, got)
		}
		if !strings.Contains(read(t, r.Dir, "READ-ME-FIRST.html"), name) {
			t.Errorf("the read-me does not name %s", name)
		}
	}
	out := strings.Join(strings.Fields(stock.Run(t, r.Dir, "pdftotext", "-raw", "data/report.pdf", "-")), " ")
	for _, want := range []string{"not verified by this program", "this program could not verify it: signature (flipped)", "unverified-manifest.bad.02.tsr"} {
		if !strings.Contains(out, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	if strings.Contains(out, "signature: failed") || strings.Contains(out, "rejected") {
		t.Error("the report calls it more than not verified")
	}
	if code, out := status(t, r.Dir, "sh", "verify/verify.sh"); code != 2 || strings.Contains(out, "WRONG") || strings.Count(out, "NOT DONE   data/") < 3 {
		t.Errorf("verify.sh ends with %d:\n%s", code, out)
	}
}

func TestTwoTokensOfOneName(t *testing.T) {
	c := sample.New(t, sample.Options{})
	in := inputOf(c, "en")
	in.Exhibits = append([]bundle.Exhibit(nil), in.Exhibits...)
	in.Exhibits[0].Stamps = []bundle.Stamp{{Authority: evidence.Authority{Name: "x"}, Reply: []byte("reply"), Verified: &tsa.Timestamp{}}, {Authority: evidence.Authority{Name: "X"}, Reply: []byte("reply"), Verified: &tsa.Timestamp{}}}
	if _, err := bundle.Write(t.Context(), filepath.Join(t.TempDir(), "b"), in, evidence.NoProgress{}); !errors.Is(err, bundle.ErrInput) {
		t.Errorf("two tokens of one name: %v", err)
	}
}

func TestSealedZip(t *testing.T) {
	c := sample.New(t, sample.Options{})
	const password = "correct horse battery staple é"
	path := filepath.Join(t.TempDir(), "liasse.zip")
	r, err := bundle.WriteZip(t.Context(), path, password, inputOf(c, "fr"), evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	if out := stock.Run(t, "", "7z", "t", "-p"+password, path); !strings.Contains(out, "Everything is Ok") {
		t.Error(out)
	}
	if out := stock.Run(t, "", "7z", "l", "-slt", "-p"+password, path); !strings.Contains(out, "AES-256") || strings.Contains(out, "Encrypted = -\nComment") {
		t.Error(out)
	}
	if code, out := status(t, "", "7z", "t", "-pwrong", path); code == 0 {
		t.Errorf("a wrong password is accepted:\n%s", out)
	}
	out := t.TempDir()
	stock.Run(t, out, "7z", "x", "-p"+password, path)
	top := filepath.Join(out, "liasse")
	stock.Run(t, top, "sha256sum", "--strict", "-c", "manifest-sha256.txt")
	stock.Run(t, top, "sha256sum", "--strict", "-c", "tagmanifest-sha256.txt")
	if got := len(files(t, top)); got != r.Files {
		t.Errorf("%d files in the ZIP, %d written", got, r.Files)
	}
	if bytes.Contains([]byte(read(t, filepath.Dir(path), "liasse.zip")), []byte("compte_x")) {
		t.Error("plain text in a sealed ZIP")
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			out = append(out, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func flip(path string, at int) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	b[at] ^= 1
	return os.WriteFile(path, b, 0o600)
}

// What a bundle calls its folders, or writes where a number belongs, never becomes a word of a command, neither in the
// script nor in the lines that are printed.
func TestNoNameInABundleIsRun(t *testing.T) {
	c := sample.New(t, sample.Options{})
	in := inputOf(c, "en")
	in.Head = c.SignHead()
	r := write(t, in)
	for _, name := range []string{
		"data/exhibits/x||e;s|^/f", "data/exhibits/xtouch pwned;true /f", "data/exhibits/$(touch pwned)/f", "data/exhibits/`touch pwned`/manifest.json",
		"data/exhibits/E-001/$(touch pwned).tsr", "renewal-1.txt/f;touch pwned", "data/evidence-sha256.;touch pwned;.tsr",
	} {
		path := filepath.Join(r.Dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("x"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	head := "constat-custody-head/1\n" + c.Case.ID + "\n1e touch pwned;\n" + strings.Repeat("0", 64) + "\n"
	if err := os.WriteFile(filepath.Join(r.Dir, "data/custody-head.txt"), []byte(head), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out := status(t, r.Dir, "sh", "verify/verify.sh"); code != 1 || !strings.Contains(out, "WRONG      data/exhibits/xtouch pwned;true  is no exhibit\n") {
		t.Errorf("%d\n%s", code, out)
	}
	for _, line := range report.KeyCommands() {
		status(t, r.Dir, "sh", "-c", line)
	}
	err := filepath.WalkDir(r.Dir, func(path string, _ fs.DirEntry, err error) error {
		if filepath.Base(path) == "pwned" {
			t.Errorf("a name in the bundle was run: %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
