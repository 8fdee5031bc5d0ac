package vaulttest

import (
	"errors"
	"reflect"
	"testing"
)

// The processes of one run make one vault; without a folder of the run each makes its own.
func TestOneVaultARun(t *testing.T) {
	dir, times := t.TempDir(), 0
	make := func() (pattern, error) {
		times++
		return pattern{Files: map[string][]byte{"vault.json": {byte(times)}}, Key: []byte("k"), Code: "c"}, nil
	}
	first, err := shared(dir, make)
	if err != nil {
		t.Fatal(err)
	}
	again, err := shared(dir, make)
	if err != nil || times != 1 || !reflect.DeepEqual(first, again) {
		t.Errorf("made %d times, %v; %v and %v", times, err, first, again)
	}
	if _, err := shared(t.TempDir(), make); err != nil || times != 2 {
		t.Errorf("another run: made %d times, %v", times, err)
	}
	if _, err := shared("", make); err != nil || times != 3 {
		t.Errorf("without a folder: made %d times, %v", times, err)
	}
	broken := errors.New("broken")
	if _, err := shared(t.TempDir(), func() (pattern, error) { return pattern{}, broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
}
