package keep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"constat/app/flow/look"
	"constat/capture"
	"constat/evidence"
	"constat/evidence/recheck"
	"constat/evidence/vault"
)

// ErrNotPage: the exhibit is no page that was kept from the web, so that
// there is nothing to visit again.
var ErrNotPage = errors.New("exhibit is not a web page that was kept")

// RecheckRequest asks to visit kept pages again.
type RecheckRequest struct {
	Case        string
	Exhibits    []string // empty: every page of the case that may be visited
	Authorities []evidence.Authority
}

// Recheck visits kept pages again, one after the other, and keeps what each
// visit told as an exhibit of its own. The answer about age that was given for
// an exhibit's page holds for the visit; what is closed as under 18 is never
// loaded, nor is an address-only record. All of that is looked at before
// anything loads. What was visited before an error or Cancel stays, and is
// returned with the error.
func (k *Keeper) Recheck(ctx context.Context, r RecheckRequest, p evidence.Progress) ([]look.Exhibit, error) {
	c, err := k.vault.Case(ctx, r.Case)
	if err != nil {
		return nil, err
	}
	targets, err := k.recheckable(ctx, c, r.Exhibits)
	if err != nil {
		return nil, err
	}
	recorder, err := k.recorder(c.Info().Practice)
	if err != nil {
		return nil, err
	}
	var done []look.Exhibit
	for _, e := range targets {
		if ctx.Err() != nil {
			return done, context.Cause(ctx)
		}
		v, err := k.revisit(ctx, c, recorder, e, r.Authorities, p)
		if err != nil {
			return done, err
		}
		done = append(done, v)
	}
	return done, nil
}

// recheckable are the exhibits to visit. An exhibit that is named must be one;
// with none named all that are count. A visit stands for what it visited.
func (k *Keeper) recheckable(ctx context.Context, c *vault.Case, named []string) ([]vault.Exhibit, error) {
	list, err := c.Exhibits(ctx)
	if err != nil {
		return nil, err
	}
	all, err := look.Tellings(ctx, c)
	if err != nil {
		return nil, err
	}
	closed, err := k.closedAddresses(ctx)
	if err != nil {
		return nil, err
	}
	byID := map[string]vault.Exhibit{}
	for _, e := range list {
		byID[e.ID] = e
	}
	refusal := func(e vault.Exhibit) error {
		switch {
		case e.Damage != nil:
			return e.Damage
		case all[e.ID].Closed, slices.ContainsFunc(addressesOf(e.Manifest), func(a string) bool { return closed[a] }):
			return fmt.Errorf("%s: %w", e.ID, look.ErrMinor)
		case e.Manifest.Kind != evidence.WebCapture || e.Manifest.Request == nil:
			return fmt.Errorf("%s: %w", e.ID, ErrNotPage)
		case !k.mayLoad(e.Manifest.Request.Address, SubjectAdult):
			return fmt.Errorf("%s: %w", e.ID, ErrSubject)
		}
		return nil
	}
	var out []vault.Exhibit
	if len(named) == 0 {
		for _, e := range list {
			if refusal(e) == nil {
				out = append(out, e)
			}
		}
		if len(out) == 0 {
			return nil, ErrNotPage
		}
		return out, nil
	}
	for _, id := range named {
		e, ok := byID[id]
		if !ok {
			return nil, &vault.UnknownExhibitError{ID: id}
		}
		if of := e.Manifest.Recheck; of != nil {
			e = byID[of.Exhibit]
		}
		if err := refusal(e); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(out, func(x vault.Exhibit) bool { return x.ID == e.ID }) {
			out = append(out, e)
		}
	}
	return out, nil
}

// addressesOf are the addresses under which a page was kept.
func addressesOf(m evidence.Manifest) []string {
	var out []string
	if m.Request != nil {
		out = append(out, strings.TrimSpace(m.Request.Address))
	}
	if m.Page != nil && m.Page.FinalAddress != "" {
		out = append(out, m.Page.FinalAddress)
	}
	return out
}

// revisit makes one visit. That no page came is an answer too, and is kept.
func (k *Keeper) revisit(
	ctx context.Context,
	c *vault.Case,
	recorder *capture.Recorder,
	e vault.Exhibit,
	asked []evidence.Authority,
	p evidence.Progress,
) (look.Exhibit, error) {
	then, err := textOf(ctx, e.Manifest, e.Open)
	if err != nil {
		return look.Exhibit{}, err
	}
	request := *e.Manifest.Request              // the same view: a phone is shown other pages
	request.Light, request.Window = true, false // nobody signs in for a visit
	draft := c.NewDraft()
	m := evidence.Manifest{Kind: evidence.Rechecked, Started: evidence.MomentOf(k.now()), Request: &request}
	page, err := recorder.Capture(ctx, request, draft, p)
	var answer evidence.Recheck
	if err == nil {
		m = captured(page)
		m.Kind = evidence.Rechecked
		now, err := textOf(ctx, m, draft.Open)
		if err != nil {
			return look.Exhibit{}, errors.Join(err, draft.Abort())
		}
		now.Manifest = m
		answer = recheck.Judge(then, now)
	} else {
		var told bool
		if answer, told = noPage(ctx, err); !told {
			return look.Exhibit{}, errors.Join(err, draft.Abort())
		}
		// What came before it broke off is no page.
		if err := draft.Abort(); err != nil {
			return look.Exhibit{}, err
		}
		draft = c.NewDraft()
		m.Outcome, m.Finished = evidence.FailedOut, evidence.MomentOf(k.now())
	}
	answer.Exhibit, answer.ManifestSHA256 = e.ID, e.ManifestDigest
	m.Recheck = &answer
	return k.keep(ctx, c, draft, evidence.ActRechecked, m, asked, p)
}

// noPage is the answer when a visit brought no page. What stands in the way on
// this device (no browser, a full disk, Cancel) is none.
func noPage(ctx context.Context, err error) (evidence.Recheck, bool) {
	if ctx.Err() != nil {
		return evidence.Recheck{}, false
	}
	if e, ok := errors.AsType[*capture.NetworkError](err); ok {
		return recheck.Unreachable(string(e.Kind), e.Code), true
	}
	if _, ok := errors.AsType[*capture.BrowserGoneError](err); ok {
		return recheck.BrowserEnded(), true
	}
	return evidence.Recheck{}, false
}

// maxTextFile is the largest page.txt that is compared, in bytes: the limit of
// its characters in UTF-8.
const maxTextFile = 16 << 20

// textOf reads the visible text of a page, if it was kept.
func textOf(ctx context.Context, m evidence.Manifest, open func(context.Context, string) (io.ReadCloser, error)) (recheck.Visit, error) {
	v := recheck.Visit{Manifest: m}
	if a, ok := m.Artifact(evidence.TextName); !ok || a.Size > maxTextFile {
		return v, nil
	}
	r, err := open(ctx, evidence.TextName)
	if err != nil {
		return v, err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	v.Text, v.HasText = string(b), err == nil
	return v, err
}
