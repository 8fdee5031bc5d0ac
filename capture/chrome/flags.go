package chrome

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/chromedp/chromedp"
)

// quietFeatures are parts of the browser that talk to their maker, that would change what a page
// looks like, or that draw pages of the browser's own ahead, for an address line that nobody types
// into, in processes that would keep the processors busy while a page is recorded.
const quietFeatures = "Translate,OptimizationHints,OptimizationGuideModelDownloading,MediaRouter," +
	"DialMediaRouteProvider,CertificateTransparencyComponentUpdater,AutofillServerCommunication," +
	"InterestFeedContentSuggestions,CalculateNativeWinOcclusion,HttpsUpgrades,NetworkTimeServiceQuerying," +
	"WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup"

// nowhere is where the browser finds what it asks its maker for at its start in spite of every other
// flag: a port of this device that browsers refuse to open.
const nowhere = "http://127.0.0.1:1/"

// A page that comes back out of that cache brings no answer of the server with it.
const windowFeatures = quietFeatures + ",BackForwardCache"

// flags is the command line of the browser. Nothing here pretends to be another
// browser, and every flag is in the record.
func flags(f *folder, o Options) []chromedp.ExecAllocatorOption {
	on := func(names ...string) (list []chromedp.ExecAllocatorOption) {
		for _, n := range names {
			list = append(list, chromedp.Flag(n, true))
		}
		return list
	}
	list := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(o.Executable.Path),
		// Set in any case: chromedp adds it by itself for root otherwise.
		chromedp.Flag("no-sandbox", o.NoSandbox),
		chromedp.Flag("user-data-dir", f.profile()),
		chromedp.Flag("crash-dumps-dir", f.crashes()),
		// Whether somebody is signed in to the browser, and which of its parts are out of date.
		chromedp.Flag("gaia-url", nowhere),
		chromedp.Flag("component-updater", "url-source="+nowhere),
		// Colours must not depend on the screen of this machine.
		chromedp.Flag("force-color-profile", "srgb"),
		// No keychain is asked, nothing is stored in one.
		chromedp.Flag("password-store", "basic"),
	}
	list = append(list, on(
		"mute-audio", "use-mock-keychain",
		"no-first-run", "no-default-browser-check", "disable-search-engine-choice-screen",
		"disable-default-apps", "disable-extensions", "disable-component-extensions-with-background-pages",
		"disable-background-networking", "disable-component-update", "disable-sync", "disable-domain-reliability",
		"disable-client-side-phishing-detection", "safebrowsing-disable-auto-update", "metrics-recording-only",
		"disable-breakpad", "disable-crash-reporter",
		"disable-gpu-shader-disk-cache",
		// A page that nobody looks at must not be slowed down or left unpainted.
		"disable-background-timer-throttling", "disable-backgrounding-occluded-windows", "disable-renderer-backgrounding",
		"disable-hang-monitor",
		// Nothing is painted without its pictures, to be filled in later.
		"disable-checker-imaging",
		// Pictures that wait to be scrolled to are loaded at once.
		"disable-lazy-loading",
	)...)
	if o.Window {
		// The one window that opens is the off-the-record one.
		list = append(list, chromedp.Flag("disable-features", windowFeatures), chromedp.Flag("no-startup-window", true))
	} else {
		list = append(list, chromedp.Flag("disable-features", quietFeatures), chromedp.Flag("headless", "new"),
			// A page is asked for once: a browser that could not load it would try again a second
			// later.
			chromedp.Flag("disable-auto-reload", true), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("window-size", fmt.Sprintf("%d,%d", o.Width, o.Height)))
	}
	if runtime.GOOS == "windows" {
		// Started by an administrator, the browser would start itself again without those rights,
		// and leave the pipe behind.
		list = append(list, chromedp.Flag("do-not-de-elevate", true))
	}
	for _, flag := range o.Flags {
		name, value, _ := strings.Cut(flag, "=")
		list = append(list, chromedp.Flag(name, value))
	}
	return list
}

// environment is the browser's: this program's, without its own secrets, and
// with every folder in which a browser or its libraries could leave something inside
// the private folder.
func environment(f *folder) []string {
	// "." is the browser's working folder, which is temp: the browser makes a
	// socket there, whose path may not be longer than 107 bytes.
	private := map[string]string{"TMPDIR": ".", "TMP": f.temp(), "TEMP": f.temp()}
	if runtime.GOOS != "windows" {
		private["HOME"] = f.home()
		private["XDG_CONFIG_HOME"] = filepath.Join(f.home(), "config")
		private["XDG_CACHE_HOME"] = filepath.Join(f.home(), "cache")
		private["XDG_DATA_HOME"] = filepath.Join(f.home(), "data")
		private["XDG_STATE_HOME"] = filepath.Join(f.home(), "state")
		private["BREAKPAD_DUMP_LOCATION"] = f.crashes()
	}
	if runtime.GOOS == "linux" {
		private["PATH"] = f.programs() + string(filepath.ListSeparator) + os.Getenv("PATH")
	}
	var env []string
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		upper := strings.ToUpper(name)
		_, replaced := private[upper]
		if !replaced && !strings.HasPrefix(upper, "CONSTAT_") && upper != "SSLKEYLOGFILE" {
			env = append(env, e)
		}
	}
	if authority := displayAuthority(os.Getenv); authority != "" {
		env = append(env, "XAUTHORITY="+authority)
	}
	for name, value := range private {
		env = append(env, name+"="+value)
	}
	slices.Sort(env)
	return env
}

// displayAuthority is the key to an X display that lies in the person's HOME, which the
// browser does not see; empty where the environment names it, or where there is none.
func displayAuthority(env func(string) string) string {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" || env("DISPLAY") == "" || env("XAUTHORITY") != "" || env("HOME") == "" {
		return ""
	}
	file := filepath.Join(env("HOME"), ".Xauthority")
	if _, err := os.Stat(file); err != nil {
		return ""
	}
	return file
}

// recordedFlags is a command line as the record keeps it: without paths, which
// name the person's account, and without the handles of the pipe.
func recordedFlags(args []string) []string {
	list := []string{}
	for _, a := range args {
		name, value, _ := strings.Cut(a, "=")
		switch {
		case !strings.HasPrefix(a, "--"), name == "--remote-debugging-io-pipes":
		case strings.ContainsAny(value, `/\`):
			list = append(list, name)
		default:
			list = append(list, a)
		}
	}
	return list
}
