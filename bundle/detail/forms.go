package detail

// This file reads manifests of before there were values, and nothing is added to it: see [fromValues].

// form is one way in which a detail was written. In a slot {kind:Name} stands what varies; its
// words have a placeholder of that name. The kinds are those of [kinds], "count" for a number that
// decides between singular and plural, or a name of [parts] for something that has forms of its
// own; "list" before it stands for several of those. Without a key the words are those of the slot.
// The first form that fits counts.
type form struct{ english, key string }

// forms lists them by problem, precondition and source of the clock. What is not here was
// the same in every language: an address, a code, a version.
func forms() map[string][]form {
	why := []form{{"{why:Why}", ""}}
	cut := []form{{"cut at {n:N} px of {n:Whole} px", "detail.cut"}}
	seconds := []form{{"{n:N} s", "detail.after"}}
	more := []form{{"more than {n:N}", "detail.more-than"}}
	tiles := []form{{"{count:N} tiles: {why:Why}", "detail.pictures-why"}}
	button := []form{{"{quoted:Button} ({s:Vendor})", "detail.button-of"}, {"{quoted:Button}", "detail.button"}}
	window := form{"window", "detail.window"}
	all := map[string][]form{
		"problem.load-timeout":  seconds,
		"problem.whole-timeout": seconds,
		"problem.resource-failed": {
			{"{n:N}: {list missing:List}", "detail.list"},
		},
		"problem.dialog": {
			{"alert: {s:Text}", "detail.dialog-message"},
			{"confirm: {s:Text}", "detail.dialog-question"},
			{"prompt: {s:Text}", "detail.dialog-entry"},
			{"beforeunload: {s:Text}", "detail.dialog-leaving"},
		},
		"problem.popup":      more,
		"problem.download":   more,
		"problem.program":    more,
		"problem.one-colour": {{"{count:N} tiles", "detail.pictures"}},
		"problem.script-stopped": {
			{"more than {n:N} dialogs", "detail.dialogs"},
			{"the page did not answer", "detail.no-answer"},
			{"picture not delivered after {n:N} s", "detail.no-picture"},
			{"the page was held back from going on to another", "detail.held"},
		},
		"problem.cut":            cut,
		"problem.cut-width":      cut,
		"problem.scroll-stopped": scrolled(),
		"problem.pane-cut":       {{"{name:Name}: {pane:Why}", "detail.named"}},
		"problem.panes-left-out": {{"{n:N} of {n:Of}", "detail.panes"}},
		"problem.recognised": {
			{"human check {tag:Lang}: {quoted:Text}", "detail.human-check"},
			{"title {tag:Lang}: {quoted:Text}, password field", "detail.sign-in-title"},
			{"sent to an address with {s:Word}, password field", "detail.sent-to"},
			{"frame of {s:Host}", "detail.frame-of"},
			{"{s:Site} {tag:Lang}: {quoted:Text}", "detail.site-says"},
			{"{s:Site} address {s:Path}", "detail.site-address"},
		},
		"problem.overlay-closed": {
			{"{quoted:Button} ({s:Vendor}), {count:N} tiles", "detail.button-of-pictures"},
			{"{quoted:Button}, {count:N} tiles", "detail.button-pictures"},
		},
		"problem.overlay-stays": button,
		"problem.uncovered-cut": tiles,
		"problem.no-full-page":  tiles,
		"problem.way-cut": {
			{"{n:N} of {n:Of} steps, {n:Addresses} addresses cut at {n:Bytes} bytes", "detail.way-both"},
			{"{n:N} of {n:Of} steps", "detail.way-steps"},
			{"{count:N} addresses cut at {n:Bytes} bytes", "detail.way-addresses"},
		},
		"problem.page-changed": {
			{"{n:W} × {n:H} px, then {n:ThenW} × {n:ThenH} px", "detail.size-changed"},
			{"the page loaded again", "detail.loaded-again"},
			{"zoom of {n:N} %, then {n:Then} %", "detail.zoom-changed"},
			{"window of {n:W} × {n:H} px, then {n:ThenW} × {n:ThenH} px", "detail.window-changed"},
		},
		"problem.no-text":        why,
		"problem.text-cut":       {{"{n:N} of {n:Of} characters", "detail.characters"}},
		"problem.no-mhtml":       append([]form{{"page of {n:N} bytes", "detail.page-bytes"}}, why...),
		"problem.no-certificate": why,
		"problem.no-wacz":        why,
		"problem.chains-left-out": {
			{"only the first {n:N} hosts", "detail.first-hosts"},
			{"{n:N} of {n:Of} hosts: {s:List}", "detail.hosts"},
		},
		"problem.dated-incomplete": {{"{n:N} px", "detail.pixels"}},
		"problem.loaded-before":    {{"status, headers, remote address, TLS", "detail.not-known-before"}},
		"problem.wacz-incomplete":  {{"{n:N}: {list gap:List}", "detail.list"}},
		"problem.streams":          {{"{n:Streams} × streams, {n:Sockets} × web sockets", "detail.streams"}},

		"problem.import-fact-cut":     {{"more than {n:N} facts", "detail.facts"}},
		"problem.import-size-changed": {{"announced {n:N} bytes, read {n:Read}", "detail.announced"}},
		"problem.import-hidden-characters": {
			{"{name:File}: part {name:Part}: {escaped:Name}", "detail.part-name"},
		},
		"problem.import-container-damaged": {{"{name:File}: {damage:Why}", "detail.file-why"}},
		"problem.import-exif-unreadable":   {{"{name:File}: {damage:Why}", "detail.file-why"}},
		"problem.import-mail-header": {
			{"{name:File}: {n:N} times {s:Field}", "detail.mail-double"},
			{"{name:File}: does not end within {n:N} bytes", "detail.mail-endless"},
			{"{name:File}: {count:N} lines are no fields", "detail.mail-lines"},
			{"{name:File}: {damage:Why}", "detail.file-why"},
		},
		"problem.import-mail-part": {{"{name:File}: part {name:Part}: {damage:Why}", "detail.mail-part"}},
		"problem.import-mail-limit": {
			{"{name:File}: more than {n:N} parts", "detail.mail-parts"},
			{"{name:File}: part {s:Part} lies deeper than {n:N}", "detail.mail-deep"},
		},
		"problem.import-zip-unreadable": {{"{name:File}: {damage:Why}", "detail.file-why"}},
		"problem.import-zip-entry": {
			{"{escaped:File}: method {n:N}", "detail.zip-method"},
			{"{escaped:File}: {damage:Why}", "detail.file-why"},
		},
		"problem.import-zip-limit": {
			{"{name:File}: {count:N} entries beyond {n:Max} bytes", "detail.zip-bytes"},
			{"{name:File}: {count:N} entries beyond {n:Max}", "detail.zip-entries"},
			{"{escaped:File}: {n:N} bytes out of {n:Packed}", "detail.zip-ratio"},
		},
		"problem.import-chat-text": {
			{"{name:File}: not UTF-8", "detail.chat-utf8"},
			{"{name:File}: listed up to {n:N} of {n:Of} bytes", "detail.chat-listed"},
			{"{name:File}: {count:N} messages longer than {n:Max} bytes", "detail.chat-long"},
		},

		"precondition.fresh-profile": {
			{"browser started for this capture at {at:At}", "detail.started"},
			{"browser started ahead for one capture, at {at:At}", "detail.started-ahead"},
			{"browser started for this window at {at:At}", "detail.started-window"},
		},
		"precondition.empty-cache": {
			{"off the record, {count:N} cookies", "detail.cookies"},
			{"off the record; what came since the window was opened", "detail.since-opened"},
		},
		"precondition.first-page":      {{"{count:N} other pages open", "detail.other-pages"}, window},
		"precondition.no-proxy":        {{"environment", "detail.environment"}},
		"precondition.reached-by-link": {{"address entered", "detail.entered"}, window},
		"precondition.scrolled":        scrolled(),
		"precondition.name-answer": {
			{"{answer:Why}; address as used: {s:Address}", "detail.address-used"},
			{"{answer:Why}", ""},
		},
		"precondition.own-view": {{"phone view: user agent, touch and metrics; {s:Agent}", "detail.phone"}},
		"precondition.clock":    {{"{f:N} s to the server's Date", "detail.to-date"}},
		"precondition.time-server": {
			{"none was to be asked", "detail.none-asked"},
			{"this system names no time server that could be asked", "detail.none-named"},
			{"no answer before the end", "detail.none-answered"},
			{"{f:N} s to system's own: {s:Server}, stratum {n:Stratum}, round trip {n:Ms} ms", "detail.to-own-server"},
			{"system's own: {s:Why}", "detail.own-why"},
			{"{f:N} s to {s:Server}, stratum {n:Stratum}, round trip {n:Ms} ms", "detail.to-server"},
		},
		"precondition.clock-kept": {
			{"adjtimex: not synchronised", "detail.not-synchronised"},
			{"adjtimex: within {f:N} s by its own estimate", "detail.synchronised"},
		},

		"clock.http-date": {
			{"Age: {n:N}", "detail.age"},
			{"Age: {s:Age}", "detail.age-other"},
		},
		"clock.ntp": {
			{"system's own: {s:Server}, stratum {n:Stratum}, round trip {n:Ms} ms", "detail.own-server"},
			{"{s:Server}, stratum {n:Stratum}, round trip {n:Ms} ms", "detail.server"},
		},
	}
	for _, code := range []string{"empty", "size-changed", "changed", "hidden-characters", "fact-cut", "exif-unreadable", "container-damaged", "mail-header",
		"mail-part", "mail-limit", "zip-unreadable", "zip-entry", "zip-encrypted", "zip-name", "zip-double", "zip-limit", "chat-text"} {
		code = "problem.import-" + code
		all[code] = append(all[code], form{"and more", "detail.and-more"})
	}
	return all
}

