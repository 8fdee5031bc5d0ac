package proof

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"constat/evidence"
	"constat/evidence/trustlist"
)

// listOfLists is where the Commission publishes who publishes what.
const listOfLists = "https://ec.europa.eu/tools/lotl/eu-lotl.xml"

const (
	mostPivots  = 50
	listTimeout = 2 * time.Minute // for one list
)

// ListResult is what came of fetching one trusted list.
type ListResult struct {
	Territory string     `json:"territory"` // EU for the list of lists
	Issued    *time.Time `json:"list_issued"`
	Sequence  int        `json:"sequence,omitempty"`
	Services  int        `json:"qualified_time_services"`
	Fetched   bool       `json:"fetched"` // it came today, was verified, and is kept
	Problem   string     `json:"problem,omitempty"`
}

// lists are what is known of the trusted lists: what the program brings and what
// was fetched since. What is kept is verified again each time that the program
// starts: the folder is not encrypted, and anybody may have been there.
type lists struct {
	once sync.Once
	mu   sync.Mutex
	set  trustlist.Set
}

func (k *Checker) listSet() trustlist.Set {
	k.lists.once.Do(func() {
		k.lists.set = k.cfg.Lists
		if k.cfg.ListsDir == "" {
			return
		}
		names, err := filepath.Glob(filepath.Join(k.cfg.ListsDir, "*.xml"))
		if err != nil {
			return
		}
		// Lists of lists first, oldest first: each says who may sign the next.
		slices.SortFunc(names, func(a, b string) int { return strings.Compare(listOrder(a), listOrder(b)) })
		for _, name := range names {
			if raw, err := readLimited(name, trustlist.MaxList+1); err == nil {
				_, _ = k.lists.set.Read(raw, nil) // what does not hold does not count
			}
		}
	})
	k.lists.mu.Lock()
	defer k.lists.mu.Unlock()
	return k.lists.set
}

func listOrder(path string) string {
	if name := filepath.Base(path); strings.HasPrefix(name, trustlist.Union) {
		return "0" + name
	}
	return "1" + filepath.Base(path)
}

// FetchLists asks for the list of lists and for the lists of some territories,
// verifies them and keeps them. It is done only where somebody asks for it. A
// list that does not come or does not hold is a result, not an error; the ones
// that were known stay.
func (k *Checker) FetchLists(ctx context.Context, territories []string, p evidence.Progress) ([]ListResult, error) {
	if k.cfg.ListsDir == "" {
		return nil, errors.New("no folder for trusted lists")
	}
	if err := os.MkdirAll(k.cfg.ListsDir, 0o700); err != nil {
		return nil, err
	}
	set := k.listSet()
	set.Each = slices.Clone(set.Each)
	p.Amount(0, int64(1+len(territories)))
	results := []ListResult{k.fetchUnion(ctx, &set)}
	for i, territory := range territories {
		p.Amount(int64(1+i), int64(1+len(territories)))
		r := ListResult{Territory: territory}
		location := ""
		for _, x := range set.Lists.Pointers {
			if x.Territory == territory {
				location = x.Location
			}
		}
		raw, err := []byte(nil), errors.New("the list of lists does not name it")
		if location != "" {
			raw, err = k.fetchList(ctx, location)
		}
		results = append(results, k.keepList(&set, r, raw, err, territory+".xml"))
		if err := ctx.Err(); err != nil {
			return results, err
		}
	}
	k.lists.mu.Lock()
	defer k.lists.mu.Unlock()
	k.lists.set = set
	return results, nil
}

// ListTerritories are those whose lists matter to the known authorities: the
// countries of their operators, Belgium first.
func (k *Checker) ListTerritories() []string {
	out := []string{"BE"}
	for _, x := range k.cfg.Known {
		named := slices.ContainsFunc(k.listSet().Lists.Pointers, func(p trustlist.Pointer) bool { return p.Territory == x.Country })
		if named && !slices.Contains(out, x.Country) {
			out = append(out, x.Country)
		}
	}
	return out
}

var pivot = regexp.MustCompile(`https://ec\.europa\.eu/tools/lotl/eu-lotl-pivot-([0-9]{1,5})\.xml`)

// fetchUnion fetches the list of lists. Where its signers changed since the one
// that is known, the pivots that it names are fetched first, each signed by whom
// the one before it named (ETSI TS 119 612; the Commission's own way of changing
// them). What it names is believed as far as their signatures go.
func (k *Checker) fetchUnion(ctx context.Context, set *trustlist.Set) ListResult {
	r := ListResult{Territory: trustlist.Union}
	raw, err := k.fetchList(ctx, listOfLists)
	if err == nil {
		var numbers []int
		for _, m := range pivot.FindAllStringSubmatch(string(raw), mostPivots) {
			if n, _ := strconv.Atoi(m[1]); n > set.Lists.Sequence && !slices.Contains(numbers, n) {
				numbers = append(numbers, n)
			}
		}
		slices.Sort(numbers)
		for _, n := range numbers {
			older, err := k.fetchList(ctx, fmt.Sprintf("https://ec.europa.eu/tools/lotl/eu-lotl-pivot-%d.xml", n))
			if kept := k.keepList(set, r, older, err, fmt.Sprintf("EU-%05d.xml", n)); kept.Problem != "" {
				return kept
			}
		}
	}
	return k.keepList(set, r, raw, err, "EU.xml")
}

// keepList verifies a list that came, and keeps it.
func (k *Checker) keepList(set *trustlist.Set, r ListResult, raw []byte, err error, name string) ListResult {
	var l trustlist.List
	if err == nil {
		l, err = set.Read(raw, nil)
	}
	if err == nil && l.Territory != r.Territory {
		err = fmt.Errorf("it is the list of %s", l.Territory)
	}
	if err == nil {
		path := filepath.Join(k.cfg.ListsDir, name)
		if err = os.WriteFile(path+".new", raw, 0o600); err == nil {
			err = os.Rename(path+".new", path)
		}
	}
	if r.Fetched = err == nil; err != nil {
		r.Problem = evidence.Shorten(err.Error(), 300)
		for _, x := range append(slices.Clone(set.Each), set.Lists) {
			if x.Territory == r.Territory {
				l = x // the one that goes on to count
			}
		}
	}
	if !l.Issued.IsZero() && l.Territory == r.Territory {
		issued := l.Issued
		r.Issued, r.Sequence, r.Services = &issued, l.Sequence, len(l.Services)
	}
	return r
}

// fetchList reads one list. Its signature protects it, so the way it comes need not be.
func (k *Checker) fetchList(ctx context.Context, location string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, location, nil)
	if err != nil {
		return nil, err
	}
	client := k.cfg.HTTP
	if client == nil {
		client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy, no cookies
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("HTTP %d", resp.StatusCode)
	}
	return io.ReadAll(io.LimitReader(resp.Body, trustlist.MaxList+1))
}
