package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"filippo.io/age"

	"constat/evidence"
	"constat/evidence/vault/disk"
	"constat/evidence/vault/origin"
)

// Draft collects the artifacts of an exhibit that is being made. What is put
// into it is encrypted and durable at once, but belongs to nothing until
// [Case.Commit]. It is safe for concurrent use.
type Draft struct {
	c *Case

	mu         sync.Mutex
	items      []*draftItem
	putting    int
	committing bool
	spent      bool
}

type draftItem struct {
	name      string // the artifact's
	object    string
	readers   uint64            // generation of the recipients it is encrypted to
	artifact  evidence.Artifact // complete once the object is durable
	published bool              // the object has its final name
}

var _ evidence.Sink = (*Draft)(nil)

// NewDraft begins an exhibit. Follow it with `defer draft.Abort()`, which does
// nothing after a successful commit.
func (c *Case) NewDraft() *Draft { return &Draft{c: c} }

// Put implements [evidence.Sink]. Name, Role, MediaType and Parents are taken
// from meta, size and digests from the bytes. A name can be put once.
func (d *Draft) Put(ctx context.Context, meta evidence.Artifact, r io.Reader) (evidence.Artifact, error) {
	none := evidence.Artifact{}
	if err := evidence.CheckArtifactName(meta.Name); err != nil {
		return none, err
	}
	if meta.Name == evidence.ManifestName {
		return none, fmt.Errorf("artifact name %q is the manifest's", meta.Name)
	}
	v := d.c.v
	if err := v.begin(ctx); err != nil {
		return none, err
	}
	defer v.done()
	object, err := v.disk.RandomHex(objectNameBytes)
	if err != nil {
		return none, err
	}
	readers, generation := v.readers()
	it, err := d.enter(&draftItem{name: meta.Name, object: object, readers: generation})
	if err != nil {
		return none, err
	}
	hasher := evidence.NewHasher()
	err = v.disk.Stage(d.c.path(objectsName), object, v.sealedObject(readers, d.c.place(object), func(w io.Writer) error {
		_, err := io.Copy(io.MultiWriter(hasher, w), disk.Until(ctx, r))
		return err
	}))
	if err != nil {
		err = fmt.Errorf("store %s: %w", meta.Name, err)
	}
	meta.Parents = slices.Clone(meta.Parents)
	meta.SHA256, meta.SHA512, meta.Size = hasher.Sums()
	return d.leave(it, meta, err)
}

// sealedObject encrypts an object: with filling, and the proof that belongs to its place.
func (v *Vault) sealedObject(readers []age.Recipient, p origin.Place, write func(io.Writer) error) func(io.Writer) error {
	to := append(slices.Clone(readers), origin.Filling{Rand: v.disk.Rand, Place: p})
	return func(w io.Writer) error { return seal(w, write, to...) }
}

func (d *Draft) enter(it *draftItem) (*draftItem, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.spent || d.committing {
		return nil, fmt.Errorf("%w: it is or was committed, or was aborted", ErrDraft)
	}
	for _, other := range d.items {
		if other.name == it.name {
			return nil, fmt.Errorf("%w: artifact %q twice", ErrDraft, it.name)
		}
	}
	d.items = append(d.items, it)
	d.putting++
	return it, nil
}

// leave ends a Put: the artifact is in the draft, or its object is removed.
func (d *Draft) leave(it *draftItem, a evidence.Artifact, err error) (evidence.Artifact, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.putting--
	if err == nil && d.spent {
		err = fmt.Errorf("%w: it was aborted", ErrDraft)
		err = errors.Join(err, d.c.remove(it.object))
	}
	if err != nil {
		d.items = slices.DeleteFunc(d.items, func(other *draftItem) bool { return other == it })
		return evidence.Artifact{}, err
	}
	it.artifact = a
	return a, nil
}

// Artifacts returns what was put so far, in the order in which it was begun.
func (d *Draft) Artifacts() []evidence.Artifact {
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []evidence.Artifact
	for _, it := range d.items {
		if !it.artifact.SHA256.IsZero() {
			list = append(list, it.artifact)
		}
	}
	return list
}

// Open reads back an artifact that was put, e.g. to derive another from it. It
// ends like the reader of [Exhibit.Open].
func (d *Draft) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	if err := d.c.v.begin(ctx); err != nil {
		return nil, err
	}
	defer d.c.v.done()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, it := range d.items {
		if it.name == name && !it.artifact.SHA256.IsZero() && !d.spent {
			object := it.object
			if !it.published {
				object += disk.PartSuffix
			}
			return d.c.openObject(ctx, object, it.artifact, true)
		}
	}
	return nil, &UnknownArtifactError{Exhibit: "draft", Name: name}
}

