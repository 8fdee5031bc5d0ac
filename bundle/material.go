package bundle

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"time"

	"constat/evidence"
)

const (
	// materialFolder has certificates as they were used when the bundle was made, for
	// whoever rebuilds a chain when the authorities are gone. Nobody trusts them for
	// lying there: they are outside of data/, and no checker reads them.
	materialFolder = "material/"
	materialReadMe = materialFolder + "READ-ME.txt"
)

// materialName is the file of a certificate: the beginning of its fingerprint.
func materialName(c *x509.Certificate) string {
	return materialFolder + evidence.Sum(c.Raw).String()[:16] + ".pem"
}

// chains are the certificates under all verified timestamps, each once, by file name.
func (w *writer) chains() []*x509.Certificate {
	found := map[string]*x509.Certificate{}
	add := func(stamps []Stamp) {
		for _, s := range stamps {
			if s.Verified == nil || s.Verified.Practice {
				continue
			}
			for _, c := range s.Verified.Chain {
				found[materialName(c)] = c
			}
		}
	}
	add(w.stamps)
	for _, e := range w.in.Exhibits {
		add(e.Stamps)
		for _, r := range e.Renewals {
			add(r.Stamps)
		}
	}
	var out []*x509.Certificate
	for _, c := range found {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b *x509.Certificate) int { return strings.Compare(materialName(a), materialName(b)) })
	return out
}

// material writes them, with a page that says what they are, and what they are not.
func (w *writer) material(ctx context.Context) error {
	all := w.chains()
	if len(all) == 0 {
		return nil
	}
	var page bytes.Buffer
	fmt.Fprintf(&page, "%s\n\n%s\n", w.text.T("report.material.title"), w.text.T("report.material.text"))
	for _, c := range all {
		name := materialName(c)
		if err := w.putBytes(ctx, name, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})); err != nil {
			return err
		}
		fmt.Fprintf(
			&page,
			"\n%s\n  %s\n  %s\n  SHA-256 %s\n",
			strings.TrimPrefix(name, materialFolder),
			evidence.Shorten(c.Subject.String(), 300),
			w.text.T("report.material.until", "Date", c.NotAfter.UTC().Format(time.DateOnly)),
			evidence.Sum(c.Raw).Grouped(),
		)
	}
	return w.putBytes(ctx, materialReadMe, page.Bytes())
}
