package capture

import (
	"context"
	"testing"
	"time"
)

// The pictures leave time for the texts.
func TestPicturesLeaveTime(t *testing.T) {
	whole, stop := context.WithTimeout(t.Context(), time.Hour)
	defer stop()
	pictures, done := leaving(whole, 12*time.Minute)
	defer done()
	of, _ := whole.Deadline()
	if end, ok := pictures.Deadline(); !ok || of.Sub(end) != 12*time.Minute {
		t.Errorf("ends %v before the whole", of.Sub(end))
	}
	free, done := leaving(t.Context(), time.Minute)
	if _, ok := free.Deadline(); ok {
		t.Error("a limit from nowhere")
	}
	if done(); free.Err() == nil || whole.Err() != nil {
		t.Error("it does not end, or ends the whole")
	}
}
