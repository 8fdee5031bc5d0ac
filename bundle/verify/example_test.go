package verify_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"constat/bundle/verify"
	"constat/evidence"
)

// Whoever receives a bundle brings the roots, and reads of each check whether it
// passed, failed, or was not done and why.
func ExampleVerify() {
	dir, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	got, err := verify.Verify(context.Background(), dir, verify.Options{SystemRoots: true})
	if errors.Is(err, verify.ErrNotBundle) {
		fmt.Println("nothing to judge")
		return
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(got.Verdict)
	for _, c := range got.Checks {
		if c.Name == "bag-declaration" && c.State == evidence.Failed {
			fmt.Println(c.Name, c.State+":", c.Detail)
		}
	}
	// Output:
	// not-valid
	// bag-declaration failed: bagit.txt: missing or not readable
}
