package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"constat/app/flow"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/evidence"
)

func (c *cli) factsCommand() *cobra.Command {
	var id, exhibit string
	var set, files []string
	cmd := &cobra.Command{Use: "facts --case ID --exhibit E-001 [--set NAME=WORDS]…",
		Short: "Show or change what you tell about an exhibit; earlier words stay in the log", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "case", "exhibit"); err != nil {
				return err
			}
			facts, err := c.named(set, files)
			if err != nil {
				return err
			}
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				e, err := s.Keep.SaveFacts(cmd.Context(), id, exhibit, facts)
				if err != nil {
					return err
				}
				if e.Facts == nil {
					e.Facts = map[string]string{}
				}
				known := keep.KnownOf(e)
				return c.print(struct {
					Exhibit   string            `json:"exhibit"`
					Facts     map[string]string `json:"facts"`
					Known     []keep.Known      `json:"known"`     // from the address; not told
					Questions []keep.Page       `json:"questions"` // that are worth asking, a few at a time
				}{e.Exhibit, e.Facts, known, keep.Questions(e, false)}, func(w io.Writer) {
					for _, k := range known {
						fmt.Fprintf(w, "%s\t%s\t[%s]\n", k.Field, evidence.Clean(k.Value), k.Basis)
					}
					for _, f := range evidence.FactFields() {
						if v, ok := e.Facts[f.Name]; ok {
							fmt.Fprintf(w, "%s\t%s\n", f.Name, evidence.Clean(v))
						}
					}
				})
			})
		}}
	f := cmd.Flags()
	f.StringVar(&id, "case", "", "case id")
	f.StringVar(&exhibit, "exhibit", "", "exhibit id, e.g. E-001")
	f.StringArrayVar(&set, "set", nil, "a fact as NAME=WORDS; empty words take it back; may be repeated ("+factNames()+")")
	f.StringArrayVar(&files, "set-file", nil, "the same, with the words in a file; - is standard input")
	return cmd
}

func factNames() string {
	var names []string
	for _, f := range evidence.FactFields() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

func (c *cli) closeCommand() *cobra.Command {
	var id, exhibit string
	cmd := &cobra.Command{
		Use:   "close --case ID --exhibit E-001",
		Short: "The person shown was or may have been under 18: close display and export for good; deletes nothing",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "case", "exhibit"); err != nil {
				return err
			}
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				e, err := s.Keep.MarkMinor(cmd.Context(), id, exhibit)
				if err != nil {
					return err
				}
				c.explain(look.ErrMinor) // whom to call
				return c.print(e, func(w io.Writer) {
					printExhibit(w, e)
					for _, other := range e.ClosedWith {
						fmt.Fprintf(w, "       closed with it, because it holds one of its files: %s\n", other)
					}
					for _, other := range e.ClosedUnread {
						fmt.Fprintf(w, "       not read to the end, so not compared: %s\n", other)
					}
				})
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&id, "case", "", "case id")
	f.StringVar(&exhibit, "exhibit", "", "exhibit id, e.g. E-001")
	return cmd
}
