package replica_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat/evidence/replica"
)

// What is missing or damaged at a place is put again where somebody asks for it, under a further name
// where its own is taken: nothing at the place is overwritten. What the folder has not either is said.
func TestMend(t *testing.T) {
	place := replica.Folder{Dir: t.TempDir()}
	a, code := newDevice(t)
	id := a.newCase()
	for _, text := range []string{"first", "second", "third"} {
		a.keep(id, text)
	}
	a.push(place)
	var files []string
	for name := range tree(t, place.Dir) {
		if strings.Contains(name, "/files/") {
			files = append(files, name)
		}
	}
	slices.Sort(files)
	at := func(name string) string { return filepath.Join(place.Dir, filepath.FromSlash(name)) }
	read := func(name string) []byte {
		b, err := os.ReadFile(at(name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	// One has other bytes of the same length, one is cut, one is gone.
	other := read(files[0])
	other[len(other)-1] ^= 1
	write(t, at(files[0]), other)
	cut := read(files[1])[:10]
	write(t, at(files[1]), cut)
	remove(t, at(files[2]))

	if f := a.check(place); len(f.Damaged) != 2 || len(f.Missing) != 1 {
		t.Fatalf("%+v", f)
	}
	if p := a.push(place); p.Files != 0 || p.Again != 0 {
		t.Errorf("a push that was not asked to look put %+v", p)
	}
	mend := a.copyAt(place)
	mend.Mend = true
	p, err := mend.Push(t.Context(), a.v, nil)
	if err != nil || p.Again != 3 || len(p.Unmended) != 0 || p.Number != 2 {
		t.Fatalf("%+v, %v", p, err)
	}
	if string(read(files[0])) != string(other) || string(read(files[1])) != string(cut) {
		t.Error("something was overwritten")
	}
	if f := a.check(place); !f.Whole() || f.Read != f.Files {
		t.Errorf("%+v", f)
	}
	b, r := restored(t, place, replica.Secret{Text: code, Code: true})
	if len(r.Missing)+len(r.Damaged) != 0 {
		t.Errorf("%+v", r)
	}
	b.open().whole()
	b.close()
	if again, err := mend.Push(t.Context(), a.v, nil); err != nil || again.Again != 0 || again.Number != 2 {
		t.Errorf("nothing was wrong: %+v, %v", again, err)
	}

	// Damaged at both sides: the copy of it is lost, and is named.
	objects, err := filepath.Glob(filepath.Join(a.dir, "cases", id, "objects", "*"))
	if err != nil {
		t.Fatal(err)
	}
	lost := "cases/" + id + "/objects/" + filepath.Base(objects[0])
	whole, err := os.ReadFile(objects[0])
	if err != nil {
		t.Fatal(err)
	}
	for name := range tree(t, place.Dir) { // also under a further name
		if string(read(name)) == string(whole) {
			remove(t, at(name))
		}
	}
	whole[len(whole)-1] ^= 1
	write(t, objects[0], whole)
	p, err = mend.Push(t.Context(), a.v, nil)
	if err != nil || !slices.Equal(p.Unmended, []string{lost}) || !slices.Equal(p.ChangedHere, []string{lost}) {
		t.Errorf("%+v, %v", p, err)
	}
}
