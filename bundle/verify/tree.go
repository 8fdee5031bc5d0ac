package verify

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"unicode"
)

// Limits of a bundle.
const (
	maxFiles = 100_000
	// A ZIP may not hold more than this times its own size, plus some: the
	// worst real text is far below it, and a ZIP bomb far above.
	maxRatio = 200
	maxSlack = 256 << 20
)

// tree is a bundle as files, wherever it lies. Names are relative, with slashes.
type tree interface {
	open(name string) (io.ReadCloser, error)
	Close() error
}

// listing is what was found in a tree, before anything was read.
type listing struct {
	sizes   map[string]int64
	badPath []string // names that are not to be used, and why
	limit   string   // which limit is broken; empty if none
	litter  []string // what Finder, Explorer or a file system left, not the bundle
	form    error    // why the ZIP has more than one reading
	zip     bool
	shut    string // why nothing in the ZIP was looked at; empty if it was
}

func (l *listing) bad(format string, args ...any) {
	if len(l.badPath) <= maxListed {
		l.badPath = append(l.badPath, fmt.Sprintf(format, args...))
	}
}

// add notes a file unless its name is bad.
func (l *listing) add(name string, size int64, folded map[string]string) {
	if isLitter(name) && !strings.ContainsFunc(name, unicode.IsControl) { // nobody's program leaves such a name
		if len(l.litter) <= maxListed {
			l.litter = append(l.litter, name)
		}
		return
	}
	if err := checkName(name); err != nil {
		l.bad("%v", err)
		return
	}
	key := strings.ToLower(name)
	if other, ok := folded[key]; ok {
		l.bad("%q and %q are one name on some systems", other, name)
		if other == name {
			return
		}
	}
	folded[key] = name
	l.sizes[name] = size
}

// openTree opens a folder or a ZIP.
func openTree(ctx context.Context, name, password string) (tree, *listing, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, nil, err
	}
	if info.IsDir() {
		return openFolder(name)
	}
	if !info.Mode().IsRegular() {
		return nil, nil, ErrNotBundle
	}
	return openZip(ctx, name, password)
}

type folderTree struct{ root *os.Root }

func openFolder(name string) (tree, *listing, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, nil, err
	}
	l := &listing{sizes: map[string]int64{}}
	folded := map[string]string{}
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			l.bad("%q cannot be read: %v", name, err)
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir():
		case !d.Type().IsRegular():
			l.bad("%q is a link or a device", name)
		case len(l.sizes) >= maxFiles:
			l.limit = fmt.Sprintf("more than %d files", maxFiles)
			return fs.SkipAll
		default:
			info, err := d.Info()
			if err != nil {
				l.bad("%q cannot be read: %v", name, err)
				return nil
			}
			l.add(name, info.Size(), folded)
		}
		return nil
	})
	if err != nil {
		root.Close()
		return nil, nil, err
	}
	return folderTree{root}, l, nil
}

func (f folderTree) open(name string) (io.ReadCloser, error) { return f.root.Open(name) }
func (f folderTree) Close() error                            { return f.root.Close() }

type zipTree struct {
	file     io.Closer // what it lies in
	files    map[string]*zip.File
	password string
}

func openZip(ctx context.Context, name, password string) (tree, *listing, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	t, l, err := readZip(ctx, file, info.Size(), password)
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	t.file = file
	return t, l, nil
}

func readZip(ctx context.Context, file io.ReaderAt, size int64, password string) (*zipTree, *listing, error) {
	if sealedAsAWhole(file) {
		return nil, nil, ErrSealedAsAWhole
	}
	r, err := openArchive(file, size)
	if err != nil {
		return nil, nil, err
	}
	form := zipForm(file, size)
	if f := innerArchive(r); f != nil {
		in, err := openInner(ctx, file, f, password)
		if err != nil {
			return nil, nil, err
		}
		// Whoever altered it may have made anything of it: nothing in it is looked at.
		if r, err = openArchive(in, in.size); !in.whole || err != nil {
			return &zipTree{file: io.NopCloser(nil)}, &listing{zip: true, shut: contentsName + ": is not as it was written, or the password is another one; it was not looked into"}, nil
		}
		if inner := zipForm(in, in.size); form == nil && inner != nil {
			form = fmt.Errorf("%s: %w", contentsName, inner)
		}
		file, size = in, in.size
	}
	t, l, err := listZip(r, size, password)
	if err != nil {
		return nil, nil, err
	}
	t.file, l.zip, l.form = io.NopCloser(nil), true, form
	return t, l, nil
}

func openArchive(file io.ReaderAt, size int64) (*zip.Reader, error) {
	r, err := zip.NewReader(file, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fmt.Errorf("%w: %w", ErrNotBundle, err)
	}
	return r, nil
}

func listZip(r *zip.Reader, size int64, password string) (*zipTree, *listing, error) {
	t := &zipTree{files: map[string]*zip.File{}, password: password}
	l := &listing{sizes: map[string]int64{}}
	if len(r.File) > maxFiles {
		l.limit = fmt.Sprintf("more than %d files", maxFiles)
		return t, l, nil
	}
	var total uint64
	sealed, opened := 0, 0
	prefix := topFolder(r.File)
	folded := map[string]string{}
	for _, f := range r.File {
		full := f.Name
		if strings.HasSuffix(full, "/") && f.UncompressedSize64 == 0 {
			if err := checkName(strings.TrimSuffix(full, "/")); err != nil {
				l.bad("%v", err)
			}
			continue
		}
		if err := checkName(full); err != nil {
			l.bad("%v", err)
			continue
		}
		if !f.Mode().IsRegular() {
			l.bad("%q is a link or a device", full)
			continue
		}
		if f.UncompressedSize64 > 1<<62 || total+f.UncompressedSize64 < total {
			l.limit = "sizes without end"
			return t, l, nil
		}
		total += f.UncompressedSize64
		name := strings.TrimPrefix(full, prefix)
		before := len(l.badPath)
		l.add(name, int64(f.UncompressedSize64), folded)
		if isLitter(name) {
			continue
		}
		if len(l.badPath) == before {
			t.files[name] = f
		}
		if f.Flags&1 != 0 {
			sealed++
			if accepts(f, password) {
				opened++
			}
		}
	}
	if total > uint64(size)*maxRatio+maxSlack {
		l.limit = fmt.Sprintf("%d bytes in a ZIP of %d", total, size)
	}
	// A damaged entry may refuse the right password, and one in 65,536 accepts a wrong one.
	if sealed > 0 && opened*2 < sealed {
		return nil, nil, ErrPassword
	}
	return t, l, nil
}

// topFolder is the one folder in which everything lies, with a slash, or empty.
func topFolder(files []*zip.File) string {
	top := ""
	for _, f := range files {
		if isLitter(f.Name) { // Finder puts a folder of its own beside it
			continue
		}
		first, _, ok := strings.Cut(f.Name, "/")
		if !ok || top != "" && first+"/" != top {
			return ""
		}
		top = first + "/"
	}
	if path.Clean(top) == "data" {
		return ""
	}
	return top
}

func (z *zipTree) open(name string) (io.ReadCloser, error) {
	f, ok := z.files[name]
	switch {
	case !ok:
		return nil, fs.ErrNotExist
	case f.Flags&1 != 0:
		return openSealed(f, z.password)
	default:
		return openPlain(f)
	}
}

func (z *zipTree) Close() error { return z.file.Close() }
