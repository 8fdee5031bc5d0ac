package check

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"filippo.io/age"

	"constat/evidence"
	"constat/evidence/reader"
)

// A file that can be decrypted proves nothing about who wrote it: anyone can encrypt to a public
// key. What the vault wrote carries a code that takes the vault's own key, for the place where it
// lies.

// witness decrypts a file, and looks for the code of an object in its header.
type witness struct {
	run  *run
	elem []string // cases, id, objects, name
}

// Unwrap implements [age.Identity].
func (w *witness) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	fileKey, err := w.run.identity.Unwrap(stanzas)
	if err != nil || len(w.elem) != 4 || w.elem[2] != "objects" {
		return fileKey, err
	}
	key := w.run.key2("object")
	for _, s := range stanzas {
		if key == nil || s.Type != "constat-object/2" || len(s.Args) != 1 || len(s.Body) > 0 {
			continue
		}
		code := append([]byte("constat-object/2 "+w.elem[1]+" "+w.elem[3]+"\n"), fileKey...)
		w.run.proven = w.run.proven || authentic(key, []byte(s.Args[0]), code)
	}
	return fileKey, nil
}

// logOrigin reports whether the code of a log file is the vault's for its place; parts are its lines.
func (r *run) logOrigin(id string, seq int, e entry) (proven, known bool) {
	key := r.key2("log")
	if key == nil {
		return false, false
	}
	if e.code == nil {
		return false, true
	}
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "constat-log/2 %s %d\n", id, seq)
	for _, part := range e.parts {
		h.Write(part)
		h.Write([]byte("\n"))
	}
	return hmac.Equal(e.code, h.Sum(nil)), true
}

// headFile is what a case says of how far its log goes.
type headFile struct {
	Format      string   `json:"format"`
	Case        string   `json:"case"`
	Seq         uint64   `json:"seq"`
	SHA256      string   `json:"sha256"`
	Time        string   `json:"time"`
	Exhibits    int      `json:"exhibits"`
	Interrupted []string `json:"interrupted"`
}

const maxHead = 1 << 20

// heads compares the log with every head that is known: its own, and the one from elsewhere.
func (r *run) heads(ctx context.Context, id string, entries []entry) (interrupted []string, err error) {
	key := r.key2("head")
	if key == nil {
		r.add(Heads, evidence.NotDone, "%s: takes the vault's own key", id)
		return nil, nil
	}
	own := len(entries) > 0 && entries[len(entries)-1].proven
	b := bounded{limit: maxHead}
	err = r.decrypt(ctx, &b, "cases", id, "head")
	r.done--
	var h headFile
	if bad, ok := errors.AsType[*errFile](err); ok {
		if own {
			r.add(Heads, evidence.Failed, "%s: its head %s: whether the log lost its end cannot be seen from it", id, bad.reason)
		}
	} else if err != nil {
		return nil, err
	} else if code, body, _ := bytes.Cut(b.Bytes(), []byte("\n")); !authentic(key, code, body) {
		r.add(Heads, evidence.Failed, "%s: its head was not written by this vault", id)
	} else if err := json.Unmarshal(body, &h); err != nil || h.Format != "constat-head/1" || h.Case != id {
		r.add(Heads, evidence.Failed, "%s: its head is not one of version 1", id)
	} else {
		interrupted = h.Interrupted
		r.compare(id, entries, Head{Seq: h.Seq, SHA256: parseSum(h.SHA256), Time: h.Time, Exhibits: h.Exhibits}, "its own head")
	}
	if known, ok := r.known.Heads[id]; ok {
		r.compare(id, entries, known, r.known.From)
	}
	for _, e := range entries {
		if e.Action == "entries-lost" {
			r.add(Heads, evidence.Failed, "%s: entry %d says that entries up to %s of %s are lost; exhibits: %s", id, e.Seq,
				e.Detail["seq"], e.Detail["entry_time"], orNone(e.Detail["exhibits"]))
		}
	}
	return interrupted, nil
}

