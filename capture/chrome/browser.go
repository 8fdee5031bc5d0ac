package chrome

import (
	"context"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"constat/evidence"
)

// Browser is one running browser and everything that has to be undone.
type Browser struct {
	Started time.Time // when it was launched, by Options.Now
	// Facts are what it says of itself, and its command line. A capture that has it
	// name itself as another says so here.
	Facts evidence.Browser

	// root and its kin are chromedp's contexts: they carry the connection, and
	// are independent of the caller's context so that End alone decides how
	// the browser dies.
	root   context.Context
	cmd    *exec.Cmd
	tree   *browserTree // nil until there is a command to start
	folder *folder
	output tail
	ended  sync.Once

	mu     sync.Mutex
	cancel []func() // innermost last
}

// launch starts the browser in a folder that is there.
func launch(ctx context.Context, f *folder, o Options) (*Browser, error) {
	b := &Browser{folder: f, Started: o.Now()}
	options := append(flags(f, o),
		chromedp.NoInheritEnv,
		chromedp.Env(environment(f)...),
		chromedp.CombinedOutput(&b.output),
		chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) {
			b.tree = ownGroup(cmd, f.profile())
			cmd.Dir = f.temp()
			b.cmd = cmd
		}))
	silent := func(string, ...any) {}
	allocator, stopAllocator := chromedp.NewExecAllocator(context.WithoutCancel(ctx), options...)
	root, stopRoot := chromedp.NewContext(allocator, chromedp.WithLogf(silent), chromedp.WithErrorf(silent))
	b.root, b.cancel = root, []func(){stopAllocator, stopRoot}

	limit, stop := context.WithTimeout(ctx, o.Limit)
	defer stop()
	// Stopping while the browser starts kills it, which ends the call below.
	unhook := context.AfterFunc(limit, stopRoot)
	version, err := chromedp.CallBrowser(root, protocol.GetVersion, cdp.Empty{})
	if b.cmd != nil && b.cmd.Process != nil {
		b.tree.hold(b.cmd.Process.Pid)
	}
	if !unhook() && err == nil {
		err = limit.Err()
	}
	if err != nil {
		b.End()
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, o.startError(err, limit.Err() != nil, b.output.String())
	}
	b.Facts = evidence.Browser{
		Product:   version.Product,
		Protocol:  version.ProtocolVersion,
		Revision:  version.Revision,
		V8:        version.JsVersion,
		UserAgent: version.UserAgent,
		Headless:  !o.Window,
		Sandbox:   !o.NoSandbox,
		Flags:     recordedFlags(b.cmd.Args[1:]),
	}
	return b, nil
}

// Context carries chromedp's connection to the browser itself; a tab is a context made of it.
func (b *Browser) Context() context.Context { return b.root }

// OnEnd has a function called when the browser is ended, before those that were named earlier. It is
// for what hangs on the browser, such as a tab, and is called by whoever opens that.
func (b *Browser) OnEnd(do func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cancel = append(b.cancel, do)
}

// End kills the browser and waits until nothing of it is left but its folder. It may be
// called more than once.
func (b *Browser) End() {
	b.ended.Do(func() {
		if b.tree != nil {
			b.tree.kill()
		}
		endProfile(b.folder.profile(), 2)
		released := make(chan struct{})
		go func() {
			defer close(released)
			b.mu.Lock()
			undo := slices.Clone(b.cancel)
			b.mu.Unlock()
			for _, do := range slices.Backward(undo) {
				do() // waits until the browser has ended
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

// Close ends the browser and removes its folder. The error says that the folder stays for now;
// [Sweep] tries again.
func (b *Browser) Close() error {
	b.End()
	return b.folder.remove()
}

// Gone is closed when the browser is gone.
func (b *Browser) Gone() <-chan struct{} {
	return chromedp.FromContext(b.root).Browser.LostConnection
}

// Lost tells whether the browser is gone.
func (b *Browser) Lost() bool {
	select {
	case <-b.Gone():
		return true
	default:
		return false
	}
}

// Folder is the private folder.
func (b *Browser) Folder() string { return b.folder.path }

// TempInMemory tells whether what the browser writes into temporary files stays in memory. It
// writes a page into one when it makes MHTML of it.
func (b *Browser) TempInMemory() bool { return b.folder.inMemory }

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
