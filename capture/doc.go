// Package capture records one web page through a Chromium-based browser on
// this machine: the pictures, the texts and the facts that the browser itself
// knew, and what went wrong on the way.
//
// # What it does
//
// [chrome.Find] looks for a browser, [ParseAddress] decides what may be asked for, and
// [Recorder.Capture] opens the address in an empty browser that has no window.
// It hands every artifact to an [evidence.Sink] as soon as it has it and
// returns a [Capture] with the facts:
//
//   - first-view.png: what the window showed once the page had settled, before anything was moved;
//   - screenshot-01.png …: the whole page in clips of at most 4,000 pixels of
//     height, byte for byte as the browser delivered them;
//   - pane-1-001.png …: the window after each step through a part of the page that
//     scrolls by itself, such as a chat; view-001.png … the same for a page that draws
//     only what the window shows;
//   - under-01.png …: what a bar or a dialogue covers in the tiles, pictured while the page is scrolled on;
//   - frame-001.png …: the window at frames of other sites, which the browser draws only while
//     they are in it, as far as they lie below the first window;
//   - uncovered-01.png …: the tiles once more, after a consent overlay was refused;
//   - screenshot-dated.png: derived, the whole page under a band with address,
//     date and time; it names the SHA-256 of every tile it was made from;
//   - opened-file.pdf, film-01.mp4 …: the file that the address leads to, and films of which the page had
//     a part only, or which it had in pieces: then with film-01-list.m3u8 and film-01-pieces.json;
//   - page.wacz: what the browser loaded, as it received it, written while the rest goes on;
//   - page-not-visible.txt: what is in the page and cannot be seen, and apart what was not looked at;
//   - page.mhtml, page.txt, headers.json (format "constat-headers/1") and, over
//     TLS, tls-chain.pem: the chain that the browser accepted, leaf first;
//   - tls-chains.pem: the same for the other hosts that the page and its frames of the same
//     site loaded from.
//
// With Request.Light there are first-view.png, page.txt, headers.json and the chain only,
// and nothing is scrolled or pressed: enough to tell whether a page is still there.
//
// # How to use it
//
//	exe, err := chrome.Find(chrome.FindOptions{})
//	rec, err := capture.New(capture.Config{Executable: exe, WorkDir: private})
//	c, err := rec.Capture(ctx, evidence.Request{Address: address}, sink, evidence.NoProgress{})
//
// Where one must sign in, [Recorder.OpenWindow] opens a visible window, and [Window.Keep] records
// the page in front of it, once or again:
//
//	w, err := rec.OpenWindow(ctx, address)
//	page, err := w.Front(ctx)
//	c, err := w.Keep(ctx, page, sink, evidence.NoProgress{})
//	err = w.Close()
//
// With a [Warmer] in the configuration, [Recorder.Warm] starts the browser ahead of the capture,
// e.g. while the person answers questions. It is the same empty browser in a private folder of its own,
// loads nothing, serves one capture, and ends by itself when none comes.
//
// Call [chrome.Sweep] once at the start of the program, before the first capture.
//
// # What it promises
//
// Facts come from the browser's own connection: no second request is made
// beside the page's own, but for films of which the page has a part only, and a file that was opened,
// which the browser asks for in the page's session ([record.ItemAskedAgain]). Nothing is injected into the
// page's document.
// Questions to the page are asked in an isolated world that the page's scripts
// cannot see. Tiles are never altered, and each was decoded before it was kept.
//
// Before the page is asked for, the browser is asked whether it has no cookies and nothing else
// is open. It asks its maker for nothing, neither for updates nor for the time.
//
// It always ends: each step has a limit and so has the whole ([Limits]). When
// Capture returns, for whatever reason, its browser processes have ended and
// its profile folder is gone; after a crash of the program the browser dies
// with it, and the next sweep removes the folder. Cancelling the context is
// answered at once.
//
// After the first view the page is scrolled to its end and back, so that what is loaded
// late is loaded, inside limits of steps, pixels and time; the tiles are taken from the
// top, so that what is fixed or sticky stands once, at its place. Why
// scrolling ended is a precondition ([record.ItemScrolled]), and a problem when it was a
// limit. Panes are scrolled, never enlarged: the layout stays what it was, and a list
// that draws only what is visible comes out whole. Their pictures show the whole window,
// and each overlaps the one before by a fifth; a step is as large as what is free of bars and heads
// allows. What stays covered in every picture is a problem, with its height. Animations that end are waited for.
//
// A consent overlay stays while everything is recorded. If it can be refused, that is done
// at the very end: the button is named in a problem, and nothing is ever accepted that can be
// refused. A request with LeaveOverlays switches that off. An overlay in a frame stays.
//
// The outcome is honest: status, headers and what the page shows are compared with the
// tables of package [constat/capture/recognise]. Something that went wrong and left a usable record is
// an [evidence.Problem] and the outcome says so; an error means that nothing
// usable came. Codes of problems are the Problem… constants.
//
// For page.wacz the browser is asked to keep the bodies of answers, and each is fetched from it
// when it has ended; of one that has not when the record ends, or that the page gave up, what had
// come is kept and marked as cut. The page never waits, and no server is asked a second time: a
// body that the browser does not hand over, or that is larger than [Limits] allow, is missing from
// the archive and the record says so. Frames of other sites and workers, also shared ones, are
// listened to in sessions of their own, at most 64 of them; they wait for that when they begin.
//
// The page's cookies, cache and storage live in an off-the-record context in
// the memory of the browser. Headers that carry a session are not kept; what
// was left out is listed in [Capture.Redactions]. The browser's profile and HOME
// lie in one private folder per capture; its temporary files lie in memory
// (on Linux in XDG_RUNTIME_DIR or /dev/shm), because the browser writes the
// page into one when it makes MHTML. Where no such place exists there is no
// page.mhtml, and the record says so: nothing of the page reaches a disk.
//
// On Linux the browser has a HOME of its own, so it follows the environment's
// proxy and not the desktop's, and trusts the authorities that the browser
// brings and not those that were added by hand.
//
// What the browser was told when it asked for the addresses of the page's hosts is read from its
// net log, which it keeps in memory, bounded, until the page has loaded; all else in it is dropped.
// In a window nothing is logged.
//
// A Recorder is safe for concurrent use; every capture has its own browser, also where one was
// started ahead.
//
// In a window the person does what they want; nothing of it is recorded until a page is kept. A
// kept page is not loaded again: first-view.png is the window as it stands, with what was opened
// and where it was scrolled to, and everything else follows as in a capture; then the scroll
// positions are put back. The person's zoom stays as it is: tiles have one pixel for each of CSS at
// that zoom, and the request says what it was. A window that was minimised is minimised again; one
// whose zoom or size is another at the end has [record.ProblemChanged]. Its facts are those of the
// request that its document came with. The way there is left out, because it leads through the
// sign-in, and so is what names it; that is listed. What came before the window listened is not
// known ([record.ProblemLoadedBefore]). While a page is kept it takes no input and its dialogs are
// dismissed; otherwise they are the person's. Consent overlays are left to the person, who can see
// them. New tabs stay in the off-the-record context; a window outside of it is closed. When the
// window has ended ([Window.Done]), for whatever reason, its browser, its session and its folder
// are gone.
//
// # Inside
//
// way.go is the way of a capture, from the arrival at a page to its outcome: each stage is a call
// with what it needs and what it found. capture.go begins one, keep.go one of a page of a window;
// texts.go, headers.go and certificates.go are the stage that records what is no picture, judge.go
// draws the sum. window.go is the window, warm.go the browser that waits, browser.go the browser of
// one capture.
//
// The rooms below: [constat/capture/tab] is one tab and its events, [constat/capture/sight] what is
// pictured of it, [constat/capture/archive] the web archive of what it loads,
// [constat/capture/names] what the browser was told of names. They share
// [constat/capture/exchange], one request with its headers, and [constat/capture/record], the
// problems and artifacts so far. What needs no page: [constat/capture/chrome] is the browser as a
// program, [constat/capture/device] the conditions of this device, [constat/capture/picture] PNG,
// [constat/capture/recognise] what a page is by its words, [constat/capture/wacz] the format of the
// archive.
//
// Locks are taken in this order; whoever holds one takes none that stands above it. Those of one
// line are never held together.
//
//  1. Window.turn: one page of a window is kept at a time, until it is given back.
//  2. Window.mu, Warmer.mu: which tabs and browsers there are.
//  3. Eye.drawing: one picture at a time, with its answer.
//  4. Archive.writing: the archive's file; the sink may make it wait, so no event takes it.
//  5. Archive.mu, keeper.mu (sight): what is being fetched, which tiles are on their way.
//  6. Tab.mu: all that the tab's events change.
//  7. related.mu (archive), Log.mu (names), Notes.mu (record): nothing is called under them.
//
// Events come in chromedp's loop, which must not wait: what hears them takes only locks 2 and from
// 5 on, and calls the browser in a goroutine of its own.
//
// # What it does not do
//
// In a window that was magnified with two fingers it puts the factor back, not the place. It does
// not sign in: a person may, in a window, and as whom is not recorded. Sites may refuse a browser
// that a program steers. A page that is opened in a new tab may have come before it is listened to.
// There is no web archive of a page of a window, because it had loaded before. Of a PDF it pictures
// what the browser's own viewer shows of it in one window. It starts no other program; on Windows
// and macOS a browser may hand an address mailto: to the mail program. It knows no vault, no case
// and no exhibit, and holds no words for people. The dated copy is handed to the sink before all of
// its parents are known, so that its Parents are in [Capture.Artifacts] and not in what the sink
// was given. When Capture returns an error, the caller aborts the sink.
package capture
