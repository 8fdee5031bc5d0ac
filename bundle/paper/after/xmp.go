package after

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// xmp is the metadata in the form of ISO 16684-1, the same as in the file's properties. It names
// PDF/A-3b (ISO 19005-3, 6.6.4); of PDF/UA it says nothing, because nobody has looked at that for a reader.
func xmp(d Description) []byte {
	text := func(s string) string {
		var b bytes.Buffer
		_ = xml.EscapeText(&b, []byte(s)) // a buffer takes all
		return b.String()
	}
	at := d.Created.UTC().Format("2006-01-02T15:04:05Z")
	var b strings.Builder
	b.WriteString("<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
		`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"` +
		` xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">` +
		`<dc:title><rdf:Alt><rdf:li xml:lang="x-default">` + text(d.Title) + `</rdf:li></rdf:Alt></dc:title>`)
	if lang := plainASCII(d.Language); lang != "" {
		b.WriteString(`<dc:language><rdf:Bag><rdf:li>` + lang + `</rdf:li></rdf:Bag></dc:language>`)
	}
	b.WriteString(`<dc:format>application/pdf</dc:format>` +
		`<xmp:CreatorTool>` + text(d.Creator) + `</xmp:CreatorTool>` +
		`<xmp:CreateDate>` + at + `</xmp:CreateDate><xmp:ModifyDate>` + at + `</xmp:ModifyDate>` +
		`<pdf:Producer>` + text(d.Producer) + `</pdf:Producer>`)
	if d.Keywords != "" {
		b.WriteString(`<pdf:Keywords>` + text(d.Keywords) + `</pdf:Keywords>`)
	}
	b.WriteString(`<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>` +
		"</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>")
	return []byte(b.String())
}
