package look

import (
	"context"
	"encoding/json"

	"constat/evidence"
	"constat/evidence/vault"
)

// counted is what a list of cases says of one, and what it took to say so. It is remembered with the
// case, so that a list need not read all of each.
type counted struct {
	Format    string `json:"format"`
	By        string `json:"by"` // the code that counted, and what it judged by
	Exhibits  int    `json:"exhibits"`
	Kept      int    `json:"kept"`
	Pending   int    `json:"pending"`
	Damaged   int    `json:"damaged"`
	Exported  bool   `json:"exported"`
	Reports   int    `json:"reports"`
	Told      int    `json:"told"`
	Reference string `json:"reference,omitempty"`
}

const (
	countedFormat = "constat-counted/1"
	// countAnew is how many entries may be counted on top before what came of it is remembered.
	countAnew = 32
)

// recount counts a case from what is remembered of it and what came after. It reports false if that
// cannot be told without reading more: then everything is counted anew.
func (r *Reader) recount(ctx context.Context, c *vault.Case) (n counted, ok bool) {
	seq := c.Head().Seq
	text, since, ok := c.Told(ctx)
	if !ok || json.Unmarshal(text, &n) != nil || n.Format != countedFormat || n.By != r.countedBy() {
		return counted{}, false
	}
	fresh := map[string]bool{}
	for _, e := range since {
		switch rule := e.Action.Rule(); {
		case rule.Makes:
			fresh[e.Exhibit] = true
		case e.Action == evidence.ActExported:
			n.Exported = true
		case e.Action == evidence.ActMarkedMinor, e.Action == evidence.ActAccountEdited, e.Action == evidence.ActReported:
			return counted{}, false
		case e.Exhibit == "" || fresh[e.Exhibit] || e.Action == evidence.ActFactsEdited || e.Action == evidence.ActViewed:
		default: // it may change what was counted of an earlier exhibit
			return counted{}, false
		}
	}
	for id := range fresh {
		e, err := c.Exhibit(ctx, id)
		if err != nil {
			return counted{}, false
		}
		told, err := TellingOf(ctx, c, id)
		if err != nil {
			return counted{}, false
		}
		n.add(r.View(ctx, c, e, told))
	}
	if len(since) >= countAnew {
		r.remember(ctx, c, seq, n)
	}
	return n, ctx.Err() == nil
}

func (n *counted) add(e Exhibit) {
	n.Exhibits++
	if e.Damage != "" {
		n.Damaged++
	}
	if e.Kept() {
		n.Kept++
	}
	if e.Pending() {
		n.Pending++
	}
}

// count reads all of a case.
func (r *Reader) count(ctx context.Context, c *vault.Case) (n counted, err error) {
	seq := c.Head().Seq
	list, err := r.exhibits(ctx, c)
	if err != nil {
		return n, err
	}
	for _, e := range list {
		n.add(e)
	}
	entries, err := c.Entries(ctx)
	if err != nil {
		return n, err
	}
	told := accountIn(entries)
	n.Exported, n.Reports, n.Told = len(told.Exports) > 0, len(told.Reports), len(told.Fields)
	n.Reference = told.Fields["reference"]
	if n.Damaged == 0 { // what is damaged is looked at each time
		r.remember(ctx, c, seq, n)
	}
	return n, nil
}

// remember keeps what was counted, as of a line. It is a cache: its errors go nowhere.
func (r *Reader) remember(ctx context.Context, c *vault.Case, seq uint64, n counted) {
	n.Format, n.By = countedFormat, r.countedBy()
	if b, err := json.Marshal(n); err == nil && ctx.Err() == nil {
		_ = c.SaveTold(ctx, seq, b)
	}
}

// countedBy changes with everything that the counts depend on beside the log.
func (r *Reader) countedBy() string { return r.stamps.JudgesBy() }
