// Package webdav puts copies of a vault onto a WebDAV server, such as Nextcloud.
//
// # What it does
//
// [Place] is a [replica.Place] in a folder of the server, through gowebdav.
//
// # How to use it
//
//	p, err := webdav.New(webdav.Config{Address: "https://cloud.example.org/remote.php/dav/files/name/folder", User: …, Secret: …})
//	err = p.Ready(ctx)
//
// # What it promises
//
// A file is sent under a name that ends in ".part", its size is compared, and it is then moved to
// its name on condition that there is nothing: what was cut off never has a final name. Such
// unfinished files of its own are the only thing that it replaces. Name and password are sent with
// each request, to the host of the address alone, encrypted; see package web.
//
// # What it does not do
//
// It knows Basic authentication alone, as app passwords need. WebDAV has no locks against removal,
// and keeps no versions that this could read.
package webdav

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"strings"
	"sync"

	"github.com/studio-b12/gowebdav"

	"constat/evidence/replica"
	"constat/evidence/replica/web"
)

// Config says which server, and how it is reached.
type Config struct {
	Address string // of a folder that is there
	User    string
	Secret  string
	Base    http.RoundTripper // what sends; nil: a transport of its own
}

// Place is a folder on a server.
type Place struct {
	root         string
	user, secret string
	send         http.RoundTripper

	mu   sync.Mutex
	made map[string]bool // folders that are there
}

var _ replica.Place = (*Place)(nil)

// New reads the configuration; nothing is sent yet.
func New(c Config) (*Place, error) {
	u, err := web.Address(c.Address)
	if err != nil {
		return nil, err
	}
	return &Place{root: u.String(), user: c.User, secret: c.Secret, send: web.Guard(u, c.Base), made: map[string]bool{}}, nil
}

// client is for one call: it knows no contexts.
func (p *Place) client(ctx context.Context) *gowebdav.Client {
	c := gowebdav.NewAuthClient(p.root, gowebdav.NewPreemptiveAuth(&basic{p.user, p.secret}))
	c.SetTransport(web.During(ctx, p.send))
	return c
}

// basic sends name and password with each request: what is sent is never kept in memory to be sent
// again.
type basic struct{ user, secret string }

func (b *basic) Authorize(_ *http.Client, r *http.Request, _ string) error {
	if b.user != "" || b.secret != "" {
		r.SetBasicAuth(b.user, b.secret)
	}
	return nil
}

func (b *basic) Verify(_ *http.Client, rs *http.Response, path string) (bool, error) {
	if rs.StatusCode == http.StatusUnauthorized {
		return false, gowebdav.NewPathError("Authorize", path, rs.StatusCode)
	}
	return false, nil
}

func (b *basic) Close() error                  { return nil }
func (b *basic) Clone() gowebdav.Authenticator { return b }

func failed(ctx context.Context, err error) error {
	status := 0
	if e, ok := errors.AsType[*os.PathError](err); ok {
		if s, ok := e.Err.(gowebdav.StatusError); ok {
			status = s.Status
		}
	}
	return web.Failed(ctx, status, err)
}

// Ready says whether the folder is there.
func (p *Place) Ready(ctx context.Context) error {
	info, err := p.client(ctx).Stat("/")
	if err = failed(ctx, err); errors.Is(err, replica.ErrMissing) || err == nil && !info.IsDir() {
		return &replica.PlaceError{Kind: replica.Unreachable, Err: errors.New("there is no such folder")}
	}
	return err
}

const partSuffix = ".part"

// Put implements [replica.Place].
func (p *Place) Put(ctx context.Context, name string, size int64, open func() (io.ReadCloser, error)) error {
	if _, err := p.Size(ctx, name); err == nil {
		return replica.ErrThere
	} else if !errors.Is(err, replica.ErrMissing) {
		return err
	}
	c := p.client(ctx)
	if err := p.folders(ctx, c, path.Dir(name)); err != nil {
		return err
	}
	r, err := open()
	if err != nil {
		return err
	}
	in := &remembering{r: r}
	err = c.WriteStreamWithLength(name+partSuffix, in, size, 0)
	cerr := r.Close()
	if err == nil {
		err = cerr
	}
	if in.err != nil { // what was to be put could not be read
		return in.err
	}
	if err != nil {
		return sent(failed(ctx, err), err)
	}
	if got, err := p.Size(ctx, name+partSuffix); err != nil || got != size {
		return errors.Join(&replica.PlaceError{Kind: replica.Broken, Err: fmt.Errorf("%d bytes arrived of %d", got, size)}, err)
	}
	return sent(failed(ctx, c.Rename(name+partSuffix, name, false)), nil)
}

