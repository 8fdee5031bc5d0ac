package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"constat/app/flow"
	"constat/app/flow/look"
	"constat/app/flow/remove"
	"constat/assets/help"
	"constat/assets/words"
	"constat/evidence"
)

func (c *cli) guideCommand() *cobra.Command {
	var address, id, exhibit, lang string
	cmd := &cobra.Command{Use: "guide --address URL | --exhibit E-001 --case ID", Args: args(cobra.NoArgs),
		Short: "Steps to have it taken down, with what the form asks for; loads and sends nothing",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if lang == "" {
				lang = c.lang
			}
			if (address == "") == (exhibit == "") {
				return usagef("--address or --exhibit is needed, one of them")
			}
			if id == "" {
				if exhibit != "" {
					return usagef("--case is needed with --exhibit")
				}
				app, err := c.app()
				if err != nil {
					return err
				}
				g, err := app.Guide(address, lang)
				if err != nil {
					return err
				}
				return c.printGuide(g)
			}
			return c.withSession(cmd.Context(), func(app *flow.App, s *flow.Session) error {
				if address != "" { // the same refusals as without a case
					if _, err := app.Guide(address, lang); err != nil {
						return err
					}
				}
				g, err := s.Remove.Guide(cmd.Context(), remove.Request{Case: id, Exhibit: exhibit, Address: address, Language: lang})
				if err != nil {
					return err
				}
				return c.printGuide(g)
			})
		}}
	f := cmd.Flags()
	f.StringVar(&address, "address", "", "address of what is to be taken down")
	f.StringVar(&id, "case", "", "case id")
	f.StringVar(&exhibit, "exhibit", "", "exhibit id, e.g. E-001")
	f.StringVar(&lang, "lang", "", "fr, nl, de or en (default: that of the terminal)")
	c.orFile(cmd, false, "address")
	return cmd
}

func (c *cli) printGuide(g remove.Guide) error {
	return c.print(g, func(w io.Writer) {
		fmt.Fprintf(w, "%s  %s  %s\n", g.Name, evidence.Shorten(g.Address, 200), g.Kept)
		way := ""
		for _, s := range g.Steps {
			if s.Title != way {
				way = s.Title
				fmt.Fprintf(w, "\n%s\n", way)
			}
			if s.Warning != "" {
				fmt.Fprintf(w, "  ! %s\n", s.Warning)
			}
			fmt.Fprintf(w, "  - %s\n", s.Text)
			if s.Where != "" {
				fmt.Fprintf(w, "    %s\n", s.Where)
			}
			for _, x := range s.Copies {
				fmt.Fprintf(w, "    %s: %s [%s]\n", x.Label, strings.ReplaceAll(evidence.Shorten(x.Value, 600), "\n", " "), x.State)
				if x.How != "" {
					fmt.Fprintf(w, "      %s\n", x.How)
				}
			}
		}
		for _, n := range append(append([]remove.Note{}, g.Learns...), g.Changed...) {
			fmt.Fprintf(w, "\n%s\n", n.Text)
		}
		for _, n := range g.More {
			fmt.Fprintf(w, "\n%s\n  %s\n", n.Title, n.Text)
			if n.Where != "" {
				fmt.Fprintf(w, "  %s\n", n.Where)
			}
		}
		fmt.Fprintln(w)
		for _, s := range g.Sources {
			fmt.Fprintf(w, "%s  %s  %s  %s\n", s.Date, s.Confidence, s.URL, s.Text)
		}
	})
}

func (c *cli) noticeCommand() *cobra.Command {
	var q remove.NoticeRequest
	var out string
	cmd := &cobra.Command{
		Use:   "notice --kind dsa16|takeitdown|site --exhibit E-001… --case ID [--out F.txt|F.pdf]",
		Args:  args(cobra.NoArgs),
		Short: "Fill in a letter; it is written, never sent",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "case", "kind", "exhibit"); err != nil {
				return err
			}
			if q.Language == "" {
				q.Language = c.lang
			}
			return c.withSession(cmd.Context(), func(app *flow.App, s *flow.Session) error {
				n, err := s.Remove.Notice(cmd.Context(), q)
				if err != nil {
					return err
				}
				err = s.WriteOut(out, func(w io.Writer, pdf bool) error {
					if pdf {
						return n.WritePDF(w, app.Now())
					}
					_, err := io.WriteString(w, n.Text)
					return err
				})
				if err != nil {
					return err
				}
				return c.print(struct {
					remove.Notice
					Out string `json:"out"`
				}{n, out}, func(w io.Writer) {
					if out == "" {
						fmt.Fprint(w, n.Text)
					}
					if len(n.Missing) > 0 {
						fmt.Fprintln(c.msg, "still to be filled in:", strings.Join(n.Missing, ", "))
					}
				})
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&q.Kind, "kind", "", "dsa16, takeitdown or site")
	f.StringVar(&q.Case, "case", "", "case id")
	f.StringArrayVar(&q.Exhibits, "exhibit", nil, "exhibit id; may be repeated")
	f.StringVar(&q.Language, "lang", "", "fr, nl, de or en (default: that of the terminal)")
	f.StringVar(&q.To, "to", "", "whom it is for (default: the platform)")
	f.StringVar(&q.Name, "name", "", "name to sign with (default: a place to fill in)")
	f.StringVar(&q.Mail, "mail", "", "e-mail address (default: a place to fill in)")
	f.StringVar(&q.Reasons, "reasons", "", "what happened, in your words")
	f.StringVar(&out, "out", "", "file to be made, .txt or .pdf (default: standard output)")
	c.orFile(cmd, false, "to", "name", "mail", "reasons")
	return cmd
}

func (c *cli) reportLogCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "report-log", Short: "The log of reports: to whom, when, what came of it", Args: args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return usagef("report-log add or list") }}
	cmd.AddCommand(c.reportLogAdd(), c.reportLogList())
	return cmd
}

