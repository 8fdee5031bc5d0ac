package vault

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"constat/evidence"
)

// BenchmarkAdd opens a case, as after a start, and adds one entry to it: "ms" from the end of its log
// alone, "whole-ms" with all of the log read, as it is without a summary, in the same run; "ratio" is the
// first against the second. "MB" and "whole-MB" are what the open case keeps in memory.
func BenchmarkAdd(b *testing.B) {
	for _, n := range []int{100, 1000, 5000} {
		dir := filepath.Join(b.TempDir(), "v")
		v, _, err := Create(b.Context(), dir, "pass", testOptions(lazyFS{}))
		if err != nil {
			b.Fatal(err)
		}
		id := longCase(b, v, n)
		listAll(b, v, id, n) // writes the index
		if err := v.Close(); err != nil {
			b.Fatal(err)
		}
		add := func(whole bool) (took time.Duration, kept float64) {
			v, err := Open(b.Context(), dir, "pass", testOptions(lazyFS{}))
			if err != nil {
				b.Fatal(err)
			}
			before, start := heap(), time.Now()
			c, err := v.Case(b.Context(), id)
			if err == nil && whole {
				_, err = c.Entries(b.Context())
			}
			if err == nil {
				_, err = c.Append(b.Context(), evidence.Entry{Action: evidence.ActChecked})
			}
			took = time.Since(start)
			kept = heap() - before
			if err != nil || c.whole() != whole {
				b.Fatalf("%v, whole log read: %v", err, c.whole())
			}
			if err := v.Close(); err != nil {
				b.Fatal(err)
			}
			return took, kept
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var end, whole time.Duration
			var endMB, wholeMB float64
			for b.Loop() {
				took, kept := add(false)
				end, endMB = end+took, max(endMB, kept)
				took, kept = add(true)
				whole, wholeMB = whole+took, max(wholeMB, kept)
			}
			b.ReportMetric(end.Seconds()*1e3/float64(b.N), "ms")
			b.ReportMetric(whole.Seconds()*1e3/float64(b.N), "whole-ms")
			b.ReportMetric(end.Seconds()/whole.Seconds(), "ratio")
			b.ReportMetric(endMB, "MB")
			b.ReportMetric(wholeMB, "whole-MB")
			b.ReportMetric(0, "ns/op")
		})
	}
}
