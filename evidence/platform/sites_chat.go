package platform

var discordFields = map[Field]string{FieldServer: "snowflake", FieldChannel: "snowflake", FieldMessage: "snowflake",
	FieldTopic: "snowflake", FieldAccountID: "snowflake", FieldEvent: "snowflake", FieldFile: "snowflake",
	FieldInvite: "dc-invite"}

var discordSites = []site{
	{
		platform: Discord,
		hosts: []string{"discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com",
			"ptb.discordapp.com", "canary.discordapp.com"},
		family: []string{"discord.com", "discordapp.com", "discord.gg"},
		fields: discordFields,
		rules: []rule{
			{"/login?redirect_to={target}", KindRedirect, ""},
			{"/channels/@me/{channel}/{message}", KindMessage, "https://discord.com/channels/@me/{channel}/{message}"},
			{"/channels/@me/{channel}", KindConversation, "https://discord.com/channels/@me/{channel}"},
			{"/channels/@me", KindPage, ""},
			{"/channels/{server}/{channel}/threads/{topic}/{message}", KindMessage, "https://discord.com/channels/{server}/{topic}/{message}"},
			{"/channels/{server}/{channel}/threads/{topic}", KindConversation, "https://discord.com/channels/{server}/{channel}/threads/{topic}"},
			{"/channels/{server}/@home|customize-community|shop|role-subscriptions|channel-browser|member-safety/*", KindServer, "https://discord.com/channels/{server}"},
			{"/channels/{server}/{channel}/{message}", KindMessage, "https://discord.com/channels/{server}/{channel}/{message}"},
			{"/channels/{server}/{channel}", KindChannel, "https://discord.com/channels/{server}/{channel}"},
			{"/channels/{server}", KindServer, "https://discord.com/channels/{server}"},
			{"/users/{account_id}", KindProfile, "https://discord.com/users/{account_id}"},
			{"/events/{server}/{event}/*", KindEvent, "https://discord.com/events/{server}/{event}"},
			{"/servers/*-{server}", KindServer, "https://discord.com/channels/{server}"},
			{"/invite/{invite}", KindInvite, "https://discord.com/invite/{invite}"},
		},
	},
	{platform: Discord, hosts: []string{"discord.gg"}, fields: discordFields,
		rules: []rule{{"/{invite}", KindInvite, "https://discord.com/invite/{invite}"}}},
	{
		// No permalinks: since December 2023 such a file opens only with the
		// signature and expiry that stand in the address.
		platform: Discord, hosts: []string{"cdn.discordapp.com", "media.discordapp.net"},
		family: []string{"discordapp.net"}, fields: discordFields,
		rules: []rule{
			{"/attachments|ephemeral-attachments/{channel}/{file}/*", KindFile, ""},
			{"/avatars|banners/{account_id}/*", KindProfile, "https://discord.com/users/{account_id}"},
			{"/guilds/{server}/users/{account_id}/*", KindProfile, "https://discord.com/users/{account_id}"},
			{"/icons|splashes|discovery-splashes/{server}/*", KindServer, "https://discord.com/channels/{server}"},
		},
	},
}

// telegramWords: https://core.telegram.org/api/links, and single letters.
var telegramWords = []string{"a", "addemoji", "addlist", "addstickers", "addstyle", "addtheme", "auction",
	"auth", "bg", "boost", "c", "call", "confirmphone", "contact", "giftcode", "invoice", "iv", "joinchat", "k",
	"login", "m", "msg", "nft", "proxy", "s", "setlanguage", "share", "socks", "web", "www", "z"}

