package remove

import (
	"context"
	"fmt"
	"strings"
	"time"

	"constat/app/flow/look"
	"constat/evidence"
	"constat/evidence/vault"
)

// Vault is what a [Remover] needs of an open vault.
type Vault interface {
	Case(ctx context.Context, id string) (*vault.Case, error)
}

// Remover is the way to have something taken down, over an open vault. It is safe for concurrent use.
type Remover struct {
	vault Vault
	look  *look.Reader
	now   func() time.Time
}

// New makes a Remover.
func New(v Vault, l *look.Reader, now func() time.Time) *Remover {
	return &Remover{vault: v, look: l, now: now}
}

// Report notes a report, or what changed in one: fields as [evidence.ReportFields] names them.
// Without "entry" it is a new one, of today and "sent" unless it says otherwise. Earlier words stay
// in the log.
func (r *Remover) Report(ctx context.Context, caseID string, fields map[string]string) (look.Report, error) {
	if err := evidence.CheckReport(fields); err != nil {
		return look.Report{}, err
	}
	c, err := r.vault.Case(ctx, caseID)
	if err != nil {
		return look.Report{}, err
	}
	a, err := look.AccountOf(ctx, c)
	if err != nil {
		return look.Report{}, err
	}
	if err := r.checkExhibits(ctx, c, fields["exhibits"]); err != nil {
		return look.Report{}, err
	}
	detail := map[string]string{}
	for name, value := range fields {
		detail[name] = strings.TrimSpace(value)
	}
	if detail["entry"] == "" {
		if detail["to"] == "" {
			return look.Report{}, fmt.Errorf("%w: a report is to somebody", evidence.ErrAccount)
		}
		detail["entry"] = fmt.Sprintf("R-%03d", len(a.Reports)+1)
		if detail["on"] == "" {
			detail["on"] = r.now().Format(time.DateOnly)
		}
		if detail["state"] == "" {
			detail["state"] = "sent"
		}
	} else if !has(a.Reports, detail["entry"]) {
		return look.Report{}, fmt.Errorf("%w: there is no report %.20q", evidence.ErrAccount, detail["entry"])
	}
	if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActReported, Detail: detail}); err != nil {
		return look.Report{}, err
	}
	if a, err = look.AccountOf(ctx, c); err != nil {
		return look.Report{}, err
	}
	for _, x := range a.Reports {
		if x.Entry == detail["entry"] {
			return x, nil
		}
	}
	return look.Report{}, fmt.Errorf("%w: it was not kept", evidence.ErrAccount)
}

func has(reports []look.Report, entry string) bool {
	for _, r := range reports {
		if r.Entry == entry {
			return true
		}
	}
	return false
}

// checkExhibits refuses ids that the case has not got.
func (r *Remover) checkExhibits(ctx context.Context, c *vault.Case, ids string) error {
	for _, id := range strings.Fields(ids) {
		if _, err := c.Exhibit(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// Reports returns the log of reports, oldest first.
func (r *Remover) Reports(ctx context.Context, caseID string) ([]look.Report, error) {
	c, err := r.vault.Case(ctx, caseID)
	if err != nil {
		return nil, err
	}
	a, err := look.AccountOf(ctx, c)
	return a.Reports, err
}

// Due are the reports that the person wanted to look at again by a day, and that are not settled.
func Due(reports []look.Report, day time.Time) []look.Report {
	var due []look.Report
	for _, r := range reports {
		if r.NextOn != "" && r.NextOn <= day.Format(time.DateOnly) && r.State != "removed" {
			due = append(due, r)
		}
	}
	return due
}

// Day reads a day as people here write it, 29.11.2026, 29/11/2026, 29-11-2026 or 29 Nov 2026, or as 2026-11-29,
// and returns it as YYYY-MM-DD. Nothing is no day, and that is right.
func Day(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", true
	}
	for _, layout := range []string{time.DateOnly, "2.1.2006", "2/1/2006", "2-1-2006", "2.1.06", "2/1/06", "2 Jan 2006"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.Format(time.DateOnly), true
		}
	}
	return "", false
}