// Abort gives the draft up and removes what was put. It does nothing after a
// successful [Case.Commit] or an earlier Abort. What a Put that is still under
// way has stored is removed when that ends. While Commit is under way Abort is
// refused with [ErrDraft].
func (d *Draft) Abort() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.spent {
		return nil
	}
	if d.committing {
		return fmt.Errorf("%w: it is being committed", ErrDraft)
	}
	d.spent = true
	if err := d.c.v.enter(); err != nil {
		return err // closed: the next opening of the case sweeps
	}
	defer d.c.v.done()
	var names []string
	for _, it := range d.items {
		if !it.artifact.SHA256.IsZero() {
			names = append(names, it.object)
		}
	}
	return d.c.remove(names...)
}

// remove removes objects that no entry names, but not while one of them is
// encrypted again, which would bring it back.
func (c *Case) remove(objects ...string) error {
	c.removing.Lock()
	defer c.removing.Unlock()
	return c.v.disk.Remove(c.path(objectsName), objects...)
}

// beginCommit hands the draft's items to a commit of c; nothing can be put or
// aborted until endCommit.
func (d *Draft) beginCommit(c *Case) ([]*draftItem, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.c != c || d.spent || d.committing || d.putting > 0 {
		return nil, fmt.Errorf("%w: of another case, spent, or still in use", ErrDraft)
	}
	d.committing = true
	return slices.Clone(d.items), nil
}

func (d *Draft) endCommit(spent bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.committing, d.spent = false, spent
}

// renew encrypts an item's object again, as a new one, if the recipients have changed since it was
// put: what has been removed from the list must not read it, nor a new one miss it. The caller
// holds v.swap.
func (d *Draft) renew(ctx context.Context, it *draftItem) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.c.v
	if it.readers == v.generation {
		return nil
	}
	from := it.object
	if !it.published {
		from += disk.PartSuffix
	}
	object, err := v.disk.RandomHex(objectNameBytes)
	if err != nil {
		return err
	}
	if err := v.sealAgain(ctx, d.c, objectsName, from, object, v.to); err != nil {
		return err
	}
	_ = d.c.remove(it.object) // swept later, or reported as not recorded
	it.object, it.readers, it.published = object, v.generation, false
	return nil
}

// publish gives an item's object its final name, unless an earlier commit did.
func (d *Draft) publish(it *draftItem) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if it.published {
		return nil
	}
	if err := d.c.v.disk.Rename(d.c.path(objectsName), it.object); err != nil {
		return err
	}
	it.published = true
	return nil
}

// List is a list of addresses that was made to be kept one after the other.
type List struct {
	Seq   uint64    // of its entry; it names the list within the case
	Time  time.Time // UTC, when it was made
	Bytes []byte    // as they were put
	// Damage is nil, or a *CorruptError: then Bytes is empty.
	Damage error
}

// AddList keeps a list of addresses in the case and writes the entry
// "list-made": its digest, and what detail says. The addresses are in the
// object alone: an address that nothing was kept of is in no bundle. The vault
// does not look into the list.
func (c *Case) AddList(ctx context.Context, b []byte, detail map[string]string) (List, error) {
	if len(b) == 0 || len(b) > MaxFile {
		return List{}, fmt.Errorf("list of %d bytes, not of 1 to %d", len(b), MaxFile)
	}
	e, err := c.addSmall(ctx, evidence.Entry{Action: evidence.ActListMade, Detail: detail}, b, func(object string) record {
		return record{List: object}
	})
	return List{Seq: e.Seq, Time: e.Time, Bytes: b}, err
}

// Lists returns the lists of the case, oldest first.
func (c *Case) Lists(ctx context.Context) ([]List, error) {
	if err := c.ready(ctx); err != nil {
		return nil, err
	}
	defer c.v.done()
	entries, _ := c.entries()
	var out []List
	for _, read := range entries {
		if read.record.List == "" {
			continue
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		l := List{Seq: read.seq, Time: read.entry.Time}
		b, err := c.readObject(read.record.List, read.entry.Digest, MaxFile, !read.proven)
		if _, damaged := errors.AsType[*CorruptError](err); damaged {
			l.Damage = err
		} else if err != nil {
			return nil, err
		}
		l.Bytes = b
		out = append(out, l)
	}
	return out, nil
}
