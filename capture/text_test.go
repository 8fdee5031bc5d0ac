package capture

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"constat/capture/record"
	"constat/evidence"
)

func TestTextIsWhatIsVisible(t *testing.T) {
	t.Parallel()
	other := serve(t, html(`<body><p>seen_other_site<p style="opacity:0">gone_other_site`))
	server := serve(t, html(`<style>q::before{content:"seen_style "} #a::after{content:attr(data-w)}</style><body>
		<p>seen_words<p style="opacity:0">gone_1<p style="position:absolute;left:-9999px">gone_2<p style="color:#fff">gone_3
		<p style="font-size:0">gone_4<p style="height:0;overflow:hidden">gone_5<p style="clip-path:inset(100%)">gone_6
		<p style="visibility:hidden">gone_7<p style="display:none">gone_8
		<div style="background:#123456"><span style="color:#133557">gone_9</span><span style="color:#fff">seen_on_dark</span></div>
		<span style="position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)">gone_10</span>
		<details><summary>seen_summary</summary>gone_11</details>
		<input value="seen_typed"><textarea>seen_area</textarea><input type=password value="secret"><input type=hidden value="secret">
		<select><option>gone_option<option selected>seen_chosen</select><q>x</q><i id=a data-w=" seen_attribute"></i>
		<p>I am <img alt="seen_broken" src="data:,">! <img alt="😡🔪" src="data:image/gif;base64,R0lGODlhAQABAIAAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==" width=20 height=20>
		<form><input name=nodeType value="seen_named"><b>seen_in_form</b></form>
		<div style="height:60px;overflow-y:auto" id=pane><p style="height:500px">seen_in_pane</p><p>seen_pane_end</p></div>
		<x-a>gone_light</x-a><x-b></x-b><iframe srcdoc="<p>seen_srcdoc"></iframe><iframe sandbox srcdoc="<p>seen_sandboxed"></iframe><iframe src="http://other.example/"></iframe>
		<iframe srcdoc="<p>secret" style="display:none"></iframe><script>
		document.querySelector('x-a').attachShadow({mode: 'open'}).innerHTML = '<p>seen_shadow</p><x-c></x-c>';
		document.querySelector('x-a').shadowRoot.querySelector('x-c').attachShadow({mode: 'closed'}).innerHTML = '<p>seen_nested</p>';
		document.querySelector('x-b').attachShadow({mode: 'closed'}).innerHTML = '<p>seen_closed</p>';
		pane.scrollTop = 300;</script>`))
	r := recorder(t, nil)
	r.extraFlags = []string{"host-resolver-rules=MAP other.example " + strings.TrimPrefix(other.URL, "http://")}
	c, sink := take(t, r, server.URL)
	text, unseen := string(sink.files[evidence.TextName]), string(sink.files[evidence.UnseenName])
	for _, want := range []string{
		"seen_words", "seen_on_dark", "seen_summary", "seen_typed", "seen_area", "seen_chosen", "seen_style x", "seen_attribute", "I am seen_broken! 😡🔪",
		"seen_named", "seen_in_form", "seen_in_pane", "seen_pane_end", "seen_shadow", "seen_nested", "seen_closed", "seen_srcdoc", "seen_sandboxed", "seen_other_site",
	} {
		if strings.Count(text, want) != 1 || strings.Contains(unseen, want) {
			t.Errorf("%q is %d times in the text, or in the other", want, strings.Count(text, want))
		}
	}
	for _, want := range []string{
		"gone_1\n", "gone_2\n", "gone_3\n", "gone_4\n", "gone_5\n", "gone_6\n", "gone_7\n", "gone_8\n", "gone_9\n", "gone_10\n", "gone_11\n", "gone_other_site",
	} {
		if !strings.Contains(unseen+"\n", want) || strings.Contains(text, strings.TrimSpace(want)) {
			t.Errorf("%q is in the text, or not in the other", want)
		}
	}
	if strings.Contains(text+unseen, "secret") || !strings.HasPrefix(unseen, "IN THE PAGE, NOT VISIBLE\n\n") {
		t.Errorf("text %q\nunseen %q", text, unseen)
	}
	if !has(c, evidence.UnseenName) {
		t.Errorf("artifacts %v", artifactNames(c))
	}
}

