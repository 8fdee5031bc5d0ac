// Package s3 puts copies of a vault into an S3-compatible store.
//
// # What it does
//
// [Place] is a [replica.Place] in a bucket, through minio-go. With Config.LockDays each object is
// put with a retention in COMPLIANCE mode: where the store offers Object Lock, nobody can remove it
// before that date, also not with these credentials.
//
// # How to use it
//
//	p, err := s3.New(s3.Config{Address: "https://s3.example.org/bucket/folder", User: …, Secret: …, LockDays: 365})
//	err = p.Ready(ctx)
//
// # What it promises
//
// Objects are put on condition that there is none of that name, with their SHA-256, which the store
// compares. With locks, older versions are read, too: who overwrites or "deletes" an object only
// puts something before it. It goes to the host of the address alone, encrypted; see package web.
//
// # What it does not do
//
// It makes no bucket, changes no policy, and removes nothing. A store may claim to lock and not do it.
package s3

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"constat/evidence/replica"
	"constat/evidence/replica/web"
)

// Config says which store, and how it is reached.
type Config struct {
	Address  string // https://host/bucket or https://host/bucket/folder
	User     string // access key
	Secret   string
	Region   string            // empty: asked for
	LockDays int               // 0: objects can be removed at any time
	Now      func() time.Time  // time.Now if nil
	Base     http.RoundTripper // what sends; nil: a transport of its own
}

// Place is a bucket, or a folder in one.
type Place struct {
	client         *minio.Client
	bucket, prefix string
	days           int
	now            func() time.Time
}

var (
	_ replica.Place    = (*Place)(nil)
	_ replica.Extender = (*Place)(nil)
)

// retries is few: whoever pushes comes again.
const retries = 3

// New reads the configuration; nothing is sent yet.
func New(c Config) (*Place, error) {
	u, err := web.Address(c.Address)
	if err != nil {
		return nil, err
	}
	bucket, prefix, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if bucket == "" {
		return nil, &replica.PlaceError{Kind: replica.Broken, Err: errors.New("the address names no bucket")}
	}
	if prefix != "" {
		prefix += "/"
	}
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(c.User, c.Secret, ""), Secure: u.Scheme == "https", Region: c.Region,
		BucketLookup: minio.BucketLookupPath, Transport: web.Guard(u, c.Base), MaxRetries: retries,
	})
	if err != nil {
		return nil, &replica.PlaceError{Kind: replica.Broken, Err: err}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Place{client: client, bucket: bucket, prefix: prefix, days: c.LockDays, now: c.Now}, nil
}

// Ready says whether the bucket is there and, if locks are wanted, offers them.
func (p *Place) Ready(ctx context.Context) error {
	there, err := p.client.BucketExists(ctx, p.bucket)
	if err != nil {
		return failed(ctx, err)
	}
	if !there {
		return &replica.PlaceError{Kind: replica.Unreachable, Err: errors.New("there is no bucket of that name")}
	}
	if p.days == 0 {
		return nil
	}
	lock, _, _, _, err := p.client.GetObjectLockConfig(ctx, p.bucket)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil || lock != "Enabled" {
		return &replica.PlaceError{Kind: replica.NoLock, Err: errors.Join(errors.New("the bucket has no object lock"), err)}
	}
	return nil
}

// failed sorts an error of the client.
func failed(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	answer := minio.ToErrorResponse(err)
	switch answer.Code {
	case "NoSuchKey", "NoSuchVersion":
		return replica.ErrMissing
	case "NoSuchBucket":
		return &replica.PlaceError{Kind: replica.Unreachable, Err: err}
	case "PreconditionFailed", "ConditionalRequestConflict":
		return replica.ErrThere
	case "QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "InsufficientStorage":
		return &replica.PlaceError{Kind: replica.Full, Err: err}
	}
	return web.Failed(ctx, answer.StatusCode, err)
}

// Put implements [replica.Place].
func (p *Place) Put(ctx context.Context, name string, size int64, open func() (io.ReadCloser, error)) error {
	if _, err := p.Size(ctx, name); err == nil {
		return replica.ErrThere
	} else if !errors.Is(err, replica.ErrMissing) {
		return err
	}
	sum, err := digest(open)
	if err != nil {
		return err
	}
	r, err := open()
	if err != nil {
		return err
	}
	o := minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true,
		UserMetadata: map[string]string{"X-Amz-Checksum-Sha256": sum}}
	o.SetMatchETagExcept("*")
	if p.days > 0 {
		o.Mode, o.RetainUntilDate = minio.Compliance, p.now().UTC().AddDate(0, 0, p.days).Truncate(time.Second)
	}
	in := &remembering{r: r}
	_, err = p.client.PutObject(ctx, p.bucket, p.prefix+name, in, size, o)
	cerr := r.Close()
	if err == nil {
		err = cerr
	}
	if in.err != nil { // what was to be put could not be read
		return in.err
	}
	return failed(ctx, err)
}

// remembering keeps an error of what is read from being taken for one of the store.
type remembering struct {
	r   io.Reader
	err error
}

