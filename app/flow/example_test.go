package flow_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"constat/app/flow"
	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/app/flow/proof"
	"constat/assets/words"
	"constat/evidence"
)

// A journey without a window and without the internet: a vault, a practice case, a file, a bundle, and
// its verification. In a real case, CreateCase takes the place of StartPractice.
func Example() {
	ctx, none := context.Background(), evidence.NoProgress{}
	dir, err := os.MkdirTemp("", "constat-example-")
	must(err)
	defer os.RemoveAll(dir)
	letter := filepath.Join(dir, "letter.txt")
	must(os.WriteFile(letter, []byte("He wrote this on Monday.\n"), 0o600))

	app, err := flow.New(flow.Config{DataDir: filepath.Join(dir, "data"), Version: "example"})
	must(err)
	session, code, err := app.CreateVault(ctx, filepath.Join(dir, "vault"), "tulipe quarante-deux sans lien")
	must(err)
	defer session.Lock()
	fmt.Println("a code was shown:", code != "")

	c, _, stop, err := session.Keep.StartPractice(ctx)
	must(err)
	defer stop()
	e, err := session.Keep.Import(ctx, keep.ImportRequest{Case: c.ID, Files: []string{letter}, Subject: keep.SubjectAdult}, none)
	must(err)
	fmt.Println(e.Exhibit, e.Outcome, e.Timestamps[0].State)

	res, err := session.Handover.Export(ctx, handover.ExportRequest{Case: c.ID, Target: filepath.Join(dir, "bundle"), Language: "fr"}, none)
	must(err)
	fmt.Println("pages:", res.Pages > 0)

	// Whoever gets the bundle needs no vault. A practice bundle is no evidence unless one asks for it.
	for _, practice := range []bool{false, true} {
		answer, err := app.Proof.VerifyBundle(ctx, res.Target, proof.VerifyOptions{Practice: practice})
		must(err)
		fmt.Println(answer.Verdict)
	}
	// Output:
	// a code was shown: true
	// E-001 complete verified
	// pages: true
	// not-valid
	// valid
}

// Errors have words in four languages, and a number for scripts.
func ExampleExplain() {
	text, err := words.For("fr")
	must(err)
	m := flow.Explain(handover.ErrEmptyCase, text)
	fmt.Println(m.What)
	fmt.Println(flow.ExitCode(handover.ErrEmptyCase))
	// Output:
	// Ce dossier ne contient encore aucune pièce.
	// 3
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
