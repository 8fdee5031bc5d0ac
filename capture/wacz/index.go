package wacz

import (
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxPostedKey is how much of a posted body goes into an index key, in bytes.
const maxPostedKey = 4 << 10

// indexLine is one line of CDXJ: sort key, moment, and where the record lies.
func indexLine(x Exchange, digest string, offset, length int64) string {
	line := struct {
		URL      string `json:"url"`
		MIME     string `json:"mime"`
		Status   string `json:"status"`
		Digest   string `json:"digest,omitempty"`
		Length   string `json:"length"`
		Offset   string `json:"offset"`
		Filename string `json:"filename"`
		Method   string `json:"method,omitempty"`
		Posted   string `json:"requestBody,omitempty"`
	}{
		URL: x.URL, MIME: mediaType(x.Response), Status: strconv.Itoa(x.Status), Digest: digest,
		Length: strconv.FormatInt(length, 10), Offset: strconv.FormatInt(offset, 10), Filename: archiveName,
	}
	key := x.URL
	if x.Method != "GET" && x.Method != "" {
		line.Method, line.Posted = x.Method, postedKey(x)
		joint := "?"
		if strings.Contains(key, "?") {
			joint = "&"
		}
		key += joint + "__wb_method=" + url.QueryEscape(x.Method)
		if line.Posted != "" {
			key += "&" + line.Posted
		}
	}
	b, _ := json.Marshal(line) // strings only: it cannot fail
	return sortKey(key) + " " + x.Date.UTC().Format("20060102150405") + " " + string(b)
}

// postedKey tells apart requests to one address by what they send, the way
// players look it up: a form as it is, anything else in base64.
func postedKey(x Exchange) string {
	if len(x.Posted) == 0 || len(x.Posted) > maxPostedKey {
		return ""
	}
	if mediaType(x.Request) == "application/x-www-form-urlencoded" {
		if _, err := url.ParseQuery(string(x.Posted)); err == nil {
			return oneLine(strings.ReplaceAll(string(x.Posted), " ", "+"))
		}
	}
	return "__wb_post_data=" + url.QueryEscape(base64.StdEncoding.EncodeToString(x.Posted))
}

func mediaType(headers []Header) string {
	for _, h := range headers {
		if strings.EqualFold(h.Name, "Content-Type") {
			if t, _, err := mime.ParseMediaType(h.Value); err == nil {
				return t
			}
		}
	}
	return ""
}

// sortKey is the address in the order in which an index sorts it: host parts
// from the right, then port, path and query, in lower case and without spaces.
func sortKey(address string) string {
	lower := strings.ToLower(oneLine(address))
	u, err := url.Parse(lower)
	if err != nil || u.Host == "" {
		return strings.ReplaceAll(lower, " ", "%20")
	}
	host := strings.TrimPrefix(u.Hostname(), "www.")
	if !strings.Contains(host, ":") { // an IPv6 address stays as it is
		parts := strings.Split(host, ".")
		slices.Reverse(parts)
		host = strings.Join(parts, ",")
	}
	if p := u.Port(); p != "" {
		host += ":" + p
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	key := host + ")" + path
	if u.RawQuery != "" {
		parts := strings.Split(u.RawQuery, "&")
		slices.Sort(parts)
		key += "?" + strings.Join(parts, "&")
	}
	return strings.ReplaceAll(key, " ", "%20")
}
