package copies

import (
	"bufio"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/replica"
	"constat/evidence/replica/s3"
	"constat/evidence/replica/webdav"
)

// Kinds of places.
const (
	KindFolder = "folder"
	KindWebDAV = "webdav"
	KindS3     = "s3"
)

// Place is where a copy lies, with what is needed to reach it.
type Place struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"` // as the person typed it
	Kind     string    `json:"kind"`
	Address  string    `json:"address"` // or the path of a folder
	User     string    `json:"user,omitempty"`
	Secret   string    `json:"secret,omitempty"`
	Region   string    `json:"region,omitempty"`
	LockDays int       `json:"lock_days,omitempty"` // 0: the store may let files be removed
	Rate     int64     `json:"rate,omitempty"`      // bytes a second at most
	Added    time.Time `json:"added"`
}

// ErrPlace: what was written of a place cannot be used.
var ErrPlace = errors.New("not a place for a copy")

// UnknownError: there is no copy of that name.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string { return fmt.Sprintf("no copy %.40q", e.Name) }

const (
	maxPlaceFile = 16 << 10
	maxLockDays  = 36_525
)

// ParsePlace reads lines "name = value": kind (folder, webdav or s3), address, user, secret,
// region, lock-days, name, and rate, in kilobytes a second. Empty lines and those that begin with #
// say nothing.
func ParsePlace(text string) (Place, error) {
	bad := func(format string, a ...any) (Place, error) {
		return Place{}, fmt.Errorf("%w: %s", ErrPlace, fmt.Sprintf(format, a...))
	}
	if len(text) > maxPlaceFile {
		return bad("more than %d bytes", maxPlaceFile)
	}
	var p Place
	lines := bufio.NewScanner(strings.NewReader(text))
	seen := map[string]bool{}
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if !ok || seen[name] {
			return bad("line %d", n) // it may hold the secret
		}
		seen[name] = true
		var err error
		switch name {
		case "kind":
			p.Kind = value
		case "address", "folder":
			p.Address = value
		case "user":
			p.User = value
		case "secret":
			p.Secret = value
		case "region":
			p.Region = value
		case "name":
			p.Name = value
		case "lock-days":
			p.LockDays, err = strconv.Atoi(value)
		case "rate":
			p.Rate, err = strconv.ParseInt(value, 10, 32)
			p.Rate *= 1000
		default:
			return bad("line %d", n)
		}
		if err != nil {
			return bad("line %d: not a number", n)
		}
	}
	if err := lines.Err(); err != nil {
		return bad("a line is too long")
	}
	return p, p.check()
}

func (p *Place) check() error {
	if p.Address == "" || p.LockDays < 0 || p.LockDays > maxLockDays || p.Rate < 0 || p.LockDays > 0 && p.Kind != KindS3 {
		return fmt.Errorf("%w: address, lock-days or rate", ErrPlace)
	}
	if p.Kind == KindFolder {
		abs, err := filepath.Abs(p.Address)
		if err != nil {
			return err
		}
		p.Address = abs
	}
	p.Name = evidence.Shorten(p.Name, 100)
	if p.Name == "" {
		p.Name = p.Kind
	}
	_, err := p.open()
	return err
}

func (p Place) open() (replica.Place, error) {
	switch p.Kind {
	case KindFolder:
		return replica.Folder{Dir: p.Address}, nil
	case KindWebDAV:
		return webdav.New(webdav.Config{Address: p.Address, User: p.User, Secret: p.Secret})
	case KindS3:
		return s3.New(s3.Config{Address: p.Address, User: p.User, Secret: p.Secret, Region: p.Region, LockDays: p.LockDays})
	}
	return nil, fmt.Errorf("%w: kind is folder, webdav or s3", ErrPlace)
}
