package record

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"constat/evidence"
)

// Kept is what one capture has put into its sink.
type Kept struct {
	// caller is the context of the caller, without the limit for the whole: what was pictured is
	// kept when time is up.
	caller    context.Context
	sink      evidence.Sink
	artifacts []evidence.Artifact
}

// Keep begins with nothing. The context is that of the caller, whose end ends every put.
func Keep(caller context.Context, sink evidence.Sink) *Kept { return &Kept{caller: caller, sink: sink} }

// Stream puts an artifact into the sink as it comes, and does not list it: [Kept.List] does.
func (k *Kept) Stream(a evidence.Artifact, from io.Reader) (evidence.Artifact, error) {
	return k.sink.Put(k.caller, a, from)
}

// Put keeps one original, and lists it.
func (k *Kept) Put(name, mediaType string, b []byte) error {
	a, err := k.Stream(evidence.Artifact{Name: name, Role: evidence.Original, MediaType: mediaType}, bytes.NewReader(b))
	if err != nil {
		return Lost(name, err)
	}
	k.List(a)
	return nil
}

// List adds to what was kept. It is for the goroutine that drives the capture.
func (k *Kept) List(a ...evidence.Artifact) { k.artifacts = append(k.artifacts, a...) }

// Artifacts are those that were listed, in that order.
func (k *Kept) Artifacts() []evidence.Artifact { return k.artifacts }

// Ended is why the caller waits no longer; nil as long as they do.
func (k *Kept) Ended() error {
	if k.caller.Err() == nil {
		return nil
	}
	return context.Cause(k.caller)
}

// Lost says of an error which artifact it cost.
func Lost(name string, err error) error { return fmt.Errorf("capture: keep %s: %w", name, err) }
