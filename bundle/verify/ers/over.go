package ers

import (
	"bytes"
	"crypto"
	"fmt"
	"slices"

	"constat/evidence/tsa/algorithm"
)

// Over is what one timestamp of a record has to be over.
type Over struct {
	Chain, Stamp int // from 1
	Hash         crypto.Hash
	Sum          []byte // the imprint that its token has to have
	Token        []byte // DER of a ContentInfo, not verified
}

// Over derives what each timestamp has to be over, in the order in which they were
// made, and calls judge with it. group returns the digest of each data object by a
// hash. An error of judge ends it: what is behind a timestamp that does not hold
// is no work to be done.
func (r *Record) Over(group func(crypto.Hash) ([][]byte, error), judge func(Over) error) error {
	for n, c := range r.Chains {
		sums, err := group(c.Hash)
		if err != nil {
			return err
		}
		sums = slices.Clone(sums)
		if n > 0 { // hash-tree renewal: clause 5.3, step 4
			before := algorithm.Sum(c.Hash, sequence(r.Chains[:n]))
			for i, s := range sums {
				sums[i] = algorithm.Sum(c.Hash, slices.Concat(s, before))
			}
		}
		for k, s := range c.Stamps {
			var sum []byte
			switch {
			case k > 0: // timestamp renewal: clause 5.3, step 3
				sum, err = s.root(c.Hash, [][]byte{algorithm.Sum(c.Hash, c.Stamps[k-1].Token)}, false, ErrToken)
			case n > 0:
				sum, err = s.root(c.Hash, sums, true, ErrRenewed)
			default:
				sum, err = s.root(c.Hash, sums, true, ErrData)
			}
			if err == nil {
				err = judge(Over{Chain: n + 1, Stamp: k + 1, Hash: c.Hash, Sum: sum, Token: s.Token})
			}
			if err != nil {
				return fmt.Errorf("timestamp %d of chain %d: %w", k+1, n+1, err)
			}
		}
	}
	return nil
}

// sequence is the DER of an ArchiveTimeStampSequence with these chains alone.
func sequence(chains []Chain) []byte {
	var body []byte
	for _, c := range chains {
		body = append(body, c.raw...)
	}
	n := len(body)
	head := []byte{0x30, byte(n)}
	if n > 0x7f {
		var size []byte
		for ; n > 0; n >>= 8 {
			size = append(size, byte(n))
		}
		slices.Reverse(size)
		head = append([]byte{0x30, 0x80 | byte(len(size))}, size...)
	}
	return append(head, body...)
}

// root is what a tree comes to (clause 4.3), after looking that its first list is
// about what is wanted: has all of it, and, of a group, nothing else.
func (s Stamp) root(h crypto.Hash, want [][]byte, group bool, wrong error) ([]byte, error) {
	tree := s.Tree
	if tree == nil {
		if len(want) != 1 {
			return nil, fmt.Errorf("%w: %d files and no tree over them", wrong, len(want))
		}
		tree = [][][]byte{want}
	}
	for _, list := range tree {
		for _, sum := range list {
			if len(sum) != h.Size() {
				return nil, fmt.Errorf("%w: a hash of %d bytes by %v", ErrForm, len(sum), h)
			}
		}
	}
	in := map[string]int{} // files with the same bytes have one digest
	for _, sum := range tree[0] {
		in[string(sum)]++
	}
	missing := 0
	for _, sum := range want {
		if in[string(sum)]--; in[string(sum)] < 0 {
			missing++
		}
	}
	if surplus := len(tree[0]) + missing - len(want); missing > 0 || group && surplus > 0 {
		return nil, fmt.Errorf("%w: %d of %d are not in the tree, and the tree has %d that are not here", wrong, missing, len(want), surplus)
	}
	var sum []byte
	for n, list := range tree {
		if n > 0 {
			list = append(slices.Clone(list), sum)
		}
		if sum = list[0]; len(list) > 1 {
			list = slices.SortedFunc(slices.Values(list), bytes.Compare)
			sum = algorithm.Sum(h, slices.Concat(list...))
		}
	}
	return sum, nil
}

// Continues reports whether a record begins with all of an older one: its
// timestamps are the same, and the newer ones come after them.
func (r *Record) Continues(older *Record) bool {
	if len(r.Chains) < len(older.Chains) || r.stamps() <= older.stamps() {
		return false // the same once more renews nothing
	}
	for n, c := range older.Chains {
		mine, last := r.Chains[n].Stamps, n == len(older.Chains)-1
		if len(mine) < len(c.Stamps) || !last && len(mine) > len(c.Stamps) {
			return false
		}
		for k, s := range c.Stamps {
			if !bytes.Equal(s.raw, mine[k].raw) {
				return false
			}
		}
	}
	return true
}

// stamps counts those of all chains.
func (r *Record) stamps() (n int) {
	for _, c := range r.Chains {
		n += len(c.Stamps)
	}
	return n
}
