package flow

import (
	"context"
	"slices"

	"constat/evidence"
	"constat/evidence/platform"
	"constat/evidence/vault"
)

// Cases lists the cases, newest first.
func (s *Session) Cases(ctx context.Context) ([]CaseView, error) {
	infos, err := s.v.Cases(ctx)
	if err != nil {
		return nil, err
	}
	views := make([]CaseView, 0, len(infos))
	for _, info := range slices.Backward(infos) {
		v, err := s.caseView(ctx, info)
		if err != nil {
			return nil, err
		}
		views = append(views, v)
	}
	return views, nil
}

func (s *Session) caseView(ctx context.Context, info evidence.Case) (CaseView, error) {
	v := CaseView{ID: info.ID, Title: info.Title, CreatedAt: info.CreatedAt, Practice: info.Practice}
	c, err := s.v.Case(ctx, info.ID)
	if err != nil {
		return CaseView{}, err
	}
	list, err := s.exhibits(ctx, c)
	if err != nil {
		return CaseView{}, err
	}
	v.Exhibits = len(list)
	for _, e := range list {
		if e.Pending() {
			v.Pending++
		}
	}
	entries, err := c.Entries(ctx)
	if err != nil {
		return CaseView{}, err
	}
	v.Exported = slices.ContainsFunc(entries, func(e evidence.Entry) bool { return e.Action == evidence.ActExported })
	return v, nil
}

// CreateCase makes a case.
func (s *Session) CreateCase(ctx context.Context, title string) (CaseView, error) {
	return s.createCase(ctx, title, false)
}

func (s *Session) createCase(ctx context.Context, title string, practice bool) (CaseView, error) {
	title, err := evidence.CleanTitle(title)
	if err != nil {
		return CaseView{}, err
	}
	info, err := s.v.CreateCase(ctx, title, practice)
	if err != nil {
		return CaseView{}, err
	}
	return s.caseView(ctx, info)
}

// Exhibits lists a case's exhibits, oldest first.
func (s *Session) Exhibits(ctx context.Context, caseID string) ([]ExhibitView, error) {
	c, err := s.v.Case(ctx, caseID)
	if err != nil {
		return nil, err
	}
	return s.exhibits(ctx, c)
}

func (s *Session) exhibits(ctx context.Context, c *vault.Case) ([]ExhibitView, error) {
	list, err := c.Exhibits(ctx)
	if err != nil {
		return nil, err
	}
	all, err := tellings(ctx, c)
	if err != nil {
		return nil, err
	}
	views := make([]ExhibitView, 0, len(list))
	for _, e := range list {
		views = append(views, s.view(ctx, c, e, all[e.ID]))
	}
	return views, nil
}

// Exhibit returns one exhibit.
func (s *Session) Exhibit(ctx context.Context, caseID, id string) (ExhibitView, error) {
	c, err := s.v.Case(ctx, caseID)
	if err != nil {
		return ExhibitView{}, err
	}
	return s.exhibit(ctx, c, id)
}

func (s *Session) exhibit(ctx context.Context, c *vault.Case, id string) (ExhibitView, error) {
	e, err := c.Exhibit(ctx, id)
	if err != nil {
		return ExhibitView{}, err
	}
	all, err := tellings(ctx, c)
	if err != nil {
		return ExhibitView{}, err
	}
	return s.view(ctx, c, e, all[id]), nil
}

// view is an exhibit as it is shown; its timestamps are verified anew.
func (s *Session) view(ctx context.Context, c *vault.Case, e vault.Exhibit, t told) ExhibitView {
	m := e.Manifest
	v := ExhibitView{
		Exhibit: e.ID, Case: c.Info().ID, Kind: m.Kind, Practice: m.Practice != "",
		Outcome: m.Outcome, Problems: append([]evidence.Problem{}, m.Problems...),
		Artifacts: []ArtifactView{}, Timestamps: []TimestampView{},
		Started: m.Started, Finished: m.Finished, ManifestSHA256: e.ManifestDigest, Manifest: m,
		Facts: t.facts, Closed: t.closed,
	}
	if m.Request != nil {
		v.Address, v.Phone, v.Scale = m.Request.Address, m.Request.Phone, m.Request.Scale
	}
	if m.Page != nil {
		v.FinalAddress, v.Title = m.Page.FinalAddress, m.Page.Title
	}
	v.Platform = s.recognize(v.FinalAddress, v.Address)
	for _, a := range m.Artifacts {
		v.Artifacts = append(v.Artifacts, artifactView(a))
	}
	if e.Damage != nil {
		v.Damage = e.Damage.Error()
	}
	for _, st := range s.stamps(ctx, c, e) {
		v.Timestamps = append(v.Timestamps, timestampView(st, m.Finished.UTC))
	}
	return v
}

// recognize says what the addresses point at; the first that is known counts.
// A page that came in the place of another (a sign-in page) names its target.
func (s *Session) recognize(addresses ...string) *platform.Item {
	for _, address := range addresses {
		item, ok := platform.Recognize(address, s.app.cfg.Now())
		if !ok {
			continue
		}
		if target, ok := platform.Recognize(item.Target, s.app.cfg.Now()); ok && item.Target != "" {
			item = target
		}
		return &item
	}
	return nil
}

func artifactView(a evidence.Artifact) ArtifactView {
	return ArtifactView{Name: a.Name, Role: string(a.Role), MediaType: a.MediaType, Size: a.Size, SHA256: a.SHA256.String()}
}
