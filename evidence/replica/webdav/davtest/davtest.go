// Package davtest runs WebDAV servers of others on loopback, for tests.
//
// # What it does
//
// [Apache] runs Apache's mod_dav, [Rclone] runs rclone serve webdav, each over a folder of the test and
// with name and password.
//
// # How to use it
//
//	s := davtest.Apache(t)
//	place, err := webdav.New(webdav.Config{Address: s.Address, User: s.User, Secret: s.Secret})
//
// # What it does not do
//
// It is for tests only. Where a server is not installed the test is skipped, and says so; on Debian
// they are in apache2-bin and rclone.
package davtest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// Server is a running one.
type Server struct {
	Address      string // of a folder that is there
	User, Secret string
	Dir          string // where the server keeps what it is given

	cmd *exec.Cmd
	run func() *exec.Cmd
	log string
}

// free finds a port that nobody listens at.
func free(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // nothing was sent
	return l.Addr().String()
}

func found(t testing.TB, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skipf("%s is not installed: nothing was tried with it", names[0])
	return ""
}

// Rclone starts rclone serve webdav.
func Rclone(t testing.TB) *Server {
	t.Helper()
	bin := found(t, "rclone")
	host := free(t)
	s := &Server{Address: "http://" + host + "/", User: "caseworker", Secret: "a secret of this test", Dir: t.TempDir()}
	s.log = filepath.Join(t.TempDir(), "log")
	s.run = func() *exec.Cmd {
		cmd := exec.Command(bin, "serve", "webdav", s.Dir, "--addr", host, "--user", s.User, "--pass", s.Secret,
			"--config", filepath.Join(filepath.Dir(s.log), "none.conf"), "--log-file", s.log, "--vfs-cache-mode", "off")
		return cmd
	}
	return s.start(t)
}

// Apache starts Apache with mod_dav.
func Apache(t testing.TB) *Server {
	t.Helper()
	bin := found(t, "apache2", "/usr/sbin/apache2")
	host := free(t)
	root := t.TempDir()
	s := &Server{Address: "http://" + host + "/copies/", User: "caseworker", Secret: "a secret of this test",
		Dir: filepath.Join(root, "www", "copies"), log: filepath.Join(root, "log")}
	if err := os.MkdirAll(s.Dir, 0o777); err != nil {
		t.Fatal(err)
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(s.Secret), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	user := ""
	if os.Geteuid() == 0 { // its children give up what root may
		user = "User www-data\nGroup www-data\n"
	}
	conf := filepath.Join(root, "httpd.conf")
	text := fmt.Sprintf(`ServerRoot %[1]q
ServerName 127.0.0.1
Listen %[2]s
PidFile %[1]s/pid
ErrorLog %[1]s/log
%[3]sMutex file:%[1]s default
LoadModule mpm_event_module %[4]s/mod_mpm_event.so
LoadModule authn_core_module %[4]s/mod_authn_core.so
LoadModule authn_file_module %[4]s/mod_authn_file.so
LoadModule authz_core_module %[4]s/mod_authz_core.so
LoadModule authz_user_module %[4]s/mod_authz_user.so
LoadModule auth_basic_module %[4]s/mod_auth_basic.so
LoadModule dav_module %[4]s/mod_dav.so
LoadModule dav_fs_module %[4]s/mod_dav_fs.so
DavLockDB %[1]s/lock/db
DocumentRoot %[1]s/www
<Directory %[1]s/www>
	Dav On
	AuthType Basic
	AuthName copies
	AuthUserFile %[1]s/users
	Require valid-user
</Directory>
`, root, host, user, "/usr/lib/apache2/modules")
	for path, b := range map[string]string{conf: text, filepath.Join(root, "users"): s.User + ":" + string(hash) + "\n"} {
		if err := os.WriteFile(path, []byte(b), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(root, "lock"), 0o777); err != nil {
		t.Fatal(err)
	}
	// The server's children run as somebody else, and must get there.
	for dir := s.Dir; len(dir) >= len(root); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(root, "lock"), 0o777); err != nil {
		t.Fatal(err)
	}
	for dir := filepath.Dir(root); dir != "/" && dir != os.TempDir(); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s.run = func() *exec.Cmd { return exec.Command(bin, "-f", conf, "-DFOREGROUND") }
	return s.start(t)
}

func (s *Server) start(t testing.TB) *Server {
	t.Helper()
	t.Cleanup(s.Kill)
	s.Again(t)
	return s
}

// Again starts the server, which was killed, over what it has.
func (s *Server) Again(t testing.TB) {
	t.Helper()
	s.cmd = s.run()
	s.cmd.Stderr = os.Stderr
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodOptions, s.Address, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(s.User, s.Secret)
		if rs, err := http.DefaultClient.Do(r); err == nil {
			if rs.Body.Close() == nil && rs.StatusCode < 300 {
				return
			}
		}
		select {
		case <-ctx.Done():
			b, _ := os.ReadFile(s.log)
			t.Fatalf("the server does not answer\n%s", strings.TrimSpace(string(b)))
		case <-tick.C:
		}
	}
}

// Kill ends the server at once.
func (s *Server) Kill() {
	if s.cmd != nil {
		s.end()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}
