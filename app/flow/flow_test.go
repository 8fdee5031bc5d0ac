package flow_test

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/app/flow"
	"constat/app/flow/flowtest"
	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/flow/proof"
	"constat/assets/words"
	"constat/evidence"
	"constat/evidence/tsa/tsatest"
	"constat/internal/stock"
)

// The main journey, judged by tools that are not ours.
func TestJourneyFromAddressToBundle(t *testing.T) {
	one, two := tsatest.New(t, tsatest.Options{Name: "one"}), tsatest.New(t, tsatest.Options{Name: "two"})
	a := flowtest.App(t, one.Authority(), two.Authority())
	s, c := flowtest.Open(t, a)
	p := &flowtest.Steps{}
	before := time.Now().Add(-2 * time.Second)
	e, err := s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: flowtest.Page(t).URL + "/go", Subject: keep.SubjectAdult}, p)
	if err != nil {
		t.Fatal(err)
	}
	if e.Exhibit != "E-001" || e.Outcome != evidence.Complete || len(e.Problems) != 0 {
		t.Errorf("exhibit %s, outcome %s, problems %v", e.Exhibit, e.Outcome, e.Problems)
	}
	if e.Title != "Publication de test" || !strings.HasSuffix(e.FinalAddress, "/post") || len(e.Manifest.Page.Redirects) != 1 {
		t.Errorf("title %q, final address %q, redirects %v", e.Title, e.FinalAddress, e.Manifest.Page.Redirects)
	}
	if !e.Manifest.Page.LocalNetwork || e.Manifest.Page.Status != 200 || e.Manifest.Page.RemoteAddress == "" {
		t.Errorf("page facts %+v", e.Manifest.Page)
	}
	if len(e.Timestamps) != 2 || e.Pending() {
		t.Fatalf("timestamps %+v", e.Timestamps)
	}
	for _, ts := range e.Timestamps {
		if ts.Time.Before(before) || ts.Time.After(time.Now().Add(2*time.Second)) {
			t.Errorf("%s: time %v", ts.Authority, ts.Time)
		}
	}
	want := []evidence.Step{evidence.StepBrowser, evidence.StepLoad, evidence.StepFirstView, evidence.StepFullPage,
		evidence.StepRecord, evidence.StepDated, evidence.StepEncrypt, evidence.StepTimestamp}
	seen := map[evidence.Step]bool{}
	for _, x := range p.Seen() {
		seen[x] = true
	}
	for _, x := range want {
		if !seen[x] {
			t.Errorf("step %s was not reported (%v)", x, p.Seen())
		}
	}

	for _, lang := range words.Languages {
		t.Run("export "+lang, func(t *testing.T) {
			target := filepath.Join(t.TempDir(), "liasse")
			res, err := s.Handover.Export(t.Context(), handover.ExportRequest{Case: c.ID, Target: target, Language: lang}, evidence.NoProgress{})
			if err != nil {
				t.Fatal(err)
			}
			if !res.Valid || len(res.Timestamps) != 2 {
				t.Errorf("valid %v, timestamps %v", res.Valid, res.Timestamps)
			}
			for _, list := range []string{"manifest-sha256.txt", "tagmanifest-sha256.txt"} {
				stock.Run(t, target, "sha256sum", "--strict", "--quiet", "-c", list)
			}
			stock.Run(t, target, "sha512sum", "--strict", "--quiet", "-c", "manifest-sha512.txt")
			stock.Run(t, filepath.Join(target, "data"), "sha256sum", "--strict", "--quiet", "-c", "evidence-sha256.txt")
			for _, x := range []*tsatest.Server{one, two} {
				exhibit := filepath.Join(target, "data", "exhibits", "E-001")
				stock.Run(t, exhibit, "openssl", "ts", "-verify", "-in", evidence.TokenName(x.Authority().Name), "-data", evidence.ManifestName, "-CAfile", x.RootPath)
				stock.Run(t, filepath.Join(target, "data"), "openssl", "ts", "-verify", "-in", "evidence-sha256."+x.Authority().Name+".tsr", "-data", "evidence-sha256.txt", "-CAfile", x.RootPath)
			}
			stock.Run(t, target, "qpdf", "--check", "data/report.pdf")
			text := stock.Run(t, target, "pdftotext", "-layout", "data/report.pdf", "-")
			for _, fact := range []string{"E-001", "Novembre", "/post", res.Fingerprint.String()[:4]} {
				if !strings.Contains(text, fact) {
					t.Errorf("the report does not say %q", fact)
				}
			}
			for name, roots := range map[string][]byte{"with both roots": []byte(one.RootPEM + two.RootPEM), "with one": []byte(one.RootPEM)} {
				r, err := a.Proof.VerifyBundle(t.Context(), target, proof.VerifyOptions{RootsPEM: roots})
				if err != nil {
					t.Fatal(err)
				}
				if name == "with both roots" && !r.Valid {
					t.Errorf("%s: %s %v", name, r.Verdict, r.Checks)
				}
			}
			noSecret(t, target)
		})
	}
	r, err := s.Check(t.Context(), evidence.NoProgress{})
	if err != nil || !r.Valid {
		t.Errorf("vault check: %v %v", err, r.Checks)
	}
}

