package capture

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"constat/evidence"
)

// browser is one running browser and everything that has to be undone.
type browser struct {
	// root and its kin are chromedp's contexts: they carry the connection, and
	// are independent of the caller's context so that end alone decides how
	// the browser dies.
	root    context.Context
	cancel  []func() // innermost last
	cmd     *exec.Cmd
	tree    browserTree
	folder  *folder
	started time.Time // when it was launched, by the recorder's clock
	tab     *session  // open already, where the browser was started ahead of its capture; see [Warmer]
	// resolver logs what the browser was told of names; nil in a window, where only the kept page is anybody's business.
	resolver *resolverLog
	output   tail
	facts    evidence.Browser
	ended    sync.Once
}

// launch starts an empty browser and waits until it answers.
func (r *Recorder) launch(ctx context.Context, f *folder, req evidence.Request) (*browser, error) {
	b := &browser{folder: f, started: r.config.Now()}
	options := append(r.flags(f, req),
		chromedp.NoInheritEnv,
		chromedp.Env(environment(f)...),
		chromedp.CombinedOutput(&b.output),
		chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) {
			ownGroup(cmd)
			cmd.Dir = f.temp()
			b.cmd = cmd
		}))
	silent := func(string, ...any) {}
	allocator, stopAllocator := chromedp.NewExecAllocator(context.WithoutCancel(ctx), options...)
	root, stopRoot := chromedp.NewContext(allocator, chromedp.WithLogf(silent), chromedp.WithErrorf(silent))
	b.root, b.cancel = root, []func(){stopAllocator, stopRoot}

	limit, stop := context.WithTimeout(ctx, r.config.Limits.Launch)
	defer stop()
	// Stopping while the browser starts kills it, which ends the call below.
	unhook := context.AfterFunc(limit, stopRoot)
	version, err := chromedp.CallBrowser(root, protocol.GetVersion, cdp.Empty{})
	if b.cmd != nil && b.cmd.Process != nil {
		b.tree = holdTree(b.cmd.Process.Pid)
	}
	if !unhook() && err == nil {
		err = limit.Err()
	}
	if err != nil {
		b.end()
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, r.startError(err, limit.Err() != nil, b.output.String())
	}
	b.facts = evidence.Browser{
		Product:   version.Product,
		Protocol:  version.ProtocolVersion,
		Revision:  version.Revision,
		V8:        version.JsVersion,
		UserAgent: version.UserAgent,
		Headless:  !req.Window,
		Sandbox:   !r.config.NoSandbox,
		Flags:     recordedFlags(b.cmd.Args[1:]),
	}
	return b, nil
}

func (r *Recorder) startError(err error, late bool, output string) error {
	e := &BrowserStartError{Path: r.config.Executable.Path, Output: output, Err: err}
	switch {
	case strings.Contains(output, "Running as root without --no-sandbox"),
		os.Geteuid() == 0 && !r.config.NoSandbox && !late:
		e.Hint = HintRoot
	case strings.Contains(output, "No usable sandbox"), strings.Contains(output, "sandbox_host_linux"):
		e.Hint = HintSandbox
	case strings.Contains(output, "Missing X server"), strings.Contains(output, "Unable to open X display"),
		strings.Contains(output, "platform failed to initialize"):
		e.Hint = HintDisplay
	case late:
		e.Hint = HintTimeout
	}
	if errors.Is(err, context.Canceled) {
		// chromedp's own context, which says nothing about the caller's.
		e.Err = errors.New("it ended or was stopped before it answered")
	}
	return e
}

// end kills the browser and waits until nothing of it is left. It may be
// called more than once.
func (b *browser) end() {
	b.ended.Do(func() {
		if b.cmd != nil && b.cmd.Process != nil {
			b.tree.kill()
		}
		endProfile(b.folder.profile(), 2)
		released := make(chan struct{})
		go func() {
			defer close(released)
			for i := len(b.cancel) - 1; i >= 0; i-- {
				b.cancel[i]() // waits until the browser has ended
			}
		}()
		// Until then, and once more: a child may have been born while its parent died, or the
		// browser itself while it was given up. A start that was given up may never be
		// released, though nothing of the browser is there.
		for deadline, empty := time.Now().Add(removeLimit), 0; empty < endEmpty && time.Now().Before(deadline); {
			select {
			case <-released:
				endProfile(b.folder.profile(), 1)
				return
			case <-time.After(endAgain):
				if empty++; !endProfile(b.folder.profile(), 1) {
					empty = 0
				}
			}
		}
	})
}

// close ends the browser and removes its folder.
func (b *browser) close() error {
	b.end()
	return b.folder.remove()
}

// connection is closed when the browser is gone.
func (b *browser) connection() <-chan struct{} {
	return chromedp.FromContext(b.root).Browser.LostConnection
}

func (b *browser) lost() bool {
	select {
	case <-b.connection():
		return true
	default:
		return false
	}
}

// within returns a context that carries chromedp's connection and ends with ctx
// or after the limit.
func within(ctx, connection context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	c, cancel := context.WithTimeout(connection, limit)
	unhook := context.AfterFunc(ctx, cancel)
	return c, func() { unhook(); cancel() }
}

// tail keeps the end of what is written to it.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const tailSize = 4 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if n := len(t.buf) - tailSize; n > 0 {
		t.buf = append(t.buf[:0], t.buf[n:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.ToValidUTF8(string(t.buf), "�")
}
