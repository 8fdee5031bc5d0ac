package viewtest

import (
	"time"

	"constat/app/flow/look"
	"constat/app/flow/proof"
	"constat/evidence"
)

// MadeUp is an exhibit with everything that a screen can show.
func MadeUp() look.Exhibit {
	at := time.Date(2026, 11, 23, 10, 42, 31, 0, time.UTC)
	local := at.In(time.FixedZone("CET", 3600))
	digest := evidence.Sum([]byte("manifest"))
	e := look.Exhibit{
		Exhibit:        "E-003",
		Kind:           evidence.WebCapture,
		Outcome:        evidence.Partial,
		Title:          "Publication de « compte_x » sur un réseau",
		Address:        "https://www.exemple.be/p/8841/?langue=fr&reference=0123456789abcdef0123456789abcdef",
		FinalAddress:   "https://www.exemple.be/p/8841/",
		Started:        evidence.MomentOf(local),
		Finished:       evidence.MomentOf(local.Add(8 * time.Second)),
		ManifestSHA256: digest,
		Problems:       []evidence.Problem{{Code: "load-timeout", Detail: "30s"}, {Code: "images-missing", Detail: "2"}},
		Timestamps: []proof.Timestamp{
			{Authority: "quovadis-eu", Time: &at, Accuracy: 1, State: proof.Verified, Checks: []evidence.Check{
				{
					Name:  "signature",
					State: evidence.Passed,
				},
				{Name: "chain", State: evidence.Passed},
				{Name: "revocation", State: evidence.NotDone, Detail: "no list was asked"},
			}},
			{Authority: "digicert", State: proof.Pending, Reason: "timed-out"},
			{
				Authority: "sectigo",
				State:     proof.Rejected,
				Reason:    "rejected:imprint",
				Checks:    []evidence.Check{{Name: "imprint", State: evidence.Failed, Detail: "another digest"}},
			},
		},
	}
	e.Facts = map[string]string{
		"platform":         "Instagram",
		"account-name":     "compte_x",
		"date-shown":       "il y a 2 jours",
		"audience":         "tout le monde",
		"priority":         "worst",
		"suspected-person": "quelqu'un que je connais",
		"suspicion-reason": "Lui seul avait cette image, et il a écrit hier qu'il la montrerait à tout le monde si je ne répondais pas.",
	}
	e.Manifest.Clock = []evidence.ClockCheck{{Source: "timestamp", OffsetSecs: 2.4}}
	e.Manifest.Precondition = []evidence.Precondition{
		{Item: "fresh-profile", State: evidence.Met},
		{Item: "clock", State: evidence.NotMet},
		{Item: "network", State: evidence.NotChecked},
	}
	e.Manifest.Browser = &evidence.Browser{Product: "HeadlessChrome/156.0.8078.73"}
	e.Manifest.Page = &evidence.Page{
		Status:        200,
		StatusText:    "OK",
		RemoteAddress: "203.0.113.7:443",
		LocalNetwork:  true,
		Width:         1280,
		Height:        13250,
		TLS: &evidence.TLS{
			Protocol: "TLS 1.3",
			Subject:  "www.exemple.be",
			Issuer:   "An Issuer of Certificates With a Rather Long Name CA 1",
		},
	}
	for _, name := range []string{"first-view.png", "screenshot-01.png", "screenshot-02.png", "screenshot-03.png", "screenshot-dated.png", "page.mhtml", "page.txt", "headers.json", "tls-chain.pem"} {
		d := evidence.Sum([]byte(name))
		e.Artifacts = append(
			e.Artifacts,
			look.Artifact{Name: name, Role: "original", MediaType: "image/png", Size: 38_123_456, SHA256: d.String()},
		)
		e.Manifest.Artifacts = append(e.Manifest.Artifacts, evidence.Artifact{Name: name, Role: evidence.Original, SHA256: d})
	}
	return e
}

// Chat is an exhibit whose page shows most of it in parts that scroll by themselves.
func Chat() look.Exhibit {
	e := MadeUp()
	e.Exhibit, e.Manifest.Artifacts = "E-006", nil
	names := []string{evidence.TileName(1)}
	for i := range 16 {
		names = append(names, evidence.PaneName(1, i+1))
	}
	for _, name := range append(names, evidence.PaneName(2, 1), evidence.PaneName(2, 2), evidence.UncoveredName(1)) {
		e.Manifest.Artifacts = append(
			e.Manifest.Artifacts,
			evidence.Artifact{Name: name, Role: evidence.Original, SHA256: evidence.Sum([]byte(name))},
		)
	}
	return e
}

// Case is what a case may hold: a record of an address, a page to sign in to, an
// exhibit that was closed, one with everything, and an import.
type Case struct{ Address, Login, Closed, Exhibit, Imported look.Exhibit }

// List is all of it.
func (c Case) List() []look.Exhibit {
	return []look.Exhibit{c.Address, c.Login, c.Closed, c.Exhibit, c.Imported}
}

// ACase is a case that holds one of each.
func ACase() Case {
	address := MadeUp()
	address.Exhibit, address.Kind, address.Outcome, address.Title = "E-001", evidence.AddressOnly, evidence.Complete, ""
	address.Manifest.Artifacts, address.Artifacts = nil, address.Artifacts[:1]
	address.Manifest.Page, address.Manifest.Browser = nil, nil
	address.Timestamps = address.Timestamps[1:2]
	login := MadeUp()
	login.Exhibit, login.Outcome, login.Manifest.Artifacts = "E-002", evidence.LoginPage, nil
	imported := MadeUp()
	imported.Exhibit, imported.Kind, imported.Title, imported.Address, imported.FinalAddress = "E-005", evidence.Import, "", "", ""
	imported.Problems = []evidence.Problem{{Code: "import-fact-cut", Detail: "import-01.jpg"}}
	imported.Manifest.Artifacts, imported.Manifest.Page, imported.Manifest.Browser, imported.Manifest.Precondition = nil, nil, nil, nil
	for _, name := range []string{"import-01.jpg", "import-02.mp4"} {
		for _, c := range []string{"original-name", "taken", "device-model", "position", "a-claim-of-a-later-version"} {
			imported.Manifest.Claims = append(
				imported.Manifest.Claims,
				evidence.Claim{Artifact: name, Name: c, Value: "IMG_20261121_2230.jpg", Source: "exif"},
			)
		}
	}
	closed := MadeUp()
	closed.Exhibit, closed.Closed = "E-004", true
	return Case{Address: address, Login: login, Closed: closed, Exhibit: MadeUp(), Imported: imported}
}
