package keep_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"constat/app/flow"
	"constat/app/flow/flowtest"
	"constat/app/flow/keep"
	"constat/evidence"
	"constat/evidence/tsa/tsatest"
)

// listSite counts how often each path was loaded, and holds /slow until it is let go.
type listSite struct {
	*httptest.Server
	mu    sync.Mutex
	asked map[string]int
	slow  chan struct{} // something arrives there at each request of /slow
}

func newListSite(t *testing.T) *listSite {
	s := &listSite{asked: map[string]int{}, slow: make(chan struct{}, 100)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked[r.URL.Path]++
		first := s.asked[r.URL.Path] == 1
		s.mu.Unlock()
		switch r.URL.Path {
		case "/gone", "/favicon.ico":
			http.NotFound(w, r)
			return
		case "/slow":
			if first {
				s.slow <- struct{}{}
				<-r.Context().Done()
				return
			}
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!doctype html><title>Post</title><p>Bonjour "+r.URL.Path)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *listSite) times(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[path]
}

// heard remembers how a list went on.
type heard struct {
	mu    sync.Mutex
	items []keep.ListItem
	steps []evidence.Step
	most  int // running at once
	now   int
}

func (h *heard) Item(_ int, item keep.ListItem) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.items = append(h.items, item)
	if item.State == keep.ListRunning {
		h.now++
	} else if h.now > 0 {
		h.now--
	}
	h.most = max(h.most, h.now)
}

func (h *heard) At(int) evidence.Progress { return h }

func (h *heard) Step(s evidence.Step) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.steps = append(h.steps, s)
}

func (h *heard) Amount(int64, int64) {}

