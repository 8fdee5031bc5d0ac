package recognise

import (
	"testing"

	"constat/evidence"
)

// TestWhereEachPlatformSendsAStranger has addresses as a browser shows them, and
// not the rules that recognise them: a rule that is lost is noticed.
func TestWhereEachPlatformSendsAStranger(t *testing.T) {
	for _, row := range []struct{ asked, shown string }{
		{"https://www.facebook.com/story.php?story_fbid=1&id=2", "https://www.facebook.com/login/?next=https%3A%2F%2Fwww.facebook.com%2Fstory.php"},
		{"https://m.facebook.com/somebody", "https://m.facebook.com/login.php?next=https%3A%2F%2Fm.facebook.com%2Fsomebody"},
		{"https://www.facebook.com/somebody", "https://www.facebook.com/checkpoint/1501092823525282/"},
		{"https://www.messenger.com/t/1", "https://www.messenger.com/login/"},
		{"https://www.instagram.com/p/DBxyz/", "https://www.instagram.com/accounts/login/?next=%2Fp%2FDBxyz%2F"},
		{"https://www.instagram.com/somebody/", "https://www.instagram.com/challenge/?next=/somebody/"},
		{"https://www.snapchat.com/add/somebody", "https://accounts.snapchat.com/v2/login?continue=%2Fadd%2Fsomebody"},
		{"https://www.youtube.com/watch?v=dQw4w9WgXcQ", "https://accounts.google.com/v3/signin/identifier?continue=https%3A%2F%2Fwww.youtube.com"},
		{"https://www.tiktok.com/@somebody/video/1", "https://www.tiktok.com/login?redirect_url=%2F%40somebody%2Fvideo%2F1"},
		{"https://x.com/somebody/status/1", "https://x.com/i/flow/login?redirect_after_login=%2Fsomebody%2Fstatus%2F1"},
		{"https://x.com/somebody/status/1", "https://x.com/i/jf/onboarding/web?mode=login"},
		{"https://twitter.com/somebody/status/1", "https://twitter.com/login"},
		{"https://discord.com/channels/1/2/3", "https://discord.com/login?redirect_to=%2Fchannels%2F1%2F2%2F3"},
	} {
		// Neither a field for a password nor a phrase: the address alone tells.
		f, ok := Recognise(Page{Requested: row.asked, Address: row.shown})
		if !ok || f.Outcome != evidence.LoginPage {
			t.Errorf("%s led to %s: %+v", row.asked, row.shown, f)
		}
		if f, ok := Recognise(Page{Requested: row.asked, Address: row.asked}); ok {
			t.Errorf("%s is taken for %+v", row.asked, f)
		}
	}
}
