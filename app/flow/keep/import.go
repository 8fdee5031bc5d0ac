package keep

import (
	"context"
	"errors"
	"slices"

	"constat/app/flow/look"
	"constat/evidence"
	"constat/evidence/intake"
)

// ErrNoFile: an import names no file.
var ErrNoFile = errors.New("no file to import")

// ImportRequest asks to keep files that are not web pages: photos of a screen,
// screenshots, videos, PDFs, e-mails, chat exports. They become one exhibit.
type ImportRequest struct {
	Case        string
	Files       []string // paths
	Subject     Subject  // asked before any file is opened
	Authorities []evidence.Authority
	Meant       Meant
	// Copies asks for a second copy of each photo that says neither where, when, with what nor by whom
	// it was taken, for handing over.
	Copies bool
}

// Import keeps files exactly as they are, with what they say of themselves.
// Only with SubjectAdult is any of them opened; otherwise it returns ErrSubject:
// nobody should make another copy then. For the same reason a file that is one
// of a closed exhibit of this vault, also inside of a chat export, a ZIP or an e-mail, ends it with a
// *[ClosedFileError], and nothing of the import stays.
func (k *Keeper) Import(ctx context.Context, r ImportRequest, p evidence.Progress) (look.Exhibit, error) {
	if r.Subject != SubjectAdult {
		return look.Exhibit{}, ErrSubject
	}
	if len(r.Files) == 0 {
		return look.Exhibit{}, ErrNoFile
	}
	if err := r.Meant.check(); err != nil {
		return look.Exhibit{}, err
	}
	c, err := k.vault.Case(ctx, r.Case)
	if err != nil {
		return look.Exhibit{}, err
	}
	closed, err := k.closedFiles(ctx)
	if err != nil {
		return look.Exhibit{}, err
	}
	m := evidence.Manifest{Kind: evidence.Import, Started: evidence.MomentOf(k.now()), Outcome: evidence.Complete}
	draft := c.NewDraft()
	next := 1
	for _, path := range r.Files {
		got, err := importOne(ctx, path, draft, intake.Options{First: next, Copies: r.Copies}, p)
		if err != nil {
			return look.Exhibit{}, errors.Join(err, draft.Abort())
		}
		for _, a := range got.Artifacts {
			if found, ok := closed[a.SHA256]; ok {
				found.Name = a.Name
				return look.Exhibit{}, errors.Join(&found, draft.Abort())
			}
		}
		for _, in := range got.Within {
			if found, ok := closed[in.SHA256]; ok {
				found.Name = got.Artifacts[0].Name + " > " + evidence.Shorten(in.Name, 200)
				return look.Exhibit{}, errors.Join(&found, draft.Abort())
			}
		}
		next = got.Next
		m.Artifacts = append(m.Artifacts, got.Artifacts...)
		m.Problems = append(m.Problems, got.Problems...)
		m.Redactions = append(m.Redactions, got.Redactions...)
		for _, f := range got.Facts {
			m.Claims = append(m.Claims, evidence.Claim{Artifact: f.Artifact, Name: f.Name, Value: f.Value, Source: string(f.Source)})
		}
	}
	if err := k.stills(ctx, c, draft, &m, p); err != nil {
		return look.Exhibit{}, errors.Join(err, draft.Abort())
	}
	// A copy that could not be made takes nothing from what was kept.
	if slices.ContainsFunc(m.Problems, func(p evidence.Problem) bool { return p.Code != intake.ProblemCopy }) {
		m.Outcome = evidence.Partial
	}
	m.Finished = evidence.MomentOf(k.now())
	e, err := k.keep(ctx, c, draft, evidence.ActImported, m, r.Authorities, p)
	if err != nil {
		return look.Exhibit{}, err
	}
	return k.tell(ctx, e, r.Meant), nil
}

func importOne(ctx context.Context, path string, sink evidence.Sink, o intake.Options, p evidence.Progress) (*intake.Result, error) {
	src, err := intake.FromPath(path)
	if err != nil {
		return nil, err
	}
	return intake.Import(ctx, src, sink, o, p)
}
