package flow

import (
	"path/filepath"

	"constat/app/flow/system"
)

// Stick is a drive that can be taken along.
type Stick struct {
	Path string
	Name string // as the system calls it
	Free int64  // bytes
}

// Sticks are those that are plugged in now.
func (a *App) Sticks() (list []Stick) {
	find := a.cfg.Sticks
	if find == nil {
		find = system.Sticks
	}
	for _, root := range find() {
		free, err := freeBytes(root)
		if err != nil {
			continue // an empty slot
		}
		name := filepath.Base(root)
		if name == string(filepath.Separator) || name == "." {
			name = filepath.VolumeName(root)
		}
		list = append(list, Stick{root, name, free})
	}
	return list
}
