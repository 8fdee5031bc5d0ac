package main

import (
	"io"

	"github.com/spf13/cobra"

	"constat/app/flow"
	"constat/app/flow/keep"
)

func (c *cli) importCommand() *cobra.Command {
	var id, subject, shows string
	var tsa []string
	var copies bool
	cmd := &cobra.Command{
		Use:   "import FILE… --case ID --subject adult",
		Short: "Keep files that are not web pages, as one exhibit",
		Args:  args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, files []string) error {
			if err := required(cmd, "case", "subject"); err != nil {
				return err
			}
			who, err := subjectOf(subject)
			if err != nil {
				return err
			}
			list, err := authorities(tsa)
			if err != nil {
				return err
			}
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				e, err := s.Keep.Import(
					cmd.Context(),
					keep.ImportRequest{Case: id, Files: files, Subject: who, Authorities: list, Meant: keep.Meant{Piece: shows}, Copies: copies},
					c.progress(),
				)
				if err != nil {
					return err
				}
				return c.print(e, func(w io.Writer) { printExhibit(w, e) })
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&id, "case", "", "case id")
	f.StringVar(&subject, "subject", "", subjectHelp)
	f.StringVar(&shows, "shows", "", showsHelp)
	f.BoolVar(&copies, "copies", false, "beside each JPEG, PNG and WebP a copy without position, dates, device and names")
	f.StringArrayVar(&tsa, "tsa", nil, tsaHelp)
	return cmd
}
