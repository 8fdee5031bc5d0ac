package proof

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"
	"time"

	"constat/app/flow/proof/prooftest"
	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/vault"
)

// stamped is a case with n practice exhibits of two replies each.
func stamped(t *testing.T, n int) (*desk, *prooftest.Case) {
	t.Helper()
	x := newDesk(t, Config{}, true)
	many := prooftest.New(t, x.k.cfg.Now)
	many.Grow(t, x.c, n)
	return x, many
}

// A list from memory shows what a list that judges everything shows, also after
// the vault was closed; and an exhibit that is opened is judged anew.
func TestAListRemembersWhatPassed(t *testing.T) {
	x, many := stamped(t, keepVerdicts/2+1)
	judged := x.list()
	if len(judged) != many.N {
		t.Fatalf("%d exhibits of %d", len(judged), many.N)
	}
	for i, list := range judged {
		for _, ts := range list {
			if ts.State != Verified || len(ts.Checks) != 18 || ts.Gap == nil || ts.Clock == nil {
				t.Fatalf("%d: %+v", i, ts)
			}
		}
	}
	if b := x.c.Remembered(t.Context()); len(b) == 0 {
		t.Fatal("nothing was kept")
	}
	if again := x.list(); !reflect.DeepEqual(again, judged) {
		t.Error("a second list differs")
	}
	x.reopen()
	known := x.s.verdictsOf(t.Context(), x.c)
	if len(known.known) != 2*many.N {
		t.Errorf("%d verdicts for %d replies", len(known.known), 2*many.N)
	}
	if again := x.list(); !reflect.DeepEqual(again, judged) || known.fresh != 0 {
		t.Errorf("a list after opening differs, or judged %d anew", known.fresh)
	}

	// What is remembered is for lists alone.
	for _, v := range known.known {
		v.root = "remembered"
	}
	if list := x.list(); list[0][0].Root != "remembered" {
		t.Error("the list does not come from memory")
	}
	if opened := x.timestamps("E-001"); opened[0].Root != judged[0][0].Root {
		t.Errorf("an exhibit that is opened comes from memory: %+v", opened)
	}
	for _, st := range x.s.Stamps(t.Context(), x.c, x.exhibit("E-001")) {
		if st.Verified == nil || st.Verified.RootFingerprint.String() == "remembered" {
			t.Errorf("what is exported comes from memory: %+v", st)
		}
	}
}

// A verdict holds for exactly what was judged: with any of it changed the reply
// is judged again, and one that does not pass never becomes one that did.
func TestAVerdictHoldsForOneReplyAlone(t *testing.T) {
	x, _ := stamped(t, 2)
	first := x.list()[0]
	known := x.s.verdictsOf(t.Context(), x.c)
	if len(known.known) != 4 {
		t.Fatalf("%d verdicts", len(known.known))
	}
	e, other := x.exhibit("E-001"), x.exhibit("E-002")
	for name, change := range map[string]func(*vault.Exhibit){
		"nothing":         func(*vault.Exhibit) {},
		"another imprint": func(e *vault.Exhibit) { e.ManifestDigest = evidence.Sum([]byte("other")) },
		"another's reply": func(e *vault.Exhibit) {
			e.Replies[0].Raw, e.Replies[0].SHA256 = other.Replies[0].Raw, other.Replies[0].SHA256
		},
		"another nonce":      func(e *vault.Exhibit) { e.Replies[0].Nonce = []byte{1} },
		"another time":       func(e *vault.Exhibit) { e.Replies[0].Sent, e.Replies[0].Received = time.Unix(1, 0), time.Unix(2, 0) },
		"another root":       func(e *vault.Exhibit) { e.Replies[0].Authority.RootsPEM = "" },
		"a damaged reply":    func(e *vault.Exhibit) { e.Replies[0].Raw, e.Replies[0].Damage = nil, &vault.CorruptError{Path: "x"} },
		"no longer practice": func(e *vault.Exhibit) { e.Replies[0].Authority.Practice = false },
	} {
		changed := e
		changed.Replies = append([]vault.Reply{}, e.Replies...)
		change(&changed)
		views, _ := x.s.timestamps(t.Context(), x.c, changed, known)
		if good := name == "nothing"; (views[0].State == Verified) != good {
			t.Errorf("%s: %+v", name, views[0])
		}
		if views[1].State != Verified && name != "another imprint" {
			t.Errorf("%s: the other authority's is %+v", name, views[1])
		}
		if len(known.known) != 4 {
			t.Fatalf("%s: %d verdicts", name, len(known.known))
		}
	}
	if again := x.list()[0]; !reflect.DeepEqual(again, first) {
		t.Error("the list changed")
	}
}

