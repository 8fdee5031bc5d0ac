package flow

import (
	"context"
	"time"

	"constat/evidence"
	"constat/evidence/vault"
)

// RecipientView is another key that can read the vault, such as that of an
// organisation that helps.
type RecipientView struct {
	Name        string          `json:"name"` // as the person typed it
	Recipient   string          `json:"recipient"`
	Fingerprint evidence.Digest `json:"sha256"`
	Added       time.Time       `json:"added"`
}

// Recipients lists who else can read the vault.
func (s *Session) Recipients() ([]RecipientView, error) {
	if err := s.v.RecipientsDamage(); err != nil {
		return nil, err
	}
	list := []RecipientView{}
	for _, r := range s.v.Recipients() {
		list = append(list, recipientView(r))
	}
	return list, nil
}

func recipientView(r vault.FurtherRecipient) RecipientView {
	return RecipientView{Name: r.Name, Recipient: r.Recipient, Fingerprint: r.Fingerprint(), Added: r.Added}
}

// NewRecipient is how a key would be listed: whoever is asked about it can
// compare its fingerprint. Whether it is one is known when it is added.
func NewRecipient(name, recipient string) RecipientView {
	return recipientView(vault.FurtherRecipient{Name: name, Recipient: recipient})
}

// AddRecipient lets the holder of another key (age1pq1…) read everything, also
// what was kept before. It stands in the log of every case.
func (s *Session) AddRecipient(ctx context.Context, recipient, name string, p evidence.Progress) error {
	return s.v.AddRecipient(ctx, recipient, name, p)
}

// RecipientsUnfinished reports whether a change of who can read was interrupted: some files are still
// encrypted as before it.
func (s *Session) RecipientsUnfinished() bool { return s.v.RecipientsUnfinished() }

// FinishRecipients goes on with it where it stopped.
func (s *Session) FinishRecipients(ctx context.Context, p evidence.Progress) error {
	return s.v.FinishRecipients(ctx, p)
}

// RemoveRecipient ends that for what is in the vault; what the other party
// copied before stays with them.
func (s *Session) RemoveRecipient(ctx context.Context, recipient string, p evidence.Progress) error {
	return s.v.RemoveRecipient(ctx, recipient, p)
}
