package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"constat/app/flow"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/evidence"
)

func (c *cli) recheckCommand() *cobra.Command {
	var id string
	var exhibits, tsa []string
	cmd := &cobra.Command{
		Use:   "recheck --case ID [--exhibit E-001]…",
		Short: "Visit kept pages again: still online, gone, changed, cannot tell",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "case"); err != nil {
				return err
			}
			list, err := authorities(tsa)
			if err != nil {
				return err
			}
			c.ahead = true
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				visits, err := s.Keep.Recheck(
					cmd.Context(),
					keep.RecheckRequest{Case: id, Exhibits: exhibits, Authorities: list},
					c.progress(),
				)
				if err != nil && len(visits) == 0 {
					return err
				}
				return errors.Join(err, c.rechecks(visits)) // what was visited before stays
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&id, "case", "", "case id")
	f.StringArrayVar(&exhibits, "exhibit", nil, "exhibit id; may be repeated (default: every page of the case that may be visited)")
	f.StringArrayVar(&tsa, "tsa", nil, tsaHelp)
	return cmd
}

// rechecks prints visits; one that could not tell makes the answer no.
func (c *cli) rechecks(visits []look.Exhibit) error {
	for _, v := range visits {
		if v.Recheck.State == evidence.CannotTell {
			c.answer = 1
		}
	}
	doc := struct {
		Rechecks []look.Exhibit `json:"rechecks"`
	}{append([]look.Exhibit{}, visits...)}
	return c.print(doc, func(w io.Writer) {
		for _, v := range visits {
			printExhibit(w, v)
		}
	})
}

// because puts a reason and its facts into brackets.
func because(reason, detail string) string {
	if detail != "" {
		reason += " " + evidence.Shorten(detail, 200)
	}
	return " (" + evidence.Clean(reason) + ")"
}

// printRecheck says what a visit told.
func printRecheck(w io.Writer, r *evidence.Recheck) {
	if r == nil {
		return
	}
	fmt.Fprintf(w, "       second visit to %s: %s%s\n", r.Exhibit, r.State, because(r.Reason, r.Detail))
}
