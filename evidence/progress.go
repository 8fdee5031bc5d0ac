package evidence

// Step names a stage of a longer job. The words for it are in the translations
// under "step.<name>".
type Step string

// The stages that are reported, in the order in which they come.
const (
	StepBrowser   Step = "browser"    // an empty browser opens
	StepLoad      Step = "load"       // the page loads
	StepFirstView Step = "first-view" // picture before anything is touched
	StepFullPage  Step = "full-page"  // tiles; amount in pixels of height
	StepRecord    Step = "record"     // text, MHTML, headers, certificate
	StepDated     Step = "dated"      // the derived copy with address and time
	StepEncrypt   Step = "encrypt"    // manifest and custody entry into the vault
	StepTimestamp Step = "timestamp"  // authorities are asked; amount in authorities
	StepCompare   Step = "compare"    // export of a choice: what was left out is looked for in the rest; amount in exhibits
	StepCollect   Step = "collect"    // export: files are written; amount in bytes
	StepReport    Step = "report"     // export: the report is drawn; amount in exhibits
	StepSeal      Step = "seal"       // export: tag files, fingerprint, timestamp
	StepCheck     Step = "check"      // export: the bundle is read back and checked
	StepCopy      Step = "copy"       // a copy of the vault: files are brought or fetched; amount in bytes
)

// Progress hears how a job goes. Implementations are safe for concurrent use
// and return at once; they never fail the job.
type Progress interface {
	// Step says that a stage begins; the one before it is done.
	Step(s Step)
	// Amount says how much of the present stage is done, in the stage's own
	// unit. A total of 0 means that it is not known yet.
	Amount(done, total int64)
}

// NoProgress ignores everything.
type NoProgress struct{}

// Step does nothing.
func (NoProgress) Step(Step) {}

// Amount does nothing.
func (NoProgress) Amount(int64, int64) {}
