package origin

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"

	"filippo.io/age"
)

// keySize is the length of every derived key, in bytes.
const keySize = 32

// Keys are what only who holds the vault's private key can compute. The holders of further
// recipients' keys cannot, nor can those who know only the public key, to which anyone may encrypt.
// Each is used for one thing.
type Keys struct {
	State    []byte // of state.age
	Index    []byte // of the indexes
	Verdicts []byte // of what is remembered, and of notes
	Log      []byte // of log files
	Object   []byte // of objects
	Head     []byte // of heads
	Heads    []byte // of what is known outside of the folder
	Copies   []byte // of what belongs to copies of the vault
	Signing  ed25519.PrivateKey
}

// Derive computes the keys; see the description of package vault for their labels.
func Derive(id *age.HybridIdentity) (Keys, error) {
	var k Keys
	var seed []byte
	for _, to := range []struct {
		key   *[]byte
		label string
	}{
		{&k.State, "constat-vault/1 state"},
		{&k.Index, "constat-vault/1 index"},
		{&k.Verdicts, "constat-vault/1 verdicts"},
		{&seed, "constat-vault/1 signing"},
		{&k.Log, "constat-vault/2 log"},
		{&k.Object, "constat-vault/2 object"},
		{&k.Head, "constat-vault/2 head"},
		{&k.Heads, "constat-vault/2 heads"},
		{&k.Copies, "constat-vault/2 copies"},
	} {
		b, err := hkdf.Key(sha256.New, []byte(id.String()), nil, to.label, keySize)
		if err != nil {
			return Keys{}, fmt.Errorf("derive key: %w", err)
		}
		*to.key = b
	}
	k.Signing = ed25519.NewKeyFromSeed(seed)
	return k, nil
}
