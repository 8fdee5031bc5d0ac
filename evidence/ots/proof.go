package ots

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"constat/evidence"
)

// Max is the largest proof that is read, in bytes.
const Max = 256 << 10

// maxMessages bounds what is computed of one proof, in bytes: a step of one byte makes
// up to 4,096 of them. A real proof has some ten thousand.
const maxMessages = 4 << 20

// rootLength is how long the Merkle root of a block is.
const rootLength = 32

// The limits of the reference implementation (python-opentimestamps).
const (
	maxDepth   = 256
	maxMessage = 4096
	maxPayload = 8192
	maxURL     = 1000
)

// The steps from one message to the next.
const (
	opAppend  = 0xf0
	opPrepend = 0xf1
	opReverse = 0xf2
	opHexlify = 0xf3
	opSHA1    = 0x02
	opRIPEMD  = 0x03
	opSHA256  = 0x08
	opKeccak  = 0x67

	markAttestation = 0x00
	markFork        = 0xff
)

const magic = "\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94"

const version = 1

// tag says of which kind an attestation is.
type tag [8]byte

var (
	tagPending = tag{0x83, 0xdf, 0xe3, 0x0d, 0x2e, 0xf9, 0x0c, 0x8e}
	tagBitcoin = tag{0x05, 0x88, 0x96, 0x0d, 0x73, 0xd7, 0x19, 0x01}
)

// ErrProof: it is no proof that can be read.
var ErrProof = errors.New("no OpenTimestamps proof")

func broken(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrProof, fmt.Sprintf(format, args...))
}

// Proof is a way from a digest to attestations. The zero value is none.
type Proof struct {
	Digest evidence.Digest // of the file that it is about
	root   *node
}

// node is a message, with what attests it and what is made of it.
type node struct {
	message      []byte // nil: behind a step that is not followed here
	attestations []attestation
	steps        []step
}

type attestation struct {
	tag     tag
	payload []byte
}

type step struct {
	op  byte
	arg []byte
	to  *node
}

// Kind is what an attestation says.
type Kind string

const (
	Pending Kind = "pending" // a calendar has taken it in, and no more
	Bitcoin Kind = "bitcoin" // it leads to the Merkle root of a block
	Other   Kind = "other"   // of a kind that is not known here
)

// Attestation is the end of one way.
type Attestation struct {
	Kind     Kind
	Calendar string // of Pending: by the proof's own account
	Height   uint64 // of Bitcoin: the block's number, as the attestation has it
	Tag      string // of Other, in hexadecimal
	// Message is what is attested; of Bitcoin, the Merkle root that the block has to
	// have, in the order of its header. Nil: it is behind a step that is not followed here.
	Message []byte
}

// Root is the Merkle root as block explorers write it; empty if it was not computed.
func (a Attestation) Root() string {
	r := slices.Clone(a.Message)
	slices.Reverse(r)
	return hex.EncodeToString(r)
}

// Attestations are all that the proof leads to, in its order.
func (p *Proof) Attestations() []Attestation {
	var out []Attestation
	p.root.walk(func(n *node) {
		for _, a := range n.attestations {
			out = append(out, a.read(n.message))
		}
	})
	return out
}

func (n *node) walk(fn func(*node)) { n.walkFrom(0, func(n *node, _ int) { fn(n) }) }

func (n *node) walkFrom(depth int, fn func(n *node, depth int)) {
	fn(n, depth)
	for _, s := range n.steps {
		s.to.walkFrom(depth+1, fn)
	}
}

func (a attestation) read(message []byte) Attestation {
	out := Attestation{Kind: Other, Tag: hex.EncodeToString(a.tag[:]), Message: message}
	r := reader{b: a.payload}
	switch a.tag {
	case tagPending:
		out.Kind, out.Tag, out.Calendar = Pending, "", string(r.bytes(0, maxURL))
	case tagBitcoin:
		out.Kind, out.Tag, out.Height = Bitcoin, "", r.number()
	}
	return out
}

// check refuses an attestation of a known kind that is not of its form.
func (a attestation) check() error {
	r := reader{b: a.payload}
	switch a.tag {
	case tagPending:
		for _, c := range r.bytes(0, maxURL) {
			if !bytes.ContainsRune([]byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/:"), rune(c)) {
				return broken("the address of a calendar has a character that none has")
			}
		}
	case tagBitcoin:
		r.number()
	default:
		return nil
	}
	if r.err != nil {
		return r.err
	}
	if len(r.b) > 0 {
		return broken("%d bytes behind an attestation", len(r.b))
	}
	return nil
}

func (a attestation) equal(b attestation) bool {
	return a.tag == b.tag && bytes.Equal(a.payload, b.payload)
}

// follow is the message behind a step; nil if the step is not followed here.
func follow(op byte, arg, message []byte) ([]byte, error) {
	var out []byte
	switch op {
	case opAppend, opPrepend:
		if message == nil {
			return nil, nil
		}
		out = slices.Concat(message, arg)
		if op == opPrepend {
			out = slices.Concat(arg, message)
		}
	case opReverse:
		out = slices.Clone(message)
		slices.Reverse(out)
	case opHexlify:
		if message != nil {
			out = []byte(hex.EncodeToString(message))
		}
	case opSHA256:
		if message != nil {
			sum := sha256.Sum256(message)
			out = sum[:]
		}
	case opSHA1, opRIPEMD, opKeccak:
	default:
		return nil, broken("step %#x", op)
	}
	if len(out) > maxMessage {
		return nil, broken("a message of %d bytes", len(out))
	}
	return out, nil
}

// merge takes in what another node has over the same message.
func (n *node) merge(o *node) {
	for _, a := range o.attestations {
		if !slices.ContainsFunc(n.attestations, a.equal) {
			n.attestations = append(n.attestations, a)
		}
	}
	for _, s := range o.steps {
		i := slices.IndexFunc(n.steps, s.same)
		if i < 0 {
			n.steps = append(n.steps, s)
			continue
		}
		n.steps[i].to.merge(s.to)
	}
}

func (s step) same(o step) bool { return s.op == o.op && bytes.Equal(s.arg, o.arg) }
