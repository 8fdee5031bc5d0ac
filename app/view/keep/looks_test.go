package keep

import (
	"strings"
	"testing"
	"time"

	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/view/stage"
	"constat/app/view/viewtest"
	"constat/evidence"
	"constat/evidence/platform"
)

// gallery is every screen of this step in a state that shows most of it.
func gallery(r *viewtest.Rig) viewtest.Gallery {
	c := viewtest.ACase()
	exhibit := c.Exhibit
	shows := func(e look.Exhibit, part int) *exhibitScreen {
		return &exhibitScreen{id: e.Exhibit, e: e, loaded: true, part: part}
	}
	fresh := func(e look.Exhibit) *exhibitScreen {
		s := shows(e, 1)
		s.fresh = true
		return s
	}
	home := func() *homeScreen { return &homeScreen{list: c.List(), loaded: true} }
	capture := func() *captureScreen {
		return &captureScreen{request: keep.PreserveRequest{Address: exhibit.Address}, from: home()}
	}
	importing := func(file string) *importingScreen {
		return &importingScreen{request: keep.ImportRequest{Files: []string{file}}, from: &importScreen{from: home()}}
	}
	at := time.Date(2026, 11, 23, 12, 0, 1, 0, time.UTC)
	return viewtest.Gallery{
		"07-home":       func() stage.Screen { return home() },
		"07-home-files": func() stage.Screen { s := home(); s.way = wayFiles; return s },
		"07-more": func() stage.Screen {
			post := exhibit
			post.Platform = &platform.Item{Platform: platform.Instagram, Kind: platform.KindPost, IDs: map[platform.Field]string{platform.FieldAccount: "compte_x"}}
			untold := post
			untold.Exhibit, untold.Platform = "E-008", &platform.Item{Platform: platform.Instagram, Kind: platform.KindPage}
			return &moreScreen{list: []look.Exhibit{c.Login, post, c.Imported, untold}, loaded: true, after: post.Exhibit}
		},
		"07-more-none": func() stage.Screen { return &moreScreen{loaded: true} },
		"07-home-meant": func() stage.Screen {
			s := home()
			s.meant, s.meantAs, s.how = keep.Meant{Piece: "search"}, "Un résultat de recherche", strings.Repeat("Cherchez, copiez, collez. ", 6)
			return s
		},
		"08-age": func() stage.Screen { return &ageScreen{address: exhibit.Address, from: home()} },
		"09-record-stop": func() stage.Screen {
			return &recordScreen{address: exhibit.Address, from: home(), subject: keep.SubjectUnsure}
		},
		"10-record": func() stage.Screen { return &recordScreen{address: exhibit.Address, from: home()} },
		"11-capture": func() stage.Screen {
			s := capture()
			r.Running(&s.job, r.Capturing)
			return s
		},
		"12-capture-over": func() stage.Screen {
			s := capture()
			r.Over(&s.job, r.Capturing, true)
			return s
		},
		"13-exhibit": func() stage.Screen { return shows(exhibit, 1) },
		"13-exhibit-unfolded": func() stage.Screen {
			s := shows(exhibit, 1)
			s.open = map[string]bool{"stamps": true, "conditions": true, "files": true, "noted": true, "claims": true}
			return s
		},
		"14-exhibit-login":   func() stage.Screen { return shows(c.Login, 1) },
		"15-exhibit-address": func() stage.Screen { return fresh(c.Address) },
		"29-import": func() stage.Screen {
			return &importScreen{from: home(), foreign: true, files: []string{"/home/someone/Images/IMG_20261121_2230.jpg", "/home/someone/Images/" + strings.Repeat("un-nom-très-long-", 9) + ".mp4"}}
		},
		"30-import-stop": func() stage.Screen { return &importScreen{from: home(), stopped: true} },
		"31-importing": func() stage.Screen {
			s := importing("/home/someone/Images/IMG_20261121_2230.mp4")
			r.Running(&s.job, func(p evidence.Progress) {
				p.Step("import-store")
				p.Amount(1_234_567_890, 4_000_000_000)
				r.Clock.Pass(12 * time.Second)
			})
			return s
		},
		"32-importing-over": func() stage.Screen {
			s := importing("/home/someone/x.mp4")
			r.Over(&s.job, r.Capturing, false)
			return s
		},
		"33-exhibit-import": func() stage.Screen { return fresh(c.Imported) },
		"34-exhibit-chat":   func() stage.Screen { return shows(viewtest.Chat(), 4) },
		"35-home-options":   func() stage.Screen { s := home(); s.options = options{open: true, phone: true}; return s },
		"36-list": func() stage.Screen {
			return &listScreen{from: home(), twice: 2, addresses: []string{exhibit.Address, "https://www.exemple.be/p/" + strings.Repeat("8841", 60), "https://exemple.be/2"},
				unsure: map[string]bool{"https://exemple.be/2": true}}
		},
		"37-list-running": func() stage.Screen {
			s := keepingList(r, exhibit)
			r.Running(&s.job, r.Capturing)
			return s
		},
		"38-list-paused": func() stage.Screen { return keepingList(r, exhibit) },
		"39-home-list": func() stage.Screen {
			s := home()
			s.lists = []keep.List{keepingList(r, exhibit).list}
			s.list[0].Rechecks = visits(at)
			return s
		},
		"40-recheck": func() stage.Screen {
			s := &recheckScreen{exhibit: "E-003", address: exhibit.Address}
			r.Running(&s.job, r.Capturing)
			return s
		},
		"41-recheck-over": func() stage.Screen {
			s := &recheckScreen{}
			r.Over(&s.job, r.Capturing, true)
			return s
		},
		"42-exhibit-visited": func() stage.Screen {
			e := exhibit
			e.Rechecks = visits(at)
			return shows(e, 1)
		},
		"43-visit": func() stage.Screen {
			e := viewtest.MadeUp()
			e.Exhibit, e.Kind, e.Outcome, e.Artifacts = "E-007", evidence.Rechecked, evidence.FailedOut, nil
			e.Recheck = &evidence.Recheck{Exhibit: "E-003", State: evidence.CannotTell, Reason: "network-dns", Detail: "net::ERR_NAME_NOT_RESOLVED"}
			return shows(e, 1)
		},
		"24-facts":           func() stage.Screen { return &factsScreen{of: shows(exhibit, 1)} },
		"25-facts-suspicion": func() stage.Screen { return &factsScreen{of: shows(exhibit, 1), page: 5} },
		"25-facts-known": func() stage.Screen {
			e := exhibit
			item, _ := platform.Recognize("https://x.com/compte_x/status/1791000000000000000", at)
			e.Platform = &item
			return &factsScreen{of: shows(e, 1), page: 1, correct: true}
		},
		"22-closed": func() stage.Screen { return shows(c.Closed, 1) },
		"22-closed-unread": func() stage.Screen { // just closed, with others, and others again were not read to their end
			s := shows(c.Closed, 1)
			s.with = []string{"E-005", "E-009"}
			for i := range 30 {
				s.unread = append(s.unread, evidence.ExhibitID(20+i))
			}
			return s
		},
		"23-minor": func() stage.Screen { return &minorScreen{of: shows(exhibit, 1)} },
	}
}

