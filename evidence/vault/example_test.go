package vault_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/vault"
)

// From a new vault to an exhibit that is read back. What is put into a draft is
// encrypted and durable at once, and is an exhibit once it is committed.
func Example() {
	if err := keepAndRead(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// E-001 notes.txt 16 bytes: seen on Tuesday
	// case-created captured
}

func keepAndRead(ctx context.Context) error {
	parent, err := os.MkdirTemp("", "example-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(parent)
	v, _, err := vault.Create(ctx, filepath.Join(parent, "vault"), "four words without a link", vault.Options{Actor: "example"})
	if err != nil {
		return err
	}
	defer v.Close()
	info, err := v.CreateCase(ctx, "November", false)
	if err != nil {
		return err
	}
	c, err := v.Case(ctx, info.ID)
	if err != nil {
		return err
	}

	draft := c.NewDraft()
	defer draft.Abort() // does nothing after a commit
	note := evidence.Artifact{Name: "notes.txt", Role: evidence.Original, MediaType: "text/plain"}
	if _, err := draft.Put(ctx, note, strings.NewReader("seen on Tuesday\n")); err != nil {
		return err
	}
	// The manifest is made when the number is known, and anchors the log so far.
	build := func(id string, head evidence.LogHead, artifacts []evidence.Artifact) ([]byte, evidence.Digest, map[string]string, error) {
		now := evidence.MomentOf(time.Now())
		b, err := evidence.Manifest{Case: info.ID, Exhibit: id, Kind: evidence.WebCapture, Outcome: evidence.Complete,
			Started: now, Finished: now, Artifacts: artifacts, CustodyHead: head}.Encode()
		return b, evidence.Sum(b), nil, err
	}
	x, err := c.Commit(ctx, draft, evidence.ActCaptured, build, nil)
	if err != nil {
		return err
	}

	r, err := x.Open(ctx, "notes.txt")
	if err != nil {
		return err
	}
	defer r.Close()
	text, err := io.ReadAll(r) // only io.EOF says that these are the bytes of the manifest
	if err != nil {
		return err
	}
	fmt.Printf("%s %s %d bytes: %s", x.ID, x.Manifest.Artifacts[0].Name, x.Manifest.Artifacts[0].Size, text)
	entries, err := c.Entries(ctx)
	for _, e := range entries {
		fmt.Print(e.Action, " ")
	}
	fmt.Println()
	return err
}
