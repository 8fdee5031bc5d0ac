package recognise

import "testing"

// TestHostsOfBeforeAreKnown has the hosts that stood here before the records did.
func TestHostsOfBeforeAreKnown(t *testing.T) {
	for name, hosts := range map[string][]string{
		"Facebook":  {"facebook.com", "fb.com", "fb.watch"},
		"Messenger": {"messenger.com", "m.me"},
		"Instagram": {"instagram.com"},
		"Snapchat":  {"snapchat.com"},
		"YouTube":   {"youtube.com", "youtu.be", "accounts.google.com"},
		"TikTok":    {"tiktok.com"},
		"X":         {"x.com", "twitter.com"},
		"WhatsApp":  {"whatsapp.com", "wa.me"},
		"Discord":   {"discord.com", "discord.gg", "discordapp.com"},
	} {
		for _, h := range hosts {
			for _, host := range []string{h, "www." + h} {
				if p, ok := platformOf(host); !ok || p.name != name {
					t.Errorf("%s is of %q", host, p.name)
				}
			}
		}
	}
}
