package platform_test

import (
	"testing"

	"constat/evidence/platform"
)

// What is copied along with an address is no part of it; what makes it whole, or says that it is
// cut, is.
func TestWhatIsCopiedAlongIsTakenOff(t *testing.T) {
	const post = "https://x.com/mia_x/status/1790637656616943991"
	for _, given := range []string{
		"<" + post + ">", "\"" + post + "\"", "“" + post + "”", "« " + post + " »", "(" + post + ").", "<" + post + ">,",
		post + ")", post + ").", post + ",", post + ".", post + "?!", post + "'", " " + post + " \n", post + "\u200b", "<URL:" + post + ">",
	} {
		if got := platform.Trim(given); got != post {
			t.Errorf("Trim(%q) = %q", given, got)
		}
		it, ok := platform.Recognize(given, now)
		if !ok || it.IDs[platform.FieldPost] != "1790637656616943991" || len(it.Problems) > 0 {
			t.Errorf("%q: %v %s", given, ok, describe(it))
		}
	}
	for _, whole := range []string{"https://exemple.example/Nom_(film)", "https://exemple.example/a_(b)_[c]", post + "…"} {
		if got := platform.Trim(whole); got != whole {
			t.Errorf("Trim(%q) = %q", whole, got)
		}
	}
	if it, _ := platform.Recognize(post+"…", now); len(it.Problems) != 1 {
		t.Errorf("an ellipsis behind an id: %s", describe(it))
	}
	if got := platform.Unwrap("<https://exemple.example/Inc.>"); got != "https://exemple.example/Inc." {
		t.Errorf("Unwrap = %q", got)
	}
}

func TestLinksThatOpenAnApp(t *testing.T) {
	for given, want := range map[string]string{
		"tg://resolve?domain=jeanne&post=12":                                    "telegram message message=12 channel=jeanne -> https://t.me/jeanne/12",
		"tg://resolve?domain=jeanne":                                            "telegram profile-or-channel account=jeanne -> https://t.me/jeanne",
		"tg://resolve?phone=32470000001":                                        "telegram profile phone=32470000001 -> https://t.me/+32470000001",
		"tg://join?invite=AbCdEfGhIjKlMnOp":                                     "telegram invite invite=AbCdEfGhIjKlMnOp -> https://t.me/+AbCdEfGhIjKlMnOp",
		"tg://privatepost?channel=1234567890&post=5":                            "telegram message message=5 channel=1234567890 -> https://t.me/c/1234567890/5",
		"https://web.telegram.org/k/#?tgaddr=tg%3A%2F%2Fresolve%3Fdomain%3Dmia": "telegram profile-or-channel account=mia -> https://t.me/mia",
		"whatsapp://send?phone=%2B32470000001&text=x":                           "whatsapp profile phone=32470000001 -> https://wa.me/32470000001",
		"whatsapp://chat?code=AbCdEfGhIjKlMnOpQrStUv":                           "whatsapp invite invite=AbCdEfGhIjKlMnOpQrStUv -> https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv",
		"discord://-/channels/@me/1067148002722062416":                          "discord conversation channel=1067148002722062416 -> https://discord.com/channels/@me/1067148002722062416 @ 2023-01-23T18:25:10.5Z",
		"instagram://user?username=jeanne":                                      "instagram profile account=jeanne -> https://www.instagram.com/jeanne/",
		"twitter://status?id=1790637656616943991":                               "x post post=1790637656616943991 -> https://x.com/i/web/status/1790637656616943991 @ 2024-05-15T06:57:40.433Z",
		"snapchat://add/jeanne":                                                 "snapchat profile account=jeanne -> https://www.snapchat.com/add/jeanne",
		"fb://profile/100000000000001":                                          "facebook profile account_id=100000000000001 -> https://www.facebook.com/profile.php?id=100000000000001",
	} {
		if it, _ := platform.Recognize(given, now); describe(it) != want {
			t.Errorf("%s\n got  %s\n want %s", given, describe(it), want)
		}
	}
	for _, none := range []string{"tg://", "tg://settings", "javascript://t.me/x", "whatsapp://send", "discord://evil.example/channels/1"} {
		if it, ok := platform.Recognize(none, now); ok {
			t.Errorf("%s: %s", none, describe(it))
		}
	}
}
