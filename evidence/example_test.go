package evidence_test

import (
	"bytes"
	"fmt"
	"time"

	"constat/evidence"
)

// A custody log: each line holds the digest of the one before, so that nothing
// can be changed, left out or put in between unseen.
func Example() {
	var chain evidence.Chain
	var log bytes.Buffer
	at := time.Date(2026, 11, 23, 10, 42, 7, 0, time.UTC)
	for _, action := range []evidence.Action{evidence.ActCaseCreated, evidence.ActViewed} {
		_, line, err := chain.Next(evidence.Entry{Time: at, Action: action, Case: "0123456789abcdef", Actor: "example"})
		if err != nil {
			fmt.Println(err)
			return
		}
		// The line is stored first; only then does the chain move on.
		fmt.Fprintf(&log, "%s\n", line)
		if _, err := chain.Accept(line); err != nil {
			fmt.Println(err)
			return
		}
	}
	head, err := evidence.VerifyChain(&log, nil)
	fmt.Println(head.Seq, head == chain.Head(), err)

	changed := bytes.NewReader([]byte(`{"format":"constat-custody/1","seq":2}` + "\n"))
	_, err = evidence.VerifyChain(changed, nil)
	fmt.Println(err)
	// Output:
	// 2 true <nil>
	// custody log is damaged: line 1: sequence number 2
}
