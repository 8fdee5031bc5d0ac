package main

import (
	"fmt"
	"io"
	"strings"
)

const intro = "# Third-party code\n\n" +
	"What a built `constat` or `constatctl` contains on Linux, Windows or macOS besides our own code and Go's\n" +
	"library, and under which licences. The browser that makes the pictures is the one that you have installed; it\n" +
	"is not shipped. `make licences` writes this file; do not edit it.\n\n" +
	"Go's own library has the licence of `golang.org/x/sys`, word for word.\n\n"

// write writes the page: a table, and each text once.
func write(to io.Writer, modules []*module) error {
	var b strings.Builder
	b.WriteString(intro)
	b.WriteString("| module | version | file | licence | text |\n|---|---|---|---|---|\n")
	type shared struct {
		kind, body string
		of         []string
	}
	var texts []*shared
	place := map[string]int{} // body -> place in texts
	for _, m := range modules {
		for _, t := range m.texts {
			i, there := place[t.body]
			if !there {
				i = len(texts)
				place[t.body] = i
				texts = append(texts, &shared{kind: t.kind, body: t.body})
			}
			texts[i].of = append(texts[i].of, m.path)
			fmt.Fprintf(&b, "| %s | %s | %s | %s | [%d](#text-%d) |\n", m.path, m.version, t.name, t.kind, i+1, i+1)
		}
	}
	for i, t := range texts {
		fmt.Fprintf(&b, "\n## Text %d\n\n%s, for %s.\n\n~~~text\n%s\n~~~\n", i+1, t.kind, strings.Join(t.of, ", "), t.body)
	}
	_, err := io.WriteString(to, b.String())
	return err
}
