package handover

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"constat/bundle"
	"constat/bundle/verify"
	"constat/evidence/vault"
	"constat/evidence/vault/parcel"
)

// How a bundle is closed to everybody but those whom it is for: not at all (a folder, a plain
// ZIP), by a password (a ZIP that 7-Zip opens), or by a recipient's public key (a ZIP that age
// encrypted as a whole).

// sealed reports whether only some can open what is made.
func (r ExportRequest) sealed() bool { return r.ZipPassword != "" || len(r.Recipients) > 0 }

func ends(target, with string) bool { return strings.HasSuffix(strings.ToLower(target), with) }

// isFile tells an archive from a folder by its name.
func isFile(target string) bool { return ends(target, ".zip") || isParcel(target) }

func isParcel(target string) bool { return ends(target, ".zip.age") }

// IsRecipient reports whether a text is a key that a bundle can be encrypted to.
func IsRecipient(key string) bool {
	_, err := parcel.For([]string{key})
	return err == nil
}

// sealing refuses ways to seal that do not go together. What it returns is nil
// unless there are recipients.
func sealing(target string, r ExportRequest) (*parcel.To, error) {
	if isParcel(target) != (len(r.Recipients) > 0) || len(r.Recipients) > 0 && r.ZipPassword != "" {
		return nil, ErrAgeTarget
	}
	if r.ZipPassword != "" && !ends(target, ".zip") {
		return nil, ErrZipPassword
	}
	if r.HideNames && r.ZipPassword == "" {
		return nil, ErrHideNames
	}
	if len(r.Recipients) == 0 {
		return nil, nil
	}
	to, err := parcel.For(r.Recipients)
	if err != nil {
		return nil, &RecipientError{Err: err}
	}
	return to, nil
}

// room looks whether there is room for the files of the exhibits, before any is copied. The report and
// the lists come on top; a ZIP may make words smaller, and its pictures it does not.
func (x *Exporter) room(target string, list []vault.Exhibit) error {
	var needed, one int64
	for _, e := range list {
		for _, a := range e.Manifest.Artifacts {
			if !isFile(target) || packed(a.MediaType) {
				needed += a.Size
				one = max(one, a.Size)
			}
		}
	}
	if isFile(target) {
		one = needed
	}
	if most := x.most(target); most > 0 && one > most {
		return &LargestError{Size: one, Largest: most}
	}
	if x.free == nil {
		return nil
	}
	if free, err := x.free(filepath.Dir(target)); err == nil && needed > free { // not known: whether it is enough shows
		return &RoomError{Needed: needed, Free: free}
	}
	return nil
}

// most is how large a file may be where the target is; 0: no limit is known.
func (x *Exporter) most(target string) int64 {
	if x.largest == nil {
		return 0
	}
	return x.largest(filepath.Dir(target))
}

// outgrown says in the words of here that an archive became larger than the place takes: a list or a text made
// it so, of which nobody knows beforehand how small it becomes.
func outgrown(err error) error {
	if e, ok := errors.AsType[*bundle.TooLargeError](err); ok {
		return &LargestError{Size: e.Most + 1, Largest: e.Most, Begun: true}
	}
	return err
}

// packed are kinds of files that a ZIP makes no smaller.
func packed(mediaType string) bool {
	for _, kind := range []string{"image/", "video/", "audio/", "application/pdf", "application/wacz", "application/zip"} {
		if strings.HasPrefix(mediaType, kind) {
			return true
		}
	}
	return false
}

// check judges what was written. What is encrypted to others is read with the parcel's own key.
func check(ctx context.Context, path string, to *parcel.To, o verify.Options) (got verify.Report, err error) {
	if to == nil {
		return verify.Verify(ctx, path, o)
	}
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return verify.Report{}, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return verify.Report{}, err
	}
	plain, n, err := to.Open(f, info.Size())
	if err != nil {
		return verify.Report{}, err
	}
	return verify.VerifyArchive(ctx, plain, n, o)
}
