package platform

// sites is every host known here. The rules of a host are tried in order.
var sites = concat(
	facebookSites, instagramSites, whatsappSites,
	snapchatSites, discordSites, telegramSites,
	youtubeSites, tiktokSites, xSites, redditSites,
	adultSites, searchSites,
)

func concat(lists ...[]site) []site {
	var out []site
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// published are the kinds on which people comment.
var published = []Kind{KindPost, KindPhoto, KindVideo, KindComment}
