package check

import (
	"bytes"
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"constat/evidence"
	"constat/evidence/reader"
)

// maxState bounds the plaintext of state.age, in bytes.
const maxState = 4 << 20

// stateFile is what state.age says, as far as it can be compared with the files.
type stateFile struct {
	Format     string `json:"format"`
	Recipients []struct {
		Recipient string `json:"recipient"`
	} `json:"recipients"`
	Reseal   string            `json:"reseal"`
	Version  int               `json:"version"`
	Written  string            `json:"written"`
	Cases    []string          `json:"cases"`
	Unproven []string          `json:"unproven"`
	Keys     map[string]string `json:"keys"`
	Acts     []struct {
		ID     string            `json:"id"`
		Detail map[string]string `json:"detail"`
	} `json:"acts"`
}

// key derives a key from the identity's text (HKDF-SHA-256, no salt). It is nil
// if the identity in use has no text: then codes cannot be verified.
func (r *run) key(label string) []byte { return r.derive("constat-vault/1 " + label) }

// key2 is key for what version 2 has; nil in a vault of version 1.
func (r *run) key2(label string) []byte {
	if r.version < 2 {
		return nil
	}
	return r.derive("constat-vault/2 " + label)
}

func (r *run) derive(label string) []byte {
	id, ok := r.identity.(fmt.Stringer)
	if !ok || !strings.HasPrefix(id.String(), "AGE-SECRET-KEY-PQ-1") {
		return nil
	}
	key, err := hkdf.Key(sha256.New, []byte(id.String()), nil, label, sha256.Size)
	if err != nil {
		return nil
	}
	return key
}

// authentic reports whether code is the HMAC-SHA-256 of body, in hexadecimal.
func authentic(key, code, body []byte) bool {
	h := hmac.New(sha256.New, key)
	h.Write(body)
	got, err := hex.DecodeString(string(code))
	return err == nil && hmac.Equal(got, h.Sum(nil))
}

// state examines state.age, the authenticated list of further recipients.
func (r *run) state(ctx context.Context) error {
	key := r.key("state")
	if key == nil {
		r.add(Recipients, evidence.NotDone, "state.age: takes the vault's own key")
		return nil
	}
	b := bounded{limit: maxState}
	err := r.decrypt(ctx, &b, "state.age")
	r.done-- // it is not among the files that were counted
	if bad, ok := errors.AsType[*errFile](err); ok {
		r.add(Recipients, evidence.Failed, "state.age %s", bad.reason)
		return nil
	}
	if err != nil {
		return err
	}
	s, reason := splitState(b.Bytes(), key)
	if reason != "" {
		r.add(Recipients, evidence.Failed, "state.age %s", reason)
		return nil
	}
	r.further = &s
	if s.Version >= 2 && r.version < 2 {
		if r.failed(VaultJSON) == 0 {
			r.add(VaultJSON, evidence.Failed, "vault.json is of version 1, the vault is of version %d", s.Version)
		}
		r.version = s.Version
	}
	r.keyDigests(ctx)
	if s.Reseal != "" || len(s.Acts) > 0 {
		r.add(Recipients, evidence.NotDone, "a change is unfinished: encryption %q, %d entries owed", s.Reseal, len(s.Acts))
	}
	return nil
}

// keyDigests notices an older identity.age or recovery.age that was put back.
func (r *run) keyDigests(ctx context.Context) {
	for _, name := range slices.Sorted(maps.Keys(r.further.Keys)) {
		if ctx.Err() != nil {
			return
		}
		f, err := r.open(name)
		if err != nil {
			continue // it is said of the file itself
		}
		h := sha256.New()
		_, err = io.Copy(h, io.LimitReader(f, 64<<10+1))
		if err := errors.Join(err, f.Close()); err != nil {
			continue
		}
		if got := hex.EncodeToString(h.Sum(nil)); got != r.further.Keys[name] {
			r.add(KeyFiles, evidence.Failed, "%s is not the one that was written last (state.age is of %s): an older one was put back", name, r.further.Written)
		}
	}
}

func splitState(b, key []byte) (s stateFile, reason string) {
	code, body, _ := bytes.Cut(b, []byte("\n"))
	switch {
	case !authentic(key, code, body):
		return s, "was not written by the holder of the vault's key"
	case len(b)%1024 != 0:
		return s, "is not padded to 1,024 bytes"
	}
	if err := json.Unmarshal(body, &s); err != nil || s.Format != "constat-state/1" {
		return s, "is not a state of version 1"
	}
	return s, ""
}

