package origin

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"

	"filippo.io/age"
)

// stanzaType is the type of the stanza in an object's header that proves where it comes from. age
// tools skip it.
const stanzaType = "constat-object/2"

// Place is where an object belongs, and with which key that is proven. The zero value proves nothing.
type Place struct {
	Key          []byte
	Case, Object string
}

// code proves that the holder of the vault's key made the file, which has this file key and no
// other, for this place.
func (p Place) code(fileKey []byte) []byte {
	h := hmac.New(sha256.New, p.Key)
	fmt.Fprintf(h, "constat-object/2 %s %s\n", p.Case, p.Object)
	h.Write(fileKey)
	return h.Sum(nil)
}

// stanza is the proof as it stands in the header.
func (p Place) stanza(fileKey []byte) []*age.Stanza {
	if p.Key == nil {
		return nil
	}
	return []*age.Stanza{{Type: stanzaType, Args: []string{hex.EncodeToString(p.code(fileKey))}}}
}

// Witness decrypts an object, and looks for the proof in its header.
type Witness struct {
	age.Identity
	Place  Place
	Proven bool
}

// Unwrap implements [age.Identity].
func (w *Witness) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	fileKey, err := w.Identity.Unwrap(stanzas)
	if err != nil {
		return nil, err
	}
	for _, s := range stanzas {
		if s.Type != stanzaType || len(s.Args) != 1 || len(s.Body) != 0 {
			continue
		}
		got, err := hex.DecodeString(s.Args[0])
		w.Proven = w.Proven || err == nil && hmac.Equal(got, w.Place.code(fileKey))
	}
	return fileKey, nil
}

// maxFilling is the largest filling of an object's header, in bytes. The age
// header may be 2 MiB; filling is written in base 64.
const maxFilling = 32 << 10

// Filling is an age recipient that nobody can decrypt with: a stanza of random length and content,
// of the kind ("-grease") that age implementations are required to skip. It blurs the length of the
// file and leaves the plaintext exactly what it is. Beside it stands the proof of where the object
// comes from, which is skipped alike.
type Filling struct {
	Rand  io.Reader
	Place Place // what the proof beside it says
}

var _ age.RecipientWithLabels = Filling{}

// Wrap implements [age.Recipient].
func (f Filling) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	var n [4]byte
	if _, err := io.ReadFull(f.Rand, n[:]); err != nil {
		return nil, err
	}
	body := make([]byte, binary.LittleEndian.Uint32(n[:])%maxFilling)
	if _, err := io.ReadFull(f.Rand, body); err != nil {
		return nil, err
	}
	return append(f.Place.stanza(fileKey), &age.Stanza{Type: "filling-grease", Body: body}), nil
}

// WrapWithLabels carries the label of hybrid recipients: age refuses to mix
// them with recipients that have not got it, because those could weaken the file.
func (f Filling) WrapWithLabels(key []byte) ([]*age.Stanza, []string, error) {
	s, err := f.Wrap(key)
	return s, []string{"postquantum"}, err
}
