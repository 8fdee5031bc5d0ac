package bundle_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/bundle"
	"constat/bundle/internal/sample"
	"constat/bundle/report"
	"constat/evidence"
	"constat/evidence/tsa/tsatest"
	"constat/internal/stock"
)

// newer is a bundle with everything that the format has.
func newer(t *testing.T, o sample.Options) (*sample.Case, bundle.Input) {
	t.Helper()
	o.Tall, o.Closed = 1000, true
	c := sample.New(t, o)
	in := inputOf(c, "fr")
	in.Head, in.LeftOut = c.SignHead(), []bundle.LeftOut{{Exhibit: "E-005", Reason: "minor"}}
	return c, in
}

func TestStrangersCanCheckSignatureAndRenewals(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "tsa-one", Revocation: true})
	c, in := newer(t, sample.Options{Authority: []*tsatest.Server{one}, Renewals: 2, Records: true})
	r := write(t, in)

	if out := stock.Run(t, r.Dir, "openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "data/custody-key.pem", "-rawin", "-in", "data/custody-head.txt", "-sigfile", "data/custody-head.sig"); !strings.Contains(out, "Verified Successfully") {
		t.Error(out)
	}
	// The very words of commands.txt, in a shell.
	commands := read(t, r.Dir, "verify/commands.txt")
	for _, line := range report.KeyCommands() {
		if !strings.Contains(commands, "  Linux, macOS:  "+line+"\n") {
			t.Errorf("commands.txt lacks %q", line)
		}
	}
	signed := strings.Split(read(t, r.Dir, "data/custody-head.txt"), "\n")[3]
	if out := stock.Run(t, r.Dir, "sh", "-c", report.KeyCommands()[1]); strings.Count(out, signed) != 2 {
		t.Errorf("of the signed line the commands say %q, it is %s", out, signed)
	}
	if out := stock.Run(t, r.Dir, "sh", "-c", report.KeyCommands()[2]); !strings.HasSuffix(strings.TrimSpace(out), in.Head.KeyFingerprint.String()) {
		t.Errorf("openssl says %q, the key is %s", out, in.Head.KeyFingerprint)
	}
	if !strings.Contains(commands, in.Head.KeyFingerprint.Grouped()) || !strings.Contains(read(t, r.Dir, "READ-ME-FIRST.html"), in.Head.KeyFingerprint.Grouped()) {
		t.Error("the fingerprint of the key is not told")
	}
	exhibit := filepath.Join(r.Dir, "data/exhibits/E-001")
	for _, list := range []string{"renewal-1.txt", "renewal-2.txt"} {
		stock.Run(t, exhibit, "sha256sum", "-c", list)
		stock.Run(t, exhibit, "sha512sum", "-c", list)
		stock.Run(t, exhibit, "openssl", "ts", "-verify", "-CAfile", one.RootPath, "-data", list, "-in", strings.TrimSuffix(list, ".txt")+".tsa-one.tsr")
	}
	code, out := status(t, r.Dir, "sh", "verify/verify.sh", "--timely", "36500", one.RootPath)
	// What no verdict rests on is left, and nothing else.
	left := 0
	for _, what := range []string{"which exhibits of the case are here", "evidence-record-1.ers", "tagmanifest-sha256.asics"} {
		left += strings.Count(out, "NOT DONE   "+what+": ")
	}
	if code != 0 || strings.Count(out, "good       data/exhibits/E-001/renewal-") != 2 || !strings.Contains(out, "           "+in.Head.KeyFingerprint.String()) ||
		left != 3 || strings.Count(out, "NOT DONE") != left {
		t.Errorf("verify.sh ends with %d:\n%s", code, out)
	}
	if len(c.Exhibits[0].Renewals) != 2 || len(c.Exhibits[0].Revocation) != 2 {
		t.Errorf("the sample has %d renewals, %d records", len(c.Exhibits[0].Renewals), len(c.Exhibits[0].Revocation))
	}
}

