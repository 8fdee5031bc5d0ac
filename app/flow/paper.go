package flow

import (
	"context"
	"time"

	"constat/app/flow/handover"
)

// accountForPaper is what the person told of the whole case, for the handover, without what was told
// of the exhibits that are left out. Confidential notes are no part of it.
func (s *Session) accountForPaper(ctx context.Context, caseID, lang string, at time.Time, without []string) (handover.Account, error) {
	a, err := s.Complain.Without(ctx, caseID, lang, without)
	if err != nil {
		return handover.Account{}, err
	}
	out := handover.Account{
		Concerned: a.Fields["concerned"],
		MadeBy:    a.Fields["made-by"],
		Happened:  a.Fields["happened"],
		AskedFor:  a.Fields["asked-for"],
	}
	sections, err := a.Sections(at)
	if err != nil {
		return handover.Account{}, err
	}
	for _, x := range sections {
		out.Sections = append(out.Sections, handover.Section{Title: x.Title, Lines: x.Lines})
	}
	return out, nil
}
