package s3

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
)

// digest is what the store compares with what it got.
func digest(open func() (io.ReadCloser, error)) (string, error) {
	r, err := open()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(h, r)
	return base64.StdEncoding.EncodeToString(h.Sum(nil)), errors.Join(err, r.Close())
}
