package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"constat/evidence"
)

// Exhibit is one exhibit as it is stored, at the moment when it was asked for.
// The lists within Manifest and Recorded are shared and must not be changed.
type Exhibit struct {
	ID             string
	Recorded       evidence.Entry // the custody entry that made it
	Manifest       evidence.Manifest
	ManifestBytes  []byte // exact
	ManifestDigest evidence.Digest
	Authorities    []evidence.Authority // those that were to be asked
	Replies        []Reply              // oldest first
	StampFailures  []evidence.Entry     // "stamp-failed", oldest first
	// Damage is nil, or a *CorruptError: then Manifest and ManifestBytes are
	// empty, and the rest is what the custody log says.
	Damage error

	c   *Case
	ref *exhibitRef
}

// Reply is what a timestamp authority replied, and what it was asked.
type Reply struct {
	Authority evidence.Authority // with the roots that were pinned when it was asked
	Raw       []byte             // TimeStampResp, DER, exact
	Nonce     []byte
	Sent      time.Time // UTC, this device's clock
	Received  time.Time // UTC, this device's clock
	Damage    error     // nil, or a *CorruptError: then Raw is empty
}

// parsedManifest is a manifest that was read and checked before.
type parsedManifest struct {
	manifest evidence.Manifest
	bytes    []byte
}

// Exhibits returns all exhibits in the order in which they were recorded. A
// damaged one is among them, with its Damage.
func (c *Case) Exhibits(ctx context.Context) ([]Exhibit, error) {
	if err := c.ready(ctx); err != nil {
		return nil, err
	}
	defer c.v.done()
	refs := c.current().list()
	list := make([]Exhibit, len(refs))
	err := parallel(ctx, len(refs), func(i int) (err error) {
		list[i], err = c.load(ctx, refs[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// Exhibit returns one exhibit. An unknown one is *[UnknownExhibitError]; a
// damaged one is returned together with its Damage as the error.
func (c *Case) Exhibit(ctx context.Context, id string) (Exhibit, error) {
	if err := c.ready(ctx); err != nil {
		return Exhibit{}, err
	}
	defer c.v.done()
	ref, err := c.known(id)
	if err != nil {
		return Exhibit{}, err
	}
	x, err := c.load(ctx, ref)
	if err == nil {
		err = x.Damage
	}
	return x, err
}

func (c *Case) known(id string) (*exhibitRef, error) {
	ref := c.current().byID[id]
	if ref == nil {
		return nil, &UnknownExhibitError{ID: id}
	}
	return ref, nil
}

// load reads manifest and replies, unless they were read before. Its error is
// one of the disk or of the context; damage is kept in the exhibit.
func (c *Case) load(ctx context.Context, ref *exhibitRef) (Exhibit, error) {
	if ctx.Err() != nil {
		return Exhibit{}, context.Cause(ctx)
	}
	x := Exhibit{
		ID: ref.id, Recorded: ref.entry, ManifestDigest: ref.entry.Digest,
		Authorities: slices.Clone(ref.authorities), StampFailures: slices.Clone(ref.failures),
		c: c, ref: ref,
	}
	parsed, err := c.manifest(ref)
	if _, ok := errors.AsType[*CorruptError](err); ok {
		x.Damage = err
	} else if err != nil {
		return Exhibit{}, err
	}
	x.Manifest, x.ManifestBytes = parsed.manifest, slices.Clone(parsed.bytes)
	for _, read := range ref.replies {
		r := read.record.Reply
		reply := Reply{Authority: r.Authority, Nonce: slices.Clone(r.Nonce), Sent: r.Sent, Received: r.Received}
		raw, err := c.small(r.Object, read.entry.Digest, MaxReply)
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

func (c *Case) manifest(ref *exhibitRef) (parsedManifest, error) {
	c.mu.Lock()
	parsed, ok := c.parsed[ref.id]
	c.mu.Unlock()
	if ok {
		return parsed, nil
	}
	b, err := c.readObject(ref.manifest, ref.entry.Digest, evidence.MaxManifest)
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
	c.parsed[ref.id] = parsed
	c.mu.Unlock()
	return parsed, nil
}

// small reads an object through the cache.
func (c *Case) small(object string, want evidence.Digest, limit int64) ([]byte, error) {
	c.mu.Lock()
	b, ok := c.raw[object]
	c.mu.Unlock()
	if ok {
		return b, nil
	}
	b, err := c.readObject(object, want, limit)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.raw[object] = b
	c.mu.Unlock()
	return b, nil
}

func (c *Case) object(name string) string { return c.rel + "/" + objectsName + "/" + name }

func (c *Case) readObject(name string, want evidence.Digest, limit int64) ([]byte, error) {
	b, err := readSealed(c.v.disk.fs, c.v.dir, c.object(name), c.v.identity, limit)
	if err != nil {
		return nil, err
	}
	if got := evidence.Sum(b); got != want {
		return nil, &CorruptError{Path: c.object(name), Reason: "differs", Want: want, Got: got}
	}
	return b, nil
}

// Open decrypts one artifact. An unknown name is *[UnknownArtifactError].
//
// Bytes are handed out while they are decrypted, so a damaged file may yield
// some of them before Read says so: only when Read returned io.EOF are they
// what the manifest lists. Otherwise it returns *[CorruptError] in its place.
// Read also ends when ctx does.
func (x Exhibit) Open(ctx context.Context, artifact string) (io.ReadCloser, error) {
	if x.Damage != nil {
		return nil, x.Damage
	}
	if x.c == nil {
		return nil, &UnknownArtifactError{Exhibit: x.ID, Name: artifact}
	}
	if err := x.c.v.begin(ctx); err != nil {
		return nil, err
	}
	defer x.c.v.done()
	a, listed := x.Manifest.Artifact(artifact)
	object, stored := x.ref.objects[artifact]
	switch {
	case !listed:
		return nil, &UnknownArtifactError{Exhibit: x.ID, Name: artifact}
	case !stored:
		return nil, &CorruptError{Path: x.c.object("?"), Reason: "the log names no object for " + artifact + " of " + x.ID}
	}
	return x.c.openObject(ctx, object, a)
}

func (c *Case) openObject(ctx context.Context, object string, a evidence.Artifact) (io.ReadCloser, error) {
	o, err := openSealed(c.v.disk.fs, c.v.dir, c.object(object), c.v.identity)
	if err != nil {
		return nil, err
	}
	return &verified{ctx: ctx, opened: o, hasher: evidence.NewHasher(), want: a}, nil
}

// verified is an object that is compared with its digest at its end.
type verified struct {
	ctx    context.Context
	opened *opened
	hasher *evidence.Hasher
	want   evidence.Artifact
	err    error // how reading ended
}

func (v *verified) Read(p []byte) (int, error) {
	if v.err != nil {
		return 0, v.err
	}
	n, err := ctxReader{v.ctx, v.opened}.Read(p)
	v.hasher.Write(p[:n])
	if err == io.EOF {
		sum, sum512, size := v.hasher.Sums()
		if sum != v.want.SHA256 || sum512 != v.want.SHA512 || size != v.want.Size {
			err = &CorruptError{Path: v.opened.path, Reason: "differs from " + v.want.Name, Want: v.want.SHA256, Got: sum}
		}
	}
	v.err = err
	return n, err
}

func (v *verified) Close() error { return v.opened.Close() }