// scrolled are the forms of how far scrolling went.
func scrolled() []form {
	return []form{
		{"{scroll:Why}: {count:N} steps, {n:Reached} px, page of {n:Before} px became {n:After} px", "detail.steps-grown"},
		{"{scroll:Why}: {count:N} steps, {n:Reached} px", "detail.steps"},
		{"{scroll:Why}", ""},
	}
}

// parts are forms of what stands in a slot. What has none of them stands there as it is.
func parts() map[string][]form {
	why := []form{
		{"the browser ended", "detail.browser-ended"},
		{"the page's process ended", "problem.page-crashed"},
		{"nothing came", "detail.nothing-came"},
		{"context deadline exceeded", "detail.deadline"},
		{"the page gave way to another: context deadline exceeded", "detail.gave-way"},
		{"capture: question to the page: no answer", "detail.no-answer"},
		{"capture: question to the page: {s:Text}", "detail.bad-answer"},
		{"not a usable PNG: {n:W} × {n:H} pixels instead of {n:ForW} × {n:ForH}", "detail.wrong-size"},
		{"not a usable PNG: {s:Text}", "detail.bad-picture"},
		{"{n:N} of {n:Of} pictures", "detail.pictures-of"},
		{"certificate {n:N} is not readable", "detail.bad-certificate"},
	}
	return map[string][]form{
		"why": why,
		"answer": {
			{"dns: {s:Addresses}", "detail.answer-dns"},
			{"dns-over-https: {s:Addresses}", "detail.answer-https"},
			{"hosts: {s:Addresses}", "detail.answer-hosts"},
			{"system: {s:Addresses}", "detail.answer-system"},
			{"no name was asked for", "detail.no-name"},
			{"not observed", "detail.not-observed"},
			{"time was up", "detail.time-up"},
			{"the browser's log was full", "detail.log-full"},
			{"the browser's resolver told nothing of it", "detail.not-told"},
			{"the browser told nothing: {why:Why}", "detail.told-nothing"},
		},
		"pane": append([]form{
			{"beginning not reached", "detail.no-beginning"},
			{"{count:N} pictures, {n:Shown} of {n:Whole} px", "detail.pictures-pixels"},
		}, why...),
		"scroll": {
			{"fits the window", "detail.fits"},
			{"end of the page", "detail.end-of-page"},
			{"limit of pixels", "detail.limit-pixels"},
			{"limit of steps", "detail.limit-steps"},
			{"limit of time", "detail.limit-time"},
			{"the page did not answer", "detail.no-answer"},
			{"scripts were stopped", "detail.scripts-stopped"},
			{"not asked for", "detail.not-asked"},
		},
		"missing": {
			{"{n:N} × not finished", "detail.missing-unfinished"},
			{"{n:N} × Image {s:Why}", "detail.missing-picture"},
			{"{n:N} × Stylesheet {s:Why}", "detail.missing-style"},
			{"{n:N} × Font {s:Why}", "detail.missing-font"},
			{"{n:N} × Document {s:Why}", "detail.missing-frame"},
			{"{n:N} × Script {s:Why}", "detail.missing-script"},
		},
		"gap": {
			{"{n:N} × too large", "detail.gap-large"},
			{"{n:N} × too much together", "detail.gap-together"},
			{"{n:N} × of unknown size", "detail.gap-size"},
			{"{n:N} × not ended", "detail.gap-unended"},
			{"{n:N} × not handed over", "detail.gap-refused"},
			{"{n:N} × broke off", "detail.gap-broken"},
			{"{n:N} × too many", "detail.gap-many"},
			{"{n:N} × address too long", "detail.gap-address"},
			{"{n:N} × frames or workers not followed", "detail.gap-frames"},
			{"{n:N} × posted data not handed over", "detail.gap-posted"},
		},
		"damage": {
			{"cut off", "detail.cut-off"},
			{"limit reached", "detail.limit"},
			{"reader failed: {s:Why}", "detail.reader-failed"},
			{"boxes of {n:N} bytes in a file of {n:Of}", "detail.boxes"},
			{"box does not fit where it stands", "detail.box"},
			{"element does not fit where it stands", "detail.box"},
			{"position outside the file", "detail.outside"},
			{"unexpected EOF", "detail.cut-off"},
			{"EOF", "detail.cut-off"},
			{"zip: not a valid zip file: an entry is larger than the file", "detail.zip-larger"},
			{"zip: not a valid zip file: entries overlap", "detail.zip-overlap"},
			{"zip: not a valid zip file", "detail.zip-invalid"},
			{"zip: checksum error", "detail.zip-checksum"},
			{"character set {escaped:Name}: {s:Why}", "detail.character-set"},
		},
	}
}
