package vault

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/vault/heads"
	"constat/evidence/vault/origin"
)

const (
	headName   = "head"
	headFormat = "constat-head/1"
	maxHead    = 1 << 20 // bytes of plaintext
	// maxInterrupted bounds the objects of recordings that were interrupted.
	maxInterrupted = 4096
)

// headFile says how far a log goes. It is written after each entry, and before objects that an
// entry is to name get their final names: so that a lost entry can be told from one that was never
// written.
type headFile struct {
	Format      string          `json:"format"`
	Case        string          `json:"case"`
	Seq         uint64          `json:"seq"`
	SHA256      evidence.Digest `json:"sha256,omitzero"`
	Time        time.Time       `json:"time,omitzero"`         // UTC, of that entry
	Exhibits    int             `json:"exhibits"`              // the highest number that was ever given
	Interrupted []string        `json:"interrupted,omitempty"` // objects that an entry was to name and does not
}

// Head is how far a log went, as it was noted somewhere.
type Head = heads.Head

func (h headFile) head() Head {
	return Head{Seq: h.Seq, SHA256: h.SHA256, Time: h.Time, Exhibits: h.Exhibits}
}

// readHead reads the head of the case. What is missing, damaged or not the vault's is a *CorruptError.
func (c *Case) readHead() (headFile, error) {
	rel := c.rel + "/" + headName
	b, err := readSealed(c.v.disk, c.v.dir, rel, c.v.identity, maxHead)
	if err != nil {
		return headFile{}, err
	}
	var h headFile
	if err := origin.Decode(b, c.v.keys.Head, &h); errors.Is(err, origin.ErrCode) {
		return headFile{}, foreign(rel)
	} else if err != nil {
		return headFile{}, &CorruptError{Path: rel, Reason: "is not a head", Err: err}
	}
	if h.Format != headFormat || h.Case != c.id {
		return headFile{}, &CorruptError{Path: rel, Reason: "is not the head of this case"}
	}
	return h, nil
}

// writeHead notes how far the log goes, and which objects are about to be recorded.
func (c *Case) writeHead(objects ...string) error {
	c.mu.Lock()
	l := c.log
	head := l.chain.Head()
	h := headFile{Format: headFormat, Case: c.id, Seq: head.Seq, SHA256: head.SHA256, Exhibits: l.highest}
	h.Time = l.end().Time
	h.Interrupted = slices.DeleteFunc(append(slices.Clone(c.interrupted), objects...), l.names)
	if extra := len(h.Interrupted) - maxInterrupted; extra > 0 {
		h.Interrupted = h.Interrupted[extra:]
	}
	c.interrupted = slices.Clone(h.Interrupted)
	c.mu.Unlock()
	b, err := origin.Encode(h, c.v.keys.Head)
	if err != nil {
		return err
	}
	if err := c.v.disk.Write(c.path(), headName, sealed(b, c.v.own)); err != nil {
		return fmt.Errorf("write head: %w", err)
	}
	if len(objects) == 0 && h.Seq > 0 {
		c.v.heads.Note(c.id, h.head())
	}
	return nil
}

// forget drops objects of a recording that failed in an orderly way.
func (c *Case) forget(objects ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.interrupted = slices.DeleteFunc(c.interrupted, func(o string) bool { return slices.Contains(objects, o) })
}

// compareHeads finds out what the log once had and has no more. The caller has read the log, and
// nobody else knows it.
func (c *Case) compareHeads(l *caseLog) {
	if c.v.Old() || l.foreignCase {
		return
	}
	h, err := c.readHead()
	if err == nil {
		c.interrupted = h.Interrupted
		l.known("head", h.head())
	} else if l.old < l.length() {
		// Each log that proves itself has one from its first entry on; it may only be behind.
		l.headDamage = err
	}
	if there, ok := c.v.heads.Of(c.id); ok {
		l.known("elsewhere", there)
	}
}

// known keeps a head that the log has not got.
func (l *caseLog) known(_ string, h Head) {
	l.highest = max(l.highest, h.Exhibits)
	if h.Seq == 0 || l.noted[lossKey(h.Seq, h.SHA256)] || l.has(h.Seq, h.SHA256) {
		return
	}
	if !slices.ContainsFunc(l.lost, func(o Head) bool { return o.Seq == h.Seq && o.SHA256 == h.SHA256 }) {
		l.lost = append(l.lost, h)
	}
}

