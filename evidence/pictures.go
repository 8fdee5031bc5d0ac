package evidence

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// PaneName is the picture of the window after a step through a part of the page
// that scrolls by itself (a chat, a feed in a dialog); both count from 1.
func PaneName(pane, step int) string { return fmt.Sprintf("pane-%d-%03d.png", pane, step) }

// ViewName is the picture of the window after a step down a page that draws
// only what the window shows; it counts from 1.
func ViewName(step int) string { return fmt.Sprintf("view-%03d.png", step) }

// FrameName is the picture of the window at frames of other sites, which the browser draws
// only while they are in it; it counts from 1.
func FrameName(n int) string { return fmt.Sprintf("frame-%03d.png", n) }

// UnderName is the n-th picture, counted from 1, of rows of the page that lie under a bar or a dialogue in
// its tiles, taken while the page was scrolled on.
func UnderName(n int) string { return fmt.Sprintf("under-%02d.png", n) }

// UncoveredName is the n-th tile of the page after a consent overlay was
// refused, counted from 1.
func UncoveredName(n int) string { return fmt.Sprintf("uncovered-%02d.png", n) }

// StillsName is the n-th sheet, counted from 1, with pictures of a film at intervals of its time.
func StillsName(film string, n int) string {
	film, _, _ = strings.Cut(film, ".")
	return fmt.Sprintf("%s-stills-%02d.png", film, n)
}

// Shows says what the pictures of a set show.
type Shows string

const (
	ShowsPage      Shows = "page"       // the page as it was found: its tiles, one below the other
	ShowsFirstView Shows = "first-view" // what the window showed first, where there are no tiles
	ShowsSteps     Shows = "steps"      // a page that draws only what the window shows, step by step
	ShowsUnder     Shows = "under"      // what a bar or a dialogue covers in the tiles
	ShowsFrames    Shows = "frames"     // frames of other sites below the first window, each in the window
	ShowsPane      Shows = "pane"       // a part of the page that scrolls by itself, step by step
	ShowsUncovered Shows = "uncovered"  // tiles once more, after a consent overlay was refused
	ShowsStills    Shows = "stills"     // moments of a film, at intervals, several on a sheet
	ShowsFile      Shows = "file"       // a picture that the person brought
)

// Stepwise reports whether each picture is the whole window after a step, and
// may repeat a part of the one before; else they are one picture in pieces.
func (s Shows) Stepwise() bool {
	return s == ShowsSteps || s == ShowsFrames || s == ShowsPane || s == ShowsStills
}

// PictureSet is what is looked at together, in order.
type PictureSet struct {
	Shows    Shows
	Pane     int // number of the part that scrolls, or of the film; 0 in other sets
	Pictures []Artifact
}

var (
	stepName      = regexp.MustCompile(`^(?:view|frame|pane-([1-9][0-9]?))-[0-9]{3,4}\.png$`)
	underName     = regexp.MustCompile(`^under-[0-9]{2,6}\.png$`)
	stillsName    = regexp.MustCompile(`^(?:opened-file|film-([0-9]{2,4}))-stills-[0-9]{2,3}\.png$`)
	uncoveredName = regexp.MustCompile(`^uncovered-[0-9]{2,6}\.png$`)
)

// showsOf tells by its name what a picture of a web capture shows; empty for
// another file.
func showsOf(name string) (Shows, int) {
	if IsTile(name) {
		return ShowsPage, 0
	}
	if uncoveredName.MatchString(name) {
		return ShowsUncovered, 0
	}
	if underName.MatchString(name) {
		return ShowsUnder, 0
	}
	if m := stillsName.FindStringSubmatch(name); m != nil {
		film, _ := strconv.Atoi(m[1]) // at most four digits
		return ShowsStills, max(film, 1)
	}
	m := stepName.FindStringSubmatch(name)
	if m == nil {
		return "", 0
	}
	if strings.HasPrefix(name, "frame-") {
		return ShowsFrames, 0
	}
	if m[1] == "" {
		return ShowsSteps, 0
	}
	pane, _ := strconv.Atoi(m[1]) // at most two digits
	return ShowsPane, pane
}

// IsStep reports whether name is that of a picture of the window after a step.
func IsStep(name string) bool {
	shows, _ := showsOf(name)
	return shows.Stepwise()
}

// IsUncovered reports whether name is that of a tile of the page without its
// consent overlay.
func IsUncovered(name string) bool { return uncoveredName.MatchString(name) }

// IsUnder reports whether name is that of a picture of what a bar covers in the tiles.
func IsUnder(name string) bool { return underName.MatchString(name) }

// PictureSets returns what can be looked at of an exhibit, in the order in which
// it says most: the page, or its steps before it where its tiles are empty below; what a bar covers in
// them; frames of other sites; the parts that scroll by themselves; the page without its consent overlay; moments of films. Of
// an import every picture is a set by itself.
func (m Manifest) PictureSets() []PictureSet {
	var sets []PictureSet
	if m.Kind == Import {
		for _, a := range m.Artifacts {
			if a.Role == Original && drawable(a.MediaType) || a.IsShown() {
				sets = append(sets, PictureSet{Shows: ShowsFile, Pictures: []Artifact{a}})
			}
		}
		return sets
	}
	for _, a := range m.Artifacts {
		shows, pane := showsOf(a.Name)
		if shows == "" {
			continue
		}
		i := slices.IndexFunc(sets, func(s PictureSet) bool { return s.Shows == shows && s.Pane == pane })
		if i < 0 {
			i, sets = len(sets), append(sets, PictureSet{Shows: shows, Pane: pane})
		}
		sets[i].Pictures = append(sets[i].Pictures, a)
	}
	if a, ok := m.Artifact(FirstViewName); ok && len(m.Tiles()) == 0 {
		sets = append(sets, PictureSet{Shows: ShowsFirstView, Pictures: []Artifact{a}})
	}
	order := []Shows{ShowsSteps, ShowsPage, ShowsFirstView, ShowsUnder, ShowsFrames, ShowsPane, ShowsUncovered, ShowsStills}
	slices.SortStableFunc(sets, func(a, b PictureSet) int {
		if a.Shows == b.Shows {
			return a.Pane - b.Pane
		}
		return slices.Index(order, a.Shows) - slices.Index(order, b.Shows)
	})
	return sets
}

// drawable reports whether a picture of that type can be shown and printed.
func drawable(mediaType string) bool {
	switch mediaType {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "image/tiff", "image/bmp":
		return true
	}
	return false
}
