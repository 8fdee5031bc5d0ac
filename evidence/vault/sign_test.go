package vault_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"constat/evidence"
	"constat/evidence/vault"
)

func openssl(t *testing.T, args ...string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "openssl", args...).CombinedOutput()
	return string(out), err
}

// TestSignHead: OpenSSL verifies the signature, refuses another head, computes
// the same fingerprint, and derives the same key from identity.age.
func TestSignHead(t *testing.T) {
	ctx := t.Context()
	v, code := newVault(t)
	c := newCase(t, v, "a")
	mustCapture(t, c, "a.png", "picture")
	head, signature, err := c.SignHead(ctx)
	if err != nil || head != c.Head() || len(signature) != ed25519.SignatureSize {
		t.Fatalf("head %v, %d bytes, %v", head, len(signature), err)
	}
	statement := fmt.Sprintf("constat-custody-head/1\n%s\n%d\n%s\n", c.Info().ID, head.Seq, head.SHA256)
	dir := t.TempDir()
	der, err := x509.MarshalPKIXPublicKey(v.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key := file("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	sig := file("head.sig", signature)
	verify := func(text string) (string, error) {
		return openssl(t, "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", file("head.txt", []byte(text)), "-sigfile", sig)
	}
	if out, err := verify(statement); err != nil || !strings.Contains(out, "Verified Successfully") {
		t.Errorf("openssl: %s, %v", out, err)
	}
	if out, err := verify(strings.Replace(statement, "\n2\n", "\n3\n", 1)); err == nil {
		t.Errorf("openssl took another head: %s", out)
	}
	out, err := openssl(t, "pkey", "-pubin", "-in", key, "-outform", "DER", "-out", filepath.Join(dir, "key.der"))
	if err != nil {
		t.Fatalf("%s, %v", out, err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "key.der"))
	if err != nil || evidence.Sum(b) != v.SigningKeyFingerprint() {
		t.Errorf("fingerprint %s, openssl's key has %s, %v", v.SigningKeyFingerprint(), evidence.Sum(b), err)
	}

	// It belongs to the vault, not to the passphrase.
	closeVault(t, v)
	r, err := vault.OpenWithRecovery(ctx, v.Dir(), code, options())
	if err != nil {
		t.Fatal(err)
	}
	defer closeVault(t, r)
	if err := r.ChangePassphrase(ctx, "another one"); err != nil {
		t.Fatal(err)
	}
	if r.SigningKeyFingerprint() != v.SigningKeyFingerprint() {
		t.Error("another key after recovery")
	}
	again, _, err := openCase(t, r, c.Info().ID).SignHead(ctx)
	if err != nil || again.Seq != head.Seq+1 {
		t.Errorf("head %v, %v", again, err)
	}
	if _, _, err := c.SignHead(ctx); err == nil {
		t.Error("a closed vault signs")
	}
	other, _ := newVault(t)
	if other.SigningKeyFingerprint() == v.SigningKeyFingerprint() {
		t.Error("two vaults have one key")
	}
}

// TestKeyDerivation: the derivation is fixed, and OpenSSL agrees about it.
func TestKeyDerivation(t *testing.T) {
	v, _ := newVault(t)
	id := identityOf(t, v)
	out, err := openssl(t, "kdf", "-keylen", "32", "-kdfopt", "digest:SHA256", "-kdfopt", "key:"+id,
		"-kdfopt", "info:constat-vault/1 signing", "HKDF")
	if err != nil {
		t.Fatalf("%s, %v", out, err)
	}
	seed, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(out), ":", ""))
	if err != nil {
		t.Fatal(err)
	}
	if !ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey).Equal(v.PublicKey()) {
		t.Error("openssl derives another key")
	}
}

// TestDamagedLogIsNotSigned: a signature must not lend weight to a broken log.
func TestDamagedLogIsNotSigned(t *testing.T) {
	d := newDamaged(t)
	d.rewrite(d.entry("00000003"), flip(end))
	v := reopen(t, d.v)
	if _, _, err := openCase(t, v, d.id).SignHead(context.Background()); !isType[*vault.CorruptError](err) {
		t.Errorf("%v", err)
	}
}

// identityOf decrypts identity.age, as the age tool does.
func identityOf(t *testing.T, v *vault.Vault) string {
	t.Helper()
	with, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(v.Dir(), "identity.age"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := age.Decrypt(f, with)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(strings.TrimPrefix(string(b), "# constat-vault/2\n"))
}

// TestSignArchive: the signature verifies, the key is the vault's for good, and an old vault signs nothing.
func TestSignArchive(t *testing.T) {
	v, _ := newVault(t)
	c := newCase(t, v, "a")
	const hash = "sha256:3dd086a0be145d1108bf32a5cac7c4b4c046eb78365792d4bb28e9f43e3c6571"
	signature, key, err := c.SignArchive(t.Context(), hash)
	if err != nil || len(signature) != 96 {
		t.Fatalf("%d bytes, %v", len(signature), err)
	}
	public, err := x509.ParsePKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(hash))
	a, b := new(big.Int).SetBytes(signature[:48]), new(big.Int).SetBytes(signature[48:])
	if k, ok := public.(*ecdsa.PublicKey); !ok || k.Curve != elliptic.P384() || !ecdsa.Verify(k, sum[:], a, b) {
		t.Errorf("%T does not verify it", public)
	}
	if _, again, err := newCase(t, v, "b").SignArchive(t.Context(), "x"); err != nil || !bytes.Equal(again, key) {
		t.Errorf("another key, %v", err)
	}
	v = reopen(t, v)
	if c, err = v.Case(t.Context(), c.Info().ID); err != nil {
		t.Fatal(err)
	}
	if _, again, err := c.SignArchive(t.Context(), hash); err != nil || !bytes.Equal(again, key) {
		t.Errorf("after it was opened again: another key, %v", err)
	}
	other, _ := newVault(t)
	if _, theirs, err := newCase(t, other, "a").SignArchive(t.Context(), hash); err != nil || bytes.Equal(theirs, key) {
		t.Errorf("two vaults have one key, %v", err)
	}
}
