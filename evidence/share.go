package evidence

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Share says of every exhibit of a case what becomes of it in a bundle. It stands in the custody line
// that an export begins with, which is the one that is signed: so what was left out by choice can be
// told from what is missing. Each exhibit stands in one of its lists.
type Share struct {
	Here    []string
	Chosen  []string // left out by choice of who exports
	Closed  []string // the person shown was or may have been under 18
	Damaged []string // the files in the vault are damaged
}

// Names of a share in the detail of an 'exporting' entry. An entry from before has no ShareOf.
const (
	ShareHere    = "exhibits"
	ShareChosen  = "left-out"
	ShareClosed  = "closed"
	ShareDamaged = "damaged"
	ShareOf      = "of" // number of exhibits of the case
)

// Of is the number of exhibits of the case.
func (s Share) Of() int { return len(s.Here) + len(s.Chosen) + len(s.Closed) + len(s.Damaged) }

// Detail is the share as an entry has it.
func (s Share) Detail(language string) map[string]string {
	d := map[string]string{"language": language, ShareHere: strings.Join(s.Here, " "), ShareOf: strconv.Itoa(s.Of())}
	for name, list := range map[string][]string{ShareChosen: s.Chosen, ShareClosed: s.Closed, ShareDamaged: s.Damaged} {
		if len(list) > 0 {
			d[name] = strings.Join(list, " ")
		}
	}
	return d
}

// In reports whether an entry's detail is that of this share, in whatever language.
func (s Share) In(detail map[string]string) bool {
	want := s.Detail(detail["language"])
	return maps.Equal(want, detail)
}

// ShowIDs is a list of exhibits, or of other names, for a line of text: all of them, or the first and how many more.
func ShowIDs(ids []string, most int) string {
	if len(ids) <= most {
		return strings.Join(ids, ", ")
	}
	return strings.Join(slices.Clone(ids[:most]), ", ") + " … +" + strconv.Itoa(len(ids)-most)
}
