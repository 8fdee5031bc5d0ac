package sight

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

// Band is what stands over the pictures of the dated copy.
type Band struct {
	Address string // where the page was, in the end
	Entered string // empty if it is the same
	Mark    string // of what is no evidence
}

// text is the text of the band over a picture of that size.
func (b Band) text(at evidence.Moment, width, height int) picture.BandText {
	return picture.BandText{
		Address: evidence.Clean(b.Address), Entered: evidence.Clean(b.Entered), Mark: b.Mark,
		Facts: []string{
			localStamp(at),
			at.UTC.Format("2006-01-02 15:04:05 UTC"),
			fmt.Sprintf("%d × %d px", width, height),
		},
	}
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
func (e *Eye) beginDated(task Task, width, height, channels int) (*dated, error) {
	// A small window whose zoom is large has a page that is narrower than a band can be.
	text := task.Band.text(task.First.Pictured, width, height)
	width = max(width, picture.BandWidth(e.view.Scale))
	band, err := picture.Band(text, width, e.view.Scale)
	if err != nil {
		return nil, err
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
		d.artifact, d.err = e.kept.Stream(evidence.Artifact{
			Name: evidence.DatedName, Role: evidence.Derived, MediaType: "image/png",
		}, read)
		// Unblocks the joiner when the sink gave up early.
		read.CloseWithError(io.ErrClosedPipe)
	}()
	return d, nil
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
