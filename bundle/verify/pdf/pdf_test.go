package pdf

import (
	"bytes"
	"compress/zlib"
	"strings"
	"testing"
)

// small is a file of one page that says "Hé" in a plain stream.
const small = "%PDF-1.3\n1 0 obj\n<</Type /Pages /Kids [3 0 R] /Count 1>>\nendobj\n" +
	"2 0 obj\n<</Type /Catalog /Pages 1 0 R>>\nendobj\n" +
	"3 0 obj\n<</Type /Page /Parent 1 0 R /Contents 4 0 R>>\nendobj\n" +
	"4 0 obj\n<</Length 40>>\nstream\nBT 1 2 Td (\x00H\x00\xe9) Tj [<0041> -5 (\x00B)] TJ ET\nendstream\nendobj\n"

func whole(t testing.TB) []byte {
	t.Helper()
	body := strings.Replace(small, "/Length 40", "/Length 42", 1)
	stream := strings.Index(body, "stream\n") + 7
	body = strings.Replace(body, "/Length 42", "/Length "+itoa(strings.Index(body, "\nendstream")-stream), 1)
	var table strings.Builder
	table.WriteString("xref\n0 5\n0000000000 65535 f \n")
	for _, head := range []string{"1 0 obj", "2 0 obj", "3 0 obj", "4 0 obj"} {
		s := itoa(strings.Index(body, head))
		table.WriteString(strings.Repeat("0", 10-len(s)) + s + " 00000 n \n")
	}
	return []byte(body + table.String() + "trailer\n<</Size 5 /Root 2 0 R>>\nstartxref\n" + itoa(len(body)) + "\n%%EOF\n")
}

func itoa(n int) string {
	var b []byte
	for ; n > 0 || b == nil; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
	}
	return string(b)
}

func TestPages(t *testing.T) {
	pages, err := Pages(whole(t))
	if err != nil || len(pages) != 1 || pages[0] != "Hé\nAB\n" {
		t.Errorf("%q, %v", pages, err)
	}
}

func FuzzPages(f *testing.F) {
	f.Add(whole(f))
	f.Add([]byte("%PDF-1.3\nxref\n0 0\ntrailer\n<</Prev 9>>\nstartxref\n9\n%%EOF"))
	f.Add([]byte("%PDF-1.7\n1 0 obj [[[[[[ endobj\nxref\n1 1\n9 0 n\ntrailer <</Root 1 0 R>>\nstartxref\n30\n%%EOF\n"))
	f.Fuzz(func(_ *testing.T, b []byte) {
		_, _ = Pages(b) // ends, and does not panic
		_, _ = Info(b, "Title")
		_, _ = Stamp(b)
		_ = Files(b, func(string, []byte) {})
	})
}

// TestFilesOfOneStream: many names that lead to one stream are not all unpacked, and one name
// leads to one file.
func TestFilesOfOneStream(t *testing.T) {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	if _, err := z.Write(make([]byte, 60<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		names func(i int) string
		most  int
	}{{func(i int) string { return "f" + itoa(i) }, 8}, {func(int) string { return "f" }, 1}} {
		var names strings.Builder
		for i := range 2000 {
			n := c.names(i)
			names.WriteString("(" + n + ") <</F (" + n + ") /UF (" + n + ") /EF <</F 3 0 R /UF 3 0 R>>>> ")
		}
		objects := []string{"1 0 obj\n<</Type /Catalog /Names <</EmbeddedFiles 2 0 R>>>>\nendobj\n", "2 0 obj\n<</Names [" + names.String() + "]>>\nendobj\n",
			"3 0 obj\n<</Filter /FlateDecode /Length " + itoa(packed.Len()) + ">>\nstream\n" + packed.String() + "\nendstream\nendobj\n"}
		body, table := "%PDF-1.7\n", "xref\n0 4\n0000000000 65535 f \n"
		for _, o := range objects {
			at := itoa(len(body))
			table += strings.Repeat("0", 10-len(at)) + at + " 00000 n \n"
			body += o
		}
		b := []byte(body + table + "trailer\n<</Size 4 /Root 1 0 R>>\nstartxref\n" + itoa(len(body)) + "\n%%EOF\n")
		n := 0
		if err := Files(b, func(string, []byte) { n++ }); err == nil || n == 0 || n > c.most {
			t.Errorf("%d files, %v", n, err)
		}
	}
}
