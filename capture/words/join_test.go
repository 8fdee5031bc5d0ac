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
		"by chance":       {[]string{"a"}, []string{"b", "a", "c"}, []string{"a", "b", "a", "c"}},
		"nothing in both": {[]string{"a", "ok", "b"}, []string{"c", "ok", "d"}, []string{"a", "ok", "b", "c", "ok", "d"}},
		"a new head":      {[]string{"one", "a", "b", "c"}, []string{"two", "b", "c", "d"}, []string{"one", "a", "b", "c", "two", "d"}},
		"a foot below":    {[]string{"head", "a", "ok", "b", "foot"}, []string{"head", "b", "ok", "c", "foot"}, []string{"head", "a", "ok", "b", "ok", "c", "foot"}},
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