func orNone(s string) string {
	if s == "" {
		return "none is known"
	}
	return s
}

func parseSum(s string) (sum [32]byte) {
	b, err := hex.DecodeString(s)
	if err == nil && len(b) == len(sum) {
		copy(sum[:], b)
	}
	return sum
}

func (r *run) compare(id string, entries []entry, h Head, from string) {
	if h.Seq == 0 {
		return
	}
	for _, e := range entries {
		if e.Seq == h.Seq && e.SHA256 == h.SHA256 {
			r.add(Heads, evidence.Passed, "%s: entry %d, as %s has it", id, h.Seq, from)
			return
		}
		if e.Action == "entries-lost" && e.Detail["seq"] == fmt.Sprint(h.Seq) && e.Detail["sha256"] == reader.SHA256(h.SHA256).String() {
			return // it is said below
		}
	}
	last := uint64(0)
	if n := len(entries); n > 0 {
		last = entries[n-1].Seq
	}
	if last < h.Seq {
		r.add(Heads, evidence.Failed, "%s: the log ends with entry %d; %s has entry %d of %s: what came after is lost, or this is an older copy",
			id, last, from, h.Seq, h.Time)
		return
	}
	r.add(Heads, evidence.Failed, "%s: %s has another entry %d, of %s: two copies of this case went on apart", id, from, h.Seq, h.Time)
}

// missingCases names cases that were begun and are not there.
func (r *run) missingCases(ids []string) {
	if r.further != nil {
		for _, id := range r.further.Cases {
			if !slices.Contains(ids, id) {
				r.add(Heads, evidence.Failed, "%s: the case is gone", id)
			}
		}
	}
	for id, h := range r.known.Heads {
		if !slices.Contains(ids, id) && (r.further == nil || !slices.Contains(r.further.Cases, id)) {
			r.add(Heads, evidence.Failed, "%s: the case is gone; its last entry was of %s", id, h.Time)
		}
	}
	switch {
	case r.version < 2:
		r.add(Origin, evidence.NotDone, "a vault of version 1 does not prove who wrote its files")
	case r.known.Heads == nil:
		r.add(
			Heads,
			evidence.NotDone,
			"elsewhere: no head is known outside of this folder: an older copy put in its place could not be told from the newest",
		)
	default:
		r.add(Heads, evidence.Passed, "elsewhere: compared with what %s knows since %s", r.known.From, r.known.Since)
	}
}

// lost examines an object that no entry names. If the vault made it, an entry once named it, or was
// about to.
func (r *run) lost(ctx context.Context, id, name string, interrupted []string) error {
	b := bounded{limit: reader.MaxManifest}
	err := r.decrypt(ctx, &b, "cases", id, "objects", name)
	r.done--
	proven := r.proven
	if bad, ok := errors.AsType[*errFile](err); ok && !(proven && strings.HasPrefix(bad.reason, errTooLong.Error())) {
		r.add(Unrecorded, evidence.NotDone, "%s: objects/%s is named by no entry, and %s", id, name, bad.reason)
		return nil
	} else if !ok && err != nil {
		return err
	}
	switch {
	case !proven && r.key2("object") == nil:
		r.add(Unrecorded, evidence.NotDone, "%s: objects/%s is named by no entry", id, name)
	case !proven:
		r.add(Unrecorded, evidence.NotDone, "%s: objects/%s is named by no entry, and does not prove that this vault wrote it", id, name)
	case slices.Contains(interrupted, name):
		r.add(Unrecorded, evidence.NotDone, "%s: objects/%s is of a recording that was interrupted before it was done", id, name)
	default:
		if m, err := reader.ReadManifest(b.Bytes()); err == nil && m.Case == id {
			r.add(Unrecorded, evidence.Failed, "%s: %s was here; its entry is lost (objects/%s is its manifest)", id, m.Exhibit, name)
			return nil
		}
		r.add(Unrecorded, evidence.Failed, "%s: objects/%s was recorded by this vault; the entry that named it is lost", id, name)
	}
	return nil
}
