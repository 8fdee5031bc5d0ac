package platform

var adultSites = []site{
	{
		platform: OnlyFans, hosts: []string{"onlyfans.com"}, family: []string{"onlyfans.com"},
		reserved: []string{"my", "help", "terms", "privacy", "dmca", "about", "contact", "posts", "login", "signup",
			"blog", "faq", "action", "settings", "files"},
		rules: []rule{
			{"/{post:number}/{account}", KindPost, "https://onlyfans.com/{post}/{account}"},
			{"/my/chats/chat/{conversation}", KindConversation, "https://onlyfans.com/my/chats/chat/{conversation}"},
			{"/{account}/media|photos|videos|likes|streams|archived/*", KindProfile, "https://onlyfans.com/{account}"},
			{"/{account}", KindProfile, "https://onlyfans.com/{account}"},
		},
	},
	{
		platform: Pornhub, hosts: []string{"pornhub.com", "pornhub.org", "m.pornhub.com", "pornhubpremium.com"},
		family: []string{"pornhub.com", "pornhub.org", "pornhubpremium.com", "phncdn.com"}, locales: true,
		fields: map[Field]string{FieldPost: "hexcode", FieldList: "number"},
		rules: []rule{
			{"/view_video.php?viewkey={post}", KindVideo, "https://www.pornhub.com/view_video.php?viewkey={post}"},
			{"/embed|shorties/{post}", KindVideo, "https://www.pornhub.com/view_video.php?viewkey={post}"},
			{"/photo/{post:number}", KindPhoto, "https://www.pornhub.com/photo/{post}"},
			{"/gif/{post:number}", KindPhoto, "https://www.pornhub.com/gif/{post}"},
			{"/album/{list}", KindAlbum, "https://www.pornhub.com/album/{list}"},
			{"/playlist/{list}", KindPlaylist, "https://www.pornhub.com/playlist/{list}"},
			{"/model/{account}/*", KindProfile, "https://www.pornhub.com/model/{account}"},
			{"/users/{account}/*", KindProfile, "https://www.pornhub.com/users/{account}"},
			{"/pornstar/{account}/*", KindProfile, "https://www.pornhub.com/pornstar/{account}"},
			{"/channels/{channel}/*", KindChannel, "https://www.pornhub.com/channels/{channel}"},
			{"/video|albums|gifs/search?search={query}", KindSearch, "https://www.pornhub.com/video/search?search={query}"},
		},
	},
	{
		platform: RedTube, hosts: []string{"redtube.com"}, family: []string{"redtube.com"}, locales: true,
		rules: []rule{
			{"/{post}", KindVideo, "https://www.redtube.com/{post}"},
			{"/?search={query}", KindSearch, "https://www.redtube.com/?search={query}"},
		},
	},
	{platform: RedTube, hosts: []string{"embed.redtube.com"},
		rules: []rule{{"/?id={post}", KindVideo, "https://www.redtube.com/{post}"}}},
	{
		platform: YouPorn, hosts: []string{"youporn.com"}, family: []string{"youporn.com"}, locales: true,
		rules: []rule{{"/watch|embed/{post}/*", KindVideo, "https://www.youporn.com/watch/{post}/"}},
	},
	{
		platform: Tube8, hosts: []string{"tube8.com"}, family: []string{"tube8.com"}, locales: true,
		rules: []rule{{"/porn-video/{post}/*", KindVideo, "https://www.tube8.com/porn-video/{post}/"}},
	},
	{
		platform: XHamster, hosts: []string{"xhamster.com", "m.xhamster.com", "xhamster.desi", "xhamster2.com", "xhamster3.com"},
		family:  []string{"xhamster.com", "xhamster.desi", "xhamster2.com", "xhamster3.com"},
		locales: true, fields: map[Field]string{FieldPost: "xh-post", FieldList: "number"},
		rules: []rule{
			{"/videos/*-{post}", KindVideo, "https://xhamster.com/videos/{_slug}-{post}"},
			{"/movies/{post:number}/{_}", KindVideo, ""},
			{"/embed/{post}", KindVideo, "https://xhamster.com/embed/{post}"},
			{"/xembed.php?video={post}", KindVideo, "https://xhamster.com/embed/{post}"},
			{"/photos/gallery/*-{list}", KindAlbum, "https://xhamster.com/photos/gallery/{_slug}-{list}"},
			{"/users/{account}/*", KindProfile, "https://xhamster.com/users/{account}"},
			{"/creators/{account}/*", KindProfile, "https://xhamster.com/creators/{account}"},
			{"/channels/{channel}/*", KindChannel, "https://xhamster.com/channels/{channel}"},
			{"/search/{query}", KindSearch, "https://xhamster.com/search/{query}"},
		},
	},
	{
		platform: XVideos, hosts: []string{"xvideos.com"}, family: []string{"xvideos.com"}, locales: true,
		fields: map[Field]string{FieldPost: "xh-post"},
		rules: []rule{
			{"/video.{post}/{_slug}", KindVideo, "https://www.xvideos.com/video.{post}/{_slug}"},
			{"/video{post:number}/{_slug}", KindVideo, "https://www.xvideos.com/video{post}/{_slug}"},
			{"/embedframe/{post}", KindVideo, "https://www.xvideos.com/embedframe/{post}"},
			{"/profiles/{account}", KindProfile, "https://www.xvideos.com/profiles/{account}"},
			{"/?k={query}", KindSearch, "https://www.xvideos.com/?k={query}"},
		},
	},
	{
		platform: XNXX, hosts: []string{"xnxx.com"}, family: []string{"xnxx.com"}, locales: true,
		fields: map[Field]string{FieldPost: "xh-post"},
		rules: []rule{
			{"/video-{post}/{_slug}", KindVideo, "https://www.xnxx.com/video-{post}/{_slug}"},
			{"/embedframe/{post}", KindVideo, "https://www.xnxx.com/embedframe/{post}"},
			{"/search/{query}", KindSearch, "https://www.xnxx.com/search/{query}"},
		},
	},
}

