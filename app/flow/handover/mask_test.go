package handover

import (
	"testing"

	"constat/evidence"
)

// TestWhosePicturesStayOffThePaper: a second visit shows the same page.
func TestWhosePicturesStayOffThePaper(t *testing.T) {
	page := evidence.Manifest{Exhibit: "E-001"}
	visit := evidence.Manifest{Exhibit: "E-002", Recheck: &evidence.Recheck{Exhibit: "E-001"}}
	for name, row := range map[string]struct {
		mask        []string
		page, visit bool
	}{
		"none":             {nil, false, false},
		"all":              {[]string{"*"}, true, true},
		"the page":         {[]string{"E-001"}, true, true},
		"the visit alone":  {[]string{"E-002"}, false, true},
		"another":          {[]string{"E-003"}, false, false},
		"several with it":  {[]string{"E-003", "E-001"}, true, true},
		"an empty exhibit": {[]string{""}, false, false},
	} {
		if p, v := masked(row.mask, page), masked(row.mask, visit); p != row.page || v != row.visit {
			t.Errorf("%s: page %v, visit %v", name, p, v)
		}
	}
}
