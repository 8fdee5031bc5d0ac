package complain

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"constat/app/flow/look"
	"constat/assets/guide"
	"constat/evidence"
	"constat/evidence/vault"
)

// Vault is what a [Complainer] needs of an open vault.
type Vault interface {
	Case(ctx context.Context, id string) (*vault.Case, error)
}

// Complainer prepares a complaint over an open vault. It is safe for concurrent use.
type Complainer struct {
	vault Vault
	look  *look.Reader
	now   func() time.Time
}

// New makes a Complainer.
func New(v Vault, l *look.Reader, now func() time.Time) *Complainer {
	return &Complainer{vault: v, look: l, now: now}
}

// Set keeps what the person tells about the whole case, as typed. Only what changed is written; an
// empty value takes a field back.
func (p *Complainer) Set(ctx context.Context, caseID string, fields map[string]string) error {
	if err := evidence.CheckAccount(fields); err != nil {
		return err
	}
	if err := checkTicks(fields["ticked"]); err != nil {
		return err
	}
	c, err := p.vault.Case(ctx, caseID)
	if err != nil {
		return err
	}
	a, err := look.AccountOf(ctx, c)
	if err != nil {
		return err
	}
	changed := map[string]string{}
	for name, value := range fields {
		if a.Fields[name] != value {
			changed[name] = value
		}
	}
	if len(changed) == 0 {
		return nil
	}
	_, err = c.Append(ctx, evidence.Entry{Action: evidence.ActAccountEdited, Detail: changed})
	return err
}

// checkTicks refuses to tick what is not on the list.
func checkTicks(ticked string) error {
	for _, id := range strings.Fields(ticked) {
		if !slices.ContainsFunc(guide.TheComplaint().Bring, func(t guide.Thing) bool { return t.ID == id }) {
			return fmt.Errorf("%w: there is nothing %.40q to tick", evidence.ErrAccount, id)
		}
	}
	return nil
}

// Fields are what the person has told about the whole case.
func (p *Complainer) Fields(ctx context.Context, caseID string) (map[string]string, error) {
	c, err := p.vault.Case(ctx, caseID)
	if err != nil {
		return nil, err
	}
	a, err := look.AccountOf(ctx, c)
	return a.Fields, err
}

// Notes are the confidential notes of a case.
func (p *Complainer) Notes(ctx context.Context, caseID string) (string, error) {
	c, err := p.vault.Case(ctx, caseID)
	if err != nil {
		return "", err
	}
	return c.Notes(ctx)
}

// SaveNotes keeps confidential notes in the place of earlier ones; nothing tells of them but they
// themselves.
func (p *Complainer) SaveNotes(ctx context.Context, caseID, text string) error {
	c, err := p.vault.Case(ctx, caseID)
	if err != nil {
		return err
	}
	return c.SaveNotes(ctx, text)
}
