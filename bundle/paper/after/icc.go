package after

import (
	"bytes"
	"encoding/binary"
	"math"
)

// What sRGB is (IEC 61966-2-1): chromaticities of its primaries and its white, x and y.
var (
	primaries = [3][2]float64{{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}}
	whiteD65  = [2]float64{0.3127, 0.3290}
	whiteD50  = [3]float64{0.9642, 1, 0.8249} // of every ICC profile (ICC.1:2001-04, 6.1.3)
)

type matrix [3][3]float64

func (m matrix) times(v [3]float64) (out [3]float64) {
	for i, row := range m {
		for j, f := range row {
			out[i] += f * v[j]
		}
	}
	return out
}

func (m matrix) mul(o matrix) (out matrix) {
	for i := range 3 {
		for j := range 3 {
			for k := range 3 {
				out[i][j] += m[i][k] * o[k][j]
			}
		}
	}
	return out
}

func (m matrix) inverse() (out matrix) {
	minor := func(i, j int) float64 {
		a, b, c, d := (i+1)%3, (i+2)%3, (j+1)%3, (j+2)%3
		return m[a][c]*m[b][d] - m[a][d]*m[b][c]
	}
	det := m[0][0]*minor(0, 0) + m[0][1]*minor(0, 1) + m[0][2]*minor(0, 2)
	for i := range 3 {
		for j := range 3 {
			out[j][i] = minor(i, j) / det
		}
	}
	return out
}

func xyz(c [2]float64) [3]float64 { return [3]float64{c[0] / c[1], 1, (1 - c[0] - c[1]) / c[1]} }

func diagonal(v [3]float64) matrix { return matrix{{v[0]}, {0, v[1]}, {0, 0, v[2]}} }

// colorants are the primaries of sRGB seen under the white of profiles (Bradford's adaptation), a
// column each.
func colorants() matrix {
	var p matrix
	for i, c := range primaries {
		for j, v := range xyz(c) {
			p[j][i] = v
		}
	}
	white := xyz(whiteD65)
	rgb := p.mul(diagonal(p.inverse().times(white)))
	bradford := matrix{{0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}}
	from, to := bradford.times(white), bradford.times(whiteD50)
	return bradford.inverse().mul(diagonal([3]float64{to[0] / from[0], to[1] / from[1], to[2] / from[2]})).mul(bradford).mul(rgb)
}

const curvePoints = 1024

// sRGB is a profile of that colour space: a matrix and a curve (ICC.1:2001-04, version 2.1).
func sRGB() []byte {
	var out bytes.Buffer
	u16 := func(b *bytes.Buffer, v float64) { _ = binary.Write(b, binary.BigEndian, uint16(math.Round(v))) }
	fixed := func(b *bytes.Buffer, v float64) { _ = binary.Write(b, binary.BigEndian, int32(math.Round(v*65536))) }
	u32 := func(b *bytes.Buffer, v int) { _ = binary.Write(b, binary.BigEndian, uint32(v)) }

	type element struct {
		names []string
		data  []byte
	}
	point := func(v [3]float64) []byte {
		var b bytes.Buffer
		b.WriteString("XYZ \x00\x00\x00\x00")
		for _, f := range v {
			fixed(&b, f)
		}
		return b.Bytes()
	}
	const name = "sRGB IEC61966-2.1"
	var about, curve bytes.Buffer
	about.WriteString("desc\x00\x00\x00\x00")
	u32(&about, len(name)+1)
	about.WriteString(name + "\x00")
	about.Write(make([]byte, 4+4+2+1+67)) // neither Unicode nor ScriptCode
	curve.WriteString("curv\x00\x00\x00\x00")
	u32(&curve, curvePoints)
	for i := range curvePoints {
		v := float64(i) / (curvePoints - 1)
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		u16(&curve, v*65535)
	}
	c := colorants()
	column := func(i int) []byte { return point([3]float64{c[0][i], c[1][i], c[2][i]}) }
	all := []element{
		{[]string{"desc"}, about.Bytes()},
		{[]string{"cprt"}, []byte("text\x00\x00\x00\x00No copyright, use freely\x00")},
		{[]string{"wtpt"}, point(whiteD50)},
		{[]string{"rXYZ"}, column(0)}, {[]string{"gXYZ"}, column(1)}, {[]string{"bXYZ"}, column(2)},
		{[]string{"rTRC", "gTRC", "bTRC"}, curve.Bytes()},
	}
	var table, data bytes.Buffer
	tags := 0
	for _, e := range all {
		tags += len(e.names)
	}
	begin := 128 + 4 + 12*tags
	u32(&table, tags)
	for _, e := range all {
		for _, n := range e.names {
			table.WriteString(n)
			u32(&table, begin+data.Len())
			u32(&table, len(e.data))
		}
		data.Write(e.data)
		data.Write(make([]byte, (4-data.Len()%4)%4))
	}
	u32(&out, begin+data.Len())
	out.Write(make([]byte, 4)) // no preferred module
	u32(&out, 0x02100000)
	out.WriteString("mntrRGB XYZ ")
	for _, v := range []float64{1999, 1, 1, 0, 0, 0} { // when the standard was published; no clock of ours
		u16(&out, v)
	}
	out.WriteString("acsp")
	out.Write(make([]byte, 4+4+4+4+8+4)) // no platform, flags, device; intent perceptual
	for _, f := range whiteD50 {
		fixed(&out, f)
	}
	out.Write(make([]byte, 128-out.Len()))
	out.Write(table.Bytes())
	out.Write(data.Bytes())
	return out.Bytes()
}