func lossKey(seq uint64, sum evidence.Digest) string { return fmt.Sprint(seq, " ", sum) }

// has reports whether the log has this line at this place.
func (l *caseLog) has(seq uint64, sum evidence.Digest) bool {
	if l.before != nil {
		if seq == l.before.Seq {
			return l.before.SHA256 == sum
		}
		seq -= min(seq, l.before.Seq) // what lies further before is not known here
	}
	if seq == 0 || seq > uint64(len(l.entries)) {
		return false
	}
	read := l.entries[seq-1]
	if l.before != nil {
		seq += l.before.Seq
	}
	return read.seq == seq && evidence.Sum(read.line) == sum
}

// Lost returns the heads that the log of the case once had and has no more: entries were lost, an
// older copy was put in its place, or another device went on with a copy of its own.
func (c *Case) Lost() []Head {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.log.lost)
}

// lastExhibit is the highest number of an exhibit that the log holds.
func (l *caseLog) lastExhibit() (n int) {
	if l.before != nil {
		n = l.before.Highest
	}
	for id := range l.byID {
		n = max(n, exhibitNumber(id))
	}
	return n
}

// LostRange are exhibits that the case once had, from First to Last, which may be the same.
type LostRange struct{ First, Last string }

// LostExhibits returns the exhibits whose entries are known to be lost: those that a line of the
// log names, and those that a head elsewhere counts and the log does not hold.
func (c *Case) LostExhibits() (list []LostRange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, read := range c.log.entries {
		if read.entry.Action != evidence.ActEntriesLost {
			continue
		}
		first, last, many := strings.Cut(read.entry.Detail["exhibits"], " to ")
		if !many {
			last = first
		}
		if exhibitNumber(first) > 0 && exhibitNumber(last) > 0 {
			list = append(list, LostRange{first, last})
		}
	}
	have, highest := c.log.lastExhibit(), 0
	for _, h := range c.log.lost {
		highest = max(highest, h.Exhibits)
	}
	if highest > have {
		list = append(list, LostRange{evidence.ExhibitID(have + 1), evidence.ExhibitID(highest)})
	}
	return list
}

// noteLoss writes into the log what is known to be lost, before anything else is: so that nobody
// takes what follows for all there ever was. The caller holds c.write.
func (c *Case) noteLoss() error {
	for _, h := range c.Lost() {
		detail := map[string]string{
			"seq":        strconv.FormatUint(h.Seq, 10),
			"sha256":     h.SHA256.String(),
			"entry_time": h.Time.UTC().Format(time.RFC3339),
		}
		c.mu.Lock()
		have := c.log.lastExhibit()
		c.mu.Unlock()
		if h.Exhibits > have {
			detail["exhibits"] = evidence.ExhibitID(have + 1)
			if h.Exhibits > have+1 {
				detail["exhibits"] += " to " + evidence.ExhibitID(h.Exhibits)
			}
		}
		c.v.swap.RLock()
		_, err := c.append(evidence.Entry{Action: evidence.ActEntriesLost, Detail: detail}, record{})
		c.v.swap.RUnlock()
		if err != nil {
			return err
		}
		c.mu.Lock()
		c.log.lost = slices.DeleteFunc(c.log.lost, func(o Head) bool { return o.Seq == h.Seq && o.SHA256 == h.SHA256 })
		c.mu.Unlock()
	}
	return nil
}

