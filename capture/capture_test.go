package capture

import (
	"testing"

	"constat/evidence"
)

func TestOrdinaryPage(t *testing.T) {
	server := serve(t, html(`<body style="margin:0"><h1>Hello é 例</h1><p style="height:2000px">text</p></body>`))
	c, sink := take(t, recorder(t, nil), server.URL+"/page?q=1#part")
	wantOutcome(t, c, evidence.Complete)
	t.Logf("%+v", c)
	for n, f := range sink.files {
		t.Log(n, len(f))
	}
	t.Logf("%s\n%s", sink.files["page.txt"], sink.files["headers.json"])
}
