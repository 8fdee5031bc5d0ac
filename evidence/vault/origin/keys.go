package origin

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"math/big"

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
	Observer *ecdsa.PrivateKey // P-384, of web archives: their rules know no other curve
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
	var err error
	k.Observer, err = observer(id)
	return k, err
}

// observer takes a scalar of P-384 out of more bits than it has, so that none is likelier
// (FIPS 186-5, A.2.1).
func observer(id *age.HybridIdentity) (*ecdsa.PrivateKey, error) {
	curve := elliptic.P384()
	order := new(big.Int).Sub(curve.Params().N, big.NewInt(1))
	b, err := hkdf.Key(sha256.New, []byte(id.String()), nil, "constat-vault/2 observer", 48+16)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	d := new(big.Int).SetBytes(b)
	d.Mod(d, order).Add(d, big.NewInt(1))
	return ecdsa.ParseRawPrivateKey(curve, d.FillBytes(make([]byte, 48)))
}
