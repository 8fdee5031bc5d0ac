package detail

import "testing"

// TestEveryFormHasWords holds the forms of older manifests to the catalogues. That no form is
// missing there, testdata of such manifests show; those of today are in the source, which
// [TestEverythingSaidHasWords] reads.
func TestEveryFormHasWords(t *testing.T) {
	for lang, text := range texts(t) {
		for _, of := range []map[string][]pattern{recogniser().forms, recogniser().parts} {
			for name, list := range of {
				for _, p := range list {
					if p.key != "" && !text.Has(p.key) {
						t.Errorf("%s: %s of %s has no words", lang, p.key, name)
					}
				}
			}
		}
	}
}
