package flow

import (
	"context"
	"io"

	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/flow/proof"
	"constat/assets/words"
	"constat/evidence"
)

// The names under which the use cases stood before each family had a package of
// its own, until every caller has moved.

type (
	ExhibitView     = look.Exhibit
	CaseView        = look.Case
	ArtifactView    = look.Artifact
	PictureView     = look.Picture
	RecheckView     = look.Recheck
	Preview         = look.Preview
	TimestampView   = proof.Timestamp
	TimestampState  = proof.State
	ClockView       = proof.Clock
	CheckResult     = proof.CheckResult
	Verdict         = proof.Verdict
	VerifyOptions   = proof.VerifyOptions
	DueResult       = proof.DueResult
	RenewResult     = proof.RenewResult
	TokenQuestion   = proof.TokenQuestion
	TokenResult     = proof.TokenResult
	Subject         = keep.Subject
	PreserveRequest = keep.PreserveRequest
	RecordRequest   = keep.RecordRequest
	ImportRequest   = keep.ImportRequest
	RecheckRequest  = keep.RecheckRequest
	ListView        = keep.List
	ListItem        = keep.ListItem
	ListAddress     = keep.ListAddress
	ListOptions     = keep.ListOptions
	ListState       = keep.ListState
	ListProgress    = keep.ListProgress
	ListError       = keep.ListError
	KeepListRequest = keep.KeepListRequest
	Window          = keep.Window
	WindowRequest   = keep.WindowRequest
	WindowPage      = keep.WindowPage
	KeepRequest     = keep.KeepRequest
	ExportRequest   = handover.ExportRequest
	ExportResult    = handover.ExportResult
)

const (
	SubjectAdult   = keep.SubjectAdult
	SubjectMinor   = keep.SubjectMinor
	SubjectUnsure  = keep.SubjectUnsure
	StampVerified  = proof.Verified
	StampPending   = proof.Pending
	StampRejected  = proof.Rejected
	Valid          = proof.Valid
	NotTimestamped = proof.NotTimestamped
	NotValid       = proof.NotValid
	CouldNotCheck  = proof.CouldNotCheck
	ListWaiting    = keep.ListWaiting
	ListRunning    = keep.ListRunning
	ListKept       = keep.ListKept
	ListNoted      = keep.ListNoted
	ListFailed     = keep.ListFailed
	MaxParallel    = keep.MaxParallel
	MaxList        = keep.MaxList
)

var (
	ErrSubject   = keep.ErrSubject
	ErrMinor     = look.ErrMinor
	ErrNoPicture = look.ErrNoPicture
)

func CheckAddress(address string) error { return keep.CheckAddress(address) }

func ParseList(r io.Reader) (addresses, duplicates []string, err error) { return keep.ParseList(r) }

func ParseAuthority(spec string, read func(string) ([]byte, error)) (evidence.Authority, error) {
	return proof.ParseAuthority(spec, read)
}

func ParseAuthorities(specs string, read func(string) ([]byte, error)) ([]evidence.Authority, error) {
	return proof.ParseAuthorities(specs, read)
}

func DistinctAuthorities(list []evidence.Authority) []evidence.Authority {
	return proof.DistinctAuthorities(list)
}

func GapWords(t *words.Text, seconds float64, tries int) string {
	return proof.GapWords(t, seconds, tries)
}

func ClockWords(t *words.Text, c ClockView) string { return proof.ClockWords(t, c) }

func CheckDetail(t *words.Text, c evidence.Check) string { return proof.CheckDetail(t, c) }

func ProblemDetail(t *words.Text, p evidence.Problem) string { return look.ProblemDetail(t, p) }

func (a *App) Authorities() ([]evidence.Authority, error) { return a.Proof.Authorities(), nil }

func (a *App) LabelWords(t *words.Text, address string) string {
	return a.Proof.LabelWords(t, address)
}

func (a *App) Verify(ctx context.Context, path string, o VerifyOptions) (CheckResult, error) {
	return a.Proof.VerifyBundle(ctx, path, o)
}

