package platform_test

import (
	"testing"
	"time"

	"constat/evidence/platform"
)

// The address of a profile that is made of a post's is one of that account, on that platform.
func TestTheProfileOfAPost(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, post := range []string{
		"https://x.com/compte_x/status/1791000000000000000",
		"https://www.tiktok.com/@compte.x/video/7300000000000000000",
		"https://www.instagram.com/compte_x/p/C0aBcDeFgHi/",
		"https://www.reddit.com/user/compte_x/",
		"https://www.snapchat.com/add/compte.x",
		"https://www.threads.net/@compte_x/post/C0aBcDeFgHi",
	} {
		it, ok := platform.Recognize(post, now)
		if !ok {
			t.Fatalf("%s is of no platform", post)
		}
		account := it.IDs[platform.FieldAccount]
		got, ok := platform.Recognize(platform.ProfileOf(it), now)
		if account != "" && (!ok || got.Platform != it.Platform || got.IDs[platform.FieldAccount] != account) {
			t.Errorf("%s: account %q, profile %q is %+v", post, account, platform.ProfileOf(it), got)
		}
		if account == "" {
			t.Logf("%s names no account", post)
		}
	}
	nobody, _ := platform.Recognize("https://www.instagram.com/p/C0aBcDeFgHi/", now)
	if got := platform.ProfileOf(nobody); got != "" {
		t.Errorf("nobody's profile is %q", got)
	}
}
