package copies

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"constat/evidence"
	"constat/evidence/replica"
	"constat/evidence/vault"
)

// Config is what a Keeper needs.
type Config struct {
	Vault *vault.Vault
	State string // folder of the program, for what this device pushed last
	Now   func() time.Time
}

// Keeper keeps copies of an open vault. It is safe for concurrent use.
type Keeper struct {
	Config
	changing sync.Mutex // the list of places is read, changed and written
	pushing  sync.Mutex // one push at a time, so that what was pushed is remembered in order
	rounds   rounds     // of the background
}

// New makes one.
func New(c Config) *Keeper { return &Keeper{Config: c} }

// View is a copy as it is shown.
type View struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Kind     string    `json:"kind"`
	Address  string    `json:"address"`
	LockDays int       `json:"lock_days"`
	Added    time.Time `json:"added"`
	// Pushed is when this device pushed last, nil if it never did; Files are what the copy then had.
	Pushed      *time.Time `json:"pushed"`
	Files       int        `json:"files"`
	LockedUntil *time.Time `json:"locked_until"` // as the store said of that push
	LockedFirst *time.Time `json:"locked_first"` // before that nothing of the copy can be removed, as the store said
	// Failed is why the last try in the background came to nothing, and Next when the next one is due.
	Failed error     `json:"-"`
	Next   time.Time `json:"-"`
}

// listFile is what the vault keeps.
type listFile struct {
	Format string  `json:"format"`
	Places []Place `json:"places"`
}

const (
	listFormat = "constat-copies/1"
	maxPlaces  = 16
)

func (k *Keeper) places(ctx context.Context) ([]Place, error) {
	var l listFile
	err := k.Vault.Copies(ctx, &l)
	return l.Places, err
}

func (k *Keeper) copyOf(p Place, at replica.Place) *replica.Copy {
	return &replica.Copy{Place: at, Name: p.ID, State: k.State, Now: k.Now, Rate: p.Rate}
}

func (k *Keeper) view(p Place) View {
	v := View{ID: p.ID, Name: p.Name, Kind: p.Kind, Address: p.Address, LockDays: p.LockDays, Added: p.Added}
	if last, ok := k.copyOf(p, nil).Last(k.Vault); ok {
		v.Pushed, v.Files = &last.Time, last.Total
		if !last.LockedUntil.IsZero() {
			v.LockedUntil = &last.LockedUntil
		}
		if !last.LockedFirst.IsZero() {
			v.LockedFirst = &last.LockedFirst
		}
	}
	v.Next, v.Failed = k.rounds.failed(p.ID)
	return v
}

// List lists the copies, in the order in which they were added.
func (k *Keeper) List(ctx context.Context) ([]View, error) {
	places, err := k.places(ctx)
	list := []View{}
	for _, p := range places {
		list = append(list, k.view(p))
	}
	return list, err
}

// Add looks whether a place is there and keeps it. A folder is made if its parent is there. Nothing
// is copied yet.
func (k *Keeper) Add(ctx context.Context, p Place) (View, error) {
	if err := p.check(); err != nil {
		return View{}, err
	}
	k.changing.Lock()
	defer k.changing.Unlock()
	places, err := k.places(ctx)
	if err != nil {
		return View{}, err
	}
	if len(places) >= maxPlaces || slices.ContainsFunc(places, func(q Place) bool { return q.Kind == p.Kind && q.Address == p.Address }) {
		return View{}, errors.Join(ErrPlace, errors.New("it is there already, or there are too many"))
	}
	if p.Kind == KindFolder {
		if inside(p.Address, k.Vault.Dir()) {
			return View{}, errors.Join(ErrPlace, errors.New("the folder lies in the vault, or the vault in it"))
		}
		if err := os.Mkdir(p.Address, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
			return View{}, err
		}
	}
	at, err := p.open()
	if err != nil {
		return View{}, err
	}
	if r, ok := at.(interface{ Ready(context.Context) error }); ok {
		if err := r.Ready(ctx); err != nil {
			return View{}, err
		}
	} else if _, err := replica.Vaults(ctx, at); err != nil {
		return View{}, err
	}
	id := make([]byte, 4)
	if _, err := rand.Read(id); err != nil {
		return View{}, err
	}
	p.ID, p.Added = hex.EncodeToString(id), k.Now().UTC().Truncate(time.Second)
	if err := k.Vault.SaveCopies(ctx, listFile{Format: listFormat, Places: append(places, p)}); err != nil {
		return View{}, err
	}
	k.rounds.look()
	return k.view(p), nil
}