func TestTheScriptFindsTamperingOfSignatureAndRenewals(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	_, in := newer(t, sample.Options{Authority: []*tsatest.Server{one}, Renewals: 1})
	r := write(t, in)
	for _, tamper := range []struct{ name, file, old, new, want string }{
		{"signature", "data/custody-head.sig", "", "", "WRONG      data/custody-head.sig: the signature is not good"},
		{"another line is named", "data/custody-head.txt", "\n7\n", "\n6\n", "WRONG      data/custody-head.txt does not name a line"},
		{"no line is named", "data/custody-head.txt", "\n7\n", "\n7p;w x\n", "WRONG      data/custody-head.txt does not name a line"},
		{"another case is named", "data/custody-head.txt", "\n0123", "\n1123", "WRONG      data/custody-head.txt does not name a line"},
		{"log", "data/custody-log.jsonl", "marked-minor", "marked-manor", "WRONG      data/custody-head.txt does not name a line"},
		{"list of a renewal", "data/exhibits/E-001/renewal-1.txt", "generation 1", "generation 2", "WRONG      data/exhibits/E-001/renewal-1.tsa-one.tsr"},
		{"what a list names", "data/exhibits/E-001/manifest.json", "Novembre", "novembre", "WRONG      files are not as data/exhibits/E-001/renewal-1.txt says"},
	} {
		path := filepath.Join(r.Dir, tamper.file)
		was := read(t, r.Dir, tamper.file)
		changed := strings.Replace(was, tamper.old, tamper.new, 1)
		if tamper.old == "" || changed == was {
			changed = string(was[0]^1) + was[1:]
		}
		if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, out := status(t, r.Dir, "sh", "verify/verify.sh", "--timely", "36500", one.RootPath); code != 1 || !strings.Contains(out, tamper.want) {
			t.Errorf("%s: %d\n%s", tamper.name, code, out)
		}
		if err := os.WriteFile(path, []byte(was), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if code, out := status(t, r.Dir, "sh", "verify/verify.sh", "--timely", "36500", one.RootPath); code != 0 || len(files(t, r.Dir)) != r.Files {
		t.Errorf("after all: %d\n%s", code, out)
	}
}

func TestWhatCannotBeConfirmedIsNotExported(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	c, whole := newer(t, sample.Options{Authority: []*tsatest.Server{one}, Renewals: 1})
	for name, spoil := range map[string]func(in *bundle.Input, head *bundle.SignedHead, e *bundle.Exhibit){
		"signature":       func(_ *bundle.Input, h *bundle.SignedHead, _ *bundle.Exhibit) { h.Signature = make([]byte, 64) },
		"no signature":    func(_ *bundle.Input, h *bundle.SignedHead, _ *bundle.Exhibit) { h.Signature = nil },
		"no key":          func(_ *bundle.Input, h *bundle.SignedHead, _ *bundle.Exhibit) { h.PublicKeyPEM = nil },
		"fingerprint":     func(_ *bundle.Input, h *bundle.SignedHead, _ *bundle.Exhibit) { h.KeyFingerprint[0] ^= 1 },
		"line not in log": func(in *bundle.Input, _ *bundle.SignedHead, _ *bundle.Exhibit) { in.WriteLog = shorter(c.Log) },
		"renewal of none": func(_ *bundle.Input, _ *bundle.SignedHead, e *bundle.Exhibit) { e.Renewals[0].List = []byte("x\n") },
		"renewal's number": func(_ *bundle.Input, _ *bundle.SignedHead, e *bundle.Exhibit) {
			e.Renewals[0].ListName = "renewal-2.txt"
		},
		"renewal twice": func(_ *bundle.Input, _ *bundle.SignedHead, e *bundle.Exhibit) {
			e.Renewals = append(e.Renewals, bundle.Renewal{List: e.Renewals[0].List})
		},
		"record's name": func(_ *bundle.Input, _ *bundle.SignedHead, e *bundle.Exhibit) {
			e.Revocation = []bundle.File{{Name: "../x.ocsp"}}
		},
		"record twice": func(_ *bundle.Input, _ *bundle.SignedHead, e *bundle.Exhibit) {
			e.Revocation = []bundle.File{{Name: "manifest.a.01.ocsp"}, {Name: "manifest.A.01.ocsp"}}
		},
	} {
		in, head := whole, *whole.Head
		in.Head, in.Exhibits = &head, append([]bundle.Exhibit(nil), whole.Exhibits...)
		in.Exhibits[0].Renewals = append([]bundle.Renewal(nil), in.Exhibits[0].Renewals...)
		spoil(&in, &head, &in.Exhibits[0])
		dir := t.TempDir()
		if _, err := bundle.Write(t.Context(), filepath.Join(dir, "b"), in, evidence.NoProgress{}); !errors.Is(err, bundle.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s: left %v", name, left)
		}
	}
}

// shorter writes a log without its last line.
func shorter(log []byte) func(context.Context, io.Writer) error {
	lines := bytes.SplitAfter(log, []byte("\n"))
	return func(_ context.Context, w io.Writer) error {
		_, err := w.Write(bytes.Join(lines[:len(lines)-2], nil))
		return err
	}
}
