package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"constat/app/flow/proof"
	"constat/evidence"
)

const blockHelp = "file of Bitcoin block headers in hexadecimal, one a line, by which an OpenTimestamps proof is judged"

// readHeaders reads that file, if one is named.
func readHeaders(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	b, err := os.ReadFile(name)
	return string(b), err
}

// calendarFlags name whom to ask for an OpenTimestamps proof.
func calendarFlags(cmd *cobra.Command, calendars *[]string) {
	cmd.Flags().StringArrayVar(calendars, "calendar", nil,
		"ask this OpenTimestamps calendar over the whole; may be given several times; 'known' stands for those of the program's list (default: settings, which name none)")
}

// calendarsOf puts the addresses in the place of 'known'.
func calendarsOf(given []string) (out []string, err error) {
	for _, g := range given {
		if g == "known" {
			out = append(out, proof.KnownCalendars()...)
			continue
		}
		if proof.CheckCalendar(g) != nil {
			return nil, usagef("--calendar %.80q: an http or https address, or 'known'", g)
		}
		out = append(out, g)
	}
	return out, nil
}

// calendarCommand asks OpenTimestamps calendars about a finished bundle. It needs no vault.
func (c *cli) calendarCommand() *cobra.Command {
	var o proof.CalendarOptions
	var dir, roots string
	var given []string
	cmd := &cobra.Command{
		Use:   "calendar --bundle DIR [--calendar URL]…",
		Short: "OpenTimestamps: have a finished bundle taken in by calendars, or ask them for the way to a block",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if err := required(cmd, "bundle"); err != nil {
				return err
			}
			if o.Calendars, err = calendarsOf(given); err != nil {
				return err
			}
			if roots != "" {
				if o.RootsPEM, err = os.ReadFile(roots); err != nil {
					return fmt.Errorf("roots: %w", err)
				}
			}
			app, err := c.checker()
			if err != nil {
				return err
			}
			r, err := app.Proof.Calendar(cmd.Context(), dir, o, c.progress())
			if err != nil {
				return err
			}
			if r.Proof == nil || !r.Changed && len(r.Proof.Blocks) == 0 {
				c.answer = 1
			}
			return c.print(r, func(w io.Writer) { printCalendar(w, r) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&dir, "bundle", "", "folder of a bundle; a ZIP has to be unpacked first")
	f.StringVar(&roots, "roots", "", "PEM file with the roots you trust for timestamps (besides the system's); never take it from the bundle")
	calendarFlags(cmd, &given)
	return cmd
}

func printCalendar(w io.Writer, r proof.CalendarResult) {
	for _, a := range r.Answers {
		fmt.Fprintf(w, "%s  %s\n", a.State, a.Calendar)
	}
	if r.Unread != "" {
		fmt.Fprintf(w, "the proof that was there could not be continued: %s\n", evidence.Shorten(r.Unread, 200))
	}
	if r.Aside != "" {
		fmt.Fprintf(w, "it lies aside now: %s\n", evidence.Shorten(r.Aside, 300))
	}
	if r.Proof == nil {
		fmt.Fprintln(w, "no proof")
		return
	}
	fmt.Fprintf(w, "%s  changed %t\n", r.File, r.Changed)
	for _, b := range r.Proof.Blocks {
		fmt.Fprintf(w, "names Bitcoin block %d; not checked against the block here: its Merkle root has to be %s\n", b.Height, b.MerkleRoot)
	}
	if len(r.Proof.Blocks) == 0 {
		fmt.Fprintf(w, "taken in by %d calendars by the proof's own account, which is a promise and proves nothing so far; ask again in a day\n", len(r.Proof.Pending))
	}
}
