package intake_test

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"testing"

	"constat/evidence"
	"constat/evidence/intake"
	"constat/evidence/vault"
	"constat/evidence/vault/vaulttest"
)

// The vault takes what an import yields, and gives it back.
func TestIntoAVault(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "vault")
	vaulttest.Make(t, dir, "passphrase")
	v, err := vault.Open(t.Context(), dir, "passphrase", vault.Options{Actor: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	about, err := v.CreateCase(t.Context(), "Matter", false)
	if err != nil {
		t.Fatal(err)
	}
	c, err := v.Case(t.Context(), about.ID)
	if err != nil {
		t.Fatal(err)
	}
	draft := c.NewDraft()
	defer draft.Abort()
	photo := jpegFile(t, tiff(phone))
	b := zipFile(t, entry{"_chat.txt", []byte(iosChat)}, entry{"00000003-PHOTO-2024-01-05-14-04-00.jpg", photo})
	res, err := intake.Import(t.Context(), bytesSource("a.zip", b), draft, intake.Options{}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := draft.Open(t.Context(), res.Artifacts[2].Name)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil || !bytes.Equal(got, photo) {
		t.Errorf("%v, %d bytes", err, len(got))
	}
}
