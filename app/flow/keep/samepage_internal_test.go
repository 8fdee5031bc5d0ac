package keep

import (
	"testing"
	"time"
)

// One page has many addresses; two pages of one script have two.
func TestOnePageHasManyAddresses(t *testing.T) {
	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		a, b string
		same bool
	}{
		{"https://example.org/p", "https://example.org/p?igsh=abc", true},
		{"https://example.org/p?igsh=def", "https://www.example.org/p/?utm_source=x#top", true},
		{"http://example.org/p", " https://EXAMPLE.org/p ", true},
		{"https://example.org/view.php?id=1", "https://example.org/view.php?id=1&sid=77", true},
		{"https://example.org/view.php?id=1", "https://example.org/view.php?id=2", false},
		{"https://example.org/p", "https://example.org/q", false},
		{"https://example.org/p", "https://example.net/p", false},
		{"https://example.org/login?next=%2Fp", "https://example.org/p", true},
		{"https://example.org/login?next=%2Fp", "https://example.org/q", false},
		{"https://www.instagram.com/p/C0FFEEcafe1/?igsh=abc", "https://www.instagram.com/reel/C0FFEEcafe1/", true},
		{"https://www.instagram.com/p/C0FFEEcafe1/", "https://www.instagram.com/accounts/login/?next=%2Fp%2FC0FFEEcafe1%2F", true},
		{"https://www.instagram.com/p/C0FFEEcafe1/", "https://www.instagram.com/p/C0FFEEcafe2/", false},
		{"https://www.youtube.com/watch?v=dQw4w9WgXcQ", "https://youtu.be/dQw4w9WgXcQ?si=abc", true},
		{"https://www.youtube.com/watch?v=dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcZ", false},
		{"", "", false},
	} {
		if got := samePage(x.a, x.b, now); got != x.same || samePage(x.b, x.a, now) != got {
			t.Errorf("%s, %s: %v", x.a, x.b, got)
		}
	}
}
