package names

import (
	"testing"

	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/tracing"
)

// What a page can make us keep has an end.
func TestResolverLogIsBounded(t *testing.T) {
	l := &Log{whole: make(chan struct{})}
	one := append([]byte(`{"name":"HOST_RESOLVER_MANAGER_JOB","args":"`), make([]byte, 1<<20)...)
	for range 10 {
		l.hear(&tracing.EventDataCollected{Value: []jsonv2.Value{jsonv2.Value(one), jsonv2.Value("other")}})
	}
	if len(l.events) != 3 || !l.lost {
		t.Errorf("%d events, lost %t", len(l.events), l.lost)
	}
	l.hear(&tracing.EventTracingComplete{})
	l.hear(&tracing.EventTracingComplete{}) // a second one harms nobody
	if list, why := (*Log)(nil).Answers(t.Context(), nil); list != nil || why.Detail != "not observed" {
		t.Errorf("%v %v", list, why)
	}
}
