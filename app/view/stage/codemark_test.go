package stage

import (
	"path/filepath"
	"testing"
)

func TestTheMarkOfAnotherVaultSaysNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "code-shown")
	m := CodeMark{Path: path, Vault: "/elsewhere"}
	if err := m.Set(); err != nil {
		t.Fatal(err)
	}
	other := CodeMark{Path: path, Vault: "/here"}
	if other.Read(); other.On() {
		t.Error("the mark of another vault is taken for this one's")
	}
	again := CodeMark{Path: path, Vault: "/elsewhere"}
	if again.Read(); !again.On() {
		t.Error("the mark is not read back")
	}
	if err := m.Clear(); err != nil || m.Clear() != nil {
		t.Errorf("clearing twice: %v", err)
	}
}