// noSecret: what is exported holds no cookie.
func noSecret(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if strings.Contains(string(b), "SECRET-COOKIE") {
			t.Errorf("%s holds the session cookie", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWithoutAuthorityTheExhibitIsKeptAndStampAsksAgain(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Name: "one", Fault: tsatest.Broken})
	s, c := flowtest.Open(t, flowtest.App(t, authority.Authority()))
	e, err := s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: flowtest.Page(t).URL + "/post", Subject: keep.SubjectAdult}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Timestamps) != 1 || e.Timestamps[0].State != proof.Pending || e.Timestamps[0].Time != nil || e.Timestamps[0].Gap != nil || e.Timestamps[0].Reason != "status" {
		t.Fatalf("timestamps %+v", e.Timestamps)
	}
	authority.SetFault(tsatest.OtherDigest)
	list, err := restamp(t, s, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if ts := list[0].Timestamps[0]; ts.State != proof.Rejected || ts.Time != nil || !strings.HasPrefix(ts.Reason, "rejected:imprint") {
		t.Fatalf("a reply about something else: %+v", ts)
	}
	authority.SetFault(tsatest.None)
	list, err = restamp(t, s, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	ts := list[0].Timestamps[0]
	if ts.State != proof.Verified || ts.Time == nil {
		t.Fatalf("after a good reply: %+v", ts)
	}
	if ts.Gap == nil || *ts.Gap < 0 || ts.Tries != 2 || ts.Clock == nil || math.Abs(ts.Clock.Offset) > 10 || ts.Clock.Uncertainty <= 0 {
		t.Errorf("gap %v after %d tries, clock %+v", ts.Gap, ts.Tries, ts.Clock)
	}
	hits := authority.Hits()
	if _, err := restamp(t, s, c.ID); err != nil || authority.Hits() != hits {
		t.Errorf("asked again for what is there already (%v)", err)
	}
}

// restamp asks for what is missing, and lists the case.
func restamp(t *testing.T, s *flow.Session, id string) ([]look.Exhibit, error) {
	if err := s.Proof.Restamp(t.Context(), id, nil, evidence.NoProgress{}); err != nil {
		return nil, err
	}
	return s.Look.Exhibits(t.Context(), id)
}

func TestBundleOfAPendingExhibitSaysSo(t *testing.T) {
	gone := evidence.Authority{Name: "gone", URL: tsatest.ClosedPort(t)}
	a := flowtest.App(t, gone)
	s, c := flowtest.Open(t, a)
	if _, err := s.Keep.Record(t.Context(), keep.RecordRequest{Case: c.ID, Address: "https://example.org/p/1"}, evidence.NoProgress{}); err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(t.TempDir(), "bundle")
	res, err := s.Handover.Export(t.Context(), handover.ExportRequest{Case: c.ID, Target: target, Language: "en"}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	if res.Timestamps[0].State != proof.Pending || res.Timestamps[0].Reason != "unreachable" {
		t.Errorf("timestamps %+v", res.Timestamps)
	}
}

func TestUnder18LoadsNothing(t *testing.T) {
	var asked bool
	site := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	t.Cleanup(site.Close)
	authority := tsatest.New(t, tsatest.Options{Name: "one"})
	s, c := flowtest.Open(t, flowtest.App(t, authority.Authority()))
	for _, subject := range []keep.Subject{keep.SubjectMinor, keep.SubjectUnsure, "", "Adult", keep.SubjectAdult} { // the last comes too late
		_, err := s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: site.URL, Subject: subject}, evidence.NoProgress{})
		if err != keep.ErrSubject {
			t.Errorf("%q: error %v", subject, err)
		}
	}
	e, err := s.Keep.Record(t.Context(), keep.RecordRequest{Case: c.ID, Address: site.URL + "/x", Note: "vu hier soir"}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	if e.Kind != evidence.AddressOnly || e.Address != site.URL+"/x" || e.Pending() || e.Manifest.Page != nil || len(e.Artifacts) != 1 {
		t.Errorf("record %+v", e)
	}
	if asked {
		t.Error("the site was asked")
	}
	if _, err := s.Look.Preview(t.Context(), c.ID, e.Exhibit, 1); err != look.ErrNoPicture {
		t.Errorf("preview of an address-only record: %v", err)
	}
}

func TestOutcomeThatIsNotThePage(t *testing.T) {
	s, c := flowtest.Open(t, flowtest.App(t))
	e, err := s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: flowtest.Page(t).URL + "/gone", Subject: keep.SubjectAdult}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	if e.Outcome != evidence.Removed || e.Outcome.Usable() {
		t.Errorf("outcome %s", e.Outcome)
	}
}

