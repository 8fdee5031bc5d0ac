package platform

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// hostsOfBefore are the hosts that stood here before the records did.
var hostsOfBefore = map[Platform]string{
	Bing: "bing.com cn.bing.com m.bing.com",
	Discord: "discord.com discordapp.com ptb.discord.com canary.discord.com ptb.discordapp.com " +
		"canary.discordapp.com discord.gg cdn.discordapp.com media.discordapp.net " +
		"discordapp.net",
	Facebook: "facebook.com m.facebook.com web.facebook.com mbasic.facebook.com touch.facebook.com " +
		"mobile.facebook.com fb.com m.fb.com l.facebook.com lm.facebook.com fb.watch fb.me",
	Google: "google.be images.google.be consent.google.be lens.google.be share.google " +
		"images.app.goo.gl",
	Instagram: "instagram.com m.instagram.com instagr.am l.instagram.com ig.me",
	Messenger: "messenger.com m.me",
	OnlyFans:  "onlyfans.com",
	Pornhub:   "pornhub.com pornhub.org m.pornhub.com pornhubpremium.com phncdn.com",
	Reddit: "reddit.com old.reddit.com new.reddit.com np.reddit.com m.reddit.com i.reddit.com " +
		"sh.reddit.com amp.reddit.com redd.it i.redd.it preview.redd.it v.redd.it",
	RedTube:  "redtube.com embed.redtube.com",
	Snapchat: "snapchat.com t.snapchat.com web.snapchat.com story.snapchat.com map.snapchat.com",
	Telegram: "t.me telegram.me telegram.dog web.telegram.org webk.telegram.org weba.telegram.org " +
		"telegram.org",
	Threads: "threads.com threads.net",
	TikTok:  "tiktok.com m.tiktok.com us.tiktok.com lite.tiktok.com vm.tiktok.com vt.tiktok.com",
	Tube8:   "tube8.com",
	WhatsApp: "wa.me whatsapp.com api.whatsapp.com web.whatsapp.com m.whatsapp.com chat.whatsapp.com " +
		"call.whatsapp.com",
	X: "x.com mobile.x.com twitter.com mobile.twitter.com m.twitter.com twimg.com t.co " +
		"pic.twitter.com pic.x.com pbs.twimg.com",
	XHamster: "xhamster.com m.xhamster.com xhamster.desi xhamster2.com xhamster3.com",
	XNXX:     "xnxx.com",
	XVideos:  "xvideos.com",
	YouPorn:  "youporn.com",
	YouTube: "youtube.com m.youtube.com music.youtube.com gaming.youtube.com youtube-nocookie.com " +
		"ytimg.com youtu.be i.ytimg.com img.youtube.com consent.youtube.com",
}

func TestHostsOfBeforeAreKnown(t *testing.T) {
	for p, hosts := range hostsOfBefore {
		for _, host := range strings.Fields(hosts) {
			for _, h := range []string{host, "www." + host} {
				if it, ok := Recognize("https://"+h+"/", time.Now()); !ok || it.Platform != p {
					t.Errorf("%s: %v %q, not %s", h, ok, it.Platform, p)
				}
			}
		}
	}
}

// Every platform that has a constant has a record, and the other way round.
func TestPlatformsHaveRecords(t *testing.T) {
	f, err := parser.ParseFile(gotoken.NewFileSet(), "platform.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var want []Platform
	ast.Inspect(f, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
			if typ, ok := spec.Type.(*ast.Ident); ok && typ.Name == "Platform" {
				s, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				want = append(want, Platform(s))
			}
		}
		return true
	})
	slices.Sort(want)
	if got := Platforms(); len(got) < 20 || !slices.Equal(got, want) {
		t.Errorf("records of %v, constants of %v", got, want)
	}
}
