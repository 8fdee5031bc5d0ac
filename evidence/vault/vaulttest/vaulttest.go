// Package vaulttest makes vaults that open at once, for tests.
//
// # What it does
//
// A passphrase is stretched for a second or more, on purpose and with no way
// around it. Most tests need an open vault and not that second. [Make] copies a
// vault that was made once in this process, with the same code that makes a
// person's; only the two files that hold its key under a secret are written
// anew, at the least cost that age's format knows. What opens them is the
// program as it is: the cost stands in the file.
//
// # How to use it
//
//	code := vaulttest.Make(t, dir, "a passphrase")
//	v, err := vault.Open(ctx, dir, "a passphrase", options)
//
// What makes vaults or changes secrets in a test is given [Cost], and takes no second for it either.
// [Cheapen] does the same to a vault that a test has made in earnest. Where [RunFolder] names a
// folder of this run of the tests, as scripts/test.sh makes one, the processes of the run share
// that one vault instead of stretching for one each.
//
// # What it promises
//
// Nothing of the program can be told to stretch less. All vaults that Make
// makes in one process have one key and one recovery code.
//
// # What it does not do
//
// It is for tests only; internal/walls keeps everything else from importing it. Without [Cost] a new
// passphrase or code of such a vault is stretched in full again.
package vaulttest

import (
	"bytes"
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"filippo.io/age"

	"constat/evidence/vault"
	"constat/evidence/vault/internal/cost"
)

// Cost is what stretches nothing, for the options of a vault or of the program.
func Cost() vault.Cost { return cost.Least() }

const (
	identityName = "identity.age"
	recoveryName = "recovery.age"
	lockName     = "lock"
	stateName    = "state.age"
	cheap        = 1 // log2 of scrypt's N: opens in no time, and hides nothing
)

// pattern is the vault that all others are copies of: its files but those that
// hold the key, and what these hold.
type pattern struct {
	Files map[string][]byte
	Key   []byte
	Code  string
}

// RunFolder is the variable that names a folder which lives as long as one run of the tests: what
// lies there was made by the code that is tested.
const RunFolder = "CONSTAT_TEST_RUN"

// made is the pattern of this process. It is a function of nothing, remembered.
var made = sync.OnceValues(func() (pattern, error) { return shared(os.Getenv(RunFolder), makePattern) })

// shared is the pattern that lies in the folder, or one that is put there; without a folder it is
// made. Two processes that begin together each make one, and each keeps its own.
func shared(dir string, make func() (pattern, error)) (pattern, error) {
	if dir == "" {
		return make()
	}
	path := filepath.Join(dir, "vaulttest.json")
	if b, err := os.ReadFile(path); err == nil {
		var p pattern
		err = json.Unmarshal(b, &p)
		return p, err
	}
	p, err := make()
	if err != nil {
		return p, err
	}
	b, err := json.Marshal(p)
	if err != nil {
		return p, err
	}
	part, err := os.CreateTemp(dir, "vaulttest-")
	if err != nil {
		return p, err
	}
	_, err = part.Write(b)
	return p, errors.Join(err, part.Close(), os.Rename(part.Name(), path))
}

func makePattern() (_ pattern, err error) {
	dir, err := os.MkdirTemp("", "constat-vaulttest-")
	if err != nil {
		return pattern{}, err
	}
	defer os.RemoveAll(dir)
	const secret = "made once"
	v, code, err := vault.Create(context.Background(), dir, secret, vault.Options{Actor: "vaulttest"})
	if err != nil {
		return pattern{}, err
	}
	if err := v.Close(); err != nil {
		return pattern{}, err
	}
	p := pattern{Files: map[string][]byte{}, Code: string(code)}
	if p.Key, err = unwrap(filepath.Join(dir, identityName), secret); err != nil {
		return pattern{}, err
	}
	return p, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || d.Name() == identityName || d.Name() == recoveryName || d.Name() == lockName {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		p.Files[name], err = os.ReadFile(path)
		return err
	})
}

// Make makes a vault in dir, which must not exist or be empty, and returns its recovery code.
func Make(t testing.TB, dir, passphrase string) (code string) {
	t.Helper()
	p, err := made()
	if err != nil {
		t.Fatalf("vaulttest: %v", err)
	}
	if left, err := os.ReadDir(dir); len(left) > 0 || err != nil && !os.IsNotExist(err) {
		t.Fatalf("vaulttest: %s is not empty: %v", dir, err)
	}
	if err := p.write(dir, passphrase); err != nil {
		t.Fatalf("vaulttest: %v", err)
	}
	return p.Code
}

func (p pattern) write(dir, passphrase string) error {
	for name, b := range p.Files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			return err
		}
	}
	if err := wrap(filepath.Join(dir, identityName), p.Key, passphrase); err != nil {
		return err
	}
	if err := wrap(filepath.Join(dir, recoveryName), p.Key, p.Code); err != nil {
		return err
	}
	return restate(dir, p.Key)
}

// Cheapen makes the passphrase of a vault that is closed as cheap as those of [Make].
func Cheapen(dir, passphrase string) error {
	path := filepath.Join(dir, identityName)
	key, err := unwrap(path, passphrase)
	if err != nil {
		return fmt.Errorf("vaulttest: %w", err)
	}
	if err := wrap(path, key, passphrase); err != nil {
		return err
	}
	return restate(dir, key)
}

// restate has state.age name the key files as they are now: the vault would take them for older
// ones otherwise.
func restate(dir string, key []byte) error {
	text := string(key[bytes.Index(key, []byte("AGE-SECRET-KEY-")):])
	text = strings.TrimSpace(text)
	id, err := age.ParseHybridIdentity(text)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, stateName)
	sealed, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), id)
	if err != nil {
		return err
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	lines := bytes.SplitN(plain, []byte("\n"), 3)
	state := map[string]json.RawMessage{}
	if err := json.Unmarshal(lines[1], &state); err != nil {
		return err
	}
	sums := map[string]string{}
	for _, name := range []string{identityName, recoveryName} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		sums[name] = fmt.Sprintf("%x", sha256.Sum256(b))
	}
	if state["keys"], err = json.Marshal(sums); err != nil {
		return err
	}
	body, err := json.Marshal(state)
	if err != nil {
		return err
	}
	const codeLine, block = 2*sha256.Size + 1, 1024
	body = append(body, '\n')
	body = append(body, bytes.Repeat([]byte{' '}, block-1-(codeLine+len(body))%block)...)
	body = append(body, '\n')
	macKey, err := hkdf.Key(sha256.New, []byte(text), nil, "constat-vault/1 state", sha256.Size)
	if err != nil {
		return err
	}
	h := hmac.New(sha256.New, macKey)
	h.Write(body)
	var b bytes.Buffer
	w, err := age.Encrypt(&b, id.Recipient())
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "%x\n%s", h.Sum(nil), body); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o600)
}

func unwrap(path, secret string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	with, err := age.NewScryptIdentity(secret)
	if err != nil {
		return nil, err
	}
	r, err := age.Decrypt(bytes.NewReader(b), with)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func wrap(path string, key []byte, secret string) error {
	to, err := age.NewScryptRecipient(secret)
	if err != nil {
		return err
	}
	to.SetWorkFactor(cheap)
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to)
	if err != nil {
		return err
	}
	if _, err := w.Write(key); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o600)
}
