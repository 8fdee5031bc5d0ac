package after

import (
	"encoding/binary"
	"math"
	"testing"
)

// The profile has the colorants that everybody's profile of sRGB has, which were published rounded.
func TestTheProfileIsThatOfSRGB(t *testing.T) {
	c := colorants()
	for i, want := range [3][3]float64{{0.43607, 0.38515, 0.14307}, {0.22249, 0.71687, 0.06061}, {0.01392, 0.09708, 0.71410}} {
		for j, v := range want {
			if math.Abs(c[i][j]-v) > 0.0002 {
				t.Errorf("row %d, colour %d: %.5f, not %.5f", i, j, c[i][j], v)
			}
		}
	}
	p := sRGB()
	u32 := func(at uint32) uint32 { return binary.BigEndian.Uint32(p[at:]) }
	if int(u32(0)) != len(p) || string(p[36:40]) != "acsp" || u32(128) != 9 {
		t.Fatalf("%d bytes, %d said, %d tags", len(p), u32(0), u32(128))
	}
	for i := range u32(128) {
		at := 132 + 12*i
		from, size := u32(at+4), u32(at+8)
		if from%4 != 0 || int(from+size) > len(p) {
			t.Errorf("%s lies at %d", p[at:at+4], from)
		}
		if string(p[at:at+4]) == "rTRC" {
			half := binary.BigEndian.Uint16(p[from+12+2*((curvePoints-1)/2):])
			if got := float64(half) / 65535; math.Abs(got-0.2140) > 0.001 { // of half the signal
				t.Errorf("half the signal is %.4f of the light", got)
			}
		}
	}
}
