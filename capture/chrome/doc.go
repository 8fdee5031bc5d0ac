// Package chrome is the browser as a program: where it is installed, how it is started in a
// private folder, and how nothing of it is left.
//
// # What it does
//
// [Find] looks for a Chromium-based browser: Chrome, Chromium, Edge or Brave. [Start] makes a private
// folder, launches the browser in it and waits until it answers; [Browser.Context] then carries
// chromedp's connection. [Browser.End] ends it with all its processes, [Browser.Close] removes the
// folder as well. [Sweep] removes what a program that was killed has left.
//
// # How to use it
//
//	exe, err := chrome.Find(chrome.FindOptions{})
//	b, err := chrome.Start(ctx, chrome.Options{Executable: exe, WorkDir: private, Limit: 30 * time.Second, Now: time.Now})
//	defer b.Close()
//	version, err := chromedp.CallBrowser(b.Context(), …)
//
// Sweep once at the start of the program, before the first browser.
//
// # What it promises
//
// The browser is empty and serves its caller alone: profile, HOME and crash reports lie in a folder
// with mode 0700, in a work folder of this program; temporary files lie in memory where the system
// has such a place (on Linux XDG_RUNTIME_DIR or /dev/shm; see [Browser.TempInMemory]). It is
// reached through a pipe, and listens on no port. It asks its maker for nothing. On Linux it starts
// none of the desktop's programs, and follows the proxy of the environment. Its command line
// pretends nothing and is in [Browser.Facts], without paths. The sandbox stays on unless [Options]
// say otherwise.
//
// It always ends: a start has a limit and is given up when its context ends. End returns when no
// process of the browser's tree, and none that names its profile, is found any more, or after
// seconds that are counted; what will not go is for the next Sweep, which names in a [*LeftError]
// what it could not remove either. When this program dies, the browser dies with it: by the kernel
// on Linux, by a job object on Windows, in which it is before it can have a child, by its closed
// pipe on macOS. A folder is locked while it is in use, so that Sweep touches nothing of a browser
// that is wanted, in this process or another.
//
// A browser that is not there is a [*NotFoundError], one that does not start a [*StartError] with
// what is known to help.
//
// # What it does not do
//
// It opens no page and knows none: tabs and windows are the caller's, who names with
// [Browser.OnEnd] what ends with them. It holds no words for people. Elsewhere than on Linux the
// browser may hand an address mailto: to the mail program.
package chrome
