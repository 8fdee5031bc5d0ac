package capture

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"constat/capture/record"
	"constat/evidence"
)

// Bounds on certificates: how many of a chain are kept, the size of one in bytes, and the
// chains of how many other hosts.
const (
	maxChain       = 20
	maxCertificate = 64 << 10
	maxHosts       = 100
)

// answeredBy remembers a host that answered, and whether over TLS. The lock is held.
func (s *session) answeredBy(r *network.Response) {
	if r == nil || !strings.HasPrefix(r.URL, "http") {
		return
	}
	u, err := url.Parse(r.URL)
	if err != nil || u.Host == "" {
		return
	}
	if name := u.Hostname(); !s.visible && len(s.answering) < maxHosts && !slices.Contains(s.answering, name) {
		s.answering = append(s.answering, name)
	}
	if r.SecurityDetails == nil || u.Scheme != "https" || slices.Contains(s.hosts, u.Host) {
		return
	}
	if s.moreHosts = s.moreHosts || len(s.hosts) == maxHosts; !s.moreHosts {
		s.hosts = append(s.hosts, u.Host)
	}
}

// certificates keeps the chains that the browser accepted: that of the page's origin, and in a
// file of their own those of the other hosts. The browser tells what it holds and asks no server.
func (t *taking) certificates(ctx context.Context) error {
	limit, done := within(ctx, t.alive, t.limits.Record)
	defer done()
	page := ""
	u, err := url.Parse(t.capture.Page.FinalAddress)
	if facts := t.capture.Page.TLS; facts != nil && err == nil && u.Scheme == "https" {
		page = u.Host
		chain, leaf, err := t.chain(limit, page)
		if err != nil {
			t.problem(record.ProblemNoCertificate, "%s", t.why(err))
		} else {
			facts.LeafSHA256 = leaf
			if err := t.keep(evidence.TLSChainName, "application/x-pem-file", chain); err != nil {
				return err
			}
		}
	}
	t.mu.Lock()
	hosts, more := slices.Clone(t.hosts), t.moreHosts
	t.mu.Unlock()
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
		t.problem(record.ProblemChainsLeft, "only the first %d hosts", maxHosts)
	}
	if len(missing) > 0 {
		// The browser forgets that of a host which only sent it on to another.
		t.problem(record.ProblemChainsLeft, "%d of %d hosts: %s", len(missing), len(hosts), evidence.Shorten(strings.Join(missing, ", "), 500))
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
