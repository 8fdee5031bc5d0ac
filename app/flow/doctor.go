package flow

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"constat/assets/words"
	"constat/capture"
	"constat/capture/chrome"
	"constat/evidence"
	"constat/evidence/tsa"
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
func (a *App) Doctor(ctx context.Context, vaultDir string, t *words.Text) CheckResult {
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
	free, err := a.diskRoom(vaultDir)
	add("disk", err, t.T("doctor.disk", "Free", t.Bytes(free)))
	if !a.VaultExists(vaultDir) {
		checks = append(checks, evidence.Check{Name: "vault", State: evidence.NotDone, Detail: t.T("doctor.no-vault", "Dir", vaultDir)})
	} else {
		checks = append(checks, evidence.Check{Name: "vault", State: evidence.Passed, Detail: vaultDir})
	}
	list, err := a.Authorities()
	if err != nil {
		add("authorities", err, "")
	}
	for _, x := range list {
		detail, err := a.tryAuthority(ctx, x, t)
		add("authority:"+x.Name, err, detail)
	}
	return resultOf(checks)
}

// tryCapture keeps the practice page and throws it away.
func (a *App) tryCapture(ctx context.Context, browser chrome.Executable) (string, error) {
	address, stop, err := servePractice(ctx)
	if err != nil {
		return "", err
	}
	defer stop()
	r, err := capture.New(capture.Config{Executable: browser, WorkDir: a.workDir(), NoSandbox: a.cfg.NoSandbox, Now: a.cfg.Now, Practice: true})
	if err != nil {
		return "", err
	}
	got, err := r.Capture(ctx, evidence.Request{Address: address}, discard{}, evidence.NoProgress{})
	if err != nil {
		return "", err
	}
	if !got.Outcome.Usable() {
		return "", &CaptureError{Outcome: got.Outcome}
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

// tryAuthority asks for a timestamp over random bytes and judges the answer.
func (a *App) tryAuthority(ctx context.Context, x evidence.Authority, t *words.Text) (string, error) {
	var random [32]byte
	if _, err := io.ReadFull(a.cfg.Rand, random[:]); err != nil {
		return "", err
	}
	digest := evidence.Sum(random[:])
	reply, err := a.stamper().Ask(ctx, x, digest)
	if err != nil {
		return "", err
	}
	st := a.judge(x, reply.Raw, digest, reply.Nonce, reply.Window(), x.Practice, nil)
	if st.Verified == nil {
		return "", &TokenError{Authority: x.Name, Checks: st.Checks}
	}
	st.Sent, st.Received = reply.Sent, reply.Received
	offset, _, _ := st.ClockOffset()
	return t.T("doctor.authority", "Offset", t.Decimal(offset.Seconds(), 1)), nil
}

// CaptureError: a page was shown, but not the one that was asked for.
type CaptureError struct{ Outcome evidence.Outcome }

func (e *CaptureError) Error() string { return "capture is " + string(e.Outcome) }

// TokenError: an authority answered with a token that failed a check.
type TokenError struct {
	Authority string
	Checks    []evidence.Check
}

func (e *TokenError) Error() string {
	if k, failed := tsa.FirstFailure(e.Checks); failed {
		return "timestamp of " + e.Authority + ": " + k.Name + ": " + k.Detail
	}
	return "timestamp of " + e.Authority + " cannot be trusted"
}
