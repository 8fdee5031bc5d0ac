package proof

import (
	"context"
	"strconv"

	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
	"constat/evidence/vault"
)

// keepRevocation keeps beside a fresh, verified token what its certificates'
// issuers say of them now, so that it can be judged when they no longer answer.
// What cannot be had is no error: the check "revocation" says that it was not done.
func (s *Stamper) keepRevocation(
	ctx context.Context,
	c *vault.Case,
	exhibit string,
	generation int,
	a evidence.Authority,
	ts *tsa.Timestamp,
) error {
	if a.Practice {
		return nil // its certificates name nobody
	}
	records, _ := s.checker.client().FetchRevocation(ctx, ts)
	return s.keepRecords(ctx, c, exhibit, generation, a, records)
}

// Revocation asks what issuers say of the certificates under a timestamp. What cannot be had is not there.
func (s *Stamper) Revocation(ctx context.Context, ts *tsa.Timestamp) []tsa.RevocationRecord {
	records, _ := s.checker.client().FetchRevocation(ctx, ts)
	return records
}

// keepRecords puts them into the vault, under the next free names.
func (s *Stamper) keepRecords(
	ctx context.Context,
	c *vault.Case,
	exhibit string,
	generation int,
	a evidence.Authority,
	records []tsa.RevocationRecord,
) error {
	keep := context.WithoutCancel(ctx)
	e, err := c.Exhibit(keep, exhibit)
	if err != nil {
		return err
	}
	taken := map[string]bool{}
	for _, f := range e.Files {
		taken[f.Name] = true
	}
	n := 0
	for _, r := range records {
		name := ""
		for name == "" || taken[name] {
			n++
			name = renewal.RevocationName(generation, a.Name, n, r.Kind)
		}
		taken[name] = true
		err := c.AddFile(keep, exhibit, evidence.ActRevocationKept, name, r.Raw, map[string]string{
			"authority": a.Name, "generation": strconv.Itoa(generation), "kind": string(r.Kind), "url": r.URL, "subject": r.Subject,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// revocations are the records kept for one authority's tokens of a generation.
// One that cannot be read is left out: a check that is not done says so.
func revocations(
	ctx context.Context,
	e vault.Exhibit,
	generation int,
	authority string,
) (records []tsa.RevocationRecord, files []renewal.File) {
	for _, f := range revocationFiles(e, generation, authority) {
		raw, err := e.ReadFile(ctx, f.Name)
		if err != nil {
			continue
		}
		records = append(records, tsa.RevocationRecord{Kind: tsa.RevocationKind(f.Detail["kind"]), URL: f.Detail["url"],
			Subject: f.Detail["subject"], Fetched: f.Time, Raw: raw})
		files = append(files, renewal.File{Name: f.Name, Data: raw})
	}
	return records, files
}

// revocationFiles are those records as the log has them.
func revocationFiles(e vault.Exhibit, generation int, authority string) []vault.File {
	var out []vault.File
	for _, f := range e.Files {
		if f.Action == evidence.ActRevocationKept && f.Detail["authority"] == authority &&
			f.Detail["generation"] == strconv.Itoa(generation) {
			out = append(out, f)
		}
	}
	return out
}