func (a *App) VerifyTimestamp(ctx context.Context, q TokenQuestion) (TokenResult, error) {
	return a.Proof.VerifyToken(ctx, q)
}

func (s *Session) Cases(ctx context.Context) ([]CaseView, error) { return s.Look.Cases(ctx) }

func (s *Session) CreateCase(ctx context.Context, title string) (CaseView, error) {
	return s.Keep.CreateCase(ctx, title)
}

func (s *Session) Exhibits(ctx context.Context, id string) ([]ExhibitView, error) {
	return s.Look.Exhibits(ctx, id)
}

func (s *Session) Exhibit(ctx context.Context, caseID, id string) (ExhibitView, error) {
	return s.Look.Exhibit(ctx, caseID, id)
}

func (s *Session) Preview(ctx context.Context, caseID, exhibit string, part int) (Preview, error) {
	return s.Look.Preview(ctx, caseID, exhibit, part)
}

func (s *Session) Preserve(ctx context.Context, r PreserveRequest, p evidence.Progress) (ExhibitView, error) {
	return s.Keep.Preserve(ctx, r, p)
}

func (s *Session) Record(ctx context.Context, r RecordRequest, p evidence.Progress) (ExhibitView, error) {
	return s.Keep.Record(ctx, r, p)
}

func (s *Session) Import(ctx context.Context, r ImportRequest, p evidence.Progress) (ExhibitView, error) {
	return s.Keep.Import(ctx, r, p)
}

func (s *Session) Recheck(ctx context.Context, r RecheckRequest, p evidence.Progress) ([]ExhibitView, error) {
	return s.Keep.Recheck(ctx, r, p)
}

func (s *Session) MakeList(ctx context.Context, id string, list []ListAddress, o ListOptions) (ListView, error) {
	return s.Keep.MakeList(ctx, id, list, o)
}

func (s *Session) KeepList(ctx context.Context, r KeepListRequest, p ListProgress) (ListView, error) {
	return s.Keep.KeepList(ctx, r, p)
}

func (s *Session) Lists(ctx context.Context, id string) ([]ListView, error) {
	return s.Keep.Lists(ctx, id)
}

func (s *Session) SaveFacts(ctx context.Context, id, exhibit string, facts map[string]string) (ExhibitView, error) {
	return s.Keep.SaveFacts(ctx, id, exhibit, facts)
}

func (s *Session) MarkMinor(ctx context.Context, id, exhibit string) (ExhibitView, error) {
	return s.Keep.MarkMinor(ctx, id, exhibit)
}

func (s *Session) StartPractice(ctx context.Context) (CaseView, string, func(), error) {
	return s.Keep.StartPractice(ctx)
}

func (s *Session) OpenWindow(ctx context.Context, r WindowRequest) (*Window, error) {
	return s.Keep.OpenWindow(ctx, r)
}

func (s *Session) CloseWindow() error { return s.Keep.CloseWindow() }

func (s *Session) Restamp(ctx context.Context, id string, p evidence.Progress) ([]ExhibitView, error) {
	if err := s.Proof.Restamp(ctx, id, p); err != nil {
		return nil, err
	}
	return s.Look.Exhibits(ctx, id)
}

func (s *Session) RestampDue(ctx context.Context, p evidence.Progress) (DueResult, error) {
	return s.Proof.RestampDue(ctx, p)
}

func (s *Session) Renew(ctx context.Context, id string, all bool, p evidence.Progress) ([]RenewResult, error) {
	return s.Proof.Renew(ctx, id, all, p)
}

func (s *Session) Export(ctx context.Context, r ExportRequest, p evidence.Progress) (ExportResult, error) {
	return s.Handover.Export(ctx, r, p)
}

func (s *Session) Extract(ctx context.Context, id, exhibit, dir string) ([]ArtifactView, error) {
	return s.Handover.Extract(ctx, id, exhibit, dir)
}
