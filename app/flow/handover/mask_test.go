package handover

import (
	"errors"
	"testing"

	"constat/bundle"
	"constat/evidence"
	"constat/evidence/vault"
)

// TestWhosePicturesAreMasked: a second visit shows the same page.
func TestWhosePicturesAreMasked(t *testing.T) {
	page := evidence.Manifest{Exhibit: "E-001"}
	visit := evidence.Manifest{Exhibit: "E-002", Recheck: &evidence.Recheck{Exhibit: "E-001"}}
	for name, row := range map[string]struct {
		mask        map[string]Masking
		page, visit Masking
	}{
		"none":               {nil, Shown, Shown},
		"all":                {map[string]Masking{"*": LeaveOut}, LeaveOut, LeaveOut},
		"all but one":        {map[string]Masking{"*": LeaveOut, "E-001": Shown}, Shown, LeaveOut},
		"the page":           {map[string]Masking{"E-001": Blur}, Blur, Blur},
		"the visit alone":    {map[string]Masking{"E-002": LeaveOut}, Shown, LeaveOut},
		"the page less":      {map[string]Masking{"E-001": Blur, "E-002": LeaveOut}, Blur, LeaveOut},
		"the visit shown":    {map[string]Masking{"E-001": LeaveOut, "E-002": Shown}, LeaveOut, LeaveOut},
		"another":            {map[string]Masking{"E-003": LeaveOut}, Shown, Shown},
		"blurred all, shown": {map[string]Masking{"*": Blur, "E-002": Shown}, Blur, Blur},
	} {
		if p, v := masking(row.mask, page), masking(row.mask, visit); p != row.page || v != row.visit {
			t.Errorf("%s: page %q, visit %q", name, p, v)
		}
	}
}

func TestASlipInMaskingShowsNoPicture(t *testing.T) {
	list, closed := []vault.Exhibit{{ID: "E-001"}}, []bundle.LeftOut{{Exhibit: "E-002"}}
	for _, bad := range []map[string]Masking{{"E-003": LeaveOut}, {"": Blur}, {"E-001": "blurr"}, {"*": "all"}} {
		var want *MaskError
		if err := checkMasking(bad, list, closed); !errors.As(err, &want) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if err := checkMasking(map[string]Masking{"*": Blur, "E-001": Shown, "E-002": LeaveOut}, list, closed); err != nil {
		t.Error(err)
	}
}
