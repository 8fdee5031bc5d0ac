package words

import (
	"slices"
	"testing"
)

func TestStepsAreJoined(t *testing.T) {
	for name, row := range map[string]struct{ before, step, want []string }{
		"first":           {nil, []string{"a", "b"}, []string{"a", "b"}},
		"overlap":         {[]string{"a", "b", "c"}, []string{"b", "c", "d"}, []string{"a", "b", "c", "d"}},
		"the same":        {[]string{"a", "b"}, []string{"a", "b"}, []string{"a", "b"}},
		"repeated words":  {[]string{"ok", "ok"}, []string{"ok", "ok", "no"}, []string{"ok", "ok", "no"}},
		"a head on top":   {[]string{"head", "a", "b"}, []string{"head", "b", "c"}, []string{"head", "a", "b", "c"}},
		"nothing in both": {[]string{"a"}, []string{"b", "a", "c"}, []string{"a", "c"}},
		"nothing":         {[]string{"a"}, nil, []string{"a"}},
	} {
		if got := Join(slices.Clone(row.before), row.step); !slices.Equal(got, row.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if Missing("a\n b\n", []string{"a", "b", " "}) || !Missing("a", []string{"a", "b"}) {
		t.Error("missing lines")
	}
}
