package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/app/flow"
	"constat/app/flow/copies"
	"constat/app/view/choose"
	"constat/app/view/place"
	"constat/app/view/stage"
	"constat/app/view/viewtest"
)

// gallery is every screen of the settings in a state that shows most of it.
func gallery(r *viewtest.Rig) viewtest.Gallery {
	return viewtest.Gallery{
		"19-settings": func() stage.Screen {
			return &settingsScreen{saved: true, changed: true, roots: "/home/someone/roots.pem"}
		},
		"20-choose": func() stage.Screen {
			if err := os.WriteFile(filepath.Join(r.Home, "roots.pem"), nil, 0o600); err != nil {
				r.T.Fatal(err)
			}
			s := &choose.Screen{Title: "x", Hint: r.W.T("export.where-hint"), At: r.Home, File: true, Back: func() {}, Done: func(string) {}}
			r.W.Show(s)
			return s
		},
		"26-passphrase": func() stage.Screen { return &passphraseScreen{} },
		"27-renew":      func() stage.Screen { return &renewScreen{} },
		"34-copies": func() stage.Screen {
			at := r.App.Now()
			return &copiesScreen{loaded: true, form: place.Form{Kind: 2}, bad: true, said: []string{r.W.T("copies.not-whole", "Missing", 2, "Damaged", 1), r.W.T("copies.behind"),
				r.W.T("copies.forks", "N", 1), r.W.T("copies.here", "N", 3), r.W.T("copies.foreign", "N", 1), r.W.T("copies.ahead", "N", 12)},
				list: []copies.View{{ID: "1", Kind: copies.KindS3, Address: "https://s3.example.org/a-bucket/of-the-organisation", Added: at, Pushed: &at, Files: 2412, LockedUntil: &at},
					{ID: "2", Kind: copies.KindFolder, Address: "/media/someone/stick", Added: at}}}
		},
		"30-access": func() stage.Screen { return &accessScreen{} },
		"31-access-question": func() stage.Screen {
			asked := flow.NewRecipient("Centre d'aide aux victimes, avec un nom plutôt long", "age1pq1"+strings.Repeat("q", 1900))
			return &accessScreen{ask: &asked}
		},
	}
}

func TestNoTextIsCut(t *testing.T) {
	r := inCase(t)
	r.Look(t, gallery(r))
}

func TestTabReachesEverythingAndBringsItIntoView(t *testing.T) {
	r := inCase(t)
	r.Tab(t, gallery(r))
}
