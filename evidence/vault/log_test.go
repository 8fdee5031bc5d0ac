package vault

import (
	"strings"
	"testing"

	"constat/evidence"
)

// TestWhatAnEntryMayNotMake: lines that link, so that only what they say is wrong.
// Whoever can encrypt to the vault could add such a file.
func TestWhatAnEntryMayNotMake(t *testing.T) {
	const id = "0123456789abcdef"
	some := evidence.Sum([]byte("manifest"))
	made := func(exhibit string, digest evidence.Digest) evidence.Entry {
		return evidence.Entry{Action: evidence.ActCaptured, Case: id, Exhibit: exhibit, Digest: digest}
	}
	created := evidence.Entry{Action: evidence.ActCaseCreated, Case: id}
	for name, row := range map[string]struct {
		entries []evidence.Entry
		want    string // part of the damage; empty: none
	}{
		"two exhibits":             {[]evidence.Entry{created, made("E-001", some), made("E-002", some)}, ""},
		"an exhibit made twice":    {[]evidence.Entry{created, made("E-001", some), made("E-001", some)}, "without a number of its own"},
		"an exhibit of no number":  {[]evidence.Entry{created, made("../x", some)}, "without a number of its own"},
		"an exhibit of no digest":  {[]evidence.Entry{created, made("E-001", evidence.Digest{})}, "without a digest"},
		"a log of no beginning":    {[]evidence.Entry{made("E-001", some)}, "does not create a case"},
		"a log of another case":    {[]evidence.Entry{{Action: evidence.ActCaseCreated, Case: "fedcba9876543210"}}, "belongs to another case"},
		"a line of another in one": {[]evidence.Entry{created, {Action: evidence.ActViewed, Case: "fedcba9876543210"}}, "does not continue the log"},
	} {
		var chain evidence.Chain
		log := newCaseLog(id)
		for n, e := range row.entries {
			e.Actor = "test"
			_, line, err := chain.Next(e)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = chain.Accept(line)
			read := logRead{seq: uint64(n + 1), line: line}
			if e.Exhibit != "" {
				read.record.Manifest = strings.Repeat("0", 31) + string(rune('0'+n))
			}
			log.accept(read)
		}
		switch {
		case row.want == "" && log.damage != nil, row.want != "" && log.damage == nil:
			t.Errorf("%s: %v", name, log.damage)
		case row.want != "" && !strings.Contains(log.damage.Error(), row.want):
			t.Errorf("%s: %v, want %q", name, log.damage, row.want)
		}
		if row.want == "" && len(log.exhibits) != 2 {
			t.Errorf("%s: %d exhibits", name, len(log.exhibits))
		}
	}
}
