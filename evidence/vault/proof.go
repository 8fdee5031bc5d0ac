package vault

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"filippo.io/age"

	"constat/evidence"
)

// ErrForeign: it was not written by this vault. Anyone may encrypt to the vault's public key; what proves nothing
// beside that is not evidence. It comes as a [CorruptError].
var ErrForeign = errors.New("not written by this vault")

func foreign(rel string) *CorruptError {
	return &CorruptError{Path: rel, Reason: "was not written by this vault", Err: ErrForeign}
}

// logCode is the code of a log file: over its place and all that is in it. line, record and filling are without
// their line feeds; the filling is what stands behind the code.
func logCode(key []byte, caseID string, seq uint64, line, record, filling []byte) []byte {
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "constat-log/2 %s %d\n", caseID, seq)
	for _, part := range [][]byte{line, record, filling} {
		h.Write(part)
		h.Write([]byte{'\n'})
	}
	return h.Sum(nil)
}

// proves reports whether a log file was made by the holder of the vault's key for this place.
func (k derived) proves(caseID string, seq uint64, f logText) bool {
	return f.code != nil && hmac.Equal(f.code, logCode(k.log, caseID, seq, f.line, f.second, f.filling))
}

// proofStanza is the type of the stanza in an object's header that proves where it comes from. age tools skip it.
const proofStanza = "constat-object/2"

// place is where an object belongs, and with which key that is proven. The zero value proves nothing.
type place struct {
	key          []byte
	caseID, name string
}

// code proves that the holder of the vault's key made the file, which has this file key and no other, for this place.
func (p place) code(fileKey []byte) []byte {
	h := hmac.New(sha256.New, p.key)
	fmt.Fprintf(h, "constat-object/2 %s %s\n", p.caseID, p.name)
	h.Write(fileKey)
	return h.Sum(nil)
}

// stanza is the proof as it stands in the header.
func (p place) stanza(fileKey []byte) []*age.Stanza {
	if p.key == nil {
		return nil
	}
	return []*age.Stanza{{Type: proofStanza, Args: []string{hex.EncodeToString(p.code(fileKey))}}}
}

// witness decrypts an object, and looks for the proof in its header.
type witness struct {
	age.Identity
	place  place
	proven bool
}

// Unwrap implements [age.Identity].
func (w *witness) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	fileKey, err := w.Identity.Unwrap(stanzas)
	if err != nil {
		return nil, err
	}
	for _, s := range stanzas {
		if s.Type != proofStanza || len(s.Args) != 1 || len(s.Body) != 0 {
			continue
		}
		got, err := hex.DecodeString(s.Args[0])
		w.proven = w.proven || err == nil && hmac.Equal(got, w.place.code(fileKey))
	}
	return fileKey, nil
}

// place is that of an object of the case.
func (c *Case) place(object string) place { return place{c.v.keys.object, c.id, object} }

// openProven opens an object of the case. Without a proof of origin it is refused, unless it was recorded before the
// vault gave any.
func (c *Case) openProven(object string, old bool) (*opened, error) {
	w := &witness{Identity: c.v.identity, place: c.place(object)}
	o, err := openSealed(c.v.disk, c.v.dir, c.object(object), w)
	if err != nil {
		return nil, err
	}
	if !w.proven && !old {
		return nil, errors.Join(foreign(c.object(object)), o.Close())
	}
	return o, nil
}

// detailUnproven is the detail of a line "vault-migrated" that says how many lines before it prove nothing.
const detailUnproven = "not_authenticated"

// origin sorts the log files of a case, which are in order: those before old prove nothing and are the vault's all
// the same, because a line that proves itself follows and pins them, or because the vault is still of version 1;
// those that are not the vault's lose what they say.
func (c *Case) origin(reads []logRead) (old uint64) {
	first := -1
	for i, read := range reads {
		if read.proven {
			first = i
			break
		}
	}
	all := c.v.Old() || c.v.unproven(c.id)
	if first < 0 {
		if all {
			return ^uint64(0)
		}
		return 0
	}
	e, err := lone(reads[first])
	if all || err == nil && e.Action == evidence.ActVaultMigrated {
		return reads[first].seq - 1
	}
	return 0
}
