package system

import (
	"os"
	"path/filepath"
)

// folderName is that of this program's folder.
const folderName = "constat"

// environmentLanguage is how terminals say a language; the neutral locale says none.
func environmentLanguage(env func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := env(name); v != "" && v != "C" && v != "C.UTF-8" && v != "POSIX" {
			return v
		}
	}
	return ""
}

func configDir() (string, error) {
	base, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(base, folderName), nil
}

// usualNames are what systems call those folders, in the languages of this program.
func usualNames(home string) (list []string) {
	for _, n := range []string{"Desktop", "Bureau", "Bureaublad", "Schreibtisch", "Documents", "Documenten", "Dokumente"} {
		list = append(list, filepath.Join(home, n))
	}
	return list
}