// sent tells a folder that went away meanwhile from a file that is missing.
func sent(err, cause error) error {
	if errors.Is(err, replica.ErrMissing) {
		return &replica.PlaceError{Kind: replica.Unreachable, Err: errors.Join(errors.New("the folder is gone"), cause)}
	}
	return err
}

// folders makes the folders of a name, once. The one of the address is the person's, and is not made.
func (p *Place) folders(ctx context.Context, c *gowebdav.Client, dir string) error {
	if dir == "." || dir == "/" {
		return nil
	}
	p.mu.Lock()
	known := p.made[dir]
	p.mu.Unlock()
	if known {
		return nil
	}
	if err := p.folders(ctx, c, path.Dir(dir)); err != nil {
		return err
	}
	if err := c.Mkdir(dir, 0); err != nil {
		return sent(failed(ctx, err), err)
	}
	p.mu.Lock()
	p.made[dir] = true
	p.mu.Unlock()
	return nil
}

// remembering keeps an error of what is read from being taken for one of the server.
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

// Get implements [replica.Place].
func (p *Place) Get(ctx context.Context, name string, try int) (io.ReadCloser, error) {
	if try > 0 {
		return nil, replica.ErrMissing
	}
	r, err := p.client(ctx).ReadStream(name)
	if err != nil {
		return nil, failed(ctx, err)
	}
	return &reading{ctx: ctx, r: r}, nil
}

type reading struct {
	ctx context.Context
	r   io.ReadCloser
}

func (r *reading) Read(b []byte) (int, error) {
	n, err := r.r.Read(b)
	if err != nil && err != io.EOF {
		err = web.Failed(r.ctx, 0, err)
	}
	return n, err
}

func (r *reading) Close() error { return r.r.Close() }

// Size implements [replica.Place].
func (p *Place) Size(ctx context.Context, name string) (int64, error) {
	info, err := p.client(ctx).Stat(name)
	if err != nil {
		return 0, failed(ctx, err)
	}
	if f, ok := info.(*gowebdav.File); ok && f == nil || info.IsDir() {
		return 0, &replica.PlaceError{Kind: replica.Broken, Err: errors.New("no file in its answer")}
	}
	return info.Size(), nil
}

// maxDepth is far above how deep a copy goes.
const maxDepth = 6

// List implements [replica.Place].
func (p *Place) List(ctx context.Context, prefix, after string, each func(string, int64) error) error {
	return p.list(ctx, p.client(ctx), strings.TrimSuffix(prefix, "/"), after, maxDepth, each)
}

func (p *Place) list(ctx context.Context, c *gowebdav.Client, dir, after string, depth int, each func(string, int64) error) error {
	infos, err := p.read(ctx, c, dir)
	if err != nil || depth == 0 {
		return err
	}
	for _, info := range infos {
		name := strings.TrimPrefix(dir+"/"+info.Name(), "/")
		if info.IsDir() {
			err = p.list(ctx, c, name, after, depth-1, each)
		} else if name > after && !strings.HasSuffix(name, partSuffix) {
			err = each(name, info.Size())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// read lists one folder; one that is missing is empty, and names that lead elsewhere are left out.
func (p *Place) read(ctx context.Context, c *gowebdav.Client, dir string) ([]os.FileInfo, error) {
	infos, err := c.ReadDir("/" + dir)
	if err = failed(ctx, err); errors.Is(err, replica.ErrMissing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []os.FileInfo
	for _, info := range infos {
		if n := info.Name(); n != "" && n != "." && n != ".." && !strings.ContainsAny(n, "/\\") {
			list = append(list, info)
		}
	}
	return list, nil
}

// Folders implements [replica.Place].
func (p *Place) Folders(ctx context.Context, each func(string) error) error {
	infos, err := p.read(ctx, p.client(ctx), "")
	if err != nil {
		return err
	}
	for _, info := range infos {
		if info.IsDir() {
			if err := each(info.Name()); err != nil {
				return err
			}
		}
	}
	return nil
}
