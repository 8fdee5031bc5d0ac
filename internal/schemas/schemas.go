// Package schemas holds what the program writes against the JSON Schemas that
// docs/schemas gives to others, with a validator that is not ours.
//
// # How to use it
//
//	schemas.Hold(t, schemas.Manifest, b)
//	if schemas.Judge(schemas.Manifest, spoiled) == nil { … }
//
// # What it promises
//
// The schemas are those of draft 2020-12, read from docs/schemas; nothing is fetched.
//
// # What it does not do
//
// It is for tests only. A schema says less than docs/formats.md does: nothing of the
// order of fields, of how a character is spelled, or of what two files say of each other.
package schemas

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Schema is the name of a schema, without its ending.
type Schema string

const (
	Account     Schema = "account"
	Calendar    Schema = "calendar"
	Manifest    Schema = "manifest"
	CustodyLine Schema = "custody-line"
	Email       Schema = "email"
	Export      Schema = "export"
	Messages    Schema = "messages"
	Verify      Schema = "verify"
)

// All are those that there are.
var All = []Schema{Account, Calendar, CustodyLine, Email, Export, Manifest, Messages, Verify}

// File is where a schema lies.
func File(s Schema) string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "..", "..", "docs", "schemas", string(s)+".json")
}

// Judge says what of a document is not as the schema has it.
func Judge(s Schema, document []byte) error {
	f, err := os.Open(File(s))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it is only read
	text, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		return err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource(string(s)+".json", text); err != nil {
		return err
	}
	schema, err := c.Compile(string(s) + ".json")
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// Hold fails the test if a document is not as the schema has it.
func Hold(t testing.TB, s Schema, document []byte) {
	t.Helper()
	if err := Judge(s, document); err != nil {
		t.Errorf("%s: %v\n%.2000s", s, err, document)
	}
}
