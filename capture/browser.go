package capture

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"constat/capture/chrome"
	"constat/capture/names"
	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
)

// browser is that of one capture, or of a window.
type browser struct {
	*chrome.Browser
	tab *tab.Tab // open already, where the browser was started ahead of its capture; see [Warmer]
	// resolver logs what the browser was told of names; nil in a window, where only the kept page
	// is anybody's business.
	resolver *names.Log
}

// obtain returns an empty browser: one that was started ahead, if it is of the kind that
// is needed and still answers, or a new one.
func (r *Recorder) obtain(ctx context.Context, req evidence.Request) (*browser, error) {
	if b := r.config.Warmer.take(ctx, r.kind(req)); b != nil {
		answer, done := b.tab.Within(ctx, warmAnswer)
		var alive bool
		err := b.tab.Ask(answer, "true", &alive)
		done()
		if err == nil {
			return b, nil
		}
		// It died, or the system froze it, while nobody needed it.
		_ = b.Close()
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	return r.start(ctx, req)
}

// startWithTab also opens the empty tab that the capture will use.
func (r *Recorder) startWithTab(ctx context.Context, req evidence.Request) (*browser, error) {
	b, err := r.start(ctx, req)
	if err != nil {
		return nil, err
	}
	if b.tab, err = r.open(ctx, b, req); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	b.resolver.Ready(ctx)
	return b, nil
}

// open returns the tab that was opened ahead, or opens one.
func (r *Recorder) open(ctx context.Context, b *browser, req evidence.Request) (*tab.Tab, error) {
	c := r.config
	if b.tab != nil {
		b.tab.Adopt(c.Limits.tab(), c.Now)
		return b.tab, nil
	}
	return tab.Open(ctx, tab.Options{
		Browser: b.Browser, Width: req.ViewWidth, Height: req.ViewHeight, Scale: req.Scale, Mobile: req.Phone,
		Limits: c.Limits.tab(), Now: c.Now,
		Attached: func() { b.resolver = names.Begin(b.Context()) },
		Prepare: func(ctx context.Context) (err error) {
			if req.Phone {
				b.Facts.UserAgent, err = emulatePhone(ctx, b.Facts.Product)
			}
			return err
		},
	})
}

// kind is what has to be equal for one browser to stand for another.
func (r *Recorder) kind(req evidence.Request) string {
	c := r.config
	return fmt.Sprintf("%q %q %t %d %d %d %t %q", c.Executable.Path, c.WorkDir, c.NoSandbox,
		req.ViewWidth, req.ViewHeight, req.Scale, req.Phone, r.extraFlags)
}

// start starts an empty browser.
func (r *Recorder) start(ctx context.Context, req evidence.Request) (*browser, error) {
	c := r.config
	b, err := chrome.Start(ctx, chrome.Options{
		Executable: c.Executable, WorkDir: c.WorkDir, NoSandbox: c.NoSandbox, Window: req.Window,
		Width: req.ViewWidth, Height: req.ViewHeight, Limit: c.Limits.Launch, Now: c.Now, Flags: r.extraFlags,
		Made: r.hooks.made,
	})
	if err != nil {
		return nil, err
	}
	return &browser{Browser: b}, nil
}

// emptiness is what was found before the page was asked for: nothing must be open but empty
// tabs, and the tab's private context must hold nothing.
type emptiness struct {
	err     error
	visited int // tabs that show something
	cookies int
}

// lookEmpty asks the browser.
func lookEmpty(ctx context.Context, t *tab.Tab, limit time.Duration) (e emptiness) {
	ctx, done := t.Within(ctx, limit)
	defer done()
	found, err := chromedp.CallBrowser(ctx, target.GetTargets, target.GetTargetsParams{})
	if err != nil {
		return emptiness{err: err}
	}
	for _, one := range found.TargetInfos {
		if one.Type == "page" && one.URL != "about:blank" && one.URL != "" {
			e.visited++
		}
	}
	kept, err := chromedp.CallBrowser(ctx, storage.GetCookies, storage.GetCookiesParams{
		BrowserContextID: t.Private(),
	})
	e.cookies, e.err = len(kept.Cookies), err
	return e
}

// preconditions are the facts about the browser's beginnings.
func (e emptiness) preconditions(b *browser) []evidence.Precondition {
	state := func(ok bool) evidence.PreconditionState {
		switch {
		case e.err != nil:
			return evidence.NotChecked
		case ok:
			return evidence.Met
		}
		return evidence.NotMet
	}
	began := evidence.Say("started", "browser started for this capture at {@at}", b.Started)
	if b.tab != nil {
		began = evidence.Say("started-ahead", "browser started ahead for one capture, at {@at}", b.Started)
	}
	return []evidence.Precondition{
		began.Precondition(record.ItemFreshProfile, evidence.Met),
		evidence.Say("cookies", "off the record, {#n} cookies", e.cookies).Precondition(record.ItemEmptyCache, state(e.cookies == 0)),
		evidence.Say("other-pages", "{#n} other pages open", e.visited).Precondition(record.ItemFirstPage, state(e.visited == 0)),
	}
}
