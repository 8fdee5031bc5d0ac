package vault

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"constat/evidence"
)

// maxReply is the largest reply of a timestamp authority that is kept, in bytes.
const maxReply = 1 << 20

// BuildManifest makes the manifest of an exhibit whose number has just been
// allotted. head is the log's head that the manifest anchors; artifacts are
// the draft's. It returns the manifest's exact bytes, their SHA-256, and what
// the custody entry says beside. It may read the case and the draft, and must
// write neither.
type BuildManifest func(exhibitID string, head evidence.LogHead, artifacts []evidence.Artifact) (
	manifest []byte, digest evidence.Digest, detail map[string]string, err error)

// Commit makes an exhibit of a draft: it allots the next number, has the
// manifest built, stores it, and appends the custody entry (action "captured",
// "imported", "recorded" or "rechecked"; digest of the manifest). authorities are those
// that will be asked for a timestamp; they are kept so that asking can be
// taken up again after a crash.
//
// The manifest must be one of this case and exhibit, anchor the head that it
// was given, and list exactly the draft's artifacts.
//
// After an error the draft can be committed again or aborted, unless it is not
// known whether the entry reached the disk: then the draft is spent, its
// objects stay, and reading the case tells.
func (c *Case) Commit(ctx context.Context, d *Draft, action evidence.Action, build BuildManifest,
	authorities []evidence.Authority) (Exhibit, error) {
	if !action.Rule().Makes {
		return Exhibit{}, fmt.Errorf("action %q does not make an exhibit", action)
	}
	if err := c.readyFor(ctx, ""); err != nil {
		return Exhibit{}, err
	}
	defer c.v.done()
	c.write.Lock()
	defer c.write.Unlock()
	if err := c.writable(); err != nil {
		return Exhibit{}, err
	}
	if err := errors.Join(c.numbers(ctx), c.noteLoss()); err != nil {
		return Exhibit{}, err
	}
	items, err := d.beginCommit(c)
	if err != nil {
		return Exhibit{}, err
	}
	recorded := false
	defer func() { d.endCommit(recorded) }()
	var artifacts []evidence.Artifact
	for _, it := range items {
		artifacts = append(artifacts, it.artifact)
	}
	id, head := c.nextExhibit()
	manifest, digest, detail, err := build(id, head, slices.Clone(artifacts))
	if err != nil {
		return Exhibit{}, err
	}
	parsed, err := c.checkManifest(manifest, digest, id, head, artifacts)
	if err != nil {
		return Exhibit{}, err
	}
	if ctx.Err() != nil {
		return Exhibit{}, context.Cause(ctx)
	}
	err = c.store(ctx, d, items, manifest, evidence.Entry{Action: action, Exhibit: id, Digest: digest, Detail: detail}, authorities)
	recorded = err == nil || errors.Is(err, errUnsettled)
	if err != nil {
		return Exhibit{}, fmt.Errorf("record %s: %w", id, err)
	}
	c.mu.Lock()
	c.cache.addManifest(id, parsed)
	c.mu.Unlock()
	ref, err := c.known(id)
	if err != nil {
		return Exhibit{}, err
	}
	// It is recorded: a context that ends now must not make it look otherwise.
	return c.load(context.WithoutCancel(ctx), ref, nil)
}

func (c *Case) checkManifest(b []byte, digest evidence.Digest, id string, head evidence.LogHead,
	artifacts []evidence.Artifact) (parsedManifest, error) {
	bad := func(what string) (parsedManifest, error) {
		return parsedManifest{}, fmt.Errorf("%w: %s", evidence.ErrManifest, what)
	}
	m, err := evidence.DecodeManifest(b)
	switch {
	case err != nil:
		return parsedManifest{}, err
	case evidence.Sum(b) != digest:
		return bad("not the digest of its bytes")
	case m.Case != c.id || m.Exhibit != id:
		return bad("of another case or exhibit")
	case m.CustodyHead != head:
		return bad("does not anchor the head of the log")
	case len(m.Artifacts) != len(artifacts):
		return bad("does not list the draft's artifacts")
	}
	for _, a := range artifacts {
		in, ok := m.Artifact(a.Name)
		if !ok || in.SHA256 != a.SHA256 || in.SHA512 != a.SHA512 || in.Size != a.Size {
			return bad(fmt.Sprintf("artifact %q is not listed as it was put", a.Name))
		}
	}
	return parsedManifest{manifest: m, bytes: slices.Clone(b)}, nil
}

// store makes the objects durable under their final names, then the entry.
// The caller holds c.write, and the draft is being committed.
func (c *Case) store(
	ctx context.Context,
	d *Draft,
	items []*draftItem,
	manifest []byte,
	e evidence.Entry,
	authorities []evidence.Authority,
) (err error) {
	c.v.swap.RLock()
	defer c.v.swap.RUnlock()
	disk, dir := c.v.disk, c.path(objectsName)
	r := record{Objects: map[string]string{}, Authorities: authorities}
	if r.Manifest, err = disk.RandomHex(objectNameBytes); err != nil {
		return err
	}
	defer func() {
		if err != nil && !errors.Is(err, errUnsettled) {
			err = errors.Join(err, c.remove(r.Manifest))
			c.forget(r.Manifest)
		}
	}()
	err = disk.Stage(dir, r.Manifest, c.v.sealedObject(c.v.to, c.place(r.Manifest), func(w io.Writer) error {
		_, err := w.Write(manifest)
		return err
	}))
	if err != nil {
		return err
	}
	about := []string{r.Manifest}
	for _, it := range items {
		if err := d.renew(ctx, it); err != nil {
			return err
		}
		about = append(about, it.object)
	}
	if err := c.writeHead(about...); err != nil {
		return err
	}
	for _, it := range items {
		if err := d.publish(it); err != nil {
			return err
		}
		r.Objects[it.name] = it.object
	}
	// One sync of the folder is enough for all of them.
	if err := disk.Publish(dir, r.Manifest); err != nil {
		return err
	}
	_, err = c.append(e, r)
	return err
}