// The page draws ten rows of a hundred, and its pane ten of sixty.
func TestTextOfRecycledListsIsWhole(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"page": `<body style="margin:0"><div id=list style="position:relative;height:10000px"></div><script>
			const draw = () => { const from = Math.max(0, Math.floor(scrollY / 100)); list.replaceChildren();
				for (let n = from; n < Math.min(from + 10, 100); n++) { const d = document.createElement('div'); d.textContent = 'row ' + n;
					d.style.cssText = 'position:absolute;height:100px;top:' + n * 100 + 'px'; list.append(d); } };
			addEventListener('scroll', draw); draw()</script>`,
		"pane": `<body style="margin:0;height:100vh;overflow:hidden"><h1>head</h1><div id=p style="height:700px;overflow-y:auto"><div id=list style="position:relative;height:10000px"></div></div><script>
			const draw = () => { const from = Math.max(0, Math.floor(p.scrollTop / 100)); list.replaceChildren();
				for (let n = from; n < Math.min(from + 10, 100); n++) { const d = document.createElement('div'); d.textContent = 'row ' + n;
					d.style.cssText = 'position:absolute;height:100px;top:' + n * 100 + 'px'; list.append(d); } };
			p.addEventListener('scroll', draw); draw()</script>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, sink := take(t, recorder(t, nil), serve(t, html(body)).URL)
			text := string(sink.files[evidence.TextName]) + "\n"
			at := strings.LastIndex(text, "row 0\n")
			for n := range 100 {
				next := strings.Index(text[at:], "row "+strings.TrimSpace(itoa(n))+"\n")
				if next < 0 {
					t.Fatalf("row %d does not follow: %q", n, text)
				}
				at += next
			}
		})
	}
}

func itoa(n int) string {
	return strings.TrimLeft(string([]byte{byte('0' + n/10), byte('0' + n%10)}), "0") + map[bool]string{true: "0"}[n == 0]
}

func TestRelativeDates(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(html(`<body>
		<time datetime="2026-11-29T05:41:09.000Z" title="Sunday">2 h</time>
		<a href="/1" aria-label="29 November 2026 at 04:12"><span>4 h</span></a>
		<span title="28.11.2026, 19:03">vor 3 Stunden</span>
		<p title="27 novembre 2026 à 12:00">il y a 3 jours</p>
		<p><abbr data-utime="1795000000">gisteren</abbr></p>
		<p>yesterday at 10:30</p>
		<p title="2026-11-29T05:41:09Z">words that are no date</p><p>3 comments</p>`)))
	t.Cleanup(server.Close)
	c, _ := take(t, recorder(t, nil), server.URL)
	want := []evidence.RelativeDate{
		{Shown: "2 h", Absolute: "2026-11-29T05:41:09.000Z", From: "datetime"},
		{Shown: "4 h", Absolute: "29 November 2026 at 04:12", From: "aria-label"},
		{Shown: "vor 3 Stunden", Absolute: "28.11.2026, 19:03", From: "title"},
		{Shown: "il y a 3 jours", Absolute: "27 novembre 2026 à 12:00", From: "title"},
		{Shown: "gisteren", Absolute: "1795000000", From: "data-utime"},
		{Shown: "yesterday at 10:30"},
	}
	if !slices.Equal(c.Page.Dates, want) {
		t.Errorf("%+v", c.Page.Dates)
	}
}

// What a form's fields are named after, and what lies very deep, is in one of the texts, and never unsaid.
func TestTextOfTrickyPages(t *testing.T) {
	t.Parallel()
	const names = "shadowRoot childNodes nodeType localName parentElement parentNode textContent getBoundingClientRect getAttribute scrollHeight " +
		"clientHeight scrollWidth clientWidth scrollTop children contains checkVisibility getRootNode isConnected attributes querySelector querySelectorAll id className innerText"
	fields := ""
	for name := range strings.FieldsSeq(names) {
		fields += `<input name=` + name + `>`
	}
	deep := func(n int) string {
		return `<script>let e = document.body; for (let i = 0; i < ` + strconv.Itoa(n) + `; i++) { const d = document.createElement('div'); e.append(d); e = d; }
			e.textContent = 'word_below';</script>`
	}
	for name, row := range map[string]struct {
		body           string
		seen, unlooked []string
		said           string
	}{
		"fields": {`<p>word_before<form style="position:fixed;top:0;left:0;width:600px;height:500px;overflow:auto;background:#eee">` + fields +
			`<p title="2026-11-29T05:41:09Z">2 h</p><p style="margin-top:2000px">word_in_form</p></form><p style="margin-top:3000px">word_after`, []string{"word_before", "word_in_form", "word_after"}, nil, ""},
		"parsed":    {strings.Repeat("<div>", 450) + "word_below", []string{"word_below"}, nil, ""},
		"deep":      {"<p>word_above" + deep(900), []string{"word_above", "word_below"}, nil, ""},
		"very deep": {"<p>word_above" + deep(1200), []string{"word_above"}, []string{"word_below"}, "1 parts with 11 characters were not looked at one by one: whether they can be seen is not known"},
		"frames":    {strings.Repeat(`<iframe srcdoc="<p>word_framed" width=20 height=20></iframe>`, 103), []string{"word_framed"}, nil, "3 frames were not read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, sink := take(t, recorder(t, nil), serve(t, html("<!doctype html><title>Page</title><body>"+row.body)).URL)
			text := string(sink.files[evidence.TextName])
			_, aside, _ := strings.Cut(string(sink.files[evidence.UnseenName]), strings.TrimSpace(unlookedHead))
			for _, want := range row.seen {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in the text", want)
				}
			}
			for _, want := range row.unlooked {
				if strings.Contains(text, want) || !strings.Contains(aside, want) {
					t.Errorf("%q is not apart: %q", want, aside)
				}
			}
			if said := detail(c, record.ProblemTextCut); said != row.said || (c.Outcome == evidence.Partial) != (row.said != "") && name != "fields" {
				t.Errorf("%q, outcome %s with %v", said, c.Outcome, c.Problems)
			}
			if name == "fields" && len(c.Page.Dates) != 1 {
				t.Errorf("dates %v", c.Page.Dates)
			}
		})
	}
}

// Elements that may hold a closed part of the page and were not looked into are counted, all of them.
func TestClosedPartsThatWereNotLookedInto(t *testing.T) {
	t.Parallel()
	const many = `<!doctype html><title>Page</title><p>Words.</p><div hidden id="d"></div><script>document.getElementById('d').innerHTML = %s;</script>`
	for name, row := range map[string]struct {
		inside, want string
	}{
		"many":   {"'<x-y></x-y>'.repeat(1000)", "200 elements that may hold a closed part of the page were not looked into"},
		"far on": {"'<i></i>'.repeat(200100) + '<x-y></x-y>'.repeat(7)", "7 elements that may hold a closed part of the page were not looked into"},
		"few":    {"'<x-y></x-y>'.repeat(150)", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, html(fmt.Sprintf(many, row.inside)))
			c, _ := take(t, recorder(t, nil), server.URL)
			if said := detail(c, record.ProblemTextCut); said != row.want {
				t.Errorf("%q, want %q", said, row.want)
			}
		})
	}
}