func (r *remembering) Read(b []byte) (int, error) {
	n, err := r.r.Read(b)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// object is what lies under a name now, or in an earlier version.
func (p *Place) object(ctx context.Context, name, version string) (io.ReadCloser, error) {
	o, err := p.client.GetObject(ctx, p.bucket, p.prefix+name, minio.GetObjectOptions{VersionID: version})
	if err != nil {
		return nil, failed(ctx, err)
	}
	if _, err := o.Stat(); err != nil {
		_ = o.Close()
		return nil, failed(ctx, err)
	}
	return &reading{ctx: ctx, o: o}, nil
}

type reading struct {
	ctx context.Context
	o   *minio.Object
}

func (r *reading) Read(b []byte) (int, error) {
	n, err := r.o.Read(b)
	if err != nil && err != io.EOF {
		err = failed(r.ctx, err)
	}
	return n, err
}

func (r *reading) Close() error { return r.o.Close() }

// Get implements [replica.Place]. What lies there now is the first try, also if it is in the
// versions once more.
func (p *Place) Get(ctx context.Context, name string, try int) (io.ReadCloser, error) {
	if try == 0 {
		r, err := p.object(ctx, name, "")
		if !errors.Is(err, replica.ErrMissing) || p.days == 0 {
			return r, err
		}
	}
	if p.days == 0 {
		return nil, replica.ErrMissing
	}
	list, cancel := context.WithCancel(ctx)
	defer cancel()
	n := 0
	for o := range p.client.ListObjectsIter(list, p.bucket, minio.ListObjectsOptions{WithVersions: true, Prefix: p.prefix + name, Recursive: true}) {
		if o.Err != nil {
			return nil, failed(ctx, o.Err)
		}
		if o.Key != p.prefix+name || o.IsDeleteMarker {
			continue
		}
		if n == try {
			return p.object(ctx, name, o.VersionID)
		}
		n++
	}
	return nil, replica.ErrMissing
}

// Size implements [replica.Place].
func (p *Place) Size(ctx context.Context, name string) (int64, error) {
	o, err := p.client.StatObject(ctx, p.bucket, p.prefix+name, minio.StatObjectOptions{})
	return o.Size, failed(ctx, err)
}

// List implements [replica.Place]. With locks, what somebody "deleted" is listed all the same.
func (p *Place) List(ctx context.Context, prefix, after string, each func(string, int64) error) error {
	list, cancel := context.WithCancel(ctx)
	defer cancel()
	o := minio.ListObjectsOptions{Prefix: p.prefix + prefix, Recursive: true, WithVersions: p.days > 0}
	if after != "" {
		o.StartAfter = p.prefix + after
	}
	last := ""
	for found := range p.client.ListObjectsIter(list, p.bucket, o) {
		if found.Err != nil {
			return failed(ctx, found.Err)
		}
		name, ok := strings.CutPrefix(found.Key, p.prefix)
		if !ok || found.IsDeleteMarker || name == last || name <= after {
			continue
		}
		last = name
		if err := each(name, found.Size); err != nil {
			return err
		}
	}
	return nil
}

// Folders implements [replica.Place].
func (p *Place) Folders(ctx context.Context, each func(string) error) error {
	list, cancel := context.WithCancel(ctx)
	defer cancel()
	for found := range p.client.ListObjectsIter(list, p.bucket, minio.ListObjectsOptions{Prefix: p.prefix, WithVersions: p.days > 0}) {
		if found.Err != nil {
			return failed(ctx, found.Err)
		}
		name, folder := strings.CutSuffix(strings.TrimPrefix(found.Key, p.prefix), "/")
		if !folder {
			continue
		}
		if err := each(name); err != nil {
			return err
		}
	}
	return nil
}

// LockFor implements [replica.Extender].
func (p *Place) LockFor() time.Duration { return time.Duration(p.days) * 24 * time.Hour }

// LockedUntil implements [replica.Locker].
func (p *Place) LockedUntil(ctx context.Context, name string) (time.Time, error) {
	if p.days == 0 {
		return time.Time{}, nil
	}
	return p.lockedUntil(ctx, p.prefix+name, "")
}

func (p *Place) lockedUntil(ctx context.Context, key, version string) (time.Time, error) {
	// The headers say it in one way everywhere; answers about the retention alone differ between
	// stores.
	o, err := p.client.StatObject(ctx, p.bucket, key, minio.StatObjectOptions{VersionID: version})
	if err != nil || o.Metadata.Get("X-Amz-Object-Lock-Mode") != string(minio.Compliance) {
		return time.Time{}, failed(ctx, err)
	}
	until, err := time.Parse(time.RFC3339, o.Metadata.Get("X-Amz-Object-Lock-Retain-Until-Date"))
	if err != nil {
		return time.Time{}, &replica.PlaceError{Kind: replica.Broken, Err: err}
	}
	return until.UTC(), nil
}

// Extend implements [replica.Extender]. Every version is locked: which of them is the right one only
// its bytes would say.
func (p *Place) Extend(ctx context.Context, prefix string, until time.Time) (first time.Time, extended int, err error) {
	list, cancel := context.WithCancel(ctx)
	defer cancel()
	mode, seen := minio.Compliance, false
	for o := range p.client.ListObjectsIter(list, p.bucket, minio.ListObjectsOptions{WithVersions: true, Prefix: p.prefix + prefix, Recursive: true}) {
		if o.Err != nil {
			return first, extended, failed(ctx, o.Err)
		}
		if o.IsDeleteMarker {
			continue
		}
		now, err := p.lockedUntil(ctx, o.Key, o.VersionID)
		if err != nil {
			return first, extended, err
		}
		if now.Before(until) {
			err := p.client.PutObjectRetention(ctx, p.bucket, o.Key, minio.PutObjectRetentionOptions{
				Mode: &mode, RetainUntilDate: &until, VersionID: o.VersionID})
			if err != nil {
				return first, extended, failed(ctx, err)
			}
			was := now
			if now, err = p.lockedUntil(ctx, o.Key, o.VersionID); err != nil {
				return first, extended, err
			}
			if now.After(was) {
				extended++
			}
		}
		if !seen || now.Before(first) {
			first, seen = now, true
		}
	}
	return first, extended, ctx.Err()
}
