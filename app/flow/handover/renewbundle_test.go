package handover_test

import (
	"crypto"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/app/flow/flowtest"
	"constat/app/flow/handover"
	"constat/app/flow/proof"
	"constat/bundle"
	"constat/evidence"
	"constat/evidence/tsa/tsatest"
)

// A bundle that was handed over is renewed where it lies, by whoever is there
// today; what was there stays byte for byte, and 'renewed' is what verify says.
func TestABundleIsRenewedWhereItLies(t *testing.T) {
	first := tsatest.New(t, tsatest.Options{Name: "first", Revocation: true})
	today := tsatest.New(t, tsatest.Options{Name: "today"})
	app := flowtest.App(t, first.Authority())
	s, c := flowtest.Open(t, app)
	flowtest.Record(t, s, c, "https://example.org/1")
	dir := filepath.Join(t.TempDir(), "liasse")
	if _, err := s.Handover.Export(t.Context(), handover.ExportRequest{Case: c.ID, Target: dir, Language: "fr"}, evidence.NoProgress{}); err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	o := proof.BundleRenewOptions{Authorities: []evidence.Authority{today.Authority()}, RootsPEM: []byte(first.RootPEM)}
	renew := func(o proof.BundleRenewOptions) proof.BundleRenewal {
		t.Helper()
		r, err := app.Proof.RenewBundle(t.Context(), dir, o, evidence.NoProgress{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := renew(o); r.Due || r.Renewed || len(r.Added) > 0 || r.Verdict != proof.Valid || r.StandsUntil == nil {
		t.Errorf("not due: %+v", r)
	}
	o.All = true
	today.SetFault(tsatest.Broken)
	if r := renew(o); r.Renewed || r.Reason != proof.Nobody || r.Verdict != proof.Valid || len(r.Unanswered) != 1 ||
		r.Record == nil || r.Record.Renewed || r.Record.Reason != proof.Nobody || len(r.Record.Unanswered) != 1 || strings.Contains(strings.Join(r.Added, " "), "evidence-record") {
		t.Errorf("nobody answered: %+v %+v", r, r.Record)
	}
	today.SetFault(tsatest.None)
	for round := range 2 {
		if r := renew(o); !r.Renewed || r.Verdict != proof.Valid || round == 0 && r.Records == 0 || !r.Record.Renewed ||
			r.Record.File != bundle.RecordName(round+2) || strings.Join(r.Record.Hashes, " ") != "SHA-512" {
			v, err := app.Proof.VerifyBundle(t.Context(), dir, proof.VerifyOptions{RootsPEM: []byte(first.RootPEM + today.RootPEM)})
			t.Errorf("round %d: %+v\n%+v %v", round, r, v.Checks, err)
		}
	}
	// By another hash the evidence record alone is renewed: nothing else is due.
	o.All, o.Hash = false, crypto.SHA3_256
	r := renew(o)
	if r.Due || r.Renewed || r.Record == nil || !r.Record.Renewed || r.Record.Until == nil ||
		strings.Join(r.Record.Hashes, " ") != "SHA-512 SHA3-256" || strings.Join(r.Added, " ") != "evidence-record-4.ers" {
		t.Errorf("by another hash: %+v %+v", r, r.Record)
	}
	v, err := app.Proof.VerifyBundle(t.Context(), dir, proof.VerifyOptions{RootsPEM: []byte(first.RootPEM + today.RootPEM)})
	if err != nil || v.Verdict != proof.Valid || len(v.Records) != 4 || v.Records[3].Timestamps != 4 || v.Records[3].Proven == nil {
		t.Errorf("%v %s %+v", err, v.Verdict, v.Records)
	}
	// What lies behind the last one that holds, and does not, is passed over, and stays.
	spoilt := filepath.Join(dir, bundle.RecordName(5))
	if err := os.WriteFile(spoilt, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.Hash = crypto.SHA512
	if r := renew(o); r.Record == nil || !r.Record.Renewed || r.Record.File != bundle.RecordName(6) || strings.Join(r.Added, " ") != "evidence-record-6.ers" ||
		strings.Join(r.Record.Hashes, " ") != "SHA-512 SHA3-256 SHA-512" {
		t.Errorf("past what does not hold: %+v %+v", r, r.Record)
	}
	if b, err := os.ReadFile(spoilt); err != nil || string(b) != "x" {
		t.Errorf("%q %v", b, err)
	}
	o.All, o.Hash = true, 0
	after := contents(t, dir)
	for name, b := range before {
		if after[name] != b {
			t.Errorf("%s was changed", name)
		}
	}
	if after["renewal-2.txt"] == "" || after["renewal-2."+today.Authority().Name+".tsr"] == "" {
		t.Errorf("no second renewal")
	}

	// What is not valid is not renewed, nor is what has no timestamp over the whole.
	unasked := proof.BundleRenewOptions{All: true, Authorities: []evidence.Authority{today.Authority()}}
	_, err = app.Proof.RenewBundle(t.Context(), dir, unasked, evidence.NoProgress{})
	if e, ok := errors.AsType[*proof.BundleNotRenewableError](err); !ok || e.Verdict == proof.Valid {
		t.Errorf("without the root of the first timestamps: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "READ-ME-FIRST.html"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := app.Proof.RenewBundle(t.Context(), dir, o, evidence.NoProgress{}); err == nil {
		t.Error("a changed bundle was renewed")
	}
	if _, err := app.Proof.RenewBundle(t.Context(), filepath.Join(dir, "bagit.txt"), o, evidence.NoProgress{}); !errors.Is(err, bundle.ErrFolder) {
		t.Errorf("a file: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "verify/verify.sh"), []byte("#!/bin/sh\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := app.Proof.RenewBundle(t.Context(), dir, o, evidence.NoProgress{}); !errors.Is(err, bundle.ErrOld) {
		t.Errorf("with scripts of before: %v", err)
	}
}

// contents are the files of a folder and the folders in it.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		out[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
