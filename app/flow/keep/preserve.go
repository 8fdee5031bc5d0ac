package keep

import (
	"context"
	"errors"
	"maps"
	"strconv"
	"strings"
	"time"

	"constat/app/flow/look"
	"constat/capture"
	"constat/evidence"
	"constat/evidence/platform"
	"constat/evidence/vault"
)

// PreserveRequest asks to keep a page.
type PreserveRequest struct {
	Case        string
	Address     string
	Subject     Subject
	Authorities []evidence.Authority // nil: those of the settings

	Phone         bool // as a phone would show it, instead of a computer
	Scale         int  // pixels of the picture a pixel of the page: 1 or 2; 0: 1
	LeaveOverlays bool // cookie notices are not refused at the end
	NoFilms       bool // films of which the page has a part only are not asked for once more
	FilmStills    int  // a still each so many seconds of the films that were kept; nought: none

	Meant Meant // what the person wants to keep, where they said so
}

// RecordRequest asks for an address-only record: nothing is loaded.
type RecordRequest struct {
	Case        string
	Address     string
	Note        string // the person's own words, optional
	Authorities []evidence.Authority
	Meant       Meant
}

// CheckAddress says at once whether an address can be kept, without loading it.
func CheckAddress(address string) error {
	_, err := capture.ParseAddress(Pasted(address))
	return err
}

// Pasted is the address in what a person pasted: without the brackets or quotation marks that mail
// programs put around one, and on a known platform without signs of the sentence behind it, where
// these alone keep its ids from being read.
func Pasted(text string) string {
	address := platform.Unwrap(text)
	trimmed := platform.Trim(address)
	if trimmed == address {
		return address
	}
	now := time.Now() // bounds the times that ids carry, which are not asked for here
	if item, ok := platform.Recognize(trimmed, now); ok && len(item.Problems) == 0 && item.Kind != platform.KindPage {
		return trimmed
	}
	return address
}

// ErrScale: a picture has one or two pixels for a pixel of the page.
var ErrScale = errors.New("scale is 1 or 2")

// MaxStillSeconds is how far apart stills of a film may be.
const MaxStillSeconds = 3600

// ErrStills: stills lie between a second and an hour apart.
var ErrStills = errors.New("stills of films each 1 to 3600 seconds")

// Preserve keeps a page: capture, manifest, vault, timestamps. Only with
// SubjectAdult does anything load; otherwise, and for that address from then on,
// it returns ErrSubject, and Record is the way; likewise for the address of an
// exhibit that was closed. Cancelling before the exhibit is in the vault leaves nothing of
// it; after that it stays, with its timestamps pending.
func (k *Keeper) Preserve(ctx context.Context, r PreserveRequest, p evidence.Progress) (look.Exhibit, error) {
	r.Address = Pasted(r.Address)
	if err := CheckAddress(r.Address); err != nil {
		return look.Exhibit{}, err
	}
	if r.Scale < 0 || r.Scale > 2 {
		return look.Exhibit{}, ErrScale
	}
	if r.FilmStills < 0 || r.FilmStills > MaxStillSeconds {
		return look.Exhibit{}, ErrStills
	}
	if err := r.Meant.check(); err != nil {
		return look.Exhibit{}, err
	}
	if err := k.checkSubject(ctx, r.Address, r.Subject); err != nil {
		return look.Exhibit{}, err
	}
	c, err := k.vault.Case(ctx, r.Case)
	if err != nil {
		return look.Exhibit{}, err
	}
	recorder, err := k.recorder(c.Info().Practice)
	if err != nil {
		return look.Exhibit{}, err
	}
	draft := c.NewDraft()
	page, err := signing(ctx, recorder, c).Capture(ctx, evidence.Request{
		Address: r.Address, Phone: r.Phone, Scale: r.Scale, LeaveOverlays: r.LeaveOverlays, NoFilms: r.NoFilms, FilmStills: r.FilmStills,
	}, draft, p)
	if err != nil {
		return look.Exhibit{}, errors.Join(err, draft.Abort(), k.noteFailure(ctx, c, r.Address, err))
	}
	m := captured(page)
	if err := k.filmStills(ctx, c, draft, &m, p); err != nil {
		return look.Exhibit{}, errors.Join(err, draft.Abort())
	}
	e, err := k.keep(ctx, c, draft, evidence.ActCaptured, m, r.Authorities, p)
	if errors.Is(err, look.ErrMinor) { // it was loaded, and nothing of it is kept
		err = errors.Join(err, k.noteFailure(ctx, c, r.Address, err))
	}
	if err != nil {
		return look.Exhibit{}, err
	}
	return k.tell(ctx, e, r.Meant), nil
}

// signing has web archives signed with the vault's key, but those of practice, and where the vault cannot:
// then there is no signature.
func signing(ctx context.Context, r *capture.Recorder, c *vault.Case) *capture.Recorder {
	if c.Info().Practice {
		return r
	}
	return r.Signing(func(hash string) ([]byte, []byte, error) {
		signature, key, err := c.SignArchive(ctx, hash)
		if errors.Is(err, vault.ErrVersion1) {
			return nil, nil, nil
		}
		return signature, key, err
	})
}

