package record

import (
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"context"

	"constat/evidence"
)

type sink func(evidence.Artifact) error

func (s sink) Put(_ context.Context, a evidence.Artifact, r io.Reader) (evidence.Artifact, error) {
	b, err := io.ReadAll(r)
	a.Size = int64(len(b))
	return a, errors.Join(err, s(a))
}

func TestNotesStayInOrderAndAreNeverNull(t *testing.T) {
	n := &Notes{}
	if list := n.Problems(); list == nil || len(list) != 0 {
		t.Errorf("%v", list)
	}
	(*Notes)(nil).Add(ProblemCut, evidence.Said{})
	n.Add(ProblemCut, evidence.Say("cut", "cut at {#n} px of {#whole} px", 1, 2))
	before := n.Problems()
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() { n.Add(ProblemDialog, evidence.Said{}) })
	}
	all.Wait()
	list := n.Problems()
	if len(before) != 1 || len(list) != 11 || list[0].Detail != "cut at 1 px of 2 px" || list[0].Values["#whole"] != "2" {
		t.Errorf("%v, then %v", before, list)
	}
}

func TestKeptListsWhatTheSinkTook(t *testing.T) {
	ctx, stop := context.WithCancelCause(t.Context())
	full := errors.New("no space")
	k := Keep(ctx, sink(func(a evidence.Artifact) error {
		if a.Name == "b" {
			return full
		}
		return nil
	}))
	if err := k.Put("a", "text/plain", []byte("one")); err != nil {
		t.Fatal(err)
	}
	if err := k.Put("b", "text/plain", nil); !errors.Is(err, full) || !strings.HasPrefix(err.Error(), "capture: keep b: ") {
		t.Errorf("%v", err)
	}
	if list := k.Artifacts(); len(list) != 1 || list[0].Name != "a" || list[0].Role != evidence.Original || list[0].Size != 3 {
		t.Errorf("%v", list)
	}
	why := errors.New("pressed")
	if k.Ended() != nil {
		t.Error("ended before its caller")
	}
	if stop(why); k.Ended() != why {
		t.Errorf("%v", k.Ended())
	}
}
