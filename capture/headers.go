package capture

import (
	"bytes"
	"encoding/json"

	"constat/capture/exchange"
	"constat/capture/tab"
	"constat/evidence"
)

// headersFormat is the format of headers.json: a JSON object with the field
// "format" and the list "exchanges", one for each request of the page's own
// document, redirects first. Names and values of headers are as they
// came over the wire, sorted by name; several with one name stay several. With
// "raw" false the browser did not tell the raw ones, and those it uses itself are listed.
const headersFormat = "constat-headers/1"

type headersFile struct {
	Format    string            `json:"format"`
	Exchanges []headersExchange `json:"exchanges"`
}

type headersExchange struct {
	Address    string           `json:"address"`
	Method     string           `json:"method,omitempty"`   // absent if the request went out before we listened
	Protocol   string           `json:"protocol,omitempty"` // ALPN name
	Remote     string           `json:"remote,omitempty"`   // IP and port
	Status     int              `json:"status,omitempty"`
	StatusText string           `json:"status_text,omitempty"`
	Raw        bool             `json:"raw"`
	Request    []exchange.Field `json:"request_headers"`
	Response   []exchange.Field `json:"response_headers"`
}

// encodeHeaders returns headers.json and what was left out of it.
func encodeHeaders(navigations []*tab.Navigation) ([]byte, []evidence.Redaction, error) {
	file := headersFile{Format: headersFormat, Exchanges: []headersExchange{}}
	left := exchange.Left{}
	for _, n := range navigations {
		for _, h := range n.Told() {
			x := headersExchange{Address: exchange.WithoutUser(h.URL), Method: h.Method, Raw: h.Wire}
			if r := h.Response; r != nil {
				x.Protocol, x.Status, x.StatusText = r.Protocol, int(r.Status), r.StatusText
				var p evidence.Page
				pageFacts(&p, h.Hop)
				x.Remote = p.RemoteAddress
			}
			x.Request = exchange.Keep(h.Sent, "headers.json: request", left)
			x.Response = exchange.Keep(h.Received, "headers.json: response", left)
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
	return b.Bytes(), left.Redactions(), nil
}