func (c *cli) reportLogAdd() *cobra.Command {
	var id string
	var exhibits []string
	values := map[string]*string{}
	cmd := &cobra.Command{
		Use:   "add --case ID --to NAME | --entry R-001",
		Short: "Note a report, or what came of one",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "case"); err != nil {
				return err
			}
			fields := map[string]string{}
			for name, v := range values {
				if cmd.Flags().Changed(name) {
					fields[name] = *v
				}
			}
			if cmd.Flags().Changed("exhibit") {
				fields["exhibits"] = strings.Join(exhibits, " ")
			}
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				r, err := s.Remove.Report(cmd.Context(), id, fields)
				if err != nil {
					return err
				}
				return c.print(r, func(w io.Writer) { printReport(w, r) })
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&id, "case", "", "case id")
	f.StringArrayVar(&exhibits, "exhibit", nil, "what it was about; may be repeated")
	for name, how := range map[string]string{
		"entry": "a report that is there, to add to it", "to": "platform or office", "on": "day, YYYY-MM-DD (default: today)",
		"reference": "number that was given", "state": "sent, answered, removed or refused", "answer": "what was answered",
		"answered-on": "day of the answer, YYYY-MM-DD", "next-on": "day to look again, YYYY-MM-DD",
	} {
		values[name] = f.String(name, "", how)
	}
	c.orFile(cmd, false, "to", "reference", "answer")
	return cmd
}

func printReport(w io.Writer, r look.Report) {
	fmt.Fprintf(w, "%s  %s  %s  %s  %s  %s\n", r.Entry, r.On, r.State, evidence.Clean(r.To), evidence.Clean(r.Reference), strings.Join(r.Exhibits, " "))
	if r.Answer != "" {
		fmt.Fprintf(w, "       %s %s\n", r.AnsweredOn, evidence.Shorten(r.Answer, 400))
	}
	if r.NextOn != "" {
		fmt.Fprintf(w, "       look again: %s\n", r.NextOn)
	}
}

func (c *cli) reportLogList() *cobra.Command {
	var id string
	cmd := &cobra.Command{Use: "list --case ID", Short: "List the reports of a case", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "case"); err != nil {
				return err
			}
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				list, err := s.Remove.Reports(cmd.Context(), id)
				if err != nil {
					return err
				}
				return c.print(struct {
					Reports []look.Report `json:"reports"`
				}{list}, func(w io.Writer) {
					for _, r := range list {
						printReport(w, r)
					}
				})
			})
		}}
	cmd.Flags().StringVar(&id, "case", "", "case id")
	return cmd
}

func (c *cli) helpLinesCommand() *cobra.Command {
	var country, lang string
	cmd := &cobra.Command{
		Use:   "help-lines [--country BE]",
		Short: "Who helps, by country: for whom, hours, number, source",
		Args:  args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			if lang == "" {
				lang = c.lang
			}
			text, err := words.For(lang)
			if err != nil {
				return usagef("--lang %.20q: fr, nl, de or en", lang)
			}
			country = strings.ToUpper(country)
			lines := help.Of(country)
			if len(lines) == 0 {
				return usagef("--country %.20q: one of %s", country, strings.Join(help.Countries(), ", "))
			}
			doc := struct {
				Country string      `json:"country"`
				Lines   []help.Line `json:"lines"`
				Notes   []help.Note `json:"notes"`
			}{country, lines, help.Notes(country)}
			return c.print(doc, func(w io.Writer) {
				for _, l := range lines {
					reach := l.Number
					if reach == "" {
						reach = l.Web
					}
					fmt.Fprintf(w, "%-18s %s · %s · %s\n", reach, l.Name, text.T("helpline.for."+l.For), text.Hours(l.Hours))
					fmt.Fprintf(w, "%-18s %s (%s, %s)\n", "", l.Source, l.Date, l.Confidence)
				}
				for _, n := range doc.Notes {
					fmt.Fprintf(w, "\n%s\n  %s (%s, %s)\n", n.Text[text.Lang()], n.Source, n.Date, n.Confidence)
				}
			})
		},
	}
	cmd.Flags().StringVar(&country, "country", help.Home, "two letters; EU: wherever you are in Europe")
	cmd.Flags().StringVar(&lang, "lang", "", "fr, nl, de or en (default: that of the terminal)")
	return cmd
}
