package flow

import (
	"context"
	"runtime"
	"slices"
	"sync"

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

// exhibits makes the list while the vault reads on. Timestamps that were judged
// before are remembered; see [verdicts].
func (s *Session) exhibits(ctx context.Context, c *vault.Case) ([]ExhibitView, error) {
	all, err := tellings(ctx, c)
	if err != nil {
		return nil, err
	}
	known := s.verdictsOf(ctx, c)
	type job struct {
		e    vault.Exhibit
		view *ExhibitView
		keys *[]verdictKey
	}
	jobs := make(chan job, runtime.NumCPU())
	var wg sync.WaitGroup
	for range runtime.NumCPU() {
		wg.Go(func() {
			for x := range jobs {
				stamps, keys := s.timestamps(ctx, c, x.e, known)
				*x.view, *x.keys = s.viewOf(c, x.e, all[x.e.ID], stamps), keys
			}
		})
	}
	var made []*ExhibitView
	var needed []*[]verdictKey
	err = c.EachExhibit(ctx, func(e vault.Exhibit) error {
		x := job{e, new(ExhibitView), new([]verdictKey)}
		made, needed = append(made, x.view), append(needed, x.keys)
		jobs <- x
		return nil
	})
	close(jobs)
	wg.Wait()
	if err != nil {
		return nil, err
	}
	views := make([]ExhibitView, 0, len(made))
	var keys []verdictKey
	for i, v := range made {
		views, keys = append(views, *v), append(keys, *needed[i]...)
	}
	if ctx.Err() == nil {
		known.keep(ctx, c, s.app.verifier(), keys)
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
	stamps := []TimestampView{}
	for _, st := range s.stamps(ctx, c, e) {
		stamps = append(stamps, timestampView(st, e.Manifest.Finished.UTC))
	}
	return s.viewOf(c, e, t, stamps)
}

func (s *Session) viewOf(c *vault.Case, e vault.Exhibit, t told, stamps []TimestampView) ExhibitView {
	m := e.Manifest
	v := ExhibitView{
		Exhibit: e.ID, Case: c.Info().ID, Kind: m.Kind, Practice: m.Practice != "",
		Outcome: m.Outcome, Problems: append([]evidence.Problem{}, m.Problems...),
		Artifacts: []ArtifactView{}, Timestamps: append([]TimestampView{}, stamps...),
		Started: m.Started, Finished: m.Finished, ManifestSHA256: e.ManifestDigest, Manifest: m,
		Facts: t.facts, Closed: t.closed, Recheck: m.Recheck, Rechecks: t.rechecks,
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