// captured is the part of the manifest that a capture knows.
func captured(page *capture.Capture) evidence.Manifest {
	return evidence.Manifest{
		Kind: evidence.WebCapture, Browser: &page.Browser, Started: page.Started, Pictured: &page.Pictured, Finished: page.Finished,
		Request: &page.Request, Page: &page.Page, Outcome: page.Outcome, Problems: page.Problems, Clock: page.Clock,
		Precondition: page.Preconditions, Redactions: page.Redactions, Artifacts: page.Artifacts,
	}
}

// noteFailure writes a capture that failed into the log, also after Cancel.
func (k *Keeper) noteFailure(ctx context.Context, c *vault.Case, address string, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	kind := k.causeOf(cause)
	_, err := c.Append(ctx, evidence.Entry{Action: evidence.ActCaptureFailed,
		Detail: map[string]string{"address": address, "reason": evidence.Shorten(cause.Error(), 500), "cause": kind}})
	return err
}

// Record keeps an address without loading anything.
func (k *Keeper) Record(ctx context.Context, r RecordRequest, p evidence.Progress) (look.Exhibit, error) {
	r.Address = Pasted(r.Address)
	if err := CheckAddress(r.Address); err != nil {
		return look.Exhibit{}, err
	}
	if err := r.Meant.check(); err != nil {
		return look.Exhibit{}, err
	}
	k.noteAnswer(r.Address)
	c, err := k.vault.Case(ctx, r.Case)
	if err != nil {
		return look.Exhibit{}, err
	}
	draft := c.NewDraft()
	now := evidence.MomentOf(k.now())
	if r.Note != "" {
		_, err := draft.Put(ctx, evidence.Artifact{Name: "note.txt", Role: evidence.Original, MediaType: "text/plain; charset=utf-8"},
			strings.NewReader(r.Note))
		if err != nil {
			return look.Exhibit{}, errors.Join(err, draft.Abort())
		}
	}
	m := evidence.Manifest{
		Kind: evidence.AddressOnly, Started: now, Finished: now,
		Request: &evidence.Request{Address: r.Address}, Outcome: evidence.Complete,
	}
	e, err := k.keep(ctx, c, draft, evidence.ActRecorded, m, r.Authorities, p)
	if err != nil {
		return look.Exhibit{}, err
	}
	return k.tell(ctx, e, r.Meant), nil
}

// keep makes an exhibit of a draft and has it timestamped.
func (k *Keeper) keep(
	ctx context.Context,
	c *vault.Case,
	draft *vault.Draft,
	action evidence.Action,
	m evidence.Manifest,
	asked []evidence.Authority,
	p evidence.Progress,
) (look.Exhibit, error) {
	info := c.Info()
	m.Case, m.Software = info.ID, k.software
	if info.Practice {
		m.Practice = evidence.PracticeMark
	}
	// Absent lists are written as empty ones: "none" is a fact too.
	m.Problems = append([]evidence.Problem{}, m.Problems...)
	m.Clock = append([]evidence.ClockCheck{}, m.Clock...)
	m.Precondition = append([]evidence.Precondition{}, m.Precondition...)
	noteClock(&m)
	m.Redactions = append([]evidence.Redaction{}, m.Redactions...)
	if m.Kind != evidence.Import { // an import looks file by file, before anything more of it is kept
		if err := k.refuseClosed(ctx, draft, m); err != nil {
			return look.Exhibit{}, errors.Join(err, draft.Abort())
		}
	}

	var id string
	err := k.stamps.With(ctx, info, asked, func(list []evidence.Authority) error {
		p.Step(evidence.StepEncrypt)
		e, err := c.Commit(ctx, draft, action, func(exhibit string, head evidence.LogHead, artifacts []evidence.Artifact) ([]byte, evidence.Digest, map[string]string, error) {
			m.Exhibit, m.CustodyHead = exhibit, head
			if m.Artifacts == nil { // a capture lists its own: it knows parents that the draft did not know yet
				m.Artifacts = append([]evidence.Artifact{}, artifacts...)
			}
			b, err := m.Encode()
			detail := map[string]string{"outcome": string(m.Outcome), "files": strconv.Itoa(len(artifacts))}
			if m.Recheck != nil {
				maps.Copy(detail, look.RecheckDetail(m))
			}
			return b, evidence.Sum(b), detail, err
		}, list)
		if err != nil {
			return errors.Join(err, draft.Abort())
		}
		id = e.ID
		p.Step(evidence.StepTimestamp)
		if err := k.stamps.Stamp(ctx, c, e.ID, e.ManifestDigest, list, p); err != nil && ctx.Err() == nil {
			return &UnstampedError{Exhibit: e.ID, Err: err}
		} else if err != nil {
			return err
		}
		return nil
	})
	if err != nil {
		return look.Exhibit{}, err
	}
	return k.look.ExhibitOf(context.WithoutCancel(ctx), c, id)
}
