package ots

import (
	"bytes"
	"slices"

	"constat/evidence"
)

// reader takes bytes from the front; after the first error it gives nothing.
type reader struct {
	b     []byte
	err   error
	spent int // bytes of messages
}

func (r *reader) take(n int) []byte {
	if r.err != nil || n > len(r.b) {
		if r.err == nil {
			r.err = broken("it ends too early")
		}
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) byte() byte {
	b := r.take(1)
	if b == nil {
		return 0
	}
	return b[0]
}

// number is in base 128, the lowest digit first.
func (r *reader) number() (n uint64) {
	for shift := 0; r.err == nil; shift += 7 {
		b := r.byte()
		if shift > 49 { // no length and no block comes near 2^56
			r.err = broken("a number is too large")
			return 0
		}
		n |= uint64(b&0x7f) << shift
		if b&0x80 == 0 {
			break
		}
	}
	if r.err != nil {
		return 0
	}
	return n
}

// bytes is a length and as many bytes.
func (r *reader) bytes(least, most uint64) []byte {
	n := r.number()
	if r.err == nil && (n < least || n > most) {
		r.err = broken("%d bytes in one piece", n)
	}
	if r.err != nil {
		return nil
	}
	return r.take(int(n))
}

// Parse reads a file over a SHA-256.
func Parse(b []byte) (*Proof, error) {
	if len(b) > Max {
		return nil, broken("%d bytes", len(b))
	}
	r := &reader{b: b}
	if !bytes.Equal(r.take(len(magic)), []byte(magic)) {
		return nil, broken("it does not begin as one")
	}
	if v := r.number(); v != version && r.err == nil {
		return nil, broken("version %d", v)
	}
	if op := r.byte(); op != opSHA256 && r.err == nil {
		return nil, broken("the file's digest is by step %#x, and not by SHA-256", op)
	}
	p := &Proof{}
	copy(p.Digest[:], r.take(len(p.Digest)))
	p.root = r.node(p.Digest[:], maxDepth)
	return p, r.end()
}

func (r *reader) end() error {
	if r.err == nil && len(r.b) > 0 {
		r.err = broken("%d bytes behind it", len(r.b))
	}
	return r.err
}

// parseOver reads what a calendar answers: a way from a message, which lies so deep in
// the proof that it is for, without a file's head.
func parseOver(b, message []byte, depth int) (*node, error) {
	r := &reader{b: b}
	n := r.node(message, maxDepth-depth)
	return n, r.end()
}

func (r *reader) node(message []byte, depth int) *node {
	n := &node{message: message}
	if depth <= 0 {
		r.err = broken("more than %d steps deep", maxDepth)
	}
	for r.err == nil {
		mark := r.byte()
		last := mark != markFork
		if !last {
			mark = r.byte()
		}
		if mark == markAttestation {
			r.attestation(n)
		} else {
			r.step(n, mark, depth)
		}
		if last {
			break
		}
	}
	return n
}

func (r *reader) attestation(n *node) {
	var a attestation
	copy(a.tag[:], r.take(len(a.tag)))
	a.payload = r.bytes(0, maxPayload)
	if r.err != nil {
		return
	}
	if r.err = a.check(); r.err == nil && slices.ContainsFunc(n.attestations, a.equal) {
		r.err = broken("the same attestation twice")
	}
	n.attestations = append(n.attestations, a)
}

func (r *reader) step(n *node, op byte, depth int) {
	s := step{op: op}
	if op == opAppend || op == opPrepend {
		s.arg = r.bytes(1, maxMessage)
	}
	if r.err != nil {
		return
	}
	next, err := follow(op, s.arg, n.message)
	if r.spent += len(next); err == nil && r.spent > maxMessages {
		err = broken("its messages have more than %d bytes", maxMessages)
	}
	if err == nil && slices.ContainsFunc(n.steps, s.same) {
		err = broken("the same step twice")
	}
	if err != nil {
		r.err = err
		return
	}
	s.to = r.node(next, depth-1)
	n.steps = append(n.steps, s)
}

// Bytes is the file: what `ots` reads beside the one of which the proof has the digest.
func (p *Proof) Bytes() []byte {
	b := append([]byte(magic), version, opSHA256)
	b = append(b, p.Digest[:]...)
	return p.root.append(b)
}

func (n *node) append(b []byte) []byte {
	left := len(n.attestations) + len(n.steps)
	fork := func() {
		if left--; left > 0 {
			b = append(b, markFork)
		}
	}
	for _, a := range n.attestations {
		fork()
		b = append(b, markAttestation)
		b = append(b, a.tag[:]...)
		b = appendBytes(b, a.payload)
	}
	for _, s := range n.steps {
		fork()
		b = append(b, s.op)
		if s.arg != nil {
			b = appendBytes(b, s.arg)
		}
		b = s.to.append(b)
	}
	return b
}

func appendBytes(b, piece []byte) []byte {
	return append(appendNumber(b, uint64(len(piece))), piece...)
}

func appendNumber(b []byte, n uint64) []byte {
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

// begin is the proof of a digest up to what calendars are shown: its SHA-256 with a
// nonce behind it, so that they learn nothing of it.
func begin(digest evidence.Digest, nonce [16]byte) (*Proof, *node) {
	hidden, _ := follow(opAppend, nonce[:], digest[:])
	shown, _ := follow(opSHA256, nil, hidden)
	end := &node{message: shown}
	middle := &node{message: hidden, steps: []step{{op: opSHA256, to: end}}}
	return &Proof{Digest: digest, root: &node{message: digest[:], steps: []step{{op: opAppend, arg: nonce[:], to: middle}}}}, end
}

// begun is how deep that ends.
const begun = 2
