package look

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"constat/app/flow/proof"
	"constat/evidence"
	"constat/evidence/platform"
	"constat/evidence/vault"
)

// Vault is what a [Reader] needs of an open vault.
type Vault interface {
	Cases(ctx context.Context) ([]evidence.Case, error)
	Case(ctx context.Context, id string) (*vault.Case, error)
}

// Reader shows what lies in an open vault. It is safe for concurrent use.
type Reader struct {
	vault  Vault
	stamps *proof.Stamper
	now    func() time.Time

	mu     sync.Mutex
	viewed map[string]bool // exhibits whose view is in the custody log already
}

// New makes a Reader. The clock tells which times an address can carry.
func New(v Vault, stamps *proof.Stamper, now func() time.Time) *Reader {
	return &Reader{vault: v, stamps: stamps, now: now, viewed: map[string]bool{}}
}

// Cases lists the cases, newest first.
func (r *Reader) Cases(ctx context.Context) ([]Case, error) {
	infos, err := r.vault.Cases(ctx)
	if err != nil {
		return nil, err
	}
	views := make([]Case, 0, len(infos))
	for _, info := range slices.Backward(infos) {
		v, err := r.CaseOf(ctx, info)
		if err != nil {
			return nil, err
		}
		views = append(views, v)
	}
	return views, nil
}

// CaseOf is a case as it is listed.
func (r *Reader) CaseOf(ctx context.Context, info evidence.Case) (Case, error) {
	v := Case{ID: info.ID, Title: info.Title, CreatedAt: info.CreatedAt, Practice: info.Practice}
	c, err := r.vault.Case(ctx, info.ID)
	if errors.Is(err, vault.ErrForeign) {
		return Case{ID: info.ID, Foreign: true}, nil
	}
	if err != nil {
		return Case{}, err
	}
	v.ForeignFiles, v.Unproven = len(c.Foreign()), c.Unproven()
	if err := c.Damage(); err != nil {
		v.Damage = err.Error()
	}
	v.Lost = lostOf(c)
	n, known := r.recount(ctx, c)
	if !known {
		if n, err = r.count(ctx, c); err != nil {
			return Case{}, err
		}
	}
	v.Exhibits, v.Kept, v.Pending, v.Damaged = n.Exhibits, n.Kept, n.Pending, n.Damaged
	v.Exported, v.Reports, v.Told, v.Reference = n.Exported, n.Reports, n.Told, n.Reference
	if notes, err := c.Notes(ctx); err == nil { // notes that cannot be read keep no case from being listed
		v.Tags = tagsIn(notes)
	}
	return v, nil
}

// lostOf are the exhibits that a case once had.
func lostOf(c *vault.Case) (list []Lost) {
	number := func(id string) (n int) {
		n, _ = strconv.Atoi(strings.TrimPrefix(id, "E-")) // the vault has checked it
		return n
	}
	for _, l := range c.LostExhibits() {
		list = append(list, Lost{First: l.First, Last: l.Last, N: number(l.Last) - number(l.First) + 1})
	}
	return list
}

// Lost lists the exhibits that the case once had, and whose entries are lost.
func (r *Reader) Lost(ctx context.Context, caseID string) ([]Lost, error) {
	c, err := r.vault.Case(ctx, caseID)
	if err != nil {
		return nil, err
	}
	return lostOf(c), nil
}

// Exhibits lists a case's exhibits, oldest first.
func (r *Reader) Exhibits(ctx context.Context, caseID string) ([]Exhibit, error) {
	c, err := r.vault.Case(ctx, caseID)
	if err != nil {
		return nil, err
	}
	return r.exhibits(ctx, c)
}