// states says a list in a line.
func states(v keep.List) string {
	var out []string
	for _, i := range v.Items {
		s := string(i.State)
		for _, x := range []string{i.Exhibit, string(i.Outcome), i.Cause} {
			if x != "" {
				s += " " + x
			}
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func adults(addresses ...string) []keep.ListAddress {
	var out []keep.ListAddress
	for _, a := range addresses {
		out = append(out, keep.ListAddress{Address: a, Subject: keep.SubjectAdult})
	}
	return out
}

// TestAListIsKept: each address has its own outcome, one that fails stops no
// other, what is not sure is never loaded, and after Cancel what was kept is
// kept and not loaded again.
func TestAListIsKept(t *testing.T) {
	site := newListSite(t)
	authority := tsatest.New(t, tsatest.Options{})
	s, c := flowtest.Open(t, flowtest.App(t, authority.Authority()))
	list := adults(site.URL+"/1", tsatest.ClosedPort(t), site.URL+"/slow", site.URL+"/gone", site.URL+"/unsure", site.URL+"/1", site.URL+"/2")
	list[4].Subject = keep.SubjectUnsure
	v, err := s.Keep.MakeList(t.Context(), c.ID, list, keep.ListOptions{Phone: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := states(v); got != "waiting, waiting, waiting, waiting, waiting, waiting" {
		t.Errorf("a new list: %s", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		<-site.slow
		cancel()
	}()
	v, err = s.Keep.KeepList(ctx, keep.KeepListRequest{Case: c.ID}, &heard{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("after Cancel: %v", err)
	}
	if got := states(v); got != "kept E-001 complete, failed network.refused, waiting, waiting, waiting, waiting" {
		t.Errorf("after Cancel: %s", got)
	}
	// What is left follows from what is in the vault.
	lists, err := s.Keep.Lists(t.Context(), c.ID)
	if err != nil || len(lists) != 1 || states(lists[0]) != states(v) {
		t.Fatalf("the vault says %+v, %v", lists, err)
	}
	if again, err := s.Keep.MakeList(t.Context(), c.ID, list, keep.ListOptions{Phone: true}); err != nil || again.ID != v.ID {
		t.Errorf("the same list is another one: %s, %s, %v", again.ID, v.ID, err)
	}
	h := &heard{}
	v, err = s.Keep.KeepList(t.Context(), keep.KeepListRequest{Case: c.ID, List: v.ID, MaxParallel: 99}, h)
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]string{}
	for _, i := range v.Items {
		if i.Exhibit != "" {
			if kept[i.Exhibit] != "" {
				t.Errorf("%s is there twice", i.Exhibit)
			}
			kept[i.Exhibit] = strings.TrimPrefix(i.Address, site.URL)
		}
	}
	if n := v.Count(keep.ListKept); n != 4 || v.Count(keep.ListNoted) != 1 || v.Count(keep.ListFailed) != 1 || v.Left() != 1 || v.Usable() || kept["E-001"] != "/1" || len(kept) != 5 {
		t.Errorf("at the end: %s", states(v))
	}
	if h.most < 2 || h.most > keep.MaxParallel || len(h.steps) == 0 {
		t.Errorf("%d at once, steps %v", h.most, h.steps)
	}
	for path, n := range map[string]int{"/1": 1, "/slow": 2, "/gone": 1, "/2": 1, "/unsure": 0} {
		if site.times(path) != n {
			t.Errorf("%s was loaded %d times, not %d", path, site.times(path), n)
		}
	}
	exhibits, err := s.Look.Exhibits(t.Context(), c.ID)
	if err != nil || len(exhibits) != 5 {
		t.Fatalf("%d exhibits, %v", len(exhibits), err)
	}
	for _, e := range exhibits {
		if e.Phone != (e.Kind == evidence.WebCapture) {
			t.Errorf("%s was not kept as asked for", e.Exhibit)
		}
		if strings.HasSuffix(e.Address, "/unsure") != (e.Kind == evidence.AddressOnly) || e.Pending() {
			t.Errorf("%s: %s of %s, timestamps %v", e.Exhibit, e.Kind, e.Address, e.Timestamps)
		}
		if strings.HasSuffix(e.Address, "/gone") != (e.Outcome == evidence.Removed) {
			t.Errorf("%s: %s of %s", e.Exhibit, e.Outcome, e.Address)
		}
	}
	if r, err := s.Check(t.Context(), evidence.NoProgress{}); err != nil || !r.Valid {
		t.Errorf("vault check: %v %v", err, r.Checks)
	}

	// Closed as under 18: the address is not loaded again, in no list.
	if _, err := s.Keep.MarkMinor(t.Context(), c.ID, "E-001"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Keep.MakeList(t.Context(), c.ID, adults(site.URL+"/1"), keep.ListOptions{}); err != nil {
		t.Fatal(err)
	}
	if v, err = s.Keep.KeepList(t.Context(), keep.KeepListRequest{Case: c.ID}, &heard{}); err != nil || states(v) != "noted E-006 complete" || site.times("/1") != 1 {
		t.Errorf("a closed address: %s, %v, loaded %d times", states(v), err, site.times("/1"))
	}
}

// TestAListStopsForWhatIsWrongHere: without a browser the next address would
// fare no better, and nothing of the list is lost.
func TestAListStopsForWhatIsWrongHere(t *testing.T) {
	a := flowtest.App(t)
	s, c := flowtest.Open(t, a)
	if err := a.SaveSettings(flow.Settings{Browser: "/no/such/browser"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Keep.KeepList(t.Context(), keep.KeepListRequest{Case: c.ID}, &heard{}); !errors.Is(err, keep.ErrNoList) {
		t.Errorf("no list: %v", err)
	}
	if _, err := s.Keep.MakeList(t.Context(), c.ID, adults("https://a.example/1", "https://a.example/2"), keep.ListOptions{}); err != nil {
		t.Fatal(err)
	}
	v, err := s.Keep.KeepList(t.Context(), keep.KeepListRequest{Case: c.ID}, &heard{})
	if err == nil || flow.ExitCode(err) != flow.ExitFailed || v.Left() != 2 {
		t.Errorf("%s, %v", states(v), err)
	}
	for _, bad := range [][]keep.ListAddress{nil, adults("ftp://a.example"), adults(strings.Fields(many(keep.MaxList + 1))...)} {
		if _, err := s.Keep.MakeList(t.Context(), c.ID, bad, keep.ListOptions{}); flow.ExitCode(err) != flow.ExitUsage {
			t.Errorf("%d addresses: %v", len(bad), err)
		}
	}
}

func many(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("https://exemple.be/" + strings.Repeat("a", i) + "\n")
	}
	return b.String()
}
