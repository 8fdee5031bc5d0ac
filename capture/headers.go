package capture

import (
	"bytes"
	"encoding/json"
	"sort"
	"strings"

	"github.com/chromedp/cdproto/network"

	"constat/evidence"
)

// HeadersFormat is the format of headers.json: a JSON object with the field
// "format" and the list "exchanges", one for each request of the page's own
// document, redirects first. Names and values of headers are as they
// came over the wire, sorted by name; several with one name stay several. With
// "raw" false the browser did not tell the raw ones, and those it uses itself are listed.
const HeadersFormat = "constat-headers/1"

type headersFile struct {
	Format    string     `json:"format"`
	Exchanges []exchange `json:"exchanges"`
}

type exchange struct {
	Address    string        `json:"address"`
	Method     string        `json:"method,omitempty"`   // absent if the request went out before we listened
	Protocol   string        `json:"protocol,omitempty"` // ALPN name
	Remote     string        `json:"remote,omitempty"`   // IP and port
	Status     int           `json:"status,omitempty"`
	StatusText string        `json:"status_text,omitempty"`
	Raw        bool          `json:"raw"`
	Request    []headerField `json:"request_headers"`
	Response   []headerField `json:"response_headers"`
}

type headerField struct {
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

// encodeHeaders returns headers.json and what was left out of it.
func encodeHeaders(navigations []*navigation) ([]byte, []evidence.Redaction, error) {
	file := headersFile{Format: HeadersFormat, Exchanges: []exchange{}}
	left := map[[2]string]int{}
	for _, n := range navigations {
		for _, h := range n.told() {
			x := exchange{Address: withoutUser(h.url), Method: h.method, Raw: h.wire}
			if r := h.response; r != nil {
				x.Protocol, x.Status, x.StatusText = r.Protocol, int(r.Status), r.StatusText
				var p evidence.Page
				pageFacts(&p, h.hop)
				x.Remote = p.RemoteAddress
			}
			x.Request = keptHeaders(h.sent, "headers.json: request", left)
			x.Response = keptHeaders(h.received, "headers.json: response", left)
			file.Exchanges = append(file.Exchanges, x)
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(file); err != nil {
		return nil, nil, err
	}
	return b.Bytes(), redactions(left), nil
}

// keptHeaders sorts headers and counts those that are left out.
func keptHeaders(headers network.Headers, place string, left map[[2]string]int) []headerField {
	kept := []headerField{}
	for name, v := range headers {
		value, _ := v.(string)
		values := strings.Split(value, "\n") // how the protocol joins several of one name
		if sessionHeaders[strings.ToLower(name)] {
			left[[2]string{place, canonical(name)}] += len(values)
			continue
		}
		if strings.EqualFold(name, "Location") || strings.EqualFold(name, "Referer") {
			for i := range values {
				values[i] = withoutUser(values[i])
			}
		}
		for _, one := range values {
			kept = append(kept, headerField{name, one})
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

func redactions(left map[[2]string]int) []evidence.Redaction {
	list := []evidence.Redaction{}
	for key, n := range left {
		list = append(list, evidence.Redaction{Place: key[0], What: key[1], Reason: reasonSession, Count: n})
	}
	sort.Slice(list, func(i, j int) bool {
		return list[i].Place+list[i].What < list[j].Place+list[j].What
	})
	return list
}