// googleDomains are the country domains of Google Search, after
// https://www.google.com/supported_domains. No other "google.<something>"
// counts, since anybody may register one in a new top-level domain.
const googleDomains = "com ad ae com.af com.ag al am co.ao com.ar as at com.au az ba com.bd be bf bg com.bh bi bj " +
	"com.bn com.bo com.br bs bt co.bw by com.bz ca cat cd cf cg ch ci co.ck cl cm cn com.co co.cr com.cu cv com.cy " +
	"cz de dj dk dm com.do dz com.ec ee com.eg es com.et fi com.fj fm fr ga ge gg com.gh com.gi gl gm gr com.gt gy " +
	"com.hk hn hr ht hu co.id ie co.il im co.in iq is it je com.jm jo co.jp co.ke com.kh ki kg co.kr com.kw kz la " +
	"com.lb li lk co.ls lt lu lv com.ly co.ma md me mg mk ml com.mm mn com.mt mu mv mw com.mx com.my co.mz com.na " +
	"com.ng com.ni ne nl no com.np nr nu co.nz com.om com.pa com.pe com.pg com.ph com.pk pl pn com.pr ps pt com.py " +
	"com.qa ro ru rw com.sa com.sb sc se com.sg sh si sk com.sl sn so sm sr st com.sv td tg co.th com.tj tl tm tn to " +
	"com.tr tt com.tw co.tz com.ua co.ug co.uk com.uy co.uz com.vc co.ve co.vi com.vn vu ws rs co.za co.zm co.zw"

var searchSites = []site{
	{
		platform: Google, hosts: []string{"google.*", "images.google.*"},
		rules: []rule{
			{"/imgres?imgrefurl={target}", KindSearchResult, ""},
			{"/url?q={target}", KindRedirect, ""},
			{"/url?url={target}", KindRedirect, ""},
			{"/sorry/index?continue={target}", KindRedirect, ""},
			{"/search?q={query}&udm=2", KindImageSearch, "https://www.{_domain}/search?q={query}&udm=2"},
			{"/search?q={query}&tbm=isch", KindImageSearch, "https://www.{_domain}/search?q={query}&udm=2"},
			{"/images?q={query}", KindImageSearch, "https://www.{_domain}/search?q={query}&udm=2"},
			{"/search?q={query}", KindSearch, "https://www.{_domain}/search?q={query}"},
			{"/searchbyimage/*?image_url={target}", KindRedirect, ""},
		},
	},
	{platform: Google, hosts: []string{"consent.google.*"},
		rules: []rule{{"/*?continue={target}", KindRedirect, ""}}},
	{platform: Google, hosts: []string{"lens.google.*"},
		rules: []rule{{"/search", KindImageSearch, ""}, {"/uploadbyurl?url={target}", KindRedirect, ""}}},
	{platform: Google, hosts: []string{"share.google", "images.app.goo.gl"},
		rules: []rule{{"/images/{code}", KindShortLink, ""}, {"/{code}", KindShortLink, ""}}},
	{
		platform: Bing, hosts: []string{"bing.com", "cn.bing.com", "m.bing.com"}, family: []string{"bing.com"},
		rules: []rule{
			{"/images/search?q={query}&mediaurl={target}", KindSearchResult, ""},
			{"/images/search?q={query}", KindImageSearch, "https://www.bing.com/images/search?q={query}"},
			{"/search?q={query}", KindSearch, "https://www.bing.com/search?q={query}"},
			{"/videos/search?q={query}", KindSearch, "https://www.bing.com/videos/search?q={query}"},
		},
	},
}
