package intake_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"constat/evidence"
	"constat/evidence/intake"
)

// fuzzImport imports whatever comes, under limits that a fuzzer can reach, and
// holds what must be true of every import.
func fuzzImport(t *testing.T, name string, b []byte) (*intake.Result, *memory) {
	t.Helper()
	src := bytesSource(name, b)
	sink := &memory{}
	res, err := intake.Import(t.Context(), src, sink, intake.Options{MaxSize: 8 << 20, MaxEntries: 20}, evidence.NoProgress{})
	if err != nil {
		t.Fatalf("bytes that were read whole are an error: %v", err)
	}
	check(t, res, sink, b)
	for _, f := range res.Facts {
		if !utf8.ValidString(f.Value) || utf8.RuneCountInString(f.Value) > 1000 {
			t.Fatalf("fact %s of %d bytes", f.Name, len(f.Value))
		}
	}
	for _, a := range res.Artifacts {
		if strings.HasSuffix(a.Name, ".json") && !json.Valid(sink.bytes[a.Name]) {
			t.Fatalf("%s is no JSON: %q", a.Name, sink.bytes[a.Name])
		}
	}
	return res, sink
}

func FuzzPicture(f *testing.F) {
	for _, b := range [][]byte{jpegFile(f, tiff(phone)), pngFile(f, tiff(phone)), webpFile(tiff(phone)), heicFile(tiff(phone)), tiff(phone), gifFile(f)} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { fuzzImport(t, "a.jpg", b) })
}

func FuzzMovie(f *testing.F) {
	f.Add(movieFile("isom", "vide", "soun"))
	f.Add(movieFile("3gp4", "soun"))
	f.Add(movieFile("qt  ", "vide")[1000:])
	f.Fuzz(func(t *testing.T, b []byte) { fuzzImport(t, "a.mp4", b) })
}

func FuzzMatroska(f *testing.F) {
	f.Add(matroskaFile("webm"))
	f.Add(matroskaFile("matroska")[:80])
	f.Fuzz(func(t *testing.T, b []byte) { fuzzImport(t, "a.mkv", b) })
}

func FuzzMail(f *testing.F) {
	const head = "From: =?utf-8?q?a=C3=A9?= <a@example.org>\r\nDate: x\r\nReceived: y\r\n"
	f.Add([]byte(head + "\r\nbody"))
	f.Add([]byte(head + "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename*=utf-8''a%20b\r\n\r\nAAAA\r\nAA=="))
	f.Add([]byte(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=41=\r\n--c--\r\n--b--"))
	f.Fuzz(func(t *testing.T, b []byte) { fuzzImport(t, "a.eml", b) })
}

func FuzzChatText(f *testing.F) {
	f.Add([]byte(iosChat))
	f.Add([]byte("1/5/24, 2:03 p. m. - Ann: \u200eIMG-20240105-WA0000.jpg (archivo adjunto)\nmore\n1/5/24, 2:03 PM - Tom:\n"))
	f.Add([]byte("[\u200f٥/١/٢٠٢٤, ٢:٠٣:٢٢ م] Ann: x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		res, sink := fuzzImport(t, "_chat.txt", b)
		if res.Kind != intake.WhatsApp || !utf8.Valid(b) {
			return
		}
		// Every line is in the list, in its order, with its time and sender as written.
		rest := string(b)
		for _, m := range listed(t, res, sink).Messages {
			for _, part := range append([]string{m.Time, m.Sender}, strings.Split(m.Text, "\n")...) {
				_, after, ok := strings.Cut(rest, part)
				if !ok {
					t.Fatalf("%q is not in the text, or not in this order", part)
				}
				rest = after
			}
		}
	})
}

func FuzzZIP(f *testing.F) {
	f.Add(zipFile(f, entry{"_chat.txt", []byte(iosChat)}, entry{"00000003-PHOTO-2024-01-05-14-04-00.jpg", []byte("\xff\xd8\xff")}))
	f.Add(zipFile(f, entry{"x/WhatsApp Chat with A.txt", []byte(oneLine)}, entry{"../a", []byte("PK\x03\x04")}, entry{"d/", nil}))
	f.Add(zipFile(f))
	f.Fuzz(func(t *testing.T, b []byte) { fuzzImport(t, "a.zip", b) })
}
