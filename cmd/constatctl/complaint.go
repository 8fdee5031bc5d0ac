package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"constat/app/flow"
	"constat/evidence"
)

func (c *cli) complaintCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "complaint",
		Short: "The account for a complaint: show, set, export; and confidential notes",
		Args:  args(cobra.NoArgs),
		RunE:  func(*cobra.Command, []string) error { return usagef("complaint show, set, export or notes") },
	}
	cmd.AddCommand(c.complaintShow(), c.complaintSet(), c.complaintExport(), c.complaintNotes())
	return cmd
}

func (c *cli) complaintShow() *cobra.Command {
	var id, lang string
	cmd := &cobra.Command{Use: "show --case ID", Short: "Show what the case knows for a complaint", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "case"); err != nil {
				return err
			}
			if lang == "" {
				lang = c.lang
			}
			return c.withSession(cmd.Context(), func(app *flow.App, s *flow.Session) error {
				a, err := s.Complain.Show(cmd.Context(), id, lang)
				if err != nil {
					return err
				}
				text, err := a.Text(app.Now())
				if err != nil {
					return err
				}
				return c.print(a, func(w io.Writer) {
					fmt.Fprint(w, text)
					fmt.Fprintln(w)
					for _, b := range a.Bring {
						mark := " "
						if b.Ticked {
							mark = "x"
						}
						fmt.Fprintf(w, "[%s] %s  %s\n", mark, b.Text, b.Ready)
					}
				})
			})
		}}
	cmd.Flags().StringVar(&id, "case", "", "case id")
	cmd.Flags().StringVar(&lang, "lang", "", "fr, nl, de or en (default: that of the terminal)")
	return cmd
}

func accountNames() string {
	var names []string
	for _, f := range evidence.AccountFields() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

func (c *cli) complaintSet() *cobra.Command {
	var id string
	var set, files []string
	cmd := &cobra.Command{Use: "set --case ID --set NAME=WORDS… | --set-file NAME=FILE…",
		Short: "Keep what you tell about the whole case; earlier words stay in the log", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "case"); err != nil {
				return err
			}
			fields, err := c.named(set, files)
			if err != nil {
				return err
			}
			if len(fields) == 0 {
				return usagef("--set or --set-file is needed")
			}
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				if err := s.Complain.Set(cmd.Context(), id, fields); err != nil {
					return err
				}
				told, err := s.Complain.Fields(cmd.Context(), id)
				if err != nil {
					return err
				}
				return c.print(struct {
					Case   string            `json:"case"`
					Fields map[string]string `json:"fields"`
				}{id, told}, func(w io.Writer) {
					for _, f := range evidence.AccountFields() {
						if v, ok := told[f.Name]; ok {
							fmt.Fprintf(w, "%s\t%s\n", f.Name, evidence.Clean(v))
						}
					}
				})
			})
		}}
	f := cmd.Flags()
	f.StringVar(&id, "case", "", "case id")
	f.StringArrayVar(&set, "set", nil, "a field as NAME=WORDS; empty words take it back; may be repeated ("+accountNames()+")")
	f.StringArrayVar(&files, "set-file", nil, "the same, with the words in a file; - is standard input")
	return cmd
}

func (c *cli) complaintExport() *cobra.Command {
	var id, lang, out string
	cmd := &cobra.Command{
		Use:   "export --case ID --out F.pdf|F.txt|F.json",
		Short: "Write the account for printing, without the confidential notes",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "case", "out"); err != nil {
				return err
			}
			if lang == "" {
				lang = c.lang
			}
			return c.withSession(cmd.Context(), func(app *flow.App, s *flow.Session) error {
				a, err := s.Complain.Show(cmd.Context(), id, lang)
				if err != nil {
					return err
				}
				err = s.WriteOut(out, func(w io.Writer, pdf bool) error {
					if pdf {
						return a.WritePDF(w, app.Now())
					}
					if strings.EqualFold(filepath.Ext(out), ".json") {
						enc := json.NewEncoder(w)
						enc.SetIndent("", "  ")
						return enc.Encode(a)
					}
					text, err := a.Text(app.Now())
					if err == nil {
						_, err = io.WriteString(w, text)
					}
					return err
				})
				if err != nil {
					return err
				}
				return c.print(struct {
					Case     string `json:"case"`
					Language string `json:"language"`
					Out      string `json:"out"`
				}{id, lang, out}, func(io.Writer) {
					fmt.Fprintln(c.msg, "This file is not encrypted. Whoever uses this device can open it.")
				})
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&id, "case", "", "case id")
	f.StringVar(&lang, "lang", "", "fr, nl, de or en (default: that of the terminal)")
	f.StringVar(&out, "out", "", "file to be made")
	return cmd
}

func (c *cli) complaintNotes() *cobra.Command {
	var id, file string
	cmd := &cobra.Command{
		Use:   "notes --case ID [--set-file FILE|-]",
		Short: "Confidential notes: in no log, report or bundle",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "case"); err != nil {
				return err
			}
			words, change := "", cmd.Flags().Changed("set-file")
			if change {
				var err error
				if words, err = c.readText(file); err != nil {
					return err
				}
			}
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				if change {
					if err := s.Complain.SaveNotes(cmd.Context(), id, words); err != nil {
						return err
					}
				}
				notes, err := s.Complain.Notes(cmd.Context(), id)
				if err != nil {
					return err
				}
				return c.print(struct {
					Case  string `json:"case"`
					Notes string `json:"notes"`
				}{id, notes}, func(w io.Writer) {
					for line := range strings.SplitSeq(notes, "\n") {
						fmt.Fprintln(w, evidence.Clean(line))
					}
				})
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&id, "case", "", "case id")
	f.StringVar(&file, "set-file", "", "file that holds the notes; - is standard input")
	return cmd
}
