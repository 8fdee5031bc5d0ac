package main

import (
	"fmt"
	"strings"
	"testing"
)

// table is what tesseract writes, of lines of words; each is 100 pixels below the one before.
func table(lines ...string) []byte {
	var b strings.Builder
	b.WriteString("level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n")
	for i, line := range lines {
		fmt.Fprintf(&b, "4\t1\t%d\t1\t1\t0\t0\t0\t0\t0\t-1\t\n", i)
		for k, w := range strings.Fields(line) {
			fmt.Fprintf(&b, "5\t1\t%d\t1\t1\t%d\t%d\t%d\t80\t40\t90\t%s\n", i, k+1, 100*k, 100*i, w)
		}
	}
	return []byte(b.String())
}

func TestHolds(t *testing.T) {
	seen := boxes(table("Keep this page", "> Keep this page", "Keep this page now", "© Conlinue", "Your vauit is ready: it lies on this", "device"), 2)
	for text, want := range map[string]box{
		"Keep this page": {x: 50, y: 50, w: 140, h: 20}, // the lowest that stands alone
		"Continue":       {x: 50, y: 150, w: 40, h: 20}, // one letter read wrongly, an icon before it
		"Your vault is ready: it lies on this device, and nowhere else.": {x: 0, y: 200, w: 290, h: 20},
	} {
		at, ok := holds(seen, text, true)
		if !ok || at != want {
			t.Errorf("%q stands at %+v, %t; want %+v", text, at, ok, want)
		}
	}
	for _, text := range []string{"Keep", "Cancel", "ready", ""} {
		if at, ok := holds(seen, text, true); ok {
			t.Errorf("%q is nowhere by itself, and was found at %+v", text, at)
		}
	}
	two := []box{{"My", 0, 0, 20, 14, "1"}, {"own", 26, 0, 20, 14, "1"}, {"If", 56, -10, 20, 33, "1"}, {"Choose...", 90, 0, 60, 14, "1"}} // two buttons in a row
	if at, ok := holds(two, "Choose…", true); !ok || at.x != 90 {
		t.Errorf("beside another button: %+v, %t", at, ok)
	}
	if at, ok := holds(seen, "ready", false); !ok || at != (box{x: 150, y: 200, w: 40, h: 20}) {
		t.Errorf("within a line it is at %+v, %t", at, ok)
	}
}
