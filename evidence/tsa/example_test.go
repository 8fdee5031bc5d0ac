package tsa_test

import (
	"context"
	"fmt"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/practice"
)

// The whole way, against the practice authority.
func Example() {
	authority, err := practice.New(time.Now)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	url, stop, err := authority.Listen(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()

	digest := evidence.Sum([]byte("the exact bytes of a manifest"))
	var client tsa.Client
	reply, err := client.Ask(ctx, authority.Describe(url), digest)
	if err != nil {
		fmt.Println(err)
		return
	}
	roots, err := tsa.ParseRootsPEM([]byte(authority.RootPEM()))
	if err != nil {
		fmt.Println(err)
		return
	}
	ts, checks := tsa.Verify(reply.Raw, digest, tsa.Options{
		Roots: roots, Nonce: reply.Nonce, Window: reply.Window(), Practice: true,
	})
	if ts == nil {
		fmt.Println(checks)
		return
	}
	fmt.Println(ts.Signer, ts.Practice, ts.RootSource)
	// Output: CN=PRACTICE — NOT EVIDENCE (Timestamp),O=PRACTICE — NOT EVIDENCE true pinned
}
