// Package icons holds the program's own drawings as SVG: the icon, and the
// small marks that stand beside a word (never alone).
//
// The marks are drawn in black (#000000), which callers replace by the colour
// they need; white (#ffffff) in them is what lies on that colour. The package
// imports nothing of ours and promises only that every mark it names exists.
package icons

import (
	"embed"
	"fmt"
)

// App is the program's icon, 512 by 512.
//
//go:embed icon.svg
var App []byte

//go:embed marks/*.svg
var marks embed.FS

// Mark returns the drawing of a mark, 16 by 16, e.g. "check".
func Mark(name string) ([]byte, error) {
	b, err := marks.ReadFile("marks/" + name + ".svg")
	if err != nil {
		return nil, fmt.Errorf("mark %.20q: %w", name, err)
	}
	return b, nil
}
