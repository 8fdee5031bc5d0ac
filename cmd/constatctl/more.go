package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"constat/app/flow"
	"constat/app/flow/keep"
	"constat/assets/words"
	"constat/evidence"
)

func (c *cli) moreCommand() *cobra.Command {
	var id, lang string
	cmd := &cobra.Command{Use: "more --case ID", Args: args(cobra.NoArgs),
		Short: "What else a complaint needs, ticked from what is kept; nothing is required",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "case"); err != nil {
				return err
			}
			if lang == "" {
				lang = c.lang
			}
			if _, err := words.For(lang); err != nil {
				return usagef("--lang %.20q: fr, nl, de or en", lang)
			}
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				m, err := s.Keep.More(cmd.Context(), id, lang)
				if err != nil {
					return err
				}
				return c.print(m, func(w io.Writer) { printMore(w, m) })
			})
		}}
	f := cmd.Flags()
	f.StringVar(&id, "case", "", "case id")
	f.StringVar(&lang, "lang", "", "fr, nl, de or en (default: that of the terminal)")
	return cmd
}

func printMore(w io.Writer, m keep.More) {
	for _, p := range m.Places {
		fmt.Fprintf(w, "%s\n", strings.TrimSpace(p.Platform+"  "+p.Name))
		for _, x := range p.Pieces {
			fmt.Fprintf(w, "  %-9s %-9s %s %s %s\n", x.State, x.ID, x.Title, evidence.Clean(x.Account), strings.Join(x.Exhibits, " "))
			if x.State != keep.PieceKept {
				fmt.Fprintf(w, "            %s %s\n", x.How, evidence.Clean(x.Address))
			}
		}
		if len(p.Untold) > 0 {
			fmt.Fprintf(w, "  ?         %s\n", strings.Join(p.Untold, " "))
		}
	}
	for _, x := range m.Marks {
		fmt.Fprintf(w, "%s: %s\n", x.Mark, strings.Join(x.Exhibits, " "))
	}
}
