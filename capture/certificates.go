package capture

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/url"
	"strings"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
)

// Bounds on certificates: how many of a chain are kept, and the size of one in bytes.
const (
	maxChain       = 20
	maxCertificate = 64 << 10
)

// certificates keeps the chains that the browser accepted: that of the page's origin, and in a
// file of their own those of the other hosts. The browser tells what it holds and asks no server.
func (w *way) certificates(ctx context.Context, shown shownPage, all *texts) error {
	limit, done := w.tab.Within(ctx, w.config.Limits.Record)
	defer done()
	page := ""
	u, err := url.Parse(shown.Address)
	if shown.facts.TLS != nil && err == nil && u.Scheme == "https" {
		page = u.Host
		chain, leaf, err := chainOf(limit, page)
		if err != nil {
			w.notes.Add(record.ProblemNoCertificate, w.tab.Why(err))
		} else {
			all.leaf = leaf
			if err := w.kept.Put(evidence.TLSChainName, "application/x-pem-file", chain); err != nil {
				return err
			}
		}
	}
	hosts, more := w.tab.Secure()
	var others bytes.Buffer
	var missing []string
	for _, host := range hosts {
		if host == page {
			continue
		}
		chain, _, err := chainOf(limit, host)
		if err != nil {
			missing = append(missing, host)
			continue
		}
		fmt.Fprintf(&others, "# https://%s\n%s\n", evidence.Clean(host), chain)
	}
	if more {
		w.notes.Add(record.ProblemChainsLeft, evidence.Say("first-hosts", "only the first {#n} hosts", tab.MaxHosts))
	}
	if len(missing) > 0 {
		// The browser forgets that of a host which only sent it on to another.
		w.notes.Add(record.ProblemChainsLeft, evidence.Say("hosts", "{#n} of {#of} hosts: {list}",
			len(missing), len(hosts), evidence.Shorten(strings.Join(missing, ", "), 500)))
	}
	if others.Len() == 0 {
		return nil
	}
	return w.kept.Put(evidence.TLSChainsName, "application/x-pem-file", others.Bytes())
}

// chainOf is the chain of a host in PEM, the host's own certificate first, and that one's digest.
func chainOf(ctx context.Context, host string) ([]byte, evidence.Digest, error) {
	var leaf evidence.Digest
	answer, err := chromedp.Call(ctx, network.GetCertificate, network.GetCertificateParams{Origin: "https://" + host})
	if err != nil {
		return nil, leaf, err
	}
	if len(answer.TableNames) == 0 {
		return nil, leaf, evidence.Say("nothing-came", "nothing came").Err()
	}
	var chain bytes.Buffer
	for i, encoded := range answer.TableNames[:min(len(answer.TableNames), maxChain)] {
		der, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || len(der) == 0 || len(der) > maxCertificate {
			return nil, leaf, evidence.Say("bad-certificate", "certificate {#n} is not readable", i+1).Err()
		}
		if i == 0 {
			leaf = evidence.Sum(der)
		}
		if err := pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
			return nil, leaf, err
		}
	}
	return chain.Bytes(), leaf, nil
}