var telegramSites = []site{
	{
		platform: Telegram, hosts: []string{"t.me", "telegram.me", "telegram.dog"}, named: true,
		fields: map[Field]string{FieldAccount: "tg-name", FieldChannel: "tg-name", FieldPost: "number63",
			FieldMessage: "number63", FieldTopic: "number63", FieldComment: "number63", FieldInvite: "tg-invite"},
		reserved: telegramWords,
		rules: []rule{
			{"/share|msg|iv/*?url={target}", KindRedirect, ""},
			{"/c/{channel:number63}/{message}", KindMessage, "https://t.me/c/{channel}/{message}"},
			{"/c/{channel:number63}/{topic}/{message}", KindMessage, "https://t.me/c/{channel}/{topic}/{message}"},
			{"/c/{channel:number63}", KindChannel, ""},
			{"/s/{channel}/{message}", KindMessage, "https://t.me/{channel}/{message}"},
			{"/s/{channel}", KindChannel, "https://t.me/s/{channel}"},
			{"/+{phone}", KindProfile, "https://t.me/+{phone}"},
			{"/+{invite}", KindInvite, "https://t.me/+{invite}"},
			{"/joinchat/{invite}", KindInvite, "https://t.me/+{invite}"},
			{"/addlist/{invite}", KindInvite, "https://t.me/addlist/{invite}"},
			{"/{account}/s/{post}", KindStory, "https://t.me/{account}/s/{post}"},
			{"/{channel}/{message}", KindMessage, "https://t.me/{channel}/{message}"},
			{"/{channel}/{topic}/{message}", KindMessage, "https://t.me/{channel}/{topic}/{message}"},
			{"/{account}", KindHandle, "https://t.me/{account}"},
		},
		extras: []extra{{"comment", FieldComment, "number63", KindComment, []Kind{KindMessage}}},
	},
	{
		platform: Telegram, hosts: []string{"web.telegram.org", "webk.telegram.org", "weba.telegram.org"},
		family: []string{"telegram.org", "t.me"},
		fields: map[Field]string{FieldAccount: "tg-name", FieldConversation: "tg-chat"},
		rules: []rule{
			{"/a|k|z#@{account}", KindHandle, "https://t.me/{account}"},
			{"/a|k|z#{conversation}", KindConversation, "https://web.telegram.org/a/#{conversation}"},
			{"/#@{account}", KindHandle, "https://t.me/{account}"},
		},
	},
}

var snapchatSites = []site{
	{
		platform: Snapchat, hosts: []string{"snapchat.com"}, family: []string{"snapchat.com"},
		fields: map[Field]string{FieldAccount: "sc-account", FieldPost: "code"},
		rules: []rule{
			{"/add/{account}/*", KindProfile, "https://www.snapchat.com/add/{account}"},
			{"/@{account}/spotlight/{post}", KindVideo, "https://www.snapchat.com/spotlight/{post}"},
			{"/@{account}/*", KindProfile, "https://www.snapchat.com/add/{account}"},
			{"/p/{account_id:uuid}/{post}/*", KindStory, "https://www.snapchat.com/p/{account_id}/{post}"},
			{"/p/{account_id:uuid}", KindProfile, "https://www.snapchat.com/p/{account_id}"},
			{"/spotlight/{post}", KindVideo, "https://www.snapchat.com/spotlight/{post}"},
			{"/t/{code}", KindShortLink, ""},
			{"/web/{conversation:uuid}", KindConversation, "https://www.snapchat.com/web/{conversation}"},
			{"/map", KindMap, ""},
		},
	},
	{platform: Snapchat, hosts: []string{"t.snapchat.com"}, rules: []rule{{"/{code}", KindShortLink, ""}}},
	{
		platform: Snapchat, hosts: []string{"web.snapchat.com"},
		rules: []rule{{"/{conversation:uuid}", KindConversation, "https://www.snapchat.com/web/{conversation}"}},
	},
	{
		platform: Snapchat, hosts: []string{"story.snapchat.com"},
		fields: map[Field]string{FieldAccount: "sc-account", FieldPost: "code"},
		rules: []rule{
			{"/p/{account_id:uuid}/{post}/*", KindStory, "https://story.snapchat.com/p/{account_id}/{post}"},
			{"/@{account}/*", KindProfile, "https://www.snapchat.com/add/{account}"},
			{"/s|o/{post:long}/*", KindStory, ""},
		},
	},
	{
		platform: Snapchat, hosts: []string{"map.snapchat.com"}, fields: map[Field]string{FieldPost: "long"},
		rules: []rule{
			{"/ttp/snap/{post}/@{place}", KindMap, "https://map.snapchat.com/ttp/snap/{post}/@{place}"},
			{"/ttp/snap/{post}/*", KindMap, ""},
			{"/@{place}", KindMap, "https://map.snapchat.com/@{place}"},
		},
	},
}
