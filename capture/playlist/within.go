package playlist

import (
	"bytes"
	"encoding/json"
	"regexp"
)

const (
	maxWithin = 32      // lists in one answer
	maxFront  = 4 << 10 // bytes that may stand before the first element of one
)

var mpdMark = regexp.MustCompile(`(?:<|\\u003[cC])MPD[ \\]`)

// Within are the DASH lists that a page or an answer to a script carries as JSON strings, as pages do whose player
// asks for no list of its own.
func Within(body []byte) (lists [][]byte) {
	if !bytes.Contains(body, []byte("MPD")) {
		return nil
	}
	for at := 0; len(lists) < maxWithin; {
		mark := mpdMark.FindIndex(body[at:])
		if mark == nil {
			return lists
		}
		from := quoteBefore(body, at+mark[0])
		to := quoteAfter(body, at+mark[1]-1)
		if to < 0 {
			return lists
		}
		var text string
		if from >= at && to-from < 2*MaxBytes && json.Unmarshal(body[from:to+1], &text) == nil && isDASH([]byte(text)) {
			lists = append(lists, []byte(text))
		}
		at = to + 1 // until there nothing else can begin
	}
	return lists
}

// quoteBefore is where the string begins that a place is in; -1 if that is too far.
func quoteBefore(body []byte, at int) int {
	for i := at - 1; i >= max(at-maxFront, 0); i-- {
		if body[i] == '"' && !escaped(body, i) {
			return i
		}
	}
	return -1
}

func quoteAfter(body []byte, at int) int {
	for i := at; i < len(body); i++ {
		switch body[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// escaped tells whether an odd number of backslashes stands before a place.
func escaped(body []byte, at int) bool {
	n := 0
	for at-1-n >= 0 && n < maxFront && body[at-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}
