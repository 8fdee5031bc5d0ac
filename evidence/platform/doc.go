// Package platform says from an address alone on which platform something
// stands, what sort of thing it is, which ids the address carries, and which
// time such an id itself carries.
//
// # What it does
//
// [Recognize] takes an address as a person pasted it and returns an [Item]:
// platform, kind, ids, a permalink without tracking parameters, the
// destination of a redirect or login wall, and the time derived from the
// thing's own id. [CheckID] and [TimeOf] do the same for an id that a person
// typed, for example the Discord user id that stands in no address.
//
// # How to use it
//
//	it, ok := platform.Recognize("https://discord.com/channels/…/…/…", clock.Now())
//	it.IDs[platform.FieldMessage] // a string, never a number
//	it.Time                       // nil, or when the id was made
//
// A [Problem] is an id that stands where one belongs and has the wrong form,
// most often because the address was not copied to its end; say so to the
// person while the page can still be opened. A wider shape that merely swallows
// such an id does not hide it. On Discord a message is not older than its
// channel, nor a channel than its server. [Trim] and [Unwrap] take off what was
// copied along with an address. [Labels] lists the stable names
// that need words; [Platform.Name] needs none. The constants are stored in
// exhibits: they are added to, never renamed.
//
// # What it promises
//
// Nothing is loaded, looked up or remembered; functions are pure and safe for concurrent use. Input
// is taken as hostile: addresses over 8,192 bytes, with a user name, a backslash, white space or
// control characters inside, with a port other than 80 and 443, of numeric, punycode or non-ASCII
// hosts are not recognised, so neither faceb00k.com nor facebook.com.evil.example nor
// x.com@evil.example is a platform. Of links that open an app (tg:, whatsapp:, discord: and so on)
// those are read that name a thing by its id. Every value in [Item.IDs] has passed the form check
// of its field: Discord's ids have 17 to 19 digits and fit in 63 bits, YouTube's videos 11
// characters, and so on. A parameter that stands twice with different values counts as absent. A
// permalink is recognised as the same thing, with the same permalink.
//
// # Time derived from ids
//
// Shown as derived, never as the time on the page. It is refused, with a
// [Reason], before the platform existed, after now and one day, and for ids
// older than the scheme.
//
//	Discord    (id >> 22) + 1420070400000 ms   any id
//	           https://discord.com/developers/docs/reference#snowflakes
//	X          (id >> 22) + 1288834974657 ms   posts since November 2010
//	           https://docs.x.com/resources/fundamentals/x-ids
//	           https://ws-dl.blogspot.com/2019/08/2019-08-03-tweetedat-finding-tweet.html
//	TikTok     id >> 32 seconds                videos and photos
//	           https://arxiv.org/abs/2504.13279
//	Instagram  (id >> 23) + 1314220021721 ms   posts, reels, stories
//	           https://instagram-engineering.com/sharding-ids-at-instagram-1cf5a71e5a5c
//	           https://ws-dl.blogspot.com/2021/02/2021-02-20-creation-time-and-published.html
//	Threads    as Instagram                    posts
//
// Instagram published the layout but not its epoch; 1314220021721 is what
// others measured. Compared with the times shown on known posts it gives half a
// second for a post of 2013, and 32 seconds to 8 minutes before publication for
// videos of 2018 (Instagram), 2024 and 2025 (Threads): the id is made when the
// upload begins. TikTok's is up to a minute early in published samples, and
// drafts may lie longer in all three.
//
// # What it does not do
//
// It cannot tell who owns an account, whether a thing exists, where a short
// link leads, or whether the account in an address published the post: X and
// TikTok show a post under whatever name stands before its number. It gives no
// time where the arithmetic is not published or measured to be wrong: X
// account ids (which since 2019 differ from the account's own date), TikTok
// account ids, Pornhub view keys, and the ids of Facebook, YouTube, Reddit,
// Telegram, WhatsApp and Snapchat. Front ends of third parties (nitter and the
// like) are not the platform.
//
// Hosts, shapes of addresses and the forms of their ids are data: assets/platforms, one record a
// platform; how a shape is written is described at [rule]. Compared with public sources, November
// 2026, were only the rules of Telegram's links (https://core.telegram.org/api/links), addresses of
// Facebook, Instagram and Threads, and attachments of Discord. Many other address shapes rest on
// general knowledge and were compared with nothing. All change without notice: an unknown shape on
// a known host is a [KindPage].
package platform
