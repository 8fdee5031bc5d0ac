package main

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"constat/capture/displaytest"
)

// needs fails a test clearly when a tool is missing.
func needs(t testing.TB, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("this test needs %s: %v", tool, err)
		}
	}
}

func nothing(string) string { return "" }

func TestWrongUseAndVersion(t *testing.T) {
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{"--version"}, exitDone},
		{[]string{"--no-such-flag"}, exitWrongUse},
		{[]string{"stray"}, exitWrongUse},
	} {
		if got := run(t.Context(), c.args, nothing); got != c.want {
			t.Errorf("%v: exit %d, want %d", c.args, got, c.want)
		}
	}
}

func TestWithoutADisplayItSaysSo(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		if _, err := checkDisplay(nothing); err != nil {
			t.Error(err)
		}
		return
	}
	if got := run(t.Context(), nil, nothing); got != exitCannot {
		t.Errorf("exit %d", got)
	}
}

// A display that is named and not there is said in the person's language, and with no stack.
func TestADeadDisplayIsSaid(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return
	}
	socket := filepath.Join(t.TempDir(), "wayland-0")
	for name, env := range map[string]map[string]string{
		"X": {"DISPLAY": ":59000"}, "X with a screen": {"DISPLAY": "unix:59000.0"}, "Wayland": {"WAYLAND_DISPLAY": socket}, "nonsense": {"DISPLAY": "x"},
		"X elsewhere": {"DISPLAY": "127.0.0.1:53000"},
	} {
		if _, got := checkDisplay(func(k string) string { return env[k] }); got == nil || got.what != "dead" || got.display == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	release, trouble := checkDisplay(func(k string) string { return map[string]string{"WAYLAND_DISPLAY": socket}[k] })
	defer release()
	if trouble != nil {
		t.Errorf("a display that is there: %+v", trouble)
	}
	for lang, want := range map[string]string{"fr": "L'écran", "nl": "Het scherm", "de": "Der Bildschirm", "en": "The screen", "": "The screen"} {
		said := (&displayTrouble{"dead", "dead.do", ":9"}).words(func(k string) string { return map[string]string{"CONSTAT_LANG": lang}[k] })
		if !strings.Contains(said, want) || !strings.Contains(said, ":9") || !strings.Contains(said, "constatctl") {
			t.Errorf("%s: %s", lang, said)
		}
	}
	for _, goos := range []string{"linux", "windows", "darwin", "freebsd"} {
		d := &displayTrouble{what: "opengl", do: "opengl.do." + systemOf(goos)}
		if said := d.words(nothing); !strings.Contains(said, "OpenGL") || strings.Contains(said, "display.") {
			t.Errorf("%s: %s", goos, said)
		}
	}
}

// TestWithoutOpenGLItEnds: Fyne itself would wait for ever and show nothing.
func TestWithoutOpenGLItEnds(t *testing.T) {
	needs(t, "Xvfb")
	displaytest.Start(t, width, height, "-extension", "GLX")
	ctx, cancel := context.WithTimeout(t.Context(), patience())
	defer cancel()
	home := t.TempDir()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), programVariable+"=1", "HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, "config"),
		"XDG_CACHE_HOME="+filepath.Join(home, "cache"), "CONSTAT_DATA="+filepath.Join(home, "data"))
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != exitCannot || !strings.Contains(string(out), "OpenGL") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestBadEnvironmentIsShownInTheWindow(t *testing.T) {
	env := func(k string) string { return map[string]string{"CONSTAT_TSA": "not an address"}[k] }
	if use, err := newFlow(t.TempDir(), env); err == nil || use != nil {
		t.Errorf("composed with an authority that is none: %v", err)
	}
}

func TestLocale(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return
	}
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{nil, ""},
		{map[string]string{"LANG": "C.UTF-8"}, ""},
		{map[string]string{"LANG": "nl_BE.UTF-8"}, "nl_BE.UTF-8"},
		{map[string]string{"LANG": "nl_BE.UTF-8", "LC_ALL": "de_BE.UTF-8"}, "de_BE.UTF-8"},
		{map[string]string{"LC_ALL": "de_BE.UTF-8", "CONSTAT_LANG": "en"}, "en"},
	} {
		if got := locale(func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("%v: %q, want %q", c.env, got, c.want)
		}
	}
}
