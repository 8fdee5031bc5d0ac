package main

import (
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"constat/app/flow"
	"constat/app/flow/proof"
	"constat/assets/words"
	"constat/evidence"
)

func (c *cli) demoCommand() *cobra.Command {
	var out, lang string
	cmd := &cobra.Command{Use: "demo --out DIR", Short: "The whole journey on the built-in practice page", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "out"); err != nil {
				return err
			}
			app, err := c.app()
			if err != nil {
				return err
			}
			c.warn(flow.Place(out, false))
			r, err := app.Demo(cmd.Context(), out, lang, c.progress())
			if err != nil {
				return err
			}
			if !r.Valid {
				c.answer = 1
			}
			return c.print(r, func(w io.Writer) {
				fmt.Fprintf(w, "%s\nThe bundle is in %s; its report is %s.\nCheck it with these two lines:\n", evidence.PracticeMark, r.Target, r.Report)
				for _, l := range r.Lines {
					fmt.Fprintf(w, "  %s\n", l)
				}
			})
		}}
	cmd.Flags().StringVar(&out, "out", "", "folder to be made")
	cmd.Flags().StringVar(&lang, "lang", c.lang, "language of the report: fr, nl, de or en")
	return cmd
}

func (c *cli) doctorCommand() *cobra.Command {
	return &cobra.Command{Use: "doctor", Short: "What works here, and what to do about what does not", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			app, err := c.compose(true) // Doctor itself says what is wrong
			if err != nil {
				return err
			}
			text, err := words.For(c.lang)
			if err != nil {
				return err
			}
			return c.checks(app.Doctor(cmd.Context(), c.vaultDir(app), text), "") // a device is not valid or invalid
		}}
}

// checkResult prints checks with their verdict, and sets the exit code.
func (c *cli) checkResult(r proof.CheckResult) error { return c.checks(r, verdictText(r.Verdict)) }

// verdictText is a verdict as it is printed, by this program and the scripts of a bundle alike.
func verdictText(v proof.Verdict) string {
	if v == proof.TimeNotProven {
		return "consistent, time not proven"
	}
	return string(v)
}

// checks prints checks, and a last line if there is one, and sets the exit code.
func (c *cli) checks(r proof.CheckResult, last string) error {
	switch {
	case r.Verdict == proof.CouldNotCheck, r.Verdict == proof.TimeNotProven:
		c.answer = 2
	case !r.Valid:
		c.answer = 1
	}
	if r.Checks == nil {
		r.Checks = []evidence.Check{}
	}
	return c.print(r, func(w io.Writer) {
		printChecks(w, r.Checks)
		if r.StandsUntil != nil {
			fmt.Fprintf(w, "stands until %s (%s)\n", r.StandsUntil.Format("2006-01-02"), r.Ends)
		}
		if last != "" {
			fmt.Fprintln(w, last)
		}
	})
}

func printChecks(w io.Writer, checks []evidence.Check) {
	for _, k := range checks {
		fmt.Fprintf(w, "%-8s  %s", k.State, k.Name)
		if k.Detail != "" {
			fmt.Fprintf(w, ": %s", evidence.Clean(k.Detail))
		}
		fmt.Fprintln(w)
	}
}

// progress reports to a terminal, and stays silent in scripts.
func (c *cli) progress() evidence.Progress {
	f, ok := c.msg.(*os.File)
	if !ok || c.json || !term.IsTerminal(int(f.Fd())) {
		return evidence.NoProgress{}
	}
	return &lineProgress{w: f}
}

// lineProgress writes one line a step, and how much of it is done.
type lineProgress struct {
	mu    sync.Mutex
	w     io.Writer
	step  evidence.Step
	shown int64 // per cent
}

// Step names the step that begins.
func (p *lineProgress) Step(s evidence.Step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.w, "… %s\n", s)
	p.step, p.shown = s, 0
}

// Amount is shown in the line of the step, each time that another per cent is done.
func (p *lineProgress) Amount(done, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if total <= 0 || p.step == "" {
		return
	}
	now := int64(float64(done) / float64(total) * 100)
	if now == p.shown {
		return
	}
	p.shown = now
	fmt.Fprintf(p.w, "\x1b[1A\r… %s %d %%\x1b[K\n", p.step, now)
}
