package system

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Kind is what kind of place a folder is, where that matters to somebody who keeps something secret.
type Kind string

// The kinds of place that are told. Others have no name: of them nothing is known.
const (
	Synced  Kind = "synced"  // a service copies it to the internet
	Roaming Kind = "roaming" // part of a profile that an organisation's network copies
	Network Kind = "network" // another device
)

// Place is what is known of a folder.
type Place struct {
	Kind    Kind
	Service string // as it calls itself, of a synced folder
}

// Error says of a path that it lies in such a place. It stops nothing.
type Error struct {
	Path  string
	Place Place
	Vault bool // what is to be there is encrypted; otherwise it can be read
}

func (e *Error) Error() string {
	return e.Path + ": " + strings.TrimSpace(string(e.Place.Kind)+" "+e.Place.Service)
}

// Machine is the system that is asked. Tests put another in its place.
type Machine struct {
	OS     string // GOOS
	Home   string
	Env    func(name string) string
	Exists func(path string) bool
	Read   func(path string) []byte           // a small file; nil if there is none
	Real   func(path string) string           // without links, as far as there is something at the path
	Remote func(path string) bool             // the file system is another device's
	Names  func(path string) (names []string) // of what is in a folder, some thousands at most
}

// This is this system.
func This() Machine {
	home, _ := os.UserHomeDir()
	return Machine{
		OS:     runtime.GOOS,
		Home:   home,
		Env:    os.Getenv,
		Exists: exists,
		Read:   readSmall,
		Real:   realPath,
		Remote: remote,
		Names:  names,
	}
}

// services are recognised by the names that their folders have, in lower case. A name that ends in
// an asterisk is a beginning.
var services = []struct {
	service string
	folders []string
}{
	{"OneDrive", []string{"onedrive", "onedrive -*", "onedrive-*", "skydrive"}},
	{"Dropbox", []string{"dropbox", "dropbox (*"}},
	{"iCloud Drive", []string{"iclouddrive", "icloud drive", "com~apple~clouddocs", "mobile documents", "icloud photos"}},
	{"Google Drive", []string{"google drive", "googledrive", "googledrive-*", "google drive streaming", "my drive", "mon drive", "meine ablage", "mijn drive", "google-drive:*", "drivefs"}},
	{"Nextcloud", []string{"nextcloud", "nextcloud-*", "nextcloud (*"}},
	{"ownCloud", []string{"owncloud", "owncloud (*", "owncloud-*"}},
	{"pCloud", []string{"pcloud", "pclouddrive", "pcloud drive", "pcloud sync"}},
	{"MEGA", []string{"mega", "megasync", "mega downloads"}},
	{"Proton Drive", []string{"proton drive", "protondrive", "protondrive-*"}},
	{"Box", []string{"box sync", "box-box", "box drive"}},
	{"Synology Drive", []string{"synologydrive", "synology drive", "cloudstation"}},
	{"Seafile", []string{"seafile", "seadrive"}},
	{"Tresorit", []string{"tresorit", "tresors"}},
	{"Yandex Disk", []string{"yandex.disk", "yandexdisk"}},
	{"kDrive", []string{"kdrive"}},
	{"HiDrive", []string{"hidrive"}},
	{"MagentaCLOUD", []string{"magentacloud"}},
	{"SpiderOak", []string{"spideroak hive"}},
	{"Amazon Drive", []string{"amazon drive", "amazon photos"}},
	{"Adobe Creative Cloud", []string{"creative cloud files"}},
	{"Jottacloud", []string{"jottacloud"}},
	{"Koofr", []string{"koofr"}},
	{"Sync.com", []string{"sync.com"}},
	{"Internxt", []string{"internxt drive", "internxt"}},
	{"Filen", []string{"filen sync"}},
}

// marks are what clients leave in the folder that they copy. A name that ends in an asterisk is a
// beginning.
var marks = []struct {
	service string
	names   []string
}{
	{"Dropbox", []string{".dropbox", ".dropbox.cache", ".dropbox.attrs"}},
	{"Nextcloud", []string{".nextcloudsync.log", "._sync_*", ".sync_*"}},
	{"ownCloud", []string{".owncloudsync.log"}},
	{"Syncthing", []string{".stfolder", ".stversions"}},
	{"Resilio Sync", []string{".sync"}},
	{"Synology Drive", []string{".synologyworkingdirectory"}},
	{"Google Drive", []string{".tmp.driveupload", ".tmp.drivedownload"}},
	{"MEGA", []string{".megasync", ".megaignore"}},
	{"Tresorit", []string{".tresorit"}},
	{"Seafile", []string{".seafile-data"}},
	{"OneDrive", []string{".849c9593-d756-4e56-8d6e-42412f2a707b"}},
}

// Look tells what kind of place a path is in, also one that is not there yet.
func (m Machine) Look(path string) (Place, bool) {
	paths := []string{path}
	if r := m.Real(path); r != "" && r != path {
		paths = append(paths, r)
	}
	for _, p := range paths {
		if s := m.synced(p); s != "" {
			return Place{Kind: Synced, Service: s}, true
		}
	}
	for _, p := range paths {
		if m.elsewhere(p) {
			return Place{Kind: Network}, true
		}
	}
	if roaming := m.Env("APPDATA"); m.OS == "windows" && roaming != "" {
		for _, p := range paths {
			if m.under(p, roaming) {
				return Place{Kind: Roaming}, true
			}
		}
	}
	return Place{}, false
}

