package proof

import (
	"encoding/binary"
	"errors"
	"math"
	"time"

	"constat/evidence"
)

// The text of remembered verdicts: the verifier, a table of strings, and then
// each verdict with numbers into that table. Numbers are unsigned varints,
// strings their length and bytes. Nobody but this program reads it, and another
// build of it begins anew.

// maxVerdicts bounds each of the counts that are read.
const maxVerdicts = 1 << 20

var errVerdicts = errors.New("not remembered verdicts")

// stringTable writes each string once.
type stringTable struct {
	number map[string]uint64
	list   []string
}

func (t *stringTable) of(s string) uint64 {
	n, ok := t.number[s]
	if !ok {
		n = uint64(len(t.list))
		t.number[s] = n
		t.list = append(t.list, s)
	}
	return n
}

func encodeVerdicts(known map[verdictKey]*verdict, verifier string) []byte {
	table := stringTable{number: map[string]uint64{}}
	body := binary.AppendUvarint(nil, uint64(len(known)))
	for k, x := range known {
		body = append(body, k[:]...)
		body = binary.AppendVarint(body, x.time.Unix())
		body = binary.AppendUvarint(body, uint64(x.time.Nanosecond()))
		body = appendFloat(body, x.accuracy)
		body = binary.AppendUvarint(body, table.of(x.root))
		body = binary.AppendVarint(body, x.until.Unix())
		body = binary.AppendUvarint(body, table.of(x.ends))
		flags := byte(0)
		if x.qualified {
			flags |= 1
		}
		if x.clock != nil {
			flags |= 2
		}
		body = append(body, flags)
		if x.clock != nil {
			body = appendFloat(appendFloat(body, x.clock.Offset), x.clock.Uncertainty)
		}
		body = binary.AppendUvarint(body, uint64(len(x.checks)))
		for _, c := range x.checks {
			for _, s := range []string{c.Name, string(c.State), c.Detail} {
				body = binary.AppendUvarint(body, table.of(s))
			}
		}
	}
	b := appendString(nil, verifier)
	b = binary.AppendUvarint(b, uint64(len(table.list)))
	for _, s := range table.list {
		b = appendString(b, s)
	}
	return append(b, body...)
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendFloat(b []byte, f float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
}

// decodeVerdicts reads what this verifier wrote; of anything else it knows nothing.
func decodeVerdicts(b []byte, verifier string) map[verdictKey]*verdict {
	known, err := parseVerdicts(b, verifier)
	if err != nil {
		return map[verdictKey]*verdict{}
	}
	return known
}

func parseVerdicts(b []byte, verifier string) (map[verdictKey]*verdict, error) {
	r := &verdictReader{b: string(b)}
	if r.string() != verifier || r.bad {
		return nil, errVerdicts
	}
	table := make([]string, r.count())
	for i := range table {
		table[i] = r.string()
	}
	n := r.count()
	known := make(map[verdictKey]*verdict, n)
	for range n {
		var k verdictKey
		copy(k[:], r.take(len(k)))
		x := &verdict{}
		secs, nanos := r.varint(), r.uvarint()
		if nanos >= uint64(time.Second) {
			r.bad = true
		}
		x.time = time.Unix(secs, int64(nanos)).UTC()
		x.accuracy = r.float()
		x.root = r.of(table)
		x.until = time.Unix(r.varint(), 0).UTC()
		x.ends = r.of(table)
		flags := r.take(1)
		if r.bad {
			return nil, errVerdicts
		}
		x.qualified = flags[0]&1 != 0
		if flags[0]&2 != 0 {
			x.clock = &Clock{Offset: r.float(), Uncertainty: r.float()}
		}
		x.checks = make([]evidence.Check, r.count())
		for i := range x.checks {
			x.checks[i] = evidence.Check{Name: r.of(table), State: evidence.CheckState(r.of(table)), Detail: r.of(table)}
		}
		known[k] = x
	}
	if r.bad || r.b != "" {
		return nil, errVerdicts
	}
	return known, nil
}

// verdictReader takes pieces off a text. After a fault it is bad, and gives
// zeros.
type verdictReader struct {
	b   string
	bad bool
}

func (r *verdictReader) take(n int) string {
	if r.bad || n > len(r.b) {
		r.bad, r.b = true, ""
		return ""
	}
	s := r.b[:n]
	r.b = r.b[n:]
	return s
}

func (r *verdictReader) number(read func([]byte) int) {
	head := []byte(r.b[:min(len(r.b), binary.MaxVarintLen64)])
	n := read(head)
	if n <= 0 {
		r.bad, r.b = true, ""
		return
	}
	r.take(n)
}

func (r *verdictReader) uvarint() (v uint64) {
	r.number(func(b []byte) (n int) { v, n = binary.Uvarint(b); return n })
	return v
}

func (r *verdictReader) varint() (v int64) {
	r.number(func(b []byte) (n int) { v, n = binary.Varint(b); return n })
	return v
}

// count reads how many follow; each takes at least one byte.
func (r *verdictReader) count() int {
	n := r.uvarint()
	if n > maxVerdicts || n > uint64(len(r.b)) {
		r.bad, r.b = true, ""
		return 0
	}
	return int(n)
}

func (r *verdictReader) string() string { return r.take(r.count()) }

func (r *verdictReader) float() float64 {
	s := r.take(8)
	if r.bad {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64([]byte(s)))
}

func (r *verdictReader) of(table []string) string {
	n := r.uvarint()
	if n >= uint64(len(table)) {
		r.bad, r.b = true, ""
		return ""
	}
	return table[n]
}