// exhibits makes the list while the vault reads on. Timestamps that were judged
// before are remembered; see [proof.Remembered].
func (r *Reader) exhibits(ctx context.Context, c *vault.Case) ([]Exhibit, error) {
	all, err := Tellings(ctx, c)
	if err != nil {
		return nil, err
	}
	known := r.stamps.Remembered(ctx, c)
	type job struct {
		e    vault.Exhibit
		view *Exhibit
	}
	jobs := make(chan job, runtime.NumCPU())
	var wg sync.WaitGroup
	for range runtime.NumCPU() {
		wg.Go(func() {
			for x := range jobs {
				*x.view = r.viewOf(c, x.e, all[x.e.ID], known.Timestamps(ctx, x.e))
			}
		})
	}
	var made []*Exhibit
	err = c.EachExhibit(ctx, func(e vault.Exhibit) error {
		x := job{e, new(Exhibit)}
		made = append(made, x.view)
		jobs <- x
		return nil
	})
	close(jobs)
	wg.Wait()
	if err != nil {
		return nil, err
	}
	views := make([]Exhibit, 0, len(made))
	for _, v := range made {
		views = append(views, *v)
	}
	if ctx.Err() == nil {
		known.Keep(ctx)
	}
	return views, nil
}

// Exhibit returns one exhibit.
func (r *Reader) Exhibit(ctx context.Context, caseID, id string) (Exhibit, error) {
	c, err := r.vault.Case(ctx, caseID)
	if err != nil {
		return Exhibit{}, err
	}
	return r.ExhibitOf(ctx, c, id)
}

// ExhibitOf returns one exhibit of an open case.
func (r *Reader) ExhibitOf(ctx context.Context, c *vault.Case, id string) (Exhibit, error) {
	e, err := c.Exhibit(ctx, id)
	if err != nil {
		return Exhibit{}, err
	}
	told, err := TellingOf(ctx, c, id)
	if err != nil {
		return Exhibit{}, err
	}
	return r.View(ctx, c, e, told), nil
}

// View is an exhibit as it is shown; its timestamps are verified anew.
func (r *Reader) View(ctx context.Context, c *vault.Case, e vault.Exhibit, t Telling) Exhibit {
	return r.viewOf(c, e, t, r.stamps.Timestamps(ctx, c, e))
}

func (r *Reader) viewOf(c *vault.Case, e vault.Exhibit, t Telling, stamps []proof.Timestamp) Exhibit {
	m := e.Manifest
	v := Exhibit{
		Exhibit: e.ID, Case: c.Info().ID, Kind: m.Kind, Practice: m.Practice != "",
		Outcome: m.Outcome, Problems: append([]evidence.Problem{}, m.Problems...),
		Artifacts: []Artifact{}, Timestamps: append([]proof.Timestamp{}, stamps...),
		Started: m.Started, Finished: m.Finished, ManifestSHA256: e.ManifestDigest, Manifest: m,
		Facts: t.Facts, Closed: t.Closed, Recheck: m.Recheck, Rechecks: t.rechecks,
	}
	if m.Request != nil {
		v.Address, v.Phone, v.Scale = m.Request.Address, m.Request.Phone, m.Request.Scale
	}
	if m.Page != nil {
		v.FinalAddress, v.Title = m.Page.FinalAddress, m.Page.Title
	}
	v.Platform = r.recognize(v.FinalAddress, v.Address)
	for _, a := range m.Artifacts {
		v.Artifacts = append(v.Artifacts, ArtifactOf(a))
	}
	if e.Damage != nil {
		// Nothing of it was read: what its timestamps prove cannot be seen.
		v.Damage, v.Timestamps = e.Damage.Error(), []proof.Timestamp{}
		v.Recorded = e.Recorded.Time
	}
	return v
}

// recognize says what the addresses point at; the first that is known counts.
// A page that came in the place of another (a sign-in page) names its target.
func (r *Reader) recognize(addresses ...string) *platform.Item {
	for _, address := range addresses {
		item, ok := platform.Recognize(address, r.now())
		if !ok {
			continue
		}
		if target, ok := platform.Recognize(item.Target, r.now()); ok && item.Target != "" {
			item = target
		}
		return &item
	}
	return nil
}

// ArtifactOf is a file as it is listed.
func ArtifactOf(a evidence.Artifact) Artifact {
	return Artifact{Name: a.Name, Role: string(a.Role), MediaType: a.MediaType, Size: a.Size, SHA256: a.SHA256.String()}
}