// split takes a path of that system apart.
func (m Machine) split(path string) []string {
	separator := func(r rune) bool { return r == '/' || m.OS == "windows" && r == '\\' }
	return strings.FieldsFunc(path, separator)
}

// under tells whether a path is a folder or lies in it. Where letters are not told apart neither
// are these.
func (m Machine) under(path, folder string) bool {
	p, f := m.split(path), m.split(folder)
	if len(f) == 0 || len(p) < len(f) {
		return false
	}
	for i := range f {
		if p[i] != f[i] && !(m.OS != "linux" && strings.EqualFold(p[i], f[i])) {
			return false
		}
	}
	return true
}

func matches(name string, patterns []string) bool {
	for _, p := range patterns {
		if begin, ok := strings.CutSuffix(p, "*"); name == p || ok && strings.HasPrefix(name, begin) {
			return true
		}
	}
	return false
}

func (m Machine) synced(path string) string {
	for _, variable := range []string{"OneDrive", "OneDriveConsumer", "OneDriveCommercial"} {
		if folder := m.Env(variable); folder != "" && m.under(path, folder) {
			return "OneDrive"
		}
	}
	for _, folder := range m.dropboxes() {
		if m.under(path, folder) {
			return "Dropbox"
		}
	}
	parts := m.split(path)
	for i, part := range parts {
		name := strings.ToLower(part)
		for _, s := range services {
			if matches(name, s.folders) {
				return s.service
			}
		}
		// macOS has all providers in one folder, each as "<Service>-<account>".
		if name == "cloudstorage" && i > 0 && strings.EqualFold(parts[i-1], "library") && i+1 < len(parts) {
			service, _, _ := strings.Cut(parts[i+1], "-")
			return service
		}
	}
	if m.OS == "darwin" && m.Home != "" {
		for _, name := range []string{"Desktop", "Documents"} { // they are in iCloud if that has them, too
			if m.under(path, m.Home+"/"+name) && m.Exists(m.Home+"/Library/Mobile Documents/com~apple~CloudDocs/"+name) {
				return "iCloud Drive"
			}
		}
	}
	return m.marked(path)
}

// marked looks for what clients leave, from the path up, but not in the home itself and above.
func (m Machine) marked(path string) string {
	for dir := path; ; {
		if m.Home != "" && m.under(m.Home, dir) {
			return ""
		}
		for _, n := range m.Names(dir) {
			name := strings.ToLower(n)
			for _, s := range marks {
				if matches(name, s.names) {
					return s.service
				}
			}
		}
		up := m.parent(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

func (m Machine) parent(path string) string {
	cut := strings.LastIndexByte(path, '/')
	if m.OS == "windows" {
		if cut = strings.LastIndexAny(path, `/\`); cut > 0 && path[cut-1] == ':' {
			cut++ // the top of a drive, and not where one stands in it
		}
	}
	if cut <= 0 {
		return path
	}
	return path[:cut]
}

// dropboxes are the folders that Dropbox says that it copies.
func (m Machine) dropboxes() (folders []string) {
	for _, file := range []string{m.Home + "/.dropbox/info.json", m.Env("LOCALAPPDATA") + `\Dropbox\info.json`, m.Env("APPDATA") + `\Dropbox\info.json`} {
		var accounts map[string]struct {
			Path string `json:"path"`
		}
		if json.Unmarshal(m.Read(file), &accounts) != nil {
			continue
		}
		for _, a := range accounts {
			if a.Path != "" {
				folders = append(folders, a.Path)
			}
		}
	}
	return folders
}

// elsewhere tells whether a path is another device's.
func (m Machine) elsewhere(path string) bool {
	if m.OS == "windows" {
		p := strings.ReplaceAll(path, "/", `\`)
		if rest, ok := strings.CutPrefix(p, `\\?\`); ok {
			if unc, ok := strings.CutPrefix(rest, `UNC\`); ok {
				p = `\\` + unc
			} else {
				p = rest
			}
		}
		if host, ok := strings.CutPrefix(p, `\\`); ok {
			host, _, _ = strings.Cut(strings.ToLower(host), `\`)
			return host != "." && host != "wsl$" && host != "wsl.localhost" && host != "localhost"
		}
	}
	for _, part := range m.split(path) {
		if matches(part, []string{"smb-share:*", "sftp:*", "dav:*", "davs:*", "ftp:*", "afp-volume:*"}) { // as GNOME mounts them
			return true
		}
	}
	return m.Remote(path)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

const (
	maxSmall = 64 << 10 // bytes of a file
	maxNames = 5000     // of a folder
)

func readSmall(path string) []byte {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSmall))
	if err != nil {
		return nil
	}
	return b
}

func names(path string) []string {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.IsDir() {
		return nil
	}
	list, _ := f.Readdirnames(maxNames)
	return list
}

// realPath resolves the links of what is there of a path.
func realPath(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	rest := ""
	for dir := abs; ; {
		if r, err := filepath.EvalSymlinks(dir); err == nil {
			return filepath.Join(r, rest)
		}
		up := filepath.Dir(dir)
		if up == dir {
			return abs
		}
		dir, rest = up, filepath.Join(filepath.Base(dir), rest)
	}
}

// nearest is what is there of a path.
func nearest(path string) string {
	for {
		if _, err := os.Stat(path); err == nil || !os.IsNotExist(err) {
			return path
		}
		up := filepath.Dir(path)
		if up == path {
			return path
		}
		path = up
	}
}
