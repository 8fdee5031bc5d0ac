package web

import (
	"net/url"
	"testing"
)

// An older version of a large object is an object, and not an answer with a limit.
func TestWhatIsAnAnswer(t *testing.T) {
	for query, want := range map[string]bool{
		"": false, "versionId=abc": false, "versionId=abc&partNumber=1": false,
		"list-type=2&prefix=x": true, "versions=": true, "object-lock=": true, "retention=&versionId=abc": true,
	} {
		q, err := url.ParseQuery(query)
		if err != nil || isAnswer(q) != want {
			t.Errorf("%q: %v, want %v, %v", query, isAnswer(q), want, err)
		}
	}
}
