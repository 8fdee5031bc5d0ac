package vault

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync/atomic"

	"constat/evidence"
)

// parsedManifest is a manifest that was read and checked before.
type parsedManifest struct {
	manifest evidence.Manifest
	bytes    []byte
}

// maxCache bounds the manifests and replies that a case keeps in memory, in
// bytes as they are stored; parsed they take about twice that.
const maxCache = 16 << 20

// cache keeps what was read until it is full, and then what it has: a list that
// is longer is read anew each time, and always the same part of it.
type cache struct {
	manifests map[string]parsedManifest // by exhibit
	replies   map[string][]byte         // by object
	size      int                       // bytes
}

func newCache() cache {
	return cache{manifests: map[string]parsedManifest{}, replies: map[string][]byte{}}
}

func (c *cache) room(n int) bool {
	if c.size+n > maxCache {
		return false
	}
	c.size += n
	return true
}

func (c *cache) addManifest(exhibit string, m parsedManifest) {
	if _, there := c.manifests[exhibit]; !there && c.room(len(m.bytes)) {
		c.manifests[exhibit] = m
	}
}

func (c *cache) addReply(object string, b []byte) {
	if _, there := c.replies[object]; !there && c.room(len(b)) {
		c.replies[object] = b
	}
}

// Exhibits returns all exhibits in the order in which they were recorded. A
// damaged one is among them, with its Damage. All manifests are then in memory;
// [Case.EachExhibit] has only some of them there at a time.
func (c *Case) Exhibits(ctx context.Context) ([]Exhibit, error) {
	list := []Exhibit{}
	err := c.EachExhibit(ctx, func(x Exhibit) error { list = append(list, x); return nil })
	if err != nil {
		return nil, err
	}
	return list, nil
}

// batch is how many exhibits are read at once.
const batch = 128

// EachExhibit calls do for every exhibit in the order in which they were
// recorded, and ends with its first error. It may use the case.
func (c *Case) EachExhibit(ctx context.Context, do func(Exhibit) error) error {
	if err := c.ready(ctx); err != nil {
		return err
	}
	defer c.v.done()
	refs := c.list()
	stored := c.openStored()
	defer stored.close()
	var missed atomic.Int64
	for part := range slices.Chunk(refs, batch) {
		ready := map[string][]byte{}
		for _, ref := range part {
			stored.takeAll(ref, ready)
		}
		list := make([]Exhibit, len(part))
		err := parallel(ctx, len(part), func(i int) (err error) {
			list[i], err = c.load(ctx, part[i], &loading{ready: ready, missed: &missed})
			return err
		})
		if err != nil {
			return err
		}
		for _, x := range list {
			if err := do(x); err != nil {
				return err
			}
		}
	}
	stored.close() // Windows cannot replace an open file
	c.fillIndex(ctx, int(missed.Load()))
	return nil
}

// list returns the exhibits in the order in which they were recorded.
func (c *Case) list() []*exhibitRef {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.log.exhibits)
}

func (c *Case) known(id string) (*exhibitRef, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i, ok := c.log.byID[id]; ok {
		return c.log.exhibits[i], nil
	}
	return nil, &UnknownExhibitError{ID: id}
}

// Exhibit returns one exhibit. An unknown one is *[UnknownExhibitError]; a
// damaged one is returned together with its Damage as the error.
func (c *Case) Exhibit(ctx context.Context, id string) (Exhibit, error) {
	if err := c.readyFor(ctx, id); err != nil {
		return Exhibit{}, err
	}
	defer c.v.done()
	ref, err := c.known(id)
	if err != nil {
		return Exhibit{}, err
	}
	x, err := c.load(ctx, ref, nil)
	if err == nil {
		err = x.Damage
	}
	return x, err
}

// loading is what a list knows beforehand: objects from the index, which are
// used only if their digests are right.
type loading struct {
	ready  map[string][]byte
	missed *atomic.Int64 // objects that had to be read from files of their own
}

// load reads manifest and replies, unless they were read before. Its error is
// one of the disk or of the context; damage is kept in the exhibit.
func (c *Case) load(ctx context.Context, ref *exhibitRef, from *loading) (Exhibit, error) {
	if ctx.Err() != nil {
		return Exhibit{}, context.Cause(ctx)
	}
	x := Exhibit{
		ID: ref.id, Recorded: ref.entry, ManifestDigest: ref.entry.Digest,
		Authorities: slices.Clone(ref.authorities), StampFailures: slices.Clone(ref.failures),
		c: c, ref: ref,
	}
	for _, read := range ref.files {
		f := File{Name: read.record.File.Name, Action: read.entry.Action, Time: read.entry.Time, SHA256: read.entry.Digest,
			Detail: maps.Clone(read.entry.Detail), object: read.record.File.Object, Authority: read.record.File.Authority,
			old: !read.proven}
		f.Size, _ = strconv.ParseInt(read.entry.Detail["bytes"], 10, 64)
		x.Files = append(x.Files, f)
	}
	parsed, err := c.manifest(ref, from)
	if _, ok := errors.AsType[*CorruptError](err); ok {
		x.Damage = err
	} else if err != nil {
		return Exhibit{}, err
	}
	x.Manifest, x.ManifestBytes = parsed.manifest, slices.Clone(parsed.bytes)
	for _, read := range ref.replies {
		r := read.record.Reply
		reply := Reply{Authority: r.Authority, SHA256: read.entry.Digest, Nonce: slices.Clone(r.Nonce), Sent: r.Sent, Received: r.Received}
		raw, err := c.reply(r.Object, read.entry.Digest, !read.proven, from)
		if _, ok := errors.AsType[*CorruptError](err); ok {
			reply.Damage = err
		} else if err != nil {
			return Exhibit{}, err
		}
		reply.Raw = slices.Clone(raw)
		x.Replies = append(x.Replies, reply)
	}
	return x, nil
}

func (c *Case) manifest(ref *exhibitRef, from *loading) (parsedManifest, error) {
	c.mu.Lock()
	parsed, ok := c.cache.manifests[ref.id]
	c.mu.Unlock()
	if ok {
		return parsed, nil
	}
	b, err := c.bytes(ref.manifest, ref.entry.Digest, evidence.MaxManifest, ref.old, from)
	if err != nil {
		return parsedManifest{}, err
	}
	m, err := evidence.DecodeManifest(b)
	if err == nil && (m.Case != c.id || m.Exhibit != ref.id) {
		err = fmt.Errorf("%w: of another case or exhibit", evidence.ErrManifest)
	}
	if err != nil {
		return parsedManifest{}, &CorruptError{Path: c.object(ref.manifest), Reason: "is not the manifest of " + ref.id, Err: err}
	}
	parsed = parsedManifest{manifest: m, bytes: b}
	c.mu.Lock()
	c.cache.addManifest(ref.id, parsed)
	c.mu.Unlock()
	return parsed, nil
}

func (c *Case) reply(object string, want evidence.Digest, old bool, from *loading) ([]byte, error) {
	c.mu.Lock()
	b, ok := c.cache.replies[object]
	c.mu.Unlock()
	if ok {
		return b, nil
	}
	b, err := c.bytes(object, want, maxReply, old, from)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.cache.addReply(object, b)
	c.mu.Unlock()
	return b, nil
}

// bytes takes an object from the index if that has it, or else from its file.
func (c *Case) bytes(object string, want evidence.Digest, limit int64, old bool, from *loading) ([]byte, error) {
	if from != nil {
		if b, ok := from.ready[object]; ok && evidence.Sum(b) == want {
			return b, nil
		}
		from.missed.Add(1)
	}
	return c.readObject(object, want, limit, old)
}
