package flow

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"constat/app/flow/keep"
	"constat/app/flow/proof"
	"constat/app/flow/system"
	"constat/assets/words"
	"constat/capture"
	"constat/capture/chrome"
	"constat/evidence"
)

// discard is a sink that keeps nothing but digests.
type discard struct{}

func (discard) Put(_ context.Context, meta evidence.Artifact, r io.Reader) (evidence.Artifact, error) {
	h := evidence.NewHasher()
	_, err := io.Copy(h, r)
	meta.SHA256, meta.SHA512, meta.Size = h.Sums()
	return meta, err
}

// Doctor looks this machine over: does the browser really keep a page, is there
// room, do the authorities answer, does the clock agree with them. What failed
// says what to do, in the given language. It loads only the built-in practice
// page and sends only a random number to the authorities.
func (a *App) Doctor(ctx context.Context, vaultDir string, t *words.Text) proof.CheckResult {
	var checks []evidence.Check
	add := func(name string, err error, detail string) {
		c := evidence.Check{Name: name, State: evidence.Passed, Detail: detail}
		if err != nil {
			m := Explain(err, t)
			c.State, c.Detail = evidence.Failed, m.What+" "+m.Do+" ("+m.Detail+")"
		}
		checks = append(checks, c)
	}
	browser, err := a.browser()
	add("browser", err, browser.Path)
	if err == nil {
		detail, err := a.tryCapture(ctx, browser)
		add("capture", err, detail)
	} else {
		checks = append(checks, evidence.Check{Name: "capture", State: evidence.NotDone, Detail: t.T("doctor.no-browser")})
	}
	add("settings", a.problem, filepath.Join(a.cfg.DataDir, "settings.json"))
	add("work-folder", a.Sweep(), a.workDir())
	free, err := a.diskRoom(vaultDir)
	add("disk", err, t.T("doctor.disk", "Free", t.Bytes(free)))
	rest := system.AtRest(vaultDir)
	atRest := func(name string, is system.Rest) {
		c := evidence.Check{Name: name, State: evidence.Passed, Detail: t.T("at-rest." + name + "." + string(is))}
		if is == system.RestUnknown || is == system.RestPlain {
			c.State = evidence.NotDone // nothing is wrong with it; nothing can be promised of it either
		}
		checks = append(checks, c)
	}
	atRest("swap", rest.Swap)
	atRest("disk-encryption", rest.Disk)
	if !a.VaultExists(vaultDir) {
		checks = append(checks, evidence.Check{Name: "vault", State: evidence.NotDone, Detail: t.T("doctor.no-vault", "Dir", vaultDir)})
	} else {
		checks = append(checks, evidence.Check{Name: "vault", State: evidence.Passed, Detail: vaultDir})
	}
	for _, x := range a.Proof.Authorities() {
		offset, err := a.Proof.Try(ctx, x)
		add("authority:"+x.Name, err, t.T("doctor.authority", "Offset", t.Decimal(offset.Seconds(), 1)))
	}
	return proof.ResultOf(checks)
}

// tryCapture keeps the practice page and throws it away.
func (a *App) tryCapture(ctx context.Context, browser chrome.Executable) (string, error) {
	address, stop, err := keep.ServePractice(ctx)
	if err != nil {
		return "", err
	}
	defer stop()
	r, err := capture.New(
		capture.Config{Executable: browser, WorkDir: a.workDir(), NoSandbox: a.cfg.NoSandbox, Now: a.cfg.Now, Practice: true},
	)
	if err != nil {
		return "", err
	}
	got, err := r.Capture(ctx, evidence.Request{Address: address}, discard{}, evidence.NoProgress{})
	if err != nil {
		return "", err
	}
	if !got.Outcome.Usable() {
		return "", &captureError{Outcome: got.Outcome}
	}
	return got.Browser.Product, nil
}

// diskRoom writes a byte where the vault is or will be, and measures the room.
func (a *App) diskRoom(vaultDir string) (int64, error) {
	dir := vaultDir
	for {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	f, err := os.CreateTemp(dir, ".constat-*")
	if err != nil {
		return 0, err
	}
	_, err = f.Write([]byte{0})
	if err = errors.Join(err, f.Close(), os.Remove(f.Name())); err != nil {
		return 0, err
	}
	return freeBytes(dir)
}

// captureError: a page was shown, but not the one that was asked for.
type captureError struct{ Outcome evidence.Outcome }

func (e *captureError) Error() string { return "capture is " + string(e.Outcome) }
