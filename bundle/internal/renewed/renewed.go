// Package renewed renews the evidence record of a made-up bundle, for tests.
//
// # How to use it
//
//	f := renewed.Record(t, dir, authority, crypto.SHA3_256)
//
// # What it promises
//
// It renews the last record that can be read, with a token of an authority that runs
// for the test, and writes what came. Whatever goes wrong fails the test.
//
// # What it does not do
//
// It judges nothing: neither the bundle nor what it wrote.
package renewed

import (
	"crypto"
	"testing"

	"constat/bundle"
	"constat/bundle/verify/ers"
	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
	"constat/evidence/tsa/tsatest"
)

// Record renews it, by another hash if one is given, and returns what it wrote.
func Record(t testing.TB, dir string, by *tsatest.Server, h crypto.Hash) renewal.File {
	t.Helper()
	w, err := bundle.OpenWhole(dir)
	if err != nil {
		t.Fatal(err)
	}
	last := ""
	for _, f := range w.Records {
		if _, err := ers.Parse(f.Data); err == nil {
			last = f.Name
		}
	}
	next, err := w.RenewRecord(t.Context(), last, h)
	if err != nil {
		t.Fatal(err)
	}
	f, err := next.File(Token(t, by, next.Imprint))
	if err == nil {
		err = w.Add(f)
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Token is an authority's token over something, by itself.
func Token(t testing.TB, by *tsatest.Server, over tsa.Imprint) []byte {
	t.Helper()
	reply, err := (&tsa.Client{}).AskImprint(t.Context(), by.Authority(), over)
	if err != nil {
		t.Fatal(err)
	}
	token, err := tsa.Token(reply.Raw)
	if err != nil {
		t.Fatal(err)
	}
	return token
}
