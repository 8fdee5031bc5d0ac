package caseuco

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // RFC 9562 makes names of version 5 with it; nothing rests on it
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"constat/bundle/report"
	"constat/evidence"
)

// Input is what a bundle holds.
type Input struct {
	Exhibits    []report.Exhibit
	LeftOut     []report.LeftOut // the other exhibits of the case
	Log         []byte           // the custody log, up to the bundle's last line
	Fingerprint evidence.Digest  // of data/evidence-sha256.txt
	Stamps      []report.Stamp   // over that file
}

// node is one thing of the graph.
type node map[string]any

type graph struct {
	id    string // of the case
	nodes []node
	at    map[string]int // where a thing stands in nodes
}

// Write writes the graph of a bundle.
func Write(w io.Writer, in Input) error {
	if len(in.Exhibits) == 0 {
		return fmt.Errorf("caseuco: no exhibits")
	}
	g := &graph{id: in.Exhibits[0].Manifest.Case, at: map[string]int{}}
	made := map[string]ref{} // the making of each exhibit
	for _, e := range in.Exhibits {
		made[e.Manifest.Exhibit] = g.exhibit(e)
	}
	if err := g.custody(in.Log, made); err != nil {
		return err
	}
	list := g.file("data/evidence-sha256.txt", "text/plain", -1, in.Fingerprint, evidence.Digest512{})
	g.stamps(in.Stamps, "data/", list)
	var all []ref
	for _, n := range g.nodes {
		all = append(all, ref{n["@id"].(string)})
	}
	whole := node{
		"uco-core:name": "Constat " + g.id, "case-investigation:investigationForm": "case",
		"case-investigation:focus": "Non-consensual sharing of intimate images", "uco-core:object": all,
	}
	if len(in.LeftOut) > 0 {
		whole["uco-core:description"] = notHere(in)
	}
	if mark := in.Exhibits[0].Manifest.Practice; mark != "" {
		whole["uco-core:tag"] = mark
	}
	g.add("case-investigation:Investigation", "investigation", whole)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(node{"@context": context, "@graph": g.nodes})
}

// notHere says with numbers and names which exhibits of the case are not in the graph, and why.
func notHere(in Input) string {
	said := fmt.Sprintf("%d of %d exhibits of the case", len(in.Exhibits), len(in.Exhibits)+len(in.LeftOut))
	for _, x := range []struct{ reason, words string }{
		{report.LeftOutChoice, "left out by choice of who exported"},
		{report.LeftOutMinor, "closed, because the person shown may have been under 18"},
		{report.LeftOutSame, "closed, because it holds the same file as one of those"},
		{report.LeftOutDamaged, "damaged in the vault"},
	} {
		var ids []string
		for _, l := range in.LeftOut {
			if l.Reason == x.reason {
				ids = append(ids, l.Exhibit)
			}
		}
		if len(ids) > 0 {
			said += fmt.Sprintf("; %s: %d (%s)", x.words, len(ids), strings.Join(ids, ", "))
		}
	}
	return said
}

// context names the vocabularies.
var context = node{
	"case-investigation": "https://ontology.caseontology.org/case/investigation/",
	"uco-action":         "https://ontology.unifiedcyberontology.org/uco/action/",
	"uco-core":           "https://ontology.unifiedcyberontology.org/uco/core/",
	"uco-observable":     "https://ontology.unifiedcyberontology.org/uco/observable/",
	"uco-tool":           "https://ontology.unifiedcyberontology.org/uco/tool/",
	"uco-types":          "https://ontology.unifiedcyberontology.org/uco/types/",
	"xsd":                "http://www.w3.org/2001/XMLSchema#",
}

// ref points to a node.
type ref struct {
	ID string `json:"@id"`
}

// literal is a value of a type that JSON has not.
type literal struct {
	Type  string `json:"@type"`
	Value string `json:"@value"`
}

func moment(t time.Time) literal {
	return literal{"xsd:dateTime", t.UTC().Format("2006-01-02T15:04:05.999999999Z")}
}

