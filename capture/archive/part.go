package archive

import (
	"context"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/network"
)

// remainder finds what there is of an answer that had not ended when the record did.
func (a *Archive) remainder(ctx context.Context, x *transfer) ([]byte, gap) {
	r := x.Last().Response
	var body []byte
	why := notEnding
	switch {
	case x.ended:
		return nil, unreadable // not in time
	case r == nil || !carriesBody(x.Last()):
		return nil, notEnding
	case a.passed(x):
		body, _ = a.body(x, givenUp)
		why = givenUp
	case x.decoded > a.limits.MaxBody:
		return nil, tooLarge
	case !a.room(x.decoded):
		return nil, tooMuch
	default:
		body = a.part(ctx, x)
	}
	if n := promised(r.Headers); n > 0 && n == int64(len(body)) && !coded(r.Headers) {
		return body, "" // whole; that it ended was not told, or the page has not read it
	}
	return body, why
}

// passed tells a document that the page went on from: of those the browser does not tell the end.
func (a *Archive) passed(x *transfer) bool {
	return x.kind == network.ResourceTypeDocument && a.tab.PassedBy(x.request, x.frame)
}

// part is what the page has of an answer that has not ended, or that it gave up: its first
// bytes, as they came, or nothing. It is asked for once and late, because
// from then on the browser tells every byte that comes.
func (a *Archive) part(ctx context.Context, x *transfer) []byte {
	if x.inParts() {
		return nil
	}
	for from := x.reader; from != nil; from = from.parent {
		var first network.StreamResourceContentResult
		if from.call(ctx, network.CommandStreamResourceContent, network.StreamResourceContentParams{RequestID: x.request}, &first) != nil {
			continue // asked for elsewhere
		}
		body := first.BufferedData
		if len(body) == 0 && x.decoded > 0 {
			// What several parts of a page can share, such as pictures and styles, is kept apart.
			var shared network.GetResponseBodyResult
			if from.call(ctx, network.CommandGetResponseBody, network.GetResponseBodyParams{RequestID: x.request}, &shared) == nil &&
				(shared.Base64encoded || int64(len(shared.Body)) == x.decoded && x.fits(shared, true)) {
				body = shared.Body
			}
		}
		// Less than was told of: its beginning was dropped.
		if n := int64(len(body)); n == 0 || n < x.decoded || n > a.limits.MaxBody {
			return nil
		}
		a.took(len(body))
		return body
	}
	return nil
}

// multipartReplace is the type of an answer made of pictures that replace each other.
const multipartReplace = "multipart/x-mixed-replace"

// inParts tells such an answer: the page has the last picture of it only.
func (x *transfer) inParts() bool {
	return strings.EqualFold(x.Last().Response.MimeType, multipartReplace)
}

// streamTypes are of answers that are read while they come.
var streamTypes = []string{"text/event-stream", multipartReplace, "application/x-ndjson", "application/ndjson", "application/stream+json"}

// streams tells an answer that is made not to end: that it has not takes nothing from the page.
func (x *transfer) streams() bool {
	if x.Last().Response == nil {
		return false
	}
	kind := strings.ToLower(x.Last().Response.MimeType)
	return x.kind == network.ResourceTypeEventSource || slices.Contains(streamTypes, kind) || strings.HasPrefix(kind, "application/grpc")
}
