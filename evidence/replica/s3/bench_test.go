package s3_test

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/replica"
	"constat/evidence/replica/s3"
	"constat/evidence/replica/s3/s3test"
	"constat/evidence/vault"
	"constat/evidence/vault/vaulttest"
)

const benchExhibits = 200

// BenchmarkVaults copies vaults of 200 exhibits each, four at a time as several caseworkers would, to one
// store: 5 of them and then 50. "s/vault" must not grow with their number, so "ratio" stays about 1; "more-ms"
// is what a push takes when one exhibit is new, "more-ratio" likewise; "MB" is what the pushes hold in memory at
// the most, which must not grow either.
func BenchmarkVaults(b *testing.B) {
	var few, fewMore float64
	for _, n := range []int{5, 50} {
		vaults := make([]benchVault, n)
		for i := range vaults {
			vaults[i] = newBenchVault(b)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var each, more, peak float64
			for b.Loop() {
				b.StopTimer()
				store := s3test.Start(b)
				var places []*replica.Copy
				for i := range vaults {
					p, err := s3.New(s3.Config{Address: fmt.Sprintf("%s/w%d", store.Locked, i), User: store.User, Secret: store.Secret, LockDays: 30})
					if err != nil {
						b.Fatal(err)
					}
					places = append(places, &replica.Copy{Place: p, Name: "s3", State: b.TempDir()})
				}
				push := func() float64 {
					start := time.Now()
					var wg sync.WaitGroup
					next := make(chan int)
					for range 4 {
						wg.Go(func() {
							for i := range next {
								if _, err := places[i].Push(b.Context(), vaults[i].v, nil); err != nil {
									b.Error(err)
								}
							}
						})
					}
					for i := range vaults {
						next <- i
					}
					close(next)
					wg.Wait()
					return time.Since(start).Seconds() / float64(n)
				}
				b.StartTimer()
				stop := watchHeap()
				each = push()
				b.StopTimer()
				for _, x := range vaults {
					x.keep(b, 1)
				}
				b.StartTimer()
				more = push()
				peak = max(peak, stop())
				b.StopTimer()
				store.Kill()
				b.StartTimer()
			}
			if n == 5 {
				few, fewMore = each, more
			}
			b.ReportMetric(each, "s/vault")
			b.ReportMetric(each/few, "ratio")
			b.ReportMetric(1e3*more, "more-ms")
			b.ReportMetric(more/fewMore, "more-ratio")
			b.ReportMetric(peak, "MB")
			b.ReportMetric(0, "ns/op")
		})
		for _, x := range vaults {
			if err := x.v.Close(); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// watchHeap returns what says how many MB were held at the most, beyond those that were before: what the
// collector found alive, since what it has not collected yet grows with what was there before.
func watchHeap() func() float64 {
	heap := func() uint64 {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		return live[0].Value.Uint64()
	}
	runtime.GC()
	before, most, done, gone := heap(), uint64(0), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			most = max(most, heap())
			select {
			case <-tick.C:
			case <-done:
				return
			}
		}
	}()
	return func() float64 {
		close(done)
		<-gone
		return float64(most-min(most, before)) / 1e6
	}
}

type benchVault struct {
	v  *vault.Vault
	id string
}

func newBenchVault(b *testing.B) benchVault {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "vault")
	vaulttest.Make(b, dir, passphrase)
	v, err := vault.Open(b.Context(), dir, passphrase, vault.Options{Actor: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	c, err := v.CreateCase(b.Context(), "November", false)
	if err != nil {
		b.Fatal(err)
	}
	x := benchVault{v, c.ID}
	x.keep(b, benchExhibits)
	return x
}

// keep records n exhibits of one file of 20 KB.
func (x benchVault) keep(b *testing.B, n int) {
	b.Helper()
	ctx := context.Background()
	c, err := x.v.Case(ctx, x.id)
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat("vu hier soir", 1700)
	for range n {
		draft := c.NewDraft()
		if _, err := draft.Put(ctx, evidence.Artifact{Name: "note.txt", Role: evidence.Original, MediaType: "text/plain"}, strings.NewReader(text)); err != nil {
			b.Fatal(err)
		}
		_, err := c.Commit(ctx, draft, evidence.ActImported, func(exhibit string, head evidence.LogHead, artifacts []evidence.Artifact) ([]byte, evidence.Digest, map[string]string, error) {
			now := evidence.MomentOf(time.Now())
			m := evidence.Manifest{Case: x.id, Started: now, Finished: now, Exhibit: exhibit, Kind: evidence.Import, Outcome: evidence.Complete,
				Artifacts: artifacts, CustodyHead: head}
			doc, err := m.Encode()
			return doc, evidence.Sum(doc), nil, err
		}, nil)
		if err != nil {
			b.Fatal(err)
		}
	}
}
