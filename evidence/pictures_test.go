package evidence

import (
	"fmt"
	"strings"
	"testing"
)

func TestPicturesAreToldByTheirNames(t *testing.T) {
	for name, want := range map[string]string{
		TileName(1): "page", TileName(123): "page", PaneName(2, 7): "pane2", PaneName(1, 150): "pane1", ViewName(12): "steps", FrameName(4): "frames",
		UncoveredName(3): "uncovered", UnderName(1): "under", "under-1.png": "", FirstViewName: "", DatedName: "", "pane-1-1.png": "", "pane-0-001.png": "", "pane-123-001.png": "",
		"view-001.png.exe": "", "xview-001.png": "", "uncovered-1.png": "", "note.txt": "",
	} {
		shows, pane := showsOf(name)
		got := string(shows)
		if pane != 0 {
			got += fmt.Sprint(pane)
		}
		if got != want || want != "" && CheckArtifactName(name) != nil {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if IsStep(name) != (shows == ShowsPane || shows == ShowsSteps || shows == ShowsFrames) || IsUncovered(name) != (shows == ShowsUncovered) || IsUnder(name) != (shows == ShowsUnder) || IsTile(name) != (shows == ShowsPage) {
			t.Errorf("%s is told apart in two ways", name)
		}
	}
}

func TestPictureSetsStandInTheOrderThatSaysMost(t *testing.T) {
	for _, test := range []struct {
		kind  Kind
		names []string
		want  string
	}{
		{WebCapture, []string{FirstViewName, TileName(1), TileName(2), DatedName, TextName}, "page×2"},
		{WebCapture, []string{UncoveredName(1), FirstViewName, UnderName(1), PaneName(2, 1), PaneName(1, 1), PaneName(1, 2), TileName(1)}, "page×1 under×1 pane1×2 pane2×1 uncovered×1"},
		{WebCapture, []string{TileName(1), TileName(2), ViewName(1), ViewName(2), ViewName(3)}, "steps×3 page×2"},
		{WebCapture, []string{FrameName(1), TileName(1), PaneName(1, 1)}, "page×1 frames×1 pane1×1"},
		{WebCapture, []string{FirstViewName, DatedName}, "first-view×1"},
		{WebCapture, []string{TextName}, ""},
		{AddressOnly, []string{"note.txt"}, ""},
		{Import, []string{"import-01.jpg", TileName(1), "import-02.mp4", "email.json"}, "file×1 file×1"},
	} {
		m := Manifest{Kind: test.kind}
		for _, n := range test.names {
			a := Artifact{Name: n, Role: Original, MediaType: "application/octet-stream"}
			if strings.HasSuffix(n, ".png") || strings.HasSuffix(n, ".jpg") {
				a.MediaType = "image/png"
			}
			m.Artifacts = append(m.Artifacts, a)
		}
		var got []string
		for _, s := range m.PictureSets() {
			name := string(s.Shows)
			if s.Pane != 0 {
				name += fmt.Sprint(s.Pane)
			}
			got = append(got, fmt.Sprintf("%s×%d", name, len(s.Pictures)))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%v: %q, want %q", test.names, got, test.want)
		}
	}
}
