package walls

import (
	"path/filepath"
	"testing"
)

// The walls of Constat. What a fault means and how to plant one stands in doc.go.
func TestWallsOfTheHouse(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	faults, err := house.Check(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Error(f)
	}
}
