package mailtext_test

import (
	"fmt"

	"constat/evidence/intake/mailtext"
)

func ExampleMediaType() {
	media, params, doubtful := mailtext.MediaType(`Image/JPEG (a photo); name=my photo.jpg; name="other.jpg"`)
	fmt.Println(media, params["name"], doubtful)
	// Output: image/jpeg my photo.jpg true
}

func ExampleHead_Text() {
	var h mailtext.Head
	fmt.Fprint(&h, `<p>Look <a href="https://example.org/p/1">here</a><p><img alt="a heart"><script>x</script>`)
	fmt.Printf("%q\n", h.Text("text/html", "utf-8"))
	// Output: "Look here <https://example.org/p/1> \n[a heart]"
}
