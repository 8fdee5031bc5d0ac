package sample

import (
	"image"

	"constat/evidence"
)

// Recheck adds a second visit to an exhibit. A reason that begins with
// "network" is one at which no page came.
func (c *Case) Recheck(r evidence.Recheck) {
	c.t.Helper()
	m := evidence.Manifest{
		Kind: evidence.Rechecked, Recheck: &r, Outcome: evidence.FailedOut,
		Request: &evidence.Request{Address: "https://exemple.be/p/8841", ViewWidth: 1280, ViewHeight: 800, Scale: 1, Light: true},
	}
	var files []file
	if r.Reason == "status" {
		m.Outcome = evidence.Removed
		m.Page = &evidence.Page{
			FinalAddress:  LongAddress,
			Title:         "404",
			Status:        404,
			StatusText:    "Not Found",
			RemoteAddress: "203.0.113.7:443",
			Width:         1280,
			Height:        800,
		}
		files = []file{
			{
				name:      evidence.FirstViewName,
				mediaType: "image/png",
				data:      PNG(c.t, Page(c.t, 1280, 800, false).SubImage(image.Rect(0, 0, 1280, 800))),
			},
			{name: evidence.TextName, mediaType: "text/plain", data: []byte("Introuvable\n")},
		}
	}
	c.add(Options{}, m, false, evidence.ActRechecked, files)
}
