package vault

import (
	"context"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/x509"
	"fmt"

	"filippo.io/age"

	"constat/evidence"
)

// Labels of the keys that are derived from the vault's private key; see the
// package's description. Each is used for one thing.
const (
	labelState    = "constat-vault/1 state"
	labelIndex    = "constat-vault/1 index"
	labelVerdicts = "constat-vault/1 verdicts"
	labelSigning  = "constat-vault/1 signing"
	labelLog      = "constat-vault/2 log"
	labelObject   = "constat-vault/2 object"
	labelHead     = "constat-vault/2 head"
	labelHeads    = "constat-vault/2 heads"
	labelCopies   = "constat-vault/2 copies"
)

// derivedKeySize is the length of every derived key, in bytes.
const derivedKeySize = 32

// derived are keys that only who holds the vault's private key can compute. The
// holders of further recipients' keys cannot, nor can those who know only the
// public key, to which anyone may encrypt.
type derived struct {
	state    []byte
	index    []byte
	verdicts []byte
	log      []byte
	object   []byte
	head     []byte
	heads    []byte
	copies   []byte
	signing  ed25519.PrivateKey
}

func deriveKeys(id *age.HybridIdentity) (derived, error) {
	labels := []string{labelState, labelIndex, labelVerdicts, labelSigning, labelLog, labelObject, labelHead, labelHeads, labelCopies}
	keys := make([][]byte, len(labels))
	for i, label := range labels {
		var err error
		if keys[i], err = hkdf.Key(sha256.New, []byte(id.String()), nil, label, derivedKeySize); err != nil {
			return derived{}, fmt.Errorf("derive key: %w", err)
		}
	}
	return derived{state: keys[0], index: keys[1], verdicts: keys[2], signing: ed25519.NewKeyFromSeed(keys[3]),
		log: keys[4], object: keys[5], head: keys[6], heads: keys[7], copies: keys[8]}, nil
}

// PublicKey returns the key (RFC 8032, Ed25519) that verifies what
// [Case.SignHead] signs. It belongs to the vault for good: a change of
// passphrase or code, recovery, and copying leave it as it is.
func (v *Vault) PublicKey() ed25519.PublicKey { return v.public }

// SigningKeyFingerprint returns the SHA-256 of the public key as a DER
// SubjectPublicKeyInfo (RFC 8410), as `openssl pkey -pubin -outform DER |
// sha256sum` prints it. Two bundles with one fingerprint come from one vault.
func (v *Vault) SigningKeyFingerprint() evidence.Digest {
	der, err := x509.MarshalPKIXPublicKey(v.public)
	if err != nil {
		return evidence.Digest{} // not with a key of this type
	}
	return evidence.Sum(der)
}

// HeadStatement returns the bytes that [Case.SignHead] signs: four lines, each
// ended by a line feed: "constat-custody-head/1", the case id, the sequence
// number in decimal, and the SHA-256 of the log's last line in hexadecimal.
func HeadStatement(caseID string, head evidence.LogHead) []byte {
	return fmt.Appendf(nil, "constat-custody-head/1\n%s\n%d\n%s\n", caseID, head.Seq, head.SHA256)
}

// SignHead signs the head of the custody log as it is now, with the vault's key
// (Ed25519, RFC 8032; 64 bytes over [HeadStatement]). A damaged log is not
// signed; the error is then that of [Case.Damage].
func (c *Case) SignHead(ctx context.Context) (evidence.LogHead, []byte, error) {
	if err := c.ready(ctx); err != nil {
		return evidence.LogHead{}, nil, err
	}
	defer c.v.done()
	c.mu.Lock()
	head, damage := c.log.chain.Head(), c.log.damage
	c.mu.Unlock()
	if damage != nil {
		return evidence.LogHead{}, nil, damage
	}
	return head, ed25519.Sign(c.v.keys.signing, HeadStatement(c.id, head)), nil
}