// numbers looks once at objects that no entry names: the manifest of an exhibit whose entry was
// lost keeps its number.
func (c *Case) numbers(ctx context.Context) error {
	c.mu.Lock()
	done, log := c.numbered, c.log // names are only added to while c.write is held, as it is now
	c.mu.Unlock()
	if done {
		return nil
	}
	files, err := c.v.disk.ReadDir(c.path(objectsName))
	if err != nil {
		return err
	}
	highest := 0
	for _, f := range files {
		if log.names(f.Name()) || !objectName.MatchString(f.Name()) {
			continue
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		o, err := c.openProven(f.Name(), false)
		if err != nil {
			continue
		}
		b, err := readAll(o, evidence.MaxManifest)
		if err != nil {
			continue
		}
		if m, err := evidence.DecodeManifest(b); err == nil && m.Case == c.id {
			highest = max(highest, exhibitNumber(m.Exhibit))
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.numbered = true
	c.log.highest = max(c.log.highest, highest)
	return nil
}

// exhibitNumber is the number in an exhibit's id, or 0.
func exhibitNumber(id string) int {
	if evidence.CheckExhibitID(id) != nil {
		return 0
	}
	n, err := strconv.Atoi(id[len("E-"):])
	if err != nil {
		return 0
	}
	return n
}

// PublicKey returns the key (RFC 8032, Ed25519) that verifies what
// [Case.SignHead] signs. It belongs to the vault for good: a change of
// passphrase or code, recovery, and copying leave it as it is.
func (v *Vault) PublicKey() ed25519.PublicKey { return v.public }

// SigningKeyFingerprint returns the SHA-256 of the public key as a DER
// SubjectPublicKeyInfo (RFC 8410), as `openssl pkey -pubin -outform DER |
// sha256sum` prints it. Two bundles with one fingerprint come from one vault.
func (v *Vault) SigningKeyFingerprint() evidence.Digest {
	der, err := x509.MarshalPKIXPublicKey(v.public)
	if err != nil {
		return evidence.Digest{} // not with a key of this type
	}
	return evidence.Sum(der)
}

// SignArchive signs the text by which a web archive names its list of files, as the WACZ rules for
// anonymous signatures have it: ECDSA on P-384 with SHA-256, r and s of 48 bytes each. The key is the
// vault's own, for nothing else; publicKey is a DER SubjectPublicKeyInfo. Of a vault of version 1
// nothing is signed: [ErrVersion1].
func (c *Case) SignArchive(ctx context.Context, hash string) (signature, publicKey []byte, err error) {
	if err := c.ready(ctx); err != nil {
		return nil, nil, err
	}
	defer c.v.done()
	if c.v.Old() {
		return nil, nil, ErrVersion1
	}
	key := c.v.keys.Observer
	if publicKey, err = x509.MarshalPKIXPublicKey(key.Public()); err != nil {
		return nil, nil, err
	}
	sum := sha256.Sum256([]byte(hash))
	a, b, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		return nil, nil, err
	}
	return append(a.FillBytes(make([]byte, 48)), b.FillBytes(make([]byte, 48))...), publicKey, nil
}

// HeadStatement returns the bytes that [Case.SignHead] signs: four lines, each
// ended by a line feed: "constat-custody-head/1", the case id, the sequence
// number in decimal, and the SHA-256 of the log's last line in hexadecimal.
func HeadStatement(caseID string, head evidence.LogHead) []byte {
	return fmt.Appendf(nil, "constat-custody-head/1\n%s\n%d\n%s\n", caseID, head.Seq, head.SHA256)
}

// SignHead signs the head of the custody log as it is now, with the vault's key
// (Ed25519, RFC 8032; 64 bytes over [HeadStatement]). Only lines that prove that this vault wrote them,
// or that such a line pins, are signed: a damaged log is not, and the error is then that of
// [Case.Damage]; nor is one of a vault of version 1, [ErrVersion1].
func (c *Case) SignHead(ctx context.Context) (evidence.LogHead, []byte, error) {
	if err := c.ready(ctx); err != nil {
		return evidence.LogHead{}, nil, err
	}
	defer c.v.done()
	c.mu.Lock()
	head, damage := c.log.chain.Head(), c.log.damage
	c.mu.Unlock()
	if damage != nil {
		return evidence.LogHead{}, nil, damage
	}
	if c.v.Old() {
		return evidence.LogHead{}, nil, ErrVersion1
	}
	return head, ed25519.Sign(c.v.keys.Signing, HeadStatement(c.id, head)), nil
}

// SignLine signs an earlier line of the log as [Case.SignHead] signs the last one: a line that
// something says of what follows, like 'exporting', while others may be written after it.
func (c *Case) SignLine(ctx context.Context, seq uint64) (evidence.LogHead, []byte, error) {
	if err := c.ready(ctx); err != nil {
		return evidence.LogHead{}, nil, err
	}
	defer c.v.done()
	entries, damage := c.entries()
	if damage != nil {
		return evidence.LogHead{}, nil, damage
	}
	if c.v.Old() {
		return evidence.LogHead{}, nil, ErrVersion1
	}
	if seq < 1 || seq > uint64(len(entries)) {
		return evidence.LogHead{}, nil, fmt.Errorf("no line %d in a log of %d", seq, len(entries))
	}
	head := evidence.LogHead{Seq: seq, SHA256: evidence.Sum(entries[seq-1].line)}
	return head, ed25519.Sign(c.v.keys.Signing, HeadStatement(c.id, head)), nil
}
