package flow

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzSettings: a settings file is read or refused, and what was read is the
// same when it is saved and read again.
func FuzzSettings(f *testing.F) {
	f.Add([]byte(`{"screen_language":"fr","authorities":[{"name":"a","url":"http://a/"}]}`))
	f.Add([]byte("{}"))
	f.Add([]byte("[" + strings.Repeat("[", 20000)))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "settings.json")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := loadSettings(path)
		if err != nil {
			return
		}
		if err := saveSettings(path, s); err != nil {
			t.Fatal(err)
		}
		if _, err := loadSettings(path); err != nil {
			t.Errorf("what was saved is refused: %v", err)
		}
	})
}
