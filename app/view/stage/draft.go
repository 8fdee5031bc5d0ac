package stage

import (
	"context"
	"maps"
	"time"

	"constat/app/flow"
	"constat/evidence"
)

// Draft is what a person types on a screen and nobody should have to save: it goes into the vault
// when they pause, when they go elsewhere, and before a lock or quick exit.
type Draft struct {
	Typed func() map[string]string                                  // as it stands on the screen
	Save  func(ctx context.Context, fields map[string]string) error // what changed

	saved map[string]string // as the vault has it
	last  map[string]string // as it stood at the last look
	since time.Time         // that long it stands so
	busy  bool
}

// draftPause is how long nobody types before it is saved: half a word would stay in the log for ever.
const draftPause = 8 * time.Second

// Begin says what the vault has.
func (d *Draft) Begin(saved map[string]string) {
	d.saved = maps.Clone(saved)
	if d.saved == nil {
		d.saved = map[string]string{}
	}
	d.last = nil
}

// Changed is what the vault has not got.
func (d *Draft) Changed() map[string]string {
	if d.Typed == nil || d.saved == nil {
		return nil
	}
	changed := d.Typed()
	maps.DeleteFunc(changed, func(name, value string) bool { return d.saved[name] == value })
	return changed
}

// Tick saves after a pause.
func (d *Draft) Tick(w *Stage) {
	changed := d.Changed()
	if len(changed) == 0 || d.busy {
		return
	}
	if !maps.Equal(changed, d.last) {
		d.last, d.since = changed, w.Now()
		return
	}
	if w.Now().Sub(d.since) < draftPause || w.Aside().Busy() {
		return
	}
	d.busy = true
	Run(w.Aside(), func(ctx context.Context) (struct{}, error) { return struct{}{}, d.Save(ctx, changed) },
		func(_ struct{}, err error) {
			d.busy = false
			if err == nil {
				maps.Copy(d.saved, changed)
				return
			}
			w.Explain(err)
		})
}

// Leave saves what is not saved yet, beside the window: the lock waits for it. What cannot be saved is not
// taken for saved, and that is said on the screen that comes; after a quick exit there is none.
func (d *Draft) Leave(w *Stage) {
	d.busy = false
	changed := d.Changed()
	if len(changed) == 0 {
		return
	}
	before := maps.Clone(d.saved)
	maps.Copy(d.saved, changed)
	save := d.Save
	w.Beside(func() error { return save(context.Background(), changed) }, func(err error) {
		for name, value := range changed {
			if d.saved[name] != value { // saved since, with other words
				continue
			}
			if old, had := before[name]; had {
				d.saved[name] = old
			} else {
				delete(d.saved, name)
			}
		}
		w.Explain(&flow.UnsavedError{Err: err})
	})
}

// Then saves on the lane that the screen waits for, and goes on; what cannot be saved stays on the
// screen.
func (d *Draft) Then(w *Stage, j *Job, then func()) {
	changed := d.Changed()
	if len(changed) == 0 {
		then()
		return
	}
	Start(w, j, Task[struct{}]{
		Work: func(ctx context.Context, _ evidence.Progress) (struct{}, error) {
			return struct{}{}, d.Save(ctx, changed)
		},
		Done: func(struct{}) {
			maps.Copy(d.saved, changed)
			then()
		},
	})
}
