package report_test

import (
	"strings"
	"testing"

	"constat/bundle/internal/sample"
)

// An address that was noted is not kept: no heading and no row says so.
func TestAnAddressThatWasNotedIsNotKept(t *testing.T) {
	c := sample.New(t, sample.Options{Tall: 1000})
	path, _ := draw(t, input(t, c, "fr", false), "noted")
	pages := pagesOf(t, path)
	if strings.Contains(pages[0], "conservée le") || !strings.Contains(pages[0], "quand (") || strings.Count(pages[0], "Notée") != 1 {
		t.Errorf("page one:\n%s", pages[0])
	}
	c.Take("E-003")
	path, _ = draw(t, input(t, c, "fr", false), "noted-alone")
	if all := strings.Join(pagesOf(t, path), "\n"); strings.Contains(strings.ToLower(all), "conservée") {
		t.Errorf("the address alone is called kept:\n%s", all)
	}
	c = sample.New(t, sample.Options{Tall: 1000})
	c.Take("E-001", "E-002")
	path, _ = draw(t, input(t, c, "fr", false), "kept")
	if one := pagesOf(t, path)[0]; !strings.Contains(one, "conservée le") || strings.Contains(one, "quand (") {
		t.Errorf("all were kept:\n%s", one)
	}
}
