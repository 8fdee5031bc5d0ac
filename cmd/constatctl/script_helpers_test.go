package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"constat/internal/schemas"
)

// exitCode is the script command `exit CODE program args…`: it runs the program
// and wants exactly that code. Its output is there for stdout and stderr.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit CODE program args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if err != nil {
		coder, ok := err.(interface{ ExitCode() int })
		if !ok {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = coder.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// field is the script command `field NAME path.to.value`: it takes a value from
// the JSON document on standard output into a variable.
func field(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: field NAME path.to.value")
	}
	var doc any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &doc))
	for step := range strings.SplitSeq(args[1], ".") {
		switch v := doc.(type) {
		case map[string]any:
			doc = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			ts.Check(err)
			if i >= len(v) {
				ts.Fatalf("no element %d", i)
			}
			doc = v[i]
		default:
			ts.Fatalf("nothing at %s", step)
		}
	}
	if doc == nil {
		ts.Fatalf("%s is not in the document", args[1])
	}
	ts.Setenv(args[0], fmt.Sprint(doc))
}

// schema is the script command `schema NAME FILE`: each JSON document in the file, one
// that ends in .jsonl with one a line, is as the schema in docs/schemas has it.
func schema(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: schema NAME FILE")
	}
	documents := []string{ts.ReadFile(args[1])}
	if strings.HasSuffix(args[1], ".jsonl") {
		documents = strings.Split(strings.TrimSuffix(documents[0], "\n"), "\n")
	}
	for _, d := range documents {
		if err := schemas.Judge(schemas.Schema(args[0]), []byte(d)); err != nil {
			ts.Fatalf("%s: %v\n%s", args[1], err, d)
		}
	}
}
