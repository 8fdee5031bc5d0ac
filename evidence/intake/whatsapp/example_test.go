package whatsapp_test

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"constat/evidence/intake/whatsapp"
)

func ExampleReader() {
	text := strings.Join([]string{
		"05/01/2024, 14:03 - Mia: IMG-20240105-WA0000.jpg (file attached)",
		"05/01/2024, 14:04 - Tom: I will send it",
		"[05/01/2024, 14:05:00] Mia: yes", // another form: Tom's own words
		"05/01/2024, 14:06 - Tom: <Media omitted>",
	}, "\n")
	holds := map[string]string{"IMG-20240105-WA0000.jpg": "import-02.jpg"}
	r := whatsapp.NewReader(strings.NewReader(text), "", func(name string) string { return holds[name] })
	for {
		m, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		fmt.Printf("line %d, %s: %q omitted %t", m.Line, m.Sender, m.Text, m.Omitted)
		if m.Media != nil {
			fmt.Print(" is ", m.Media.Artifact)
		}
		fmt.Println()
	}
	// Output:
	// line 1, Mia: "IMG-20240105-WA0000.jpg (file attached)" omitted false is import-02.jpg
	// line 2, Tom: "I will send it\n[05/01/2024, 14:05:00] Mia: yes" omitted false
	// line 4, Tom: "<Media omitted>" omitted true
}
