package exchange

import (
	"net/url"
	"sort"
	"strings"

	"github.com/chromedp/cdproto/network"

	"constat/evidence"
)

// Left counts headers that were left out: by place and name.
type Left map[[2]string]int

// Field is one header as it is kept.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// sessionHeaders carry what lets its holder act as the person who is signed in.
var sessionHeaders = map[string]bool{
	"cookie": true, "cookie2": true, "set-cookie": true, "set-cookie2": true,
	"authorization": true, "proxy-authorization": true,
	"authentication-info": true, "proxy-authentication-info": true,
	"x-auth-token": true, "x-access-token": true, "x-session-token": true, "x-session-id": true,
	"x-csrf-token": true, "x-xsrf-token": true, "x-csrftoken": true, "x-api-key": true,
	"x-amz-security-token": true, "sec-session-id": true, "sec-session-response": true,
	"secure-session-registration": true, "secure-session-id": true, "secure-session-response": true,
	"secure-session-challenge": true,
}

const reasonSession = "session-data" // stable; the words are in the translations

// Keep sorts headers, leaves out those that carry a session, and counts them as left out of that place.
func Keep(headers network.Headers, place string, left Left) []Field {
	kept := []Field{}
	for name, v := range headers {
		value, _ := v.(string)
		values := strings.Split(value, "\n") // how the protocol joins several of one name
		if sessionHeaders[strings.ToLower(name)] {
			left[[2]string{place, canonical(name)}] += len(values)
			continue
		}
		if strings.EqualFold(name, "Location") || strings.EqualFold(name, "Referer") {
			for i := range values {
				values[i] = WithoutUser(values[i])
			}
		}
		for _, one := range values {
			kept = append(kept, Field{name, one})
		}
	}
	sort.SliceStable(kept, func(i, j int) bool { return kept[i].Name < kept[j].Name })
	return kept
}

// canonical writes a header's name one way, as HTTP/2 has it in lower case.
func canonical(name string) string {
	parts := strings.Split(strings.ToLower(name), "-")
	for i, p := range parts {
		if p != "" {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "-")
}

// Redactions is the list for the record; never nil.
func (left Left) Redactions() []evidence.Redaction {
	list := []evidence.Redaction{}
	for key, n := range left {
		list = append(list, evidence.Redaction{Place: key[0], What: key[1], Reason: reasonSession, Count: n})
	}
	sort.Slice(list, func(i, j int) bool {
		return list[i].Place+list[i].What < list[j].Place+list[j].What
	})
	return list
}

// Header finds a header by name in whatever case the server used.
func Header(headers network.Headers, name string) string {
	for k, v := range headers {
		if text, ok := v.(string); ok && strings.EqualFold(k, name) {
			return text
		}
	}
	return ""
}

// EndTold tells whether an answer says itself where it ends, so that what breaks off is known: by a length, by
// chunks (RFC 9112, 7.1) or by frames (RFC 9113, RFC 9114).
func EndTold(r *network.Response) bool {
	chunked := strings.EqualFold(strings.TrimSpace(Header(r.Headers, "Transfer-Encoding")), "chunked")
	return chunked || r.Protocol == "h2" || r.Protocol == "h3" || Header(r.Headers, "Content-Length") != ""
}

// WithoutUser removes user name and password, which a redirect may carry.
func WithoutUser(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return address
	}
	u.User = nil
	return u.String()
}
