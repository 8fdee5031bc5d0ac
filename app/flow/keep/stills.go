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
