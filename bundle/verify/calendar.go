package verify

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/ots"
)

// proofName is an OpenTimestamps proof over the tag manifest. No verdict rests on it,
// as none does on evidence records: what it leads to is a block chain that is not here.
const proofName = tagListName + ".ots"

// maxNamed bounds how many calendars, and how many blocks, of one proof are told: it is
// anybody's, and an answer is to be read.
const maxNamed = 20

// Calendar is what an OpenTimestamps proof leads to.
type Calendar struct {
	File    string
	Pending []string // calendars that took it in, by the proof's own account; a promise, and no proof
	Blocks  []Block
}

// Block is a block of Bitcoin by the proof's own account.
type Block struct {
	Height uint64
	Root   string    // the Merkle root that it has to have, as block explorers write it
	Header time.Time // of a header that whoever checks brought and that has this root; zero: none has
	Hash   string    // of that header
}

func (c *checker) calendar() {
	if _, here := c.sizes[proofName]; !here {
		c.skip(checkCalendar, "there is none")
		return
	}
	p, err := c.calendarProof()
	if err != nil {
		c.skip(checkCalendar, "%s: proves nothing: %v", proofName, err)
		return
	}
	led := ledBy(p, c.o.Headers)
	c.rep.Calendar = &led.Calendar
	for _, line := range led.lines {
		c.add(checkCalendar, line.State, "%s: %s", proofName, line.Detail)
	}
}

func (c *checker) calendarProof() (*ots.Proof, error) {
	b, err := c.load(proofName, ots.Max)
	if err != nil {
		return nil, err
	}
	p, err := ots.Parse(b)
	if err != nil {
		return nil, err
	}
	if sum := evidence.Digest(c.sums[tagListName].sha256); p.Digest != sum {
		return nil, fmt.Errorf("it is over another file than %s here", tagListName)
	}
	if len(p.Attestations()) == 0 {
		return nil, errors.New("it leads nowhere")
	}
	return p, nil
}

type ledTo struct {
	Calendar
	lines []evidence.Check
}

// ledBy says what a proof leads to, and no word more than is known here.
func ledBy(p *ots.Proof, headers []ots.Header) (out ledTo) {
	out.File = proofName
	say := func(state evidence.CheckState, format string, args ...any) {
		out.lines = append(out.lines, evidence.Check{State: state, Detail: fmt.Sprintf(format, args...)})
	}
	other, more := 0, 0
	named := map[string]bool{}
	for _, a := range p.Attestations() {
		switch {
		case a.Kind == ots.Pending:
			if named[a.Calendar] = true; len(named) > len(out.Pending) && len(out.Pending) < maxNamed {
				out.Pending = append(out.Pending, a.Calendar)
			}
		case a.Kind != ots.Bitcoin || len(a.Message) != 32:
			other++
		case len(out.Blocks) == maxNamed:
			more++
		default:
			b := Block{Height: a.Height, Root: a.Root()}
			i := slices.IndexFunc(headers, func(h ots.Header) bool { return h.Confirms(a) })
			switch {
			case i < 0 && len(headers) > 0:
				say(evidence.NotDone, "names Bitcoin block %d, whose Merkle root has to be %s: none of the %d headers that were given has it", b.Height, b.Root, len(headers))
			case i < 0:
				say(evidence.NotDone, "names Bitcoin block %d; not checked against the block here: its Merkle root has to be %s", b.Height, b.Root)
			case headers[i].Zeros() < ots.LeastZeros:
				say(evidence.NotDone, "the header that was given for Bitcoin block %d has its Merkle root, and is of no block of Bitcoin: its hash begins with %d zero bits",
					b.Height, headers[i].Zeros())
			default:
				b.Header, b.Hash = headers[i].Time(), headers[i].Hash()
				say(evidence.Passed, "names Bitcoin block %d: the header that was given has its Merkle root, says %s, and its hash %s begins with %d zero bits; "+
					"whether it is in the chain, and under that number, was not checked here", b.Height, stamp(b.Header), b.Hash, headers[i].Zeros())
			}
			out.Blocks = append(out.Blocks, b)
		}
	}
	if more > 0 {
		say(evidence.NotDone, "names blocks %d times more, which were not judged", more)
	}
	if len(out.Pending) > 0 {
		only := ""
		if len(out.Blocks) == 0 {
			only = " and no block is named yet, so it proves nothing so far"
		}
		rest := ""
		if n := len(named) - len(out.Pending); n > 0 {
			rest = fmt.Sprintf(" and %d more", n)
		}
		say(evidence.NotDone, "taken in by %d calendars by its own account, which is a promise%s: %s%s", len(named), only, strings.Join(out.Pending, ", "), rest)
	}
	if other > 0 {
		say(evidence.NotDone, "%d attestations of kinds, or behind steps, that are not judged here", other)
	}
	return out
}