// AddReply stores the reply of a timestamp authority over an exhibit's
// manifest, and appends the entry "stamped": digest of the reply; detail
// "authority", "url" and "nonce" (hexadecimal). The vault does not judge the
// reply; package tsa does.
func (c *Case) AddReply(ctx context.Context, exhibit string, a evidence.Authority, reply, nonce []byte,
	sent, received time.Time) error {
	if len(reply) == 0 || len(reply) > maxReply {
		return fmt.Errorf("reply of %d bytes, not of 1 to %d", len(reply), maxReply)
	}
	e := evidence.Entry{
		Action: evidence.ActStamped, Exhibit: exhibit,
		Detail: map[string]string{"authority": a.Name, "url": a.URL, "nonce": hex.EncodeToString(nonce)},
	}
	_, err := c.addSmall(ctx, e, reply, func(object string) record {
		return record{Reply: &replyRecord{
			Object: object, Authority: a, Nonce: nonce, Sent: sent.UTC().Round(0), Received: received.UTC().Round(0),
		}}
	})
	return err
}

// MaxFile is the largest file that is kept beside an exhibit, in bytes.
const MaxFile = 4 << 20

// AddFile keeps a small file beside an exhibit that is no part of its manifest:
// a revocation record, a list of a renewal, a token over such a list. The entry
// (action "revocation-kept", "renewal-listed" or "renewal-stamped") has the
// file's digest; to the detail, "name" and "bytes" are added. A name that the
// exhibit has already, among artifacts or files, is refused.
func (c *Case) AddFile(ctx context.Context, exhibit string, action evidence.Action, name string, b []byte, detail map[string]string) error {
	return c.addFile(ctx, exhibit, action, name, b, detail, nil)
}

// AddReplyFile is AddFile for what an authority replied; the vault keeps whom
// it asked, with the roots that count for it.
func (c *Case) AddReplyFile(
	ctx context.Context,
	exhibit string,
	action evidence.Action,
	name string,
	b []byte,
	detail map[string]string,
	a evidence.Authority,
) error {
	return c.addFile(ctx, exhibit, action, name, b, detail, &a)
}

func (c *Case) addFile(
	ctx context.Context,
	exhibit string,
	action evidence.Action,
	name string,
	b []byte,
	detail map[string]string,
	a *evidence.Authority,
) error {
	if !action.Rule().Keeps {
		return fmt.Errorf("action %q does not keep a file", action)
	}
	if len(b) == 0 || len(b) > MaxFile {
		return fmt.Errorf("file of %d bytes, not of 1 to %d", len(b), MaxFile)
	}
	if err := evidence.CheckArtifactName(name); err != nil {
		return err
	}
	e := evidence.Entry{Action: action, Exhibit: exhibit, Detail: maps.Clone(detail)}
	if e.Detail == nil {
		e.Detail = map[string]string{}
	}
	e.Detail["name"], e.Detail["bytes"] = name, strconv.Itoa(len(b))
	_, err := c.addSmall(ctx, e, b, func(object string) record {
		return record{File: &fileRecord{Object: object, Name: name, Authority: a}}
	})
	return err
}

// addSmall stores bytes as an object and then the entry that records them.
func (c *Case) addSmall(
	ctx context.Context,
	e evidence.Entry,
	b []byte,
	recorded func(object string) record,
) (_ evidence.Entry, err error) {
	none := evidence.Entry{}
	if err := c.readyFor(ctx, e.Exhibit); err != nil {
		return none, err
	}
	defer c.v.done()
	c.write.Lock()
	defer c.write.Unlock()
	if err := c.writable(); err != nil {
		return none, err
	}
	if e.Action.Rule().Exhibit {
		ref, err := c.known(e.Exhibit)
		if err != nil {
			return none, err
		}
		if name := e.Detail["name"]; name != "" && ref.has(name) {
			return none, fmt.Errorf("%s has %q already", e.Exhibit, name)
		}
	}
	if err := c.noteLoss(); err != nil {
		return none, err
	}
	c.v.swap.RLock()
	defer c.v.swap.RUnlock()
	disk, dir := c.v.disk, c.path(objectsName)
	object, err := disk.RandomHex(objectNameBytes)
	if err != nil {
		return none, err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("record %s of %s: %w", e.Action, e.Exhibit, err)
			if !errors.Is(err, errUnsettled) {
				err = errors.Join(err, c.remove(object))
				c.forget(object)
			}
		}
	}()
	if err := c.writeHead(object); err != nil {
		return none, err
	}
	err = disk.Write(dir, object, c.v.sealedObject(c.v.to, c.place(object), func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	}))
	if err != nil {
		return none, err
	}
	e.Digest = evidence.Sum(b)
	return c.append(e, recorded(object))
}

// has reports whether the exhibit has an artifact or a file of that name.
func (r *exhibitRef) has(name string) bool {
	if _, there := r.objects[name]; there || name == evidence.ManifestName {
		return true
	}
	return slices.ContainsFunc(r.files, func(f logRead) bool { return f.record.File.Name == name })
}
