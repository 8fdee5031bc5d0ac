package system

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

func remote(path string) bool {
	volume := filepath.VolumeName(path)
	if volume == "" {
		return false
	}
	name, err := windows.UTF16PtrFromString(volume + `\`)
	return err == nil && windows.GetDriveType(name) == windows.DRIVE_REMOTE
}

// Private lets nobody but the person into a folder, and what will be in it. A file system without
// rights, as of most sticks, says so with an error.
func Private(dir string) error {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return err
	}
	// Protected from what the folder above hands down; full access for the person alone, handed down.
	sd, err := windows.SecurityDescriptorFromString("D:P(A;OICI;FA;;;" + user.User.Sid.String() + ")")
	if err != nil {
		return err
	}
	dacl, _, err := sd.DACL()
	if err != nil {
		return err
	}
	return windows.SetNamedSecurityInfo(dir, windows.SE_FILE_OBJECT,
		windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, dacl, nil)
}

// Name says what system this is, without the name of the device or of anybody.
func Name() string {
	v := windows.RtlGetVersion()
	var product, release string
	var revision uint64
	if key, err := registry.OpenKey(registry.LOCAL_MACHINE, `SOFTWARE\Microsoft\Windows NT\CurrentVersion`, registry.QUERY_VALUE); err == nil {
		defer key.Close()
		product, _, _ = key.GetStringValue("ProductName")
		release, _, _ = key.GetStringValue("DisplayVersion")
		revision, _, _ = key.GetIntegerValue("UBR")
	}
	return windowsName(product, release, v.BuildNumber, uint32(revision))
}

// Language is the person's language: what the terminal says, or else that of the system's own screens.
func Language(env func(string) string) string {
	if v := environmentLanguage(env); v != "" {
		return v
	}
	if list, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME); err == nil && len(list) > 0 {
		return list[0]
	}
	return ""
}

// DataDir is where settings, private work files and, unless told otherwise, the vault lie: on this
// device, and not in the part of the profile that goes to a server. What an earlier build has put
// there stays in use.
func DataDir() (string, error) {
	local, err := windows.KnownFolderPath(windows.FOLDERID_LocalAppData, windows.KF_FLAG_DEFAULT)
	if err != nil {
		if local = os.Getenv("LOCALAPPDATA"); local == "" {
			return "", err
		}
	}
	dir := filepath.Join(local, folderName)
	if old, err := configDir(); err == nil && !exists(filepath.Join(dir, "vault", "vault.json")) &&
		exists(filepath.Join(old, "vault", "vault.json")) {
		return old, nil
	}
	return dir, nil
}

// Usual are the folders in which a person keeps files, wherever the system has them.
func Usual(home string) (list []string) {
	for _, id := range []*windows.KNOWNFOLDERID{windows.FOLDERID_Desktop, windows.FOLDERID_Documents, windows.FOLDERID_Downloads} {
		if dir, err := windows.KnownFolderPath(id, windows.KF_FLAG_DONT_VERIFY); err == nil {
			list = append(list, dir)
		}
	}
	return append(list, usualNames(home)...)
}

// Drives are the letters that there are. Whether something is in a drive is not asked.
func Drives() (roots []string) {
	mask, err := windows.GetLogicalDrives()
	if err != nil {
		return nil
	}
	for c := range 26 {
		if mask&(1<<c) != 0 {
			roots = append(roots, string(rune('A'+c))+`:\`)
		}
	}
	return roots
}

// removable reports whether the system says that what is in a drive can be taken out.
func removable(root string) bool {
	name, err := windows.UTF16PtrFromString(filepath.VolumeName(root) + `\`)
	return err == nil && windows.GetDriveType(name) == windows.DRIVE_REMOVABLE
}
