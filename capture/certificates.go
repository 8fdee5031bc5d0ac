package capture

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/pem"
	"errors"
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
func (t *taking) certificates(ctx context.Context) error {
	limit, done := t.Within(ctx, t.limits.Record)
	defer done()
	page := ""
	u, err := url.Parse(t.capture.Page.FinalAddress)
	if facts := t.capture.Page.TLS; facts != nil && err == nil && u.Scheme == "https" {
		page = u.Host
		chain, leaf, err := t.chain(limit, page)
		if err != nil {
			t.Notes().Add(record.ProblemNoCertificate, "%s", t.Why(err))
		} else {
			facts.LeafSHA256 = leaf
			if err := t.keep(evidence.TLSChainName, "application/x-pem-file", chain); err != nil {
				return err
			}
		}
	}
	hosts, more := t.Secure()
	var others bytes.Buffer
	var missing []string
	for _, host := range hosts {
		if host == page {
			continue
		}
		chain, _, err := t.chain(limit, host)
		if err != nil {
			missing = append(missing, host)
			continue
		}
		fmt.Fprintf(&others, "# https://%s\n%s\n", evidence.Clean(host), chain)
	}
	if more {
		t.Notes().Add(record.ProblemChainsLeft, "only the first %d hosts", tab.MaxHosts)
	}
	if len(missing) > 0 {
		// The browser forgets that of a host which only sent it on to another.
		t.Notes().Add(record.ProblemChainsLeft, "%d of %d hosts: %s", len(missing), len(hosts), evidence.Shorten(strings.Join(missing, ", "), 500))
	}
	if others.Len() == 0 {
		return nil
	}
	return t.keep(evidence.TLSChainsName, "application/x-pem-file", others.Bytes())
}

// chain is the chain of a host in PEM, the host's own certificate first, and that one's digest.
func (t *taking) chain(ctx context.Context, host string) ([]byte, evidence.Digest, error) {
	var leaf evidence.Digest
	answer, err := chromedp.Call(ctx, network.GetCertificate, network.GetCertificateParams{Origin: "https://" + host})
	if err != nil {
		return nil, leaf, err
	}
	if len(answer.TableNames) == 0 {
		return nil, leaf, errors.New("nothing came")
	}
	var chain bytes.Buffer
	for i, encoded := range answer.TableNames[:min(len(answer.TableNames), maxChain)] {
		der, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || len(der) == 0 || len(der) > maxCertificate {
			return nil, leaf, fmt.Errorf("certificate %d is not readable", i+1)
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
