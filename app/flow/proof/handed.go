package proof

import (
	"context"
	"time"

	"constat/bundle"
	"constat/evidence"
	"constat/evidence/ots"
	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
	"constat/evidence/vault"
)

// Handed is what a bundle carries of an exhibit's timestamps, judged anew.
type Handed struct {
	Stamps     []bundle.Stamp // by authority: the one that counts, then each reply that could not be verified
	Revocation []bundle.File
	Renewals   []bundle.Renewal
}

// Handed collects it.
func (s *Stamper) Handed(ctx context.Context, c *vault.Case, e vault.Exhibit) Handed {
	var h Handed
	for _, a := range asked(e) {
		st, refused := s.unjudged(e, a), []bundle.Stamp(nil)
		records, files := revocations(ctx, e, 0, a.Name)
		for _, reply := range repliesOf(e, a) {
			if s.judgeReply(&st, c, e, reply, records); st.Verified != nil {
				break
			}
			// What this program could not verify another may; what came is never lost.
			refused = append(refused, st)
		}
		if st.Verified != nil || len(refused) == 0 {
			h.Stamps = append(h.Stamps, st)
		}
		h.Stamps = append(h.Stamps, refused...)
		h.Revocation = append(h.Revocation, bundleFiles(files)...)
	}
	x := standing{rounds: s.renewals(ctx, c, e)}
	x.first = h.Stamps
	x.judge(ctx, e, s.checker.cfg.Now())
	for _, r := range x.rounds {
		h.Renewals = append(
			h.Renewals,
			bundle.Renewal{ListName: r.list.Name, List: r.list.Data, Stamps: r.stamps, Revocation: bundleFiles(r.revocation)},
		)
	}
	return h
}

func bundleFiles(files []renewal.File) []bundle.File {
	var out []bundle.File
	for _, f := range files {
		out = append(out, bundle.File{Name: f.Name, Data: f.Data})
	}
	return out
}

// StampFingerprint asks the authorities for a timestamp over a bundle's fingerprint.
func (s *Stamper) StampFingerprint(
	ctx context.Context,
	info evidence.Case,
	list []evidence.Authority,
	fingerprint evidence.Digest,
	p evidence.Progress,
) []bundle.Stamp {
	return s.StampOver(ctx, info, list, tsa.ImprintOf(fingerprint), p)
}

// StampOver is the same for a digest by any hash function.
func (s *Stamper) StampOver(
	ctx context.Context,
	info evidence.Case,
	list []evidence.Authority,
	imprint tsa.Imprint,
	p evidence.Progress,
) []bundle.Stamp {
	var out []bundle.Stamp
	for _, x := range s.checker.askOver(ctx, list, imprint, p) {
		st := bundle.Stamp{Authority: x.authority}
		if x.err != nil {
			st.Reason = stampReason(ctx, x.err)
		} else {
			st = s.checker.judgeOver(x.authority, x.reply.Raw, imprint, x.reply.Nonce, x.reply.Window(), info.Practice, nil)
			st.Sent, st.Received = x.reply.Sent, x.reply.Received
		}
		s.checker.label(&st)
		out = append(out, st)
	}
	return out
}

// StampFirst asks one authority after the other, up to the first that gives what
// can be verified; whoever need not be waited for is asked first.
func (s *Stamper) StampFirst(
	ctx context.Context,
	info evidence.Case,
	list []evidence.Authority,
	imprint tsa.Imprint,
	p evidence.Progress,
) (out []bundle.Stamp) {
	for _, a := range s.checker.turns.soonest(list, s.checker.cfg.Now()) {
		if ctx.Err() != nil {
			break
		}
		out = append(out, s.StampOver(ctx, info, []evidence.Authority{a}, imprint, p)...)
		if len(out) > 0 && out[len(out)-1].Kept() {
			break
		}
	}
	return out
}

// Calendars are the ones that were chosen; none unless somebody did.
func (s *Stamper) Calendars() []string { return s.checker.Calendars() }

// StampCalendars has a digest taken in by calendars.
func (s *Stamper) StampCalendars(ctx context.Context, digest evidence.Digest, calendars []string) ([]byte, []ots.Answer) {
	return s.checker.StampCalendars(ctx, digest, calendars)
}

// TimestampOver shows a timestamp over a bundle's fingerprint.
func TimestampOver(st bundle.Stamp) Timestamp { return timestampOf(st, time.Time{}) }
