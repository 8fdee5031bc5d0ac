package intake_test

import (
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/intake"
)

// What an import costs beside the sink, which hashes here and keeps nothing.
func BenchmarkImport(b *testing.B) {
	const size = 64 << 20
	chat := []byte(strings.Repeat(oneLine, 100_000))
	for name, src := range map[string]intake.Source{
		"file": {Name: "a", Size: size, Open: func() (intake.File, error) { return endless{size}, nil }},
		"chat": bytesSource("_chat.txt", chat),
		"zip":  bytesSource("a.zip", zipFile(b, entry{"_chat.txt", chat}, entry{"a.bin", make([]byte, 8<<20)})),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(src.Size)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := intake.Import(b.Context(), src, &discard{}, intake.Options{}, evidence.NoProgress{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
