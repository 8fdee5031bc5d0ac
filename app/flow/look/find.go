package look

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"constat/evidence"
)

// folded is a text as it is searched in: without accents and capitals.
func folded(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s)))
}

// finds reports whether every word stands in one of the texts.
func finds(words string, texts ...string) bool {
	all := folded(strings.Join(texts, "\n"))
	for _, w := range strings.Fields(folded(words)) {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}

// Matches reports whether every word is found in what is known of an exhibit: its number, title,
// addresses, account and ids, what was told of it, names of its files, and further words, such as its
// outcome as it is shown.
func (e Exhibit) Matches(words string, further ...string) bool {
	texts := append([]string{e.Exhibit, e.Title, e.Address, e.FinalAddress, string(e.Outcome), string(e.Kind)}, further...)
	if e.Platform != nil {
		texts = append(texts, e.Platform.Platform.Name(), string(e.Platform.Kind))
		for _, id := range e.Platform.IDs {
			texts = append(texts, id)
		}
	}
	for _, told := range e.Facts {
		texts = append(texts, told)
	}
	for _, c := range e.Manifest.Claims {
		if c.Name == "original-name" {
			texts = append(texts, c.Value)
		}
	}
	return finds(words, texts...)
}

// Matches reports whether every word is found in title, reference or tags.
func (c Case) Matches(words string) bool {
	return finds(words, append([]string{c.Title, c.Reference}, c.Tags...)...)
}

// Sort is a way to sort out exhibits.
type Sort string

// The sorts.
const (
	SortAll     Sort = "all"
	SortWhole   Sort = "whole"   // kept in full
	SortPart    Sort = "part"    // something is missing
	SortFailed  Sort = "failed"  // something else came, or it is damaged
	SortAddress Sort = "address" // the address alone
	SortFiles   Sort = "files"   // files, not pages
	SortPending Sort = "pending" // a timestamp is still to come
)

// Sorts are all of them, in the order in which they are offered.
func Sorts() []Sort {
	return []Sort{SortAll, SortWhole, SortPart, SortFailed, SortAddress, SortFiles, SortPending}
}

// Is reports whether an exhibit is of a sort.
func (e Exhibit) Is(s Sort) bool {
	page := e.Kind == evidence.WebCapture
	switch s {
	case SortWhole:
		return page && e.Outcome == evidence.Complete && e.Damage == ""
	case SortPart:
		return page && e.Outcome == evidence.Partial && e.Damage == ""
	case SortFailed:
		return e.Damage != "" || page && !e.Outcome.Usable()
	case SortAddress:
		return e.Kind == evidence.AddressOnly
	case SortFiles:
		return e.Kind == evidence.Import
	case SortPending:
		return e.Pending()
	}
	return true
}

// tagsIn are the words that begin with # in confidential notes, without it, each once.
func tagsIn(notes string) (tags []string) {
	for _, w := range strings.Fields(notes) {
		tag := strings.TrimRight(strings.TrimPrefix(w, "#"), ".,;:!?")
		if strings.HasPrefix(w, "#") && tag != "" && len(tags) < maxTags && !slices.Contains(tags, tag) {
			tags = append(tags, evidence.Shorten(tag, 40))
		}
	}
	return tags
}

const maxTags = 12