// name is the identifier of a thing of this case: a UUID of version 5 over its URN.
func (g *graph) name(key string) string {
	space := [16]byte{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8} // that of URLs
	h := sha1.Sum(
		append(space[:], "urn:constat:"+g.id+":"+key...),
	) //nolint:gosec // see above
	h[6], h[8] = h[6]&0x0f|0x50, h[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// add adds a thing once.
func (g *graph) add(class, key string, n node) ref {
	id := g.name(key)
	if _, there := g.at[id]; !there {
		g.at[id] = len(g.nodes)
		n["@id"], n["@type"] = id, class
		g.nodes = append(g.nodes, n)
	}
	return ref{id}
}

// file adds a file of the bundle; what is not known of it is left out.
func (g *graph) file(name, media string, size int64, sum evidence.Digest, long evidence.Digest512) ref {
	hash := func(method, value string) node {
		return node{
			"@id":                  g.name("hash:" + method + ":" + name),
			"@type":                "uco-types:Hash",
			"uco-types:hashMethod": method,
			"uco-types:hashValue":  literal{"xsd:hexBinary", value},
		}
	}
	hashes := []node{hash("SHA256", sum.String())}
	if !long.IsZero() {
		hashes = append(hashes, hash("SHA512", long.String()))
	}
	file := node{
		"@id":                        g.name("file-facet:" + name),
		"@type":                      "uco-observable:FileFacet",
		"uco-observable:fileName":    path.Base(name),
		"uco-observable:filePath":    name,
		"uco-observable:isDirectory": false,
	}
	content := node{"@id": g.name("content-facet:" + name), "@type": "uco-observable:ContentDataFacet", "uco-observable:hash": hashes}
	if media != "" {
		content["uco-observable:mimeType"], _, _ = strings.Cut(media, ";")
	}
	if size >= 0 {
		bytes := literal{"xsd:integer", fmt.Sprint(size)}
		file["uco-observable:sizeInBytes"], content["uco-observable:sizeInBytes"] = bytes, bytes
	}
	return g.add("uco-observable:File", "file:"+name, node{"uco-core:name": name, "uco-core:hasFacet": []node{file, content}})
}

func (g *graph) tool(name, version, kind string) ref {
	n := node{"uco-core:name": name, "uco-tool:toolType": kind}
	if version != "" {
		n["uco-tool:version"] = version
	}
	return g.add("uco-tool:Tool", "tool:"+kind+":"+name+":"+version, n)
}

// program is what Constat is among tools.
const program = "capture and preservation of evidence"

// actor is the tool that a line of the log names, with its version.
func (g *graph) actor(s string) ref {
	name, version, _ := strings.Cut(s, " ")
	return g.tool(name, version, program)
}

func (g *graph) address(a string) ref {
	return g.add("uco-observable:URL", "url:"+a, node{"uco-core:hasFacet": []node{
		{"@id": g.name("url-facet:" + a), "@type": "uco-observable:URLFacet", "uco-observable:fullValue": a}}})
}

// exhibit adds an exhibit with its files, and returns what made it.
func (g *graph) exhibit(e report.Exhibit) ref {
	m := e.Manifest
	dir := "data/exhibits/" + m.Exhibit + "/"
	manifest := g.file(
		dir+evidence.ManifestName,
		"application/json",
		int64(len(e.ManifestBytes)),
		evidence.Sum(e.ManifestBytes),
		evidence.Sum512(e.ManifestBytes),
	)
	files := []ref{manifest}
	by := map[evidence.Digest]ref{}
	for _, a := range m.Artifacts {
		f := g.file(dir+a.Name, a.MediaType, a.Size, a.SHA256, a.SHA512)
		g.describe(f, string(a.Role))
		files, by[a.SHA256] = append(files, f), f
	}
	for _, a := range m.Artifacts {
		for _, p := range a.Parents {
			from, to := g.name("file:"+dir+a.Name), by[p].ID
			g.add(
				"uco-observable:ObservableRelationship",
				"derived:"+from+":"+to,
				node{"uco-core:source": ref{from}, "uco-core:target": ref{to},
					"uco-core:kindOfRelationship": "Derived_From", "uco-core:isDirectional": true},
			)
		}
	}
	g.stamps(e.Stamps, dir, manifest)
	record := g.record(m.Exhibit, node{"uco-core:name": m.Exhibit, "case-investigation:exhibitNumber": m.Exhibit,
		"uco-core:description": "kind " + string(m.Kind) + ", outcome " + string(m.Outcome), "uco-core:object": files})
	tools := []ref{g.tool(m.Software.Name, m.Software.Version, program)}
	if m.Browser != nil {
		tools = append(tools, g.tool(m.Browser.Product, "", "web browser"))
	}
	n := node{
		"uco-core:name":         string(m.Kind),
		"uco-core:description":  "times by the device's clock",
		"uco-action:startTime":  moment(m.Started.UTC),
		"uco-action:endTime":    moment(m.Finished.UTC),
		"uco-action:instrument": tools,
		"uco-action:result":     append([]ref{record}, files...),
	}
	var about []ref
	if m.Request != nil && m.Request.Address != "" {
		about = append(about, g.address(m.Request.Address))
	}
	if m.Page != nil && m.Page.FinalAddress != "" && (m.Request == nil || m.Page.FinalAddress != m.Request.Address) {
		about = append(about, g.address(m.Page.FinalAddress))
	}
	if m.Recheck != nil {
		about = append(about, g.record(m.Recheck.Exhibit, nil))
	}
	if len(about) > 0 {
		n["uco-action:object"] = about
	}
	return g.add("case-investigation:InvestigativeAction", "made:"+m.Exhibit, n)
}

// record is the provenance record of an exhibit; without facts it is one that is told of
// and not in the bundle, or not yet.
func (g *graph) record(exhibit string, facts node) ref {
	id := g.name("exhibit:" + exhibit)
	if i, there := g.at[id]; there && facts != nil {
		facts["@id"], facts["@type"] = id, g.nodes[i]["@type"]
		g.nodes[i] = facts
		return ref{id}
	} else if facts == nil {
		facts = node{"uco-core:name": exhibit, "case-investigation:exhibitNumber": exhibit}
	}
	return g.add("case-investigation:ProvenanceRecord", "exhibit:"+exhibit, facts)
}

func (g *graph) describe(r ref, words string) {
	g.nodes[g.at[r.ID]]["uco-core:description"] = words
}

// stamps adds the replies of time-stamping authorities over a file.
func (g *graph) stamps(list []report.Stamp, dir string, over ref) {
	for _, s := range list {
		if !s.Kept() && !s.Unverified() {
			continue
		}
		name := s.FileName
		if name == "" {
			name = evidence.TokenName(s.Authority.Name)
		}
		if s.Unverified() {
			name = "unverified-" + strings.TrimPrefix(name, "unverified-")
		}
		token := g.file(dir+name, "application/timestamp-reply", int64(len(s.Reply)), evidence.Sum(s.Reply), evidence.Sum512(s.Reply))
		if s.Verified == nil {
			g.describe(token, "RFC 3161 reply, which could not be verified when this was made: no time is taken from it")
			continue
		}
		at := moment(s.Verified.Time)
		g.add("case-investigation:InvestigativeAction", "stamp:"+dir+name, node{
			"uco-core:name":         "timestamp",
			"uco-core:description":  "RFC 3161; every check passed when this was made; root " + s.Verified.RootFingerprint.String(),
			"uco-action:startTime":  at,
			"uco-action:endTime":    at,
			"uco-action:object":     []ref{over},
			"uco-action:result":     []ref{token},
			"uco-action:instrument": []ref{g.tool(s.Authority.Name, "", "time-stamping authority")},
		})
	}
}

// custody adds the log: each line informed by the one before, and by the making of its exhibit.
func (g *graph) custody(log []byte, made map[string]ref) error {
	var previous ref
	_, err := evidence.VerifyChain(bytes.NewReader(log), func(e evidence.Entry, line []byte) error {
		n := node{
			"uco-core:name":        string(e.Action),
			"uco-action:startTime": moment(e.Time),
			"uco-action:endTime":   moment(e.Time),
			"uco-core:description": fmt.Sprintf(
				"line %d of data/custody-log.jsonl, SHA-256 %s; time by the device's clock",
				e.Seq,
				evidence.Sum(line),
			),
			"uco-action:instrument": []ref{g.actor(e.Actor)},
		}
		var by []ref
		if previous.ID != "" {
			by = append(by, previous)
		}
		if e.Exhibit != "" {
			n["uco-action:object"] = []ref{g.record(e.Exhibit, nil)}
			if m, ok := made[e.Exhibit]; ok && e.Action.Rule().Makes {
				by = append(by, m)
			}
		}
		if len(by) > 0 {
			n["case-investigation:wasInformedBy"] = by
		}
		previous = g.add("case-investigation:InvestigativeAction", fmt.Sprintf("line:%d", e.Seq), n)
		return nil
	})
	return err
}
