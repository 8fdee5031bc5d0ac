package keep

import (
	"bytes"
	"context"
	"io"
	"strings"

	"constat/capture"
	"constat/evidence"
	"constat/evidence/intake"
	"constat/evidence/vault"
)

// maxStills is of how many files of one import pictures are made; the others are named on paper.
const maxStills = 40

// stills puts a picture beside each file that neither report nor window can draw, if the browser can show
// it. A file without one is named on paper; that there is no browser costs nothing else.
func (k *Keeper) stills(ctx context.Context, c *vault.Case, draft *vault.Draft, m *evidence.Manifest, p evidence.Progress) error {
	var files []*capture.Still
	var of []evidence.Artifact
	for _, a := range m.Artifacts {
		if a.Role == evidence.Original && a.Size > 0 && len(files) < maxStills && capture.ShowsStill(a.MediaType) {
			of = append(of, a)
			files = append(files, &capture.Still{MediaType: a.MediaType, Size: a.Size, Open: func(ctx context.Context) (io.ReadCloser, error) {
				return draft.Open(ctx, a.Name)
			}})
		}
	}
	if len(files) == 0 {
		return nil
	}
	recorder, err := k.recorder(c.Info().Practice)
	if err != nil {
		return nil
	}
	p.Step(intake.StepFacts)
	product, _ := recorder.Stills(ctx, files) // what there is no picture of is named on paper
	if err := ctx.Err(); err != nil {
		return err
	}
	for i, f := range files {
		if f.PNG == nil {
			continue
		}
		a, err := draft.Put(ctx, evidence.Artifact{Name: evidence.ShownName(of[i].Name), Role: evidence.Derived, MediaType: "image/png",
			Parents: []evidence.Digest{of[i].SHA256}}, bytes.NewReader(f.PNG))
		if err != nil {
			return err
		}
		m.Artifacts = append(m.Artifacts, a)
		said := product
		if len(f.Times) > 0 {
			said += "; " + strings.Join(f.Times, " s, ") + " s"
		}
		m.Claims = append(m.Claims, evidence.Claim{Artifact: a.Name, Name: intake.FactShownBy, Value: said, Source: string(intake.FromContent)})
	}
	return nil
}

// filmStills puts sheets with a still each so many seconds beside the films of a page that were kept as files,
// where that was asked for. How many, and of what there are none, is said.
func (k *Keeper) filmStills(ctx context.Context, c *vault.Case, draft *vault.Draft, m *evidence.Manifest, p evidence.Progress) error {
	if m.Request == nil || m.Request.FilmStills <= 0 {
		return nil
	}
	every := m.Request.FilmStills
	var films []*capture.Still
	var of []evidence.Artifact
	for _, a := range m.Artifacts {
		if evidence.IsFilm(a.Name) && strings.HasPrefix(a.MediaType, "video/") && len(films) < maxStills {
			of = append(of, a)
			films = append(films, &capture.Still{MediaType: a.MediaType, Size: a.Size, Every: every, Open: func(ctx context.Context) (io.ReadCloser, error) {
				return draft.Open(ctx, a.Name)
			}})
		}
	}
	product := ""
	if len(films) > 0 {
		recorder, err := k.recorder(c.Info().Practice)
		if err != nil {
			return err
		}
		p.Step(evidence.StepRecord)
		product, _ = recorder.Stills(ctx, films) // what there is none of is named
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	var said []evidence.Said
	state := evidence.Met
	for i, f := range films {
		for n, png := range f.Sheets {
			a, err := draft.Put(ctx, evidence.Artifact{Name: evidence.StillsName(of[i].Name, n+1), Role: evidence.Derived, MediaType: "image/png",
				Parents: []evidence.Digest{of[i].SHA256}}, bytes.NewReader(png))
			if err != nil {
				return err
			}
			m.Artifacts = append(m.Artifacts, a)
		}
		if len(f.Sheets) == 0 {
			state = evidence.NotMet
			said = append(said, evidence.Say("stills-unshown", "{file}: the browser shows none", of[i].Name))
			continue
		}
		if len(f.Times) < f.Of {
			state = evidence.NotMet
		}
		said = append(said, evidence.Say("stills-of", "{file}: {#n} of {#of} stills, one each {#every} seconds", of[i].Name, len(f.Times), f.Of, every))
	}
	if len(films) == 0 {
		m.Precondition = append(m.Precondition, evidence.Say("stills-none", "no film was kept as a file").Precondition(capture.ItemFilmStills, evidence.NotMet))
		return nil
	}
	m.Precondition = append(m.Precondition, evidence.Say("stills-by", "by {product}: {list}", product, said).Precondition(capture.ItemFilmStills, state))
	return nil
}
