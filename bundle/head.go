package bundle

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"fmt"

	"constat/evidence"
)

// Names of the signed head of the log, in data/.
const (
	headName      = "custody-head.txt"
	signatureName = "custody-head.sig"
	keyName       = "custody-key.pem"
)

// headStatement is what is signed; package vault writes the same.
func headStatement(caseID string, head evidence.LogHead) string {
	return fmt.Sprintf("constat-custody-head/1\n%s\n%d\n%s\n", caseID, head.Seq, head.SHA256)
}

// checkHead refuses a signature that nobody could confirm. lines are the
// digests of the log's lines.
func checkHead(h *SignedHead, caseID string, lines []evidence.Digest) error {
	bad := func(why string) error { return fmt.Errorf("%w: signed head: %s", ErrInput, why) }
	block, rest := pem.Decode(h.PublicKeyPEM)
	if block == nil || block.Type != "PUBLIC KEY" || len(rest) > 0 {
		return bad("no public key")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	key, ok := parsed.(ed25519.PublicKey)
	if err != nil || !ok {
		return bad("the key is not of Ed25519")
	}
	if evidence.Sum(block.Bytes) != h.KeyFingerprint {
		return bad("the fingerprint is not that of the key")
	}
	if !ed25519.Verify(key, h.Statement, h.Signature) {
		return bad("the signature does not verify")
	}
	if signedLine(h, caseID, lines) == 0 {
		return bad("the log has no such line")
	}
	return nil
}

// signedLine is the number of the line that was signed; 0: there is none.
func signedLine(h *SignedHead, caseID string, lines []evidence.Digest) int {
	// A head was signed not long ago: its line is near the end.
	for i := len(lines) - 1; i >= 0; i-- {
		if headStatement(caseID, evidence.LogHead{Seq: uint64(i) + 1, SHA256: lines[i]}) == string(h.Statement) {
			return i + 1
		}
	}
	return 0
}

// head writes the signed head as it came.
func (w *writer) head(ctx context.Context) error {
	h := w.in.Head
	if h == nil {
		return nil
	}
	for _, f := range []File{{Name: headName, Data: h.Statement}, {Name: signatureName, Data: h.Signature}, {Name: keyName, Data: h.PublicKeyPEM}} {
		if err := w.putBytes(ctx, payload+f.Name, f.Data); err != nil {
			return err
		}
	}
	return nil
}
