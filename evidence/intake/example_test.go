package intake_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"constat/evidence"
	"constat/evidence/intake"
)

// shelf takes what is put, as a vault's draft does.
type shelf struct{}

func (shelf) Put(_ context.Context, meta evidence.Artifact, r io.Reader) (evidence.Artifact, error) {
	h := evidence.NewHasher()
	_, err := io.Copy(h, r)
	meta.SHA256, meta.SHA512, meta.Size = h.Sums()
	return meta, err
}

// letter is an open file of a few bytes.
type letter struct{ *bytes.Reader }

func (letter) Close() error { return nil }

// A file is stored exactly as it is; what it says of itself are claims.
func Example() {
	mail := []byte("From: Ann <ann@example.org>\r\nSubject: =?utf-8?q?pay_or_else?=\r\n" +
		"Date: Fri, 20 Nov 2026 21:20:00 +0100\r\n\r\nhello\r\n")
	got, err := intake.Import(context.Background(), intake.Source{
		Name: "letter.eml", Size: int64(len(mail)), ModTime: time.Date(2026, 11, 20, 20, 20, 0, 0, time.UTC),
		Open: func() (intake.File, error) { return letter{bytes.NewReader(mail)}, nil },
	}, shelf{}, intake.Options{}, evidence.NoProgress{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(got.Kind, got.Artifacts[0].Name, got.Artifacts[0].SHA256 == evidence.Sum(mail))
	for _, f := range got.Facts {
		if f.Name == "subject" {
			fmt.Printf("%s says %s: %q\n", f.Source, f.Name, f.Value)
		}
	}
	// Output:
	// email import-01.eml true
	// eml says subject: "pay or else"
}
