package platform

import (
	"slices"
	"time"
)

// Platform is a stable lower-case id, for example "x"; see [Platform.Name].
type Platform string

// The platforms. Pornhub, RedTube, YouPorn and Tube8 belong to one company
// (Aylo) but are reported separately, so they stay apart.
const (
	Bing      Platform = "bing"
	Discord   Platform = "discord"
	Facebook  Platform = "facebook"
	Google    Platform = "google"
	Instagram Platform = "instagram"
	Messenger Platform = "messenger"
	OnlyFans  Platform = "onlyfans"
	Pornhub   Platform = "pornhub"
	Reddit    Platform = "reddit"
	RedTube   Platform = "redtube"
	Snapchat  Platform = "snapchat"
	Telegram  Platform = "telegram"
	Threads   Platform = "threads"
	TikTok    Platform = "tiktok"
	Tube8     Platform = "tube8"
	WhatsApp  Platform = "whatsapp"
	X         Platform = "x"
	XHamster  Platform = "xhamster"
	XNXX      Platform = "xnxx"
	XVideos   Platform = "xvideos"
	YouPorn   Platform = "youporn"
	YouTube   Platform = "youtube"
)

// Platforms returns every platform, ordered by id.
func Platforms() []Platform {
	var all []Platform
	for _, r := range records() {
		all = append(all, Platform(r.ID))
	}
	return all
}

// Name is the platform's own name, the same in every language; an unknown
// platform is named by its id.
func (p Platform) Name() string {
	for _, r := range records() {
		if r.ID == string(p) {
			return r.Name.Text
		}
	}
	return string(p)
}

// Kind is what an address points at, as far as the address alone tells.
type Kind string

const (
	KindPage         Kind = "page"               // on the platform, but of no shape known here
	KindProfile      Kind = "profile"            // a person's, page's or creator's own page
	KindHandle       Kind = "profile-or-channel" // a name that may be a person's, a channel's or a group's
	KindPost         Kind = "post"
	KindPhoto        Kind = "photo"
	KindVideo        Kind = "video"
	KindLive         Kind = "live"
	KindStory        Kind = "story"
	KindComment      Kind = "comment"
	KindMessage      Kind = "message"
	KindConversation Kind = "conversation" // private or group chat, or a thread of one
	KindChannel      Kind = "channel"
	KindGroup        Kind = "group" // group, community, subreddit
	KindServer       Kind = "server"
	KindAlbum        Kind = "album"
	KindPlaylist     Kind = "playlist"
	KindEvent        Kind = "event"
	KindListing      Kind = "listing" // something offered for sale
	KindFile         Kind = "file"    // the picture, video or attachment itself
	KindInvite       Kind = "invite"
	KindShortLink    Kind = "short-link" // leads elsewhere; where is known only by loading it
	KindRedirect     Kind = "redirect"   // names its destination: see [Item.Target]
	KindTag          Kind = "tag"
	KindMap          Kind = "map"
	KindSearch       Kind = "search"
	KindImageSearch  Kind = "image-search"
	KindSearchResult Kind = "search-result" // one result; [Item.Target] is the page or picture that was found
)

// Kinds returns every kind.
func Kinds() []Kind {
	return []Kind{
		KindPage, KindProfile, KindHandle, KindPost, KindPhoto, KindVideo, KindLive, KindStory,
		KindComment, KindMessage, KindConversation, KindChannel, KindGroup, KindServer, KindAlbum,
		KindPlaylist, KindEvent, KindListing, KindFile, KindInvite, KindShortLink, KindRedirect,
		KindTag, KindMap, KindSearch, KindImageSearch, KindSearchResult,
	}
}

// Field names one id in [Item.IDs].
type Field string

const (
	FieldAccount      Field = "account"    // the name in the address, without @
	FieldAccountID    Field = "account_id" // the platform's own number or code of the account
	FieldPhone        Field = "phone"      // digits only, country code first
	FieldPost         Field = "post"       // post, photo, video, story, live: the published thing
	FieldComment      Field = "comment"
	FieldReply        Field = "reply" // an answer to a comment
	FieldMessage      Field = "message"
	FieldConversation Field = "conversation"
	FieldTopic        Field = "topic" // thread or topic inside a channel
	FieldChannel      Field = "channel"
	FieldGroup        Field = "group"
	FieldServer       Field = "server"
	FieldFile         Field = "file"
	FieldList         Field = "list" // album or playlist
	FieldEvent        Field = "event"
	FieldListing      Field = "listing"
	FieldInvite       Field = "invite"
	FieldCode         Field = "code" // code of a short link
	FieldTag          Field = "tag"
	FieldPlace        Field = "place" // latitude and longitude, as written
	FieldQuery        Field = "query" // words searched for

	// FieldTarget stands in problems only; the destination is [Item.Target].
	FieldTarget Field = "target"
)

// Fields returns every field in the order in which people should read them.
func Fields() []Field {
	return []Field{
		FieldAccount, FieldAccountID, FieldPhone, FieldPost, FieldComment, FieldReply,
		FieldMessage, FieldConversation, FieldTopic, FieldChannel, FieldGroup, FieldServer,
		FieldFile, FieldList, FieldEvent, FieldListing, FieldInvite, FieldCode, FieldTag,
		FieldPlace, FieldQuery, FieldTarget,
	}
}

// Reason says why an id, or the time it may carry, was not taken.
type Reason string

