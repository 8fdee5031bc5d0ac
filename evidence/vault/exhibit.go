package vault

import (
	"context"
	"io"
	"time"

	"constat/evidence"
	"constat/evidence/vault/disk"
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
	Files          []File               // kept beside it by [Case.AddFile], oldest first
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
	SHA256    evidence.Digest    // of Raw, as the log has it
	Nonce     []byte
	Sent      time.Time // UTC, this device's clock
	Received  time.Time // UTC, this device's clock
	Damage    error     // nil, or a *CorruptError: then Raw is empty
}

// File is a small file that is kept beside an exhibit: a revocation record, a
// list of a renewal. [Exhibit.ReadFile] has its bytes.
type File struct {
	Name   string
	Action evidence.Action
	Time   time.Time // UTC, when it was recorded
	Size   int64     // bytes
	SHA256 evidence.Digest
	Detail map[string]string // of the custody entry
	// Authority is whose reply it is, as [Case.AddReplyFile] had it; nil for anything else.
	Authority *evidence.Authority

	object string
	old    bool // recorded before objects proved where they come from
}

// ReadFile decrypts a file that is kept beside the exhibit. An unknown name is
// *[UnknownArtifactError], a damaged file *[CorruptError].
func (x Exhibit) ReadFile(ctx context.Context, name string) ([]byte, error) {
	if err := x.c.readyFor(ctx, ""); err != nil {
		return nil, err
	}
	defer x.c.v.done()
	for _, f := range x.Files {
		if f.Name == name {
			return x.c.readObject(f.object, f.SHA256, MaxFile, f.old)
		}
	}
	return nil, &UnknownArtifactError{Exhibit: x.ID, Name: name}
}

func (c *Case) object(name string) string { return c.rel + "/" + objectsName + "/" + name }

func (c *Case) readObject(name string, want evidence.Digest, limit int64, old bool) ([]byte, error) {
	o, err := c.openProven(name, old)
	if err != nil {
		return nil, err
	}
	b, err := readAll(o, limit)
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
	return x.c.openObject(ctx, object, a, x.ref.old)
}

func (c *Case) openObject(ctx context.Context, object string, a evidence.Artifact, old bool) (io.ReadCloser, error) {
	o, err := c.openProven(object, old)
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
	n, err := disk.Until(v.ctx, v.opened).Read(p)
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
