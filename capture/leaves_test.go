package capture

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"constat/capture/record"
	"constat/evidence"
)

// What the browser writes into its own folder must tell nothing of the page:
// address, title, text and cookies stay in memory.
func TestFolderHoldsNothingOfThePage(t *testing.T) {
	t.Parallel()
	const token = "e7c1a9f4b2d8"
	server := serve(t, html(`<body><script>
		document.cookie = "c`+token+`=1; max-age=86400"; localStorage.setItem("`+token+`", "`+token+`");
		document.title = "`+token+`";
	</script><p>`+token+`</p><img src="/missing/`+token+`.png"></body>`))
	r := recorder(t, nil)
	files := 0
	r.hooks.ending = func(folder string) {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return nil // the browser is still at work here
			}
			if b, err := os.ReadFile(path); err == nil {
				files++
				if bytes.Contains(b, []byte(token)) {
					t.Errorf("%s holds something of the page", path[len(folder):])
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if runtime.GOOS == "linux" {
			// The browser writes the page into a temporary file for MHTML.
			if target, err := os.Readlink(filepath.Join(folder, "temp")); err != nil || !slices.Contains([]string{os.Getenv("XDG_RUNTIME_DIR"), "/dev/shm"}, filepath.Dir(target)) {
				t.Errorf("temporary files are on a disk: %s, %v", target, err)
			}
		}
		info, err := os.Stat(folder)
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("folder: %v, %v", info.Mode(), err)
		}
	}
	c, _ := take(t, r, server.URL+"/"+token)
	if files == 0 {
		t.Error("no files were looked at")
	}
	wantOutcome(t, c, evidence.Partial, record.ProblemResourceFailed)
	if got, want := detail(c, record.ProblemResourceFailed), "1: 1 × Image 404"; got != want {
		t.Errorf("detail %q, want %q", got, want)
	}
}