// countRecipients notes to how many recipients a file of a case is encrypted.
func (r *run) countRecipients(header []byte, name string) {
	if r.further == nil || r.further.Reseal != "" {
		return
	}
	want := 1 + len(r.further.Recipients)
	if got := bytes.Count(header, []byte("\n-> mlkem768x25519 ")); got > want {
		r.add(Recipients, evidence.Failed, "%s is encrypted to %d recipients, listed are %d", name, got, want)
	} else if got < want {
		r.add(Recipients, evidence.NotDone, "%s is encrypted to %d recipients only, listed are %d", name, got, want)
	}
}

// removed compares the list with what a log says of who was removed.
func (r *run) removed(id string, entries []entry) {
	if r.further == nil {
		return
	}
	present := map[string]bool{}
	for _, e := range entries {
		switch fingerprint := e.Detail["recipient_sha256"]; e.Action {
		case "recipient-added":
			present[fingerprint] = true
		case "recipient-removed":
			present[fingerprint] = false
		case "recipients-reset":
			clear(present)
		}
	}
	for _, a := range r.further.Acts {
		delete(present, a.Detail["recipient_sha256"])
	}
	for _, recipient := range r.further.Recipients {
		fingerprint := sumOf([]byte(recipient.Recipient)).String()
		if added, said := present[fingerprint]; said && !added {
			r.add(Recipients, evidence.Failed, "state.age names recipient %s, which the log of %s says was removed", fingerprint, id)
		}
	}
}

// index compares the index of a case with its log. The index is a cache: that
// there is none, or a damaged one, says nothing about the evidence. But one that
// is authentic proves how far the log once went.
func (r *run) index(ctx context.Context, id string, entries []entry) error {
	key := r.key("index")
	if key == nil {
		r.add(Index, evidence.NotDone, "%s: takes the vault's own key", id)
		return nil
	}
	x := indexSum{mac: hmac.New(sha256.New, key)}
	err := r.decrypt(ctx, &x, "cases", id, "index")
	r.done--
	if bad, ok := errors.AsType[*errFile](err); ok {
		r.add(Index, evidence.NotDone, "%s: index %s; the log is read instead", id, bad.reason)
		return nil
	}
	if err != nil {
		return err
	}
	head, ok := x.authentic(id)
	if !ok {
		r.add(Index, evidence.NotDone, "%s: index is damaged or not authentic; the log is read instead", id)
		return nil
	}
	for _, e := range entries {
		if e.Seq == head.Seq && e.SHA256 == head.SHA256 {
			r.add(Index, evidence.Passed, "%s: up to entry %d", id, head.Seq)
			return nil
		}
	}
	r.add(Index, evidence.Failed, "%s: once there was entry %d, SHA-256 %s; the log has it no more", id, head.Seq, head.SHA256)
	return nil
}

// indexSum takes in an index without holding it: its first line, the code over
// the lines that this announces, and the code that stands after them.
type indexSum struct {
	mac   hash.Hash
	first []byte
	lines uint64 // still to come before the code; counted once the first is there
	head  reader.Head
	code  []byte
	bad   bool
	ended bool
}

const maxFirstLine = 200 // bytes

func (x *indexSum) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 && !x.bad && !x.ended {
		line, rest, whole := bytes.Cut(p, []byte("\n"))
		switch {
		case x.head.Seq == 0:
			x.first = append(x.first, line...)
			if x.bad = len(x.first) > maxFirstLine; whole && !x.bad {
				x.begin()
			}
		case x.lines > 0:
			x.mac.Write(p[:len(p)-len(rest)])
			if whole {
				x.lines--
			}
		default:
			x.code = append(x.code, line...)
			x.bad, x.ended = len(x.code) > 2*sha256.Size, whole
		}
		p = rest
	}
	return n, nil
}

func (x *indexSum) begin() {
	x.mac.Write(append(bytes.Clone(x.first), '\n'))
	fields := strings.Fields(string(x.first))
	if x.bad = len(fields) != 5 || fields[0] != "constat-index/2"; x.bad {
		return
	}
	seq, err := strconv.ParseUint(fields[2], 10, 32)
	var sum reader.SHA256
	n, err2 := hex.Decode(sum[:], []byte(fields[3])[:min(len(fields[3]), 2*len(sum))])
	x.bad = err != nil || err2 != nil || n != len(sum) || fields[3] != sum.String() || seq == 0
	x.head, x.lines = reader.Head{Seq: seq, SHA256: sum}, 2*seq
}

// authentic returns the head of an index of this case that the vault wrote.
func (x *indexSum) authentic(id string) (reader.Head, bool) {
	if x.bad || !x.ended || !bytes.HasPrefix(x.first, []byte("constat-index/2 "+id+" ")) {
		return reader.Head{}, false
	}
	code, err := hex.DecodeString(string(x.code))
	return x.head, err == nil && hmac.Equal(code, x.mac.Sum(nil))
}