func TestCancelKeepsNothingHalf(t *testing.T) {
	for _, at := range []evidence.Step{evidence.StepBrowser, evidence.StepFullPage, evidence.StepDated} {
		t.Run(string(at), func(t *testing.T) {
			s, c := flowtest.Open(t, flowtest.App(t))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			p := &flowtest.Steps{Hook: func(x evidence.Step) {
				if x == at {
					cancel()
				}
			}}
			_, err := s.Keep.Preserve(ctx, keep.PreserveRequest{Case: c.ID, Address: flowtest.Page(t).URL + "/post", Subject: keep.SubjectAdult}, p)
			if flow.ExitCode(err) != flow.ExitInterrupted {
				t.Fatalf("error %v", err)
			}
			list, err := s.Look.Exhibits(t.Context(), c.ID)
			if err != nil || len(list) != 0 {
				t.Errorf("%d exhibits, %v", len(list), err)
			}
			r, err := s.Check(t.Context(), evidence.NoProgress{})
			if err != nil || !r.Valid {
				t.Errorf("vault: %v %v", err, r.Checks)
			}
			objects, _ := filepath.Glob(filepath.Join(s.Vault(), "cases", "*", "objects", "*"))
			if len(objects) != 0 {
				t.Errorf("%d objects left", len(objects))
			}
		})
	}
}

func TestCancelWhileStampingKeepsTheExhibit(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Name: "slow", Fault: tsatest.Silent})
	s, c := flowtest.Open(t, flowtest.App(t, authority.Authority()))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p := &flowtest.Steps{Hook: func(x evidence.Step) {
		if x == evidence.StepTimestamp {
			cancel()
		}
	}}
	e, err := s.Keep.Preserve(ctx, keep.PreserveRequest{Case: c.ID, Address: flowtest.Page(t).URL + "/post", Subject: keep.SubjectAdult}, p)
	if err != nil {
		t.Fatal(err)
	}
	if e.Exhibit != "E-001" || !e.Pending() || e.Timestamps[0].Reason != "cancelled" {
		t.Errorf("exhibit %s %+v", e.Exhibit, e.Timestamps)
	}
}

func TestPreviewShowsWhatIsReachedByScrolling(t *testing.T) {
	s, c := flowtest.Open(t, flowtest.App(t))
	e, err := s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: flowtest.Page(t).URL + "/chat", Subject: keep.SubjectAdult}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	list := e.Pictures()
	if len(list) < 3 || list[0].Shows != evidence.ShowsPage || list[1].Shows != evidence.ShowsPane || list[1].Pane != 1 || list[1].Set != 2 {
		t.Fatalf("pictures %+v", list)
	}
	for i, x := range list[1:] {
		if x.N != i+1 || x.Of != len(list)-1 {
			t.Errorf("step %d is %d of %d", i+1, x.N, x.Of)
		}
		pv, err := s.Look.Preview(t.Context(), c.ID, e.Exhibit, i+2)
		if err != nil || pv.Part != i+2 || pv.Parts != len(list) || pv.Image.Bounds().Dy() != e.Manifest.Request.ViewHeight {
			t.Fatalf("step %d: %+v, %v", i+1, pv, err)
		}
	}
	// The first step shows the top of what scrolls, the last one its end.
	top, err := s.Look.Preview(t.Context(), c.ID, e.Exhibit, 2)
	if err != nil {
		t.Fatal(err)
	}
	end, err := s.Look.Preview(t.Context(), c.ID, e.Exhibit, len(list))
	if err != nil {
		t.Fatal(err)
	}
	r1, _, _, _ := top.Image.At(300, 100).RGBA()
	r2, _, _, _ := end.Image.At(300, 490).RGBA()
	if r1>>8 > 100 || r2>>8 < 200 {
		t.Errorf("red %d at the top, %d at the end", r1>>8, r2>>8)
	}
	if _, err := s.Look.Preview(t.Context(), c.ID, e.Exhibit, len(list)+1); err != look.ErrNoPicture {
		t.Errorf("beyond the last picture: %v", err)
	}
}