const (
	ReasonCharacters Reason = "characters"        // holds characters that such an id never has
	ReasonLength     Reason = "length"            // too short or too long: perhaps not copied to its end
	ReasonRange      Reason = "range"             // a number larger than such an id can be
	ReasonForm       Reason = "form"              // not the shape of such an id
	ReasonOlder      Reason = "older-than-holder" // of an earlier time than the channel or server in which it stands
	ReasonOldScheme  Reason = "before-scheme"     // made before the platform's ids carried a time
	ReasonTooEarly   Reason = "too-early"         // the time would lie before the platform existed
	ReasonTooLate    Reason = "too-late"          // the time would lie after now and one day
	ReasonNoTime     Reason = "no-time"           // ids of this sort carry no time, or none that is known to be right
)

// Reasons returns every reason.
func Reasons() []Reason {
	return []Reason{
		ReasonCharacters, ReasonLength, ReasonRange, ReasonForm, ReasonOlder,
		ReasonOldScheme, ReasonTooEarly, ReasonTooLate, ReasonNoTime,
	}
}

// Problem is an id that stands where one is expected but has the wrong form.
type Problem struct {
	Field  Field  `json:"field"`
	Value  string `json:"value"` // cleaned and cut, for showing only
	Reason Reason `json:"reason"`
}

// BasisID is the only basis of an [IDTime]: computed from an id, shown by nobody.
const BasisID = "derived-from-id"

// IDTime is the moment at which a platform made an id, computed from the id.
// It is not the time shown on the page: Instagram, Threads and TikTok make the
// id when the upload begins, seconds to minutes before publication, and longer
// for drafts and scheduled posts.
type IDTime struct {
	Time      time.Time     `json:"time"` // UTC
	Precision time.Duration `json:"precision_ns"`
	Basis     string        `json:"basis"` // always [BasisID]
	Field     Field         `json:"field"` // the id it was read from
	Rule      string        `json:"rule"`  // the arithmetic, for an expert: in signs, whatever the language
	Source    string        `json:"source"`
}

// Item is what an address says.
type Item struct {
	Platform Platform `json:"platform"`
	Kind     Kind     `json:"kind"`

	// IDs are strings, never numbers: many exceed what JavaScript and
	// spreadsheets hold exactly. Every value has passed the form check of its
	// field. The account is what stands in the address; X and TikTok show a
	// post whatever name stands before its number.
	IDs map[Field]string `json:"ids,omitempty"`

	// Permalink is the same thing's address without tracking parameters, or
	// empty if it cannot be known without loading something.
	Permalink string `json:"permalink,omitempty"`

	// Target is the address that a redirect, a login wall or a search result
	// names as its destination. Hostile input: judge it by another [Recognize].
	Target string `json:"target,omitempty"`

	// Time is the time that the thing's own id carries, or nil.
	Time *IDTime `json:"time,omitempty"`

	// NoTime says why Time is nil although the thing has an id.
	NoTime Reason `json:"no_time,omitempty"`

	Problems []Problem `json:"problems,omitempty"`
}

// ownFields are the ids that name the thing itself, the best first.
func ownFields(k Kind) []Field {
	switch k {
	case KindProfile, KindHandle:
		return []Field{FieldAccountID, FieldAccount, FieldPhone}
	case KindPost, KindPhoto, KindVideo, KindLive, KindStory:
		return []Field{FieldPost, FieldAccountID, FieldAccount}
	case KindComment:
		return []Field{FieldReply, FieldComment}
	case KindMessage:
		return []Field{FieldMessage}
	case KindConversation:
		return []Field{FieldTopic, FieldConversation, FieldChannel, FieldAccount}
	case KindChannel:
		return []Field{FieldChannel}
	case KindGroup:
		return []Field{FieldGroup}
	case KindServer:
		return []Field{FieldServer}
	case KindAlbum, KindPlaylist:
		return []Field{FieldList}
	case KindEvent:
		return []Field{FieldEvent}
	case KindListing:
		return []Field{FieldListing, FieldPhone}
	case KindFile:
		return []Field{FieldFile, FieldPost}
	case KindInvite:
		return []Field{FieldInvite, FieldCode}
	case KindShortLink:
		return []Field{FieldCode}
	case KindTag:
		return []Field{FieldTag}
	case KindMap:
		return []Field{FieldPlace, FieldPost}
	case KindSearch, KindImageSearch, KindSearchResult:
		return []Field{FieldQuery}
	}
	return nil
}

// Own returns the field and value of the id that names the thing itself: the
// message of a message, the post of a post. It is empty if there is none.
func (it Item) Own() (Field, string) {
	for _, f := range ownFields(it.Kind) {
		if v := it.IDs[f]; v != "" {
			return f, v
		}
	}
	return "", ""
}

// ownIsWrong reports whether the thing's own id stood in the address, but not as one, so that Own
// has another one to name.
func (it Item) ownIsWrong(found Field) bool {
	for _, f := range ownFields(it.Kind) {
		if f == found {
			return false
		}
		for _, p := range it.Problems {
			if p.Field == f {
				return true
			}
		}
	}
	return false
}

// Labels returns the stable names of everything here that people read in
// their language, as "kind.post", "field.message", "reason.length",
// "basis.derived-from-id". Platforms are not among them: see [Platform.Name].
func Labels() []string {
	out := []string{"basis." + BasisID}
	for _, k := range Kinds() {
		out = append(out, "kind."+string(k))
	}
	for _, f := range Fields() {
		out = append(out, "field."+string(f))
	}
	for _, r := range Reasons() {
		out = append(out, "reason."+string(r))
	}
	slices.Sort(out)
	return out
}
