package capture

import (
	"fmt"
	"io"
	"strings"

	"constat/capture/picture"
	"constat/evidence"
)

// dated makes the derived copy while the tiles come in: the pictures one below
// the other under the band. It writes into the sink as it goes, so that its
// memory does not grow with the page.
type dated struct {
	pictures chan *picture.Picture
	ended    bool // pictures is closed
	done     chan struct{}
	artifact evidence.Artifact
	err      error
}

// bandText is the text of the band over a picture of that size.
func (t *taking) bandText(width, height int) picture.BandText {
	c := t.capture
	text := picture.BandText{
		Address: evidence.Clean(c.Page.FinalAddress),
		Facts: []string{
			localStamp(c.Pictured),
			c.Pictured.UTC.Format("2006-01-02 15:04:05 UTC"),
			fmt.Sprintf("%d × %d px", width, height),
		},
	}
	if entered := strings.TrimSpace(c.Request.Address); !sameAddress(entered, c.Page.FinalAddress) {
		text.Entered = evidence.Clean(entered)
	}
	if t.recorder.config.Practice {
		text.Mark = evidence.PracticeMark
	}
	return text
}

// sameAddress ignores what a browser adds to an address by itself.
func sameAddress(entered, final string) bool {
	u, err := ParseAddress(entered)
	if err != nil {
		return false
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.Host = strings.ToLower(u.Host)
	return u.String() == final || entered == final
}

// localStamp is the person's clock with its offset: "2026-11-23 11:42:09 +01:00 (CET)".
func localStamp(m evidence.Moment) string {
	day, clock, _ := strings.Cut(m.Local, "T")
	if len(clock) < len("15:04:05.000Z") {
		return m.Local
	}
	offset := clock[len("15:04:05.000"):]
	if offset == "Z" {
		offset = "+00:00"
	}
	return fmt.Sprintf("%s %s %s (%s)", day, clock[:len("15:04:05")], offset, evidence.Clean(m.Zone))
}

// beginDated starts a copy that will hold pictures of the given width and total
// height. Every picture goes to [dated.add]; then comes finish or abort.
func (t *taking) beginDated(width, height, channels int) error {
	// A small window whose zoom is large has a page that is narrower than a band can be.
	text := t.bandText(width, height)
	width = max(width, picture.BandWidth(t.capture.Request.Scale))
	band, err := picture.Band(text, width, t.capture.Request.Scale)
	if err != nil {
		return err
	}
	// One may wait, so that the browser does not have to.
	d := &dated{pictures: make(chan *picture.Picture, 1), done: make(chan struct{})}
	read, write := io.Pipe()
	go func() {
		write.CloseWithError(func() error {
			j, err := picture.NewJoiner(write, width, band.Bounds().Dy()+height, channels)
			if err != nil {
				return err
			}
			if err := j.WriteImage(band); err != nil {
				return err
			}
			for p := range d.pictures {
				if err := j.WritePicture(p); err != nil {
					return err
				}
			}
			return j.Close()
		}())
	}()
	go func() {
		defer close(d.done)
		d.artifact, d.err = t.sink.Put(t.caller, evidence.Artifact{
			Name: evidence.DatedName, Role: evidence.Derived, MediaType: "image/png",
		}, read)
		// Unblocks the joiner when the sink gave up early.
		read.CloseWithError(io.ErrClosedPipe)
	}()
	t.copying = d
	return nil
}

// add hands over the next picture; it waits until the one before is being written.
func (d *dated) add(p *picture.Picture) error {
	select {
	case d.pictures <- p:
		return nil
	case <-d.done:
		return d.err
	}
}

// end says that every picture has been added.
func (d *dated) end() {
	if !d.ended {
		d.ended = true
		close(d.pictures)
	}
}

// finish waits for the copy and names its parents.
func (d *dated) finish(parents []evidence.Digest) (evidence.Artifact, error) {
	d.end()
	<-d.done
	d.artifact.Parents = parents
	return d.artifact, d.err
}

// abort gives the copy up: the sink sees an error instead of its end.
func (d *dated) abort() {
	d.end()
	<-d.done
}
