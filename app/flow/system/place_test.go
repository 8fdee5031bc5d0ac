package system

import (
	"slices"
	"strings"
	"testing"
)

// machine is a system with these folders' names, files and variables.
func machine(goos, home string, env map[string]string, names map[string][]string, files map[string]string) Machine {
	return Machine{OS: goos, Home: home,
		Env:    func(n string) string { return env[n] },
		Exists: func(p string) bool { _, ok := files[p]; return ok },
		Read:   func(p string) []byte { return []byte(files[p]) },
		Real:   func(p string) string { return strings.Replace(p, "/home/a/link", "/home/a/Dropbox/x", 1) },
		Remote: func(p string) bool { return strings.HasPrefix(p, "/mnt/server/") || strings.HasPrefix(p, `S:\`) },
		Names:  func(p string) []string { return names[p] },
	}
}

func TestPlaces(t *testing.T) {
	windows := machine("windows", `C:\Users\a`, map[string]string{"OneDriveCommercial": `C:\Users\a\Work Files`, "APPDATA": `C:\Users\a\AppData\Roaming`,
		"LOCALAPPDATA": `C:\Users\a\AppData\Local`}, nil, map[string]string{`C:\Users\a\AppData\Local\Dropbox\info.json`: `{"personal":{"path":"D:\\Sync Folder"}}`})
	mac := machine("darwin", "/Users/a", nil, nil, map[string]string{"/Users/a/Library/Mobile Documents/com~apple~CloudDocs/Desktop": ""})
	linux := machine("linux", "/home/a", nil, map[string][]string{"/home/a/files": {"x", "._sync_7f.db"}, "/home/a/s": {".stfolder"}, "/home/a": {".dropbox"}, "/media/a/T": {".sync"}}, nil)
	for _, row := range []struct {
		on   Machine
		path string
		want Place
	}{
		{windows, `C:\Users\a\OneDrive\Desktop\x`, Place{Synced, "OneDrive"}},
		{windows, `c:/users/a/onedrive - Contoso/x`, Place{Synced, "OneDrive"}},
		{windows, `C:\Users\a\work files\x`, Place{Synced, "OneDrive"}},
		{windows, `C:\Users\a\Work Files 2\x`, Place{}},
		{windows, `D:\Sync Folder\constat`, Place{Synced, "Dropbox"}},
		{windows, `C:\Users\a\iCloudDrive\x`, Place{Synced, "iCloud Drive"}},
		{windows, `G:\My Drive\x`, Place{Synced, "Google Drive"}},
		{windows, `C:\Users\a\AppData\Roaming\constat`, Place{Kind: Roaming}},
		{windows, `C:\Users\a\AppData\Local\constat`, Place{}},
		{windows, `\\server\share\x`, Place{Kind: Network}},
		{windows, `//server/share/x`, Place{Kind: Network}},
		{windows, `\\?\UNC\server\share`, Place{Kind: Network}},
		{windows, `\\?\C:\x`, Place{}},
		{windows, `\\wsl$\Debian\home`, Place{}},
		{windows, `S:\x`, Place{Kind: Network}},
		{windows, `E:\constat`, Place{}},
		{mac, "/Users/a/Library/Mobile Documents/com~apple~CloudDocs/x", Place{Synced, "iCloud Drive"}},
		{mac, "/Users/a/Library/CloudStorage/OneDrive-Personal/x", Place{Synced, "OneDrive"}},
		{mac, "/Users/a/Library/CloudStorage/Egnyte-a/x", Place{Synced, "Egnyte"}},
		{mac, "/Users/a/Desktop/x", Place{Synced, "iCloud Drive"}},
		{mac, "/Users/a/Documents/x", Place{}},
		{linux, "/home/a/Dropbox/x", Place{Synced, "Dropbox"}},
		{linux, "/home/a/link/y", Place{Synced, "Dropbox"}},
		{linux, "/home/a/files/deep/er", Place{Synced, "Nextcloud"}},
		{linux, "/home/a/s/x", Place{Synced, "Syncthing"}},
		{linux, "/home/a/other/x", Place{}},
		{linux, "/media/a/STICK/x", Place{}},
		{linux, "/media/a/T/x", Place{Synced, "Resilio Sync"}},
		{linux, "/mnt/server/x", Place{Kind: Network}},
		{linux, "/run/user/1000/gvfs/smb-share:server=s,share=x/y", Place{Kind: Network}},
		{linux, "/home/a/.local/share/constat", Place{}},
	} {
		if got, ok := row.on.Look(row.path); got != row.want || ok != (row.want != Place{}) {
			t.Errorf("%s on %s: %+v, want %+v", row.path, row.on.OS, got, row.want)
		}
	}
}

func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		windowsName("Windows 10 Pro", "24H2", 26100, 2314):              "Windows 11 Pro 24H2 (build 26100.2314)",
		windowsName("Windows 10 Home", "22H2", 19045, 5):                "Windows 10 Home 22H2 (build 19045.5)",
		windowsName("", "", 7601, 0):                                    "Windows (build 7601.0)",
		macName("15.1", func() (string, error) { return "24B83", nil }): "macOS 15.1 (24B83)",
		macName("15.1", func() (string, error) { return "", nil }):      "macOS 15.1",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestThisMachine(t *testing.T) {
	if Name() == "" {
		t.Error("this system has no name")
	}
	if dir, err := DataDir(); err != nil || dir == "" {
		t.Errorf("%q, %v", dir, err)
	}
	if p, ok := This().Look(t.TempDir()); ok {
		t.Errorf("a temporary folder is %+v", p)
	}
	if err := Private(t.TempDir()); err != nil {
		t.Error(err)
	}
	if list := Usual("/h"); len(list) == 0 || slices.Contains(list, "") {
		t.Errorf("%q", list)
	}
	for v, want := range map[string]string{"C": "", "C.UTF-8": "", "nl_BE.UTF-8": "nl_BE.UTF-8"} {
		if got := environmentLanguage(func(n string) string { return map[string]string{"LANG": v}[n] }); got != want {
			t.Errorf("%s: %q", v, got)
		}
	}
}
