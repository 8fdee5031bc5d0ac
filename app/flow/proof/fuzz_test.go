package proof

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzParseAuthorities: what is accepted has an address that can be asked, and
// names that are safe in file names and all different.
func FuzzParseAuthorities(f *testing.F) {
	for _, s := range []string{"", "http://a.example/tsr", "https://a;http://a:81,roots.pem", "ftp://a", "http://user:secret@a", "http://!", "http://a\x00b", " ; ;http://é.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, specs string) {
		list, err := ParseAuthorities(specs, func(string) ([]byte, error) { return nil, os.ErrNotExist })
		if err != nil {
			return
		}
		names := map[string]bool{}
		for _, a := range list {
			if !strings.HasPrefix(strings.ToLower(a.URL), "http") || a.Name == "" || names[a.Name] || a.Name != filepath.Base(a.Name) || strings.ContainsAny(a.Name, "/\\\x00\n") {
				t.Errorf("%q: %+v", specs, a)
			}
			names[a.Name] = true
		}
	})
}