func TestPreviewAndExtractGiveTheOriginals(t *testing.T) {
	s, c := flowtest.Open(t, flowtest.App(t))
	e, err := s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: flowtest.Page(t).URL + "/post", Subject: keep.SubjectAdult}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for part := 1; ; part++ {
		pv, err := s.Look.Preview(t.Context(), c.ID, e.Exhibit, part)
		if err != nil {
			t.Fatal(err)
		}
		if pv.Image.Bounds().Dy() > 4000 {
			t.Errorf("part %d is %d px high", part, pv.Image.Bounds().Dy())
		}
		total += pv.Image.Bounds().Dy()
		if part == pv.Parts {
			break
		}
	}
	if total != e.Manifest.Page.Height {
		t.Errorf("parts have %d rows, the page %d", total, e.Manifest.Page.Height)
	}
	dir := filepath.Join(t.TempDir(), "out")
	list, err := s.Handover.Extract(t.Context(), c.ID, e.Exhibit, dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		if out := stock.Run(t, dir, "sha256sum", x.Name); !strings.HasPrefix(out, x.SHA256+" ") {
			t.Errorf("%s: %s, manifest says %s", x.Name, out, x.SHA256)
		}
	}
	if _, err := s.Handover.Extract(t.Context(), c.ID, e.Exhibit, dir); flow.ExitCode(err) != flow.ExitFailed {
		t.Errorf("extracted over something: %v", err)
	}
}

func TestExportNeverOverwritesAndZipOpensIn7Zip(t *testing.T) {
	a := flowtest.App(t)
	s, c := flowtest.Open(t, a)
	if _, err := s.Handover.Export(t.Context(), handover.ExportRequest{Case: c.ID, Target: filepath.Join(t.TempDir(), "x"), Language: "fr"}, evidence.NoProgress{}); err != handover.ErrEmptyCase {
		t.Errorf("export of an empty case: %v", err)
	}
	if _, err := s.Keep.Record(t.Context(), keep.RecordRequest{Case: c.ID, Address: "https://example.org/p/1"}, evidence.NoProgress{}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	mine := filepath.Join(dir, "mine.txt")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{dir, mine} {
		_, err := s.Handover.Export(t.Context(), handover.ExportRequest{Case: c.ID, Target: target, Language: "fr"}, evidence.NoProgress{})
		if flow.ExitCode(err) != flow.ExitFailed {
			t.Errorf("%s: error %v", target, err)
		}
	}
	if b, err := os.ReadFile(mine); err != nil || string(b) != "mine" {
		t.Errorf("the file that was there: %q %v", b, err)
	}
	if _, err := s.Handover.Export(t.Context(), handover.ExportRequest{Case: c.ID, Target: filepath.Join(dir, "y"), Language: "xx"}, evidence.NoProgress{}); flow.ExitCode(err) != flow.ExitUsage {
		t.Errorf("language xx: %v", err)
	}
	zip := filepath.Join(dir, "liasse.zip")
	res, err := s.Handover.Export(t.Context(), handover.ExportRequest{Case: c.ID, Target: zip, Language: "nl", ZipPassword: "correct-horse-42"}, evidence.NoProgress{})
	if err != nil || res.Verdict != proof.TimeNotProven { // nobody was asked for a timestamp
		t.Fatalf("%v %v", err, res.Checks)
	}
	stock.Run(t, dir, "7z", "t", "-pcorrect-horse-42", zip)
	r, err := a.Proof.VerifyBundle(t.Context(), zip, proof.VerifyOptions{ZipPassword: "wrong"})
	if err == nil && r.Valid {
		t.Error("a wrong password verified")
	}
}
