package record

// Codes of [evidence.Problem] that a capture can have. They are stable; words
// for people are in the translations. The comment says what Detail holds.
const (
	ProblemLoadTimeout     = "load-timeout"       // the load event did not come: seconds waited
	ProblemIncomplete      = "document-cut-off"   // the document itself broke off: browser's code
	ProblemResourceFailed  = "resource-failed"    // pictures, styles, fonts or frames missing: count and codes
	ProblemHTTPStatus      = "http-status"        // the server answered with an error: status
	ProblemErrorPage       = "browser-error-page" // an empty answer; the browser shows its own page: browser's code
	ProblemDialog          = "dialog"             // the page opened a dialog, which was dismissed: kind and text
	ProblemPopup           = "popup"              // the page opened a window, which was closed: address
	ProblemDownload        = "download"           // the page began a download, which was refused: name and address
	ProblemProgram         = "program"            // the page wanted to start another program, which was refused: address
	ProblemViewer          = "viewer"             // the address leads to a file, of which the browser shows a part in a viewer of its own: media type
	ProblemOneColour       = "one-colour"         // the tiles show nothing but one colour, and the first view did: tiles
	ProblemScriptStopped   = "script-stopped"     // a script kept the page busy and was stopped: at which step
	ProblemCut             = "cut"                // the picture ends before the page: "cut at N px of M px"
	ProblemCutWidth        = "cut-width"          // the same for the width
	ProblemScrollStopped   = "scroll-stopped"     // scrolling ended before the page did: why, steps and pixels
	ProblemPaneCut         = "pane-cut"           // the pictures of a pane, or of a page in steps, do not hold all of it: which, and how far
	ProblemPanesLeft       = "panes-left-out"     // more panes than are pictured: N of M
	ProblemRecognised      = "recognised"         // the page is not what was asked for; the outcome says what it is: by what it was recognised
	ProblemOverlayClosed   = "overlay-closed"     // a consent overlay was refused after everything was recorded, and the page pictured once more: button, tiles
	ProblemOverlayStays    = "overlay-stays"      // refusing a consent overlay did not close it: button
	ProblemUncoveredCut    = "uncovered-cut"      // the second pictures do not hold the whole page: tiles and why
	ProblemNoFullPage      = "no-full-page"       // only the first view, or only the upper tiles: why
	ProblemWayCut          = "way-cut"            // the way to the page has more or longer addresses than the manifest takes; headers.json has all: what was cut
	ProblemChanged         = "page-changed"       // size, zoom, window or address changed while pictures were taken: from, to
	ProblemNoText          = "no-text"            // page.txt is missing: why
	ProblemTextCut         = "text-cut"           // page.txt or page-not-visible.txt lacks text: characters kept, or the number of parts, closed elements, frames or steps that were not read
	ProblemNoMHTML         = "no-mhtml"           // page.mhtml is missing: why
	ProblemMHTMLLeftOut    = "mhtml-left-out"     // the browser would write it to a disk unencrypted; the record is no less complete
	ProblemNoHeaders       = "no-headers"         // headers.json is missing or not the raw headers: why
	ProblemChainsLeft      = "chains-left-out"    // the chains of some other hosts are missing: how many of how many, which
	ProblemNoCertificate   = "no-certificate"     // tls-chain.pem is missing: why
	ProblemPageCrashed     = "page-crashed"       // the process that showed the page ended
	ProblemBrowserGone     = "browser-gone"       // the browser ended during the record
	ProblemDatedIncomplete = "dated-incomplete"   // the dated copy does not hold every tile: pixels held
	ProblemWholeTimeout    = "whole-timeout"      // the limit for the whole capture ended it: seconds
	ProblemLoadedBefore    = "loaded-before"      // a window's page had loaded before we listened: what is not known
	ProblemNoWACZ          = "no-wacz"            // page.wacz is missing: why
	ProblemWACZLeftOut     = "wacz-left-out"      // a window's page had loaded before it was kept; the record is no less complete
	ProblemWACZIncomplete  = "wacz-incomplete"    // what page.wacz lacks of what the page loaded: count and reasons
	ProblemStreams         = "streams"            // streams of which page.wacz holds what had come, and web sockets, of which it holds nothing: count
	ProblemFilmsCut        = "films-cut"          // films and sounds of which page.wacz does not hold all: how many of how many, and of each the bytes had of the bytes promised
	ProblemSignInOver      = "sign-in-over"       // a dialogue that asks to sign in lies over the page: pixels of the page below it that the window cannot be scrolled to
	ProblemFolded          = "folded"             // places of the page that offer to show more, which nobody clicked: how many
	ProblemFramesMore      = "frames-scroll"      // frames of other sites that scroll by themselves and were not scrolled: how many, pixels shown of pixels they hold
	ProblemCovered         = "covered"            // rows of the page that lie under a bar or a dialogue in every picture: pixels
	ProblemFileCut         = "file-cut"           // the file that the address leads to is not kept whole: bytes of bytes, or why
	ProblemFaint           = "faint"              // parts of the page that fade as one scrolls, and are at full strength in no picture: how many
	ProblemFolderStays     = "folder-stays"       // the private folder could not be removed yet
)

// Items of the checklist of preconditions, after NF Z67-147; stable. Those of this device itself are in
// package [constat/capture/device].
const (
	ItemFreshProfile   = "fresh-profile"   // a new browser profile, private browsing
	ItemEmptyCache     = "empty-cache"     // no cache, cookies or history from before
	ItemFirstPage      = "first-page"      // the page was the first one this browser visited
	ItemVersions       = "versions"        // exact versions of browser and system are recorded
	ItemClock          = "clock"           // the device's clock against the server's
	ItemTimeServer     = "time-server"     // the device's clock against a time server (NTP), where one is to be asked
	ItemStartEnd       = "start-end"       // start and end are recorded
	ItemRemoteAddress  = "remote-address"  // the server's IP address is recorded
	ItemByLink         = "reached-by-link" // the address was entered, not reached by links
	ItemSandbox        = "sandbox"         // the browser's sandbox is on
	ItemScrolled       = "scrolled"        // the page was scrolled to load late content
	ItemNameAnswer     = "name-answer"     // what the name servers answered: the browser does not tell
	ItemFilmStills     = "film-stills"     // stills of films were asked for: how many, each so many seconds, by which browser
	ItemAskedAgain     = "asked-again"     // nothing was asked for beside what the page asks for by itself
	ItemOwnView        = "own-view"        // the browser showed itself as what it is, not as a phone
	ItemLocalAddresses = "local-addresses" // the device's own addresses: never recorded
	ItemNetworkCapture = "network-capture" // a packet capture ran
)