// inside reports whether one of two folders lies in the other.
func inside(a, b string) bool {
	within := func(a, b string) bool {
		rel, err := filepath.Rel(a, b)
		return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
	}
	a, b = onDisk(a), onDisk(b)
	return within(a, b) || within(b, a)
}

// onDisk is a path without links, as far as it is there.
func onDisk(path string) string {
	rest := ""
	for at := filepath.Clean(path); ; at = filepath.Dir(at) {
		if found, err := filepath.EvalSymlinks(at); err == nil {
			return filepath.Join(found, rest)
		}
		if at == filepath.Dir(at) {
			return path
		}
		rest = filepath.Join(filepath.Base(at), rest)
	}
}

// Remove forgets a place. What lies there stays.
func (k *Keeper) Remove(ctx context.Context, id string) error {
	k.changing.Lock()
	defer k.changing.Unlock()
	places, err := k.places(ctx)
	if err != nil {
		return err
	}
	p, err := find(places, id)
	if err != nil {
		return err
	}
	places = slices.DeleteFunc(places, func(q Place) bool { return q.ID == p.ID })
	defer k.rounds.look()
	return k.Vault.SaveCopies(ctx, listFile{Format: listFormat, Places: places})
}

func find(places []Place, id string) (Place, error) {
	i := slices.IndexFunc(places, func(p Place) bool { return p.ID == id || p.Name == id })
	if i < 0 {
		return Place{}, &UnknownError{Name: id}
	}
	return places[i], nil
}

// Push is what pushing one copy came to. With Err the rest is what was done before it.
type Push struct {
	Copy View `json:"copy"`
	replica.Pushed
	Err error `json:"-"`
}

// Check is what checking one copy found.
type Check struct {
	Copy View `json:"copy"`
	replica.Found
	Whole bool  `json:"whole"`
	Err   error `json:"-"`
}

// chosen are the copies that an id names; all if it is empty.
func (k *Keeper) chosen(ctx context.Context, id string) ([]Place, error) {
	places, err := k.places(ctx)
	if err != nil {
		return nil, err
	}
	if id != "" {
		p, err := find(places, id)
		return []Place{p}, err
	}
	if len(places) == 0 {
		return nil, &UnknownError{}
	}
	return places, nil
}

// Push brings what is new to one copy, or to all.
func (k *Keeper) Push(ctx context.Context, id string, p evidence.Progress) ([]Push, error) {
	return k.pushes(ctx, id, false, p)
}

// Mend is Push that reads the copy back first, and puts again what is missing or damaged there.
func (k *Keeper) Mend(ctx context.Context, id string, p evidence.Progress) ([]Push, error) {
	return k.pushes(ctx, id, true, p)
}

func (k *Keeper) pushes(ctx context.Context, id string, mend bool, p evidence.Progress) ([]Push, error) {
	places, err := k.chosen(ctx, id)
	if err != nil {
		return nil, err
	}
	var list []Push
	for _, place := range places {
		done := k.push(ctx, place, mend, p)
		if ctx.Err() != nil {
			return list, context.Cause(ctx)
		}
		list = append(list, done)
	}
	return list, nil
}

func (k *Keeper) push(ctx context.Context, place Place, mend bool, p evidence.Progress) (done Push) {
	k.pushing.Lock()
	defer k.pushing.Unlock()
	// What is written from here on may be missing in this push.
	written := k.Vault.Written()
	at, err := place.open()
	if err == nil {
		c := k.copyOf(place, at)
		c.Mend = mend
		done.Pushed, err = c.Push(ctx, k.Vault, p)
	}
	if ctx.Err() == nil {
		k.rounds.ended(place.ID, written, k.Now(), err)
	}
	done.Err, done.Copy = err, k.view(place)
	return done
}

// Check compares one copy, or all, with the vault. read has every file read back and not only its
// size compared.
func (k *Keeper) Check(ctx context.Context, id string, read bool, p evidence.Progress) ([]Check, error) {
	places, err := k.chosen(ctx, id)
	if err != nil {
		return nil, err
	}
	var list []Check
	for _, place := range places {
		done := Check{Copy: k.view(place)}
		at, err := place.open()
		if err == nil {
			done.Found, err = k.copyOf(place, at).Check(ctx, k.Vault, read, p)
		}
		if ctx.Err() != nil {
			return list, context.Cause(ctx)
		}
		done.Err, done.Whole = err, err == nil && done.Found.Whole()
		list = append(list, done)
	}
	return list, nil
}

// Restore makes a vault of a copy, in an empty folder.
func Restore(ctx context.Context, p Place, s replica.Secret, dir string, progress evidence.Progress) (replica.Restored, error) {
	at, err := p.open()
	if err != nil {
		return replica.Restored{}, err
	}
	return replica.Restore(ctx, at, s, dir, progress)
}