// visits are visits of every kind.
func visits(at time.Time) []look.Recheck {
	return []look.Recheck{
		{Exhibit: "E-004", Time: at, State: evidence.StillOnline, Reason: "same"},
		{Exhibit: "E-005", Time: at.Add(time.Hour), State: evidence.Changed, Reason: "elsewhere", Detail: "https://www.exemple.be/accueil?" + strings.Repeat("de=page&", 20)},
		{Exhibit: "E-006", Time: at.Add(25 * time.Hour), State: evidence.Gone, Reason: "status", Detail: "404"},
		{Exhibit: "E-007", Time: at.Add(50 * time.Hour), State: evidence.CannotTell, Reason: "x-later", Detail: "later"},
	}
}

// keepingList is a list with an address in every state.
func keepingList(r *viewtest.Rig, e look.Exhibit) *keepListScreen {
	item := func(s keep.ListState) keep.ListItem {
		return keep.ListItem{ListAddress: keep.ListAddress{Address: e.Address + string(s), Subject: keep.SubjectAdult}, State: s}
	}
	kept, login, noted, failed := item(keep.ListKept), item(keep.ListKept), item(keep.ListNoted), item(keep.ListFailed)
	kept.Exhibit, kept.Outcome = "E-008", evidence.Complete
	login.Exhibit, login.Outcome = "E-009", evidence.LoginPage
	noted.Exhibit = "E-010"
	failed.Cause = "network.timeout"
	s := &keepListScreen{list: keep.List{Items: []keep.ListItem{kept, login, noted, failed, item(keep.ListRunning), item(keep.ListWaiting)}}}
	s.heard = newListMeter(s.list.Items, r.Clock.Now)
	s.heard.At(4).Step(evidence.StepFullPage)
	return s
}

func TestNoTextIsCut(t *testing.T) {
	r := inCase(t)
	r.Look(t, gallery(r))
}

func TestTabReachesEverythingAndBringsItIntoView(t *testing.T) {
	r := inCase(t)
	r.Tab(t, gallery(r))
}
