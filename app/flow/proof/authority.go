package proof

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"constat/evidence"
	"constat/evidence/tsa"
)

// ParseAuthority reads "URL" or "URL,ROOTS.pem", as the command line and
// CONSTAT_TSA have it. readFile reads the roots; with nil only a URL is allowed.
func ParseAuthority(spec string, readFile func(string) ([]byte, error)) (evidence.Authority, error) {
	address, roots, hasRoots := strings.Cut(strings.TrimSpace(spec), ",")
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return evidence.Authority{}, &AuthoritySpecError{Spec: spec, Reason: "needs an http or https address"}
	}
	a := evidence.Authority{Name: evidence.AuthorityName(address), URL: address}
	if !hasRoots {
		return a, nil
	}
	if readFile == nil {
		return evidence.Authority{}, &AuthoritySpecError{Spec: spec, Reason: "no roots here"}
	}
	pem, err := readFile(roots)
	if err != nil {
		return evidence.Authority{}, &AuthoritySpecError{Spec: spec, Reason: "roots cannot be read", Err: err}
	}
	if _, err := tsa.ParseRootsPEM(pem); err != nil {
		return evidence.Authority{}, &AuthoritySpecError{Spec: spec, Reason: "roots are not certificates in PEM", Err: err}
	}
	a.RootsPEM = string(pem)
	return a, nil
}

// ParseAuthorities reads several, separated by semicolons; nil for an empty list.
func ParseAuthorities(specs string, readFile func(string) ([]byte, error)) ([]evidence.Authority, error) {
	var list []evidence.Authority
	for spec := range strings.SplitSeq(specs, ";") {
		if strings.TrimSpace(spec) == "" {
			continue
		}
		a, err := ParseAuthority(spec, readFile)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return DistinctAuthorities(list), nil
}

// DistinctAuthorities gives each authority a name of its own: two on one host
// become "host" and "host-2". The same address twice stays once.
func DistinctAuthorities(list []evidence.Authority) []evidence.Authority {
	var out []evidence.Authority
	used := map[string]bool{}
	for _, a := range list {
		if slices.ContainsFunc(out, func(b evidence.Authority) bool { return a.URL == b.URL }) {
			continue
		}
		if a.Name == "" {
			a.Name = evidence.AuthorityName(a.URL)
		}
		name := a.Name
		for i := 2; used[a.Name]; i++ {
			a.Name = fmt.Sprintf("%s-%d", name, i)
		}
		used[a.Name] = true
		out = append(out, a)
	}
	return out
}

// AuthoritySpecError is a timestamp authority that cannot be used as given.
type AuthoritySpecError struct {
	Spec, Reason string
	Err          error
}

func (e *AuthoritySpecError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("timestamp authority %q: %s: %v", e.Spec, e.Reason, e.Err)
	}
	return fmt.Sprintf("timestamp authority %q: %s", e.Spec, e.Reason)
}

// Unwrap returns the cause.
func (e *AuthoritySpecError) Unwrap() error { return e.Err }