func TestAKeyDependsOnEverything(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	type facts struct {
		imprint evidence.Digest
		reply   vault.Reply
		o       tsa.Options
		records []vault.File
	}
	fresh := func() facts {
		return facts{evidence.Sum([]byte("m")), vault.Reply{SHA256: evidence.Sum([]byte("r")), Nonce: []byte{1}, Sent: at, Received: at,
			Authority: evidence.Authority{RootsPEM: "roots"}}, tsa.Options{Pins: []evidence.Digest{evidence.Sum([]byte("p"))}},
			[]vault.File{{SHA256: evidence.Sum([]byte("f")), Detail: map[string]string{"kind": "crl"}}}}
	}
	seen := map[verdictKey]string{}
	for name, change := range map[string]func(*facts){
		"nothing":         func(*facts) {},
		"imprint":         func(f *facts) { f.imprint[0]++ },
		"reply":           func(f *facts) { f.reply.SHA256[0]++ },
		"nonce":           func(f *facts) { f.reply.Nonce = []byte{2} },
		"no nonce":        func(f *facts) { f.reply.Nonce = nil },
		"sent":            func(f *facts) { f.reply.Sent = at.Add(1) },
		"received":        func(f *facts) { f.reply.Received = at.Add(1) },
		"roots":           func(f *facts) { f.reply.Authority.RootsPEM = "others" },
		"system roots":    func(f *facts) { f.o.SystemRoots = true },
		"practice":        func(f *facts) { f.o.Practice = true },
		"pin":             func(f *facts) { f.o.Pins[0][0]++ },
		"no pin":          func(f *facts) { f.o.Pins = nil },
		"record":          func(f *facts) { f.records[0].SHA256[0]++ },
		"kind of record":  func(f *facts) { f.records[0].Detail["kind"] = "ocsp" },
		"no record":       func(f *facts) { f.records = nil },
		"one record more": func(f *facts) { f.records = append(f.records, vault.File{}) },
	} {
		f := fresh()
		change(&f)
		k := keyOf(f.imprint, f.reply, f.o, f.records)
		if same, ok := seen[k]; ok {
			t.Errorf("%s and %s have one key", name, same)
		}
		seen[k] = name
	}
	if f := fresh(); seen[keyOf(f.imprint, f.reply, f.o, f.records)] != "nothing" {
		t.Error("the same facts have another key")
	}
}

// What rests on the system's store is judged each time: it may change.
func TestTheSystemsRootsAreNotRemembered(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	for source, want := range map[string]bool{tsa.RootPinned: true, tsa.RootBuiltIn: true, tsa.RootFingerprint: true, tsa.RootSystem: false, "": false} {
		if got := verdictOf(Timestamp{Time: &at, StandsUntil: &at}, &tsa.Timestamp{RootSource: source}) != nil; got != want {
			t.Errorf("%q: remembered %v", source, got)
		}
	}
	if verdictOf(Timestamp{State: Rejected}, nil) != nil {
		t.Error("a refusal is remembered")
	}
}

func someVerdicts() map[verdictKey]*verdict {
	at := time.Date(2026, 11, 23, 10, 0, 0, 123_000_000, time.UTC)
	return map[verdictKey]*verdict{
		{1}: {time: at, accuracy: 1.5, root: "ab", qualified: true, until: at.AddDate(3, 0, 0).Truncate(time.Second), ends: "certificate-ends", clock: &Clock{Offset: -0.4, Uncertainty: 0.1},
			checks: []evidence.Check{{Name: "reply", State: evidence.Passed, Detail: "5 bytes"}, {Name: "nonce", State: evidence.NotDone}}},
		{2}: {time: at.Add(time.Second), root: "ab", until: at.Truncate(time.Second), checks: []evidence.Check{{Name: "reply", State: evidence.Passed, Detail: "6 bytes"}}},
	}
}

func TestVerdictsComeBackAsTheyWere(t *testing.T) {
	want := someVerdicts()
	b := encodeVerdicts(want, "v1")
	got, err := parseVerdicts(b, "v1")
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if len(decodeVerdicts(b, "v2")) != 0 || len(decodeVerdicts(nil, "v1")) != 0 {
		t.Error("another verifier's verdicts are used")
	}
	for n := range b {
		if _, err := parseVerdicts(b[:n], "v1"); err == nil {
			t.Errorf("the first %d of %d bytes are taken for whole", n, len(b))
		}
	}
	if _, err := parseVerdicts(append(bytes.Clone(b), 0), "v1"); err == nil {
		t.Error("a byte too many is taken")
	}
}

// FuzzVerdicts: whatever is read ends, in bounds, and is the same when written again.
func FuzzVerdicts(f *testing.F) {
	f.Add(encodeVerdicts(someVerdicts(), "v1"))
	f.Add(encodeVerdicts(nil, "v1"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := parseVerdicts(b, "v1")
		if err != nil {
			return
		}
		again, err := parseVerdicts(encodeVerdicts(got, "v1"), "v1")
		if err != nil || len(again) != len(got) || fmt.Sprint(again[verdictKey{1}]) == "" {
			t.Fatalf("%d verdicts, again %d, %v", len(got), len(again), err)
		}
	})
}
