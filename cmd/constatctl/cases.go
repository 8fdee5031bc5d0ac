package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"constat/app/flow"
	"constat/app/flow/look"
	"constat/assets/words"
	"constat/evidence"
)

func (c *cli) caseCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "case", Short: "Create and list cases", Args: args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return usagef("case create or list") }}
	cmd.AddCommand(c.caseCreate(), c.caseList())
	return cmd
}

func (c *cli) caseCreate() *cobra.Command {
	var title string
	cmd := &cobra.Command{Use: "create --title T", Short: "Create a case", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "title"); err != nil {
				return err
			}
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				v, err := s.Keep.CreateCase(cmd.Context(), title)
				if err != nil {
					return err
				}
				return c.print(v, func(w io.Writer) { fmt.Fprintln(w, v.ID) })
			})
		}}
	cmd.Flags().StringVar(&title, "title", "", "title, for yourself; it appears on the report")
	c.orFile(cmd, false, "title")
	return cmd
}

func (c *cli) caseList() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List the cases", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				cases, err := s.Look.Cases(cmd.Context())
				if err != nil {
					return err
				}
				doc := struct {
					Cases []look.Case `json:"cases"`
				}{append([]look.Case{}, cases...)}
				return c.print(doc, func(w io.Writer) {
					tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
					for _, v := range cases {
						mark := caseMark(v)
						fmt.Fprintf(tw, "%s\t%d\t%s\t%s\n", v.ID, v.Exhibits, evidence.Clean(v.Title), mark)
					}
					tw.Flush()
				})
			})
		}}
}

// caseMark is what must be known of a case that is listed.
func caseMark(v look.Case) string {
	var marks []string
	if v.Practice {
		marks = append(marks, evidence.PracticeMark)
	}
	if v.Foreign {
		marks = append(marks, "NOT WRITTEN BY THIS VAULT: not shown, not timestamped, not exported")
	}
	if v.ForeignFiles > 0 {
		marks = append(marks, fmt.Sprintf("%d files in its log were not written by this vault, and are left out", v.ForeignFiles))
	}
	if v.Unproven > 0 {
		marks = append(marks, fmt.Sprintf("first %d entries not authenticated", v.Unproven))
	}
	for _, l := range v.Lost {
		marks = append(marks, lostMark(l))
	}
	if v.Damage != "" {
		marks = append(marks, evidence.Shorten(v.Damage, 200))
	}
	if v.Damaged > 0 {
		marks = append(marks, fmt.Sprintf("%d exhibits damaged", v.Damaged))
	}
	return strings.Join(marks, "; ")
}

// lostMark says which exhibits were here.
func lostMark(l look.Lost) string {
	if l.N == 1 {
		return l.First + " was here; its entry is lost"
	}
	return l.First + " to " + l.Last + " were here; their entries are lost"
}

func (c *cli) listCommand() *cobra.Command {
	var id, find, sort string
	var sorts []string
	for _, x := range look.Sorts() {
		sorts = append(sorts, string(x))
	}
	cmd := &cobra.Command{Use: "list --case ID", Short: "List a case's exhibits", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "case"); err != nil {
				return err
			}
			if !slices.Contains(sorts, sort) {
				return usagef("--sort %.20q: one of %s", sort, strings.Join(sorts, ", "))
			}
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				list, err := s.Look.Exhibits(cmd.Context(), id)
				if err != nil {
					return err
				}
				text, err := words.For(c.lang)
				if err != nil {
					return err
				}
				lost, err := s.Look.Lost(cmd.Context(), id)
				if err != nil {
					return err
				}
				for _, l := range lost {
					fmt.Fprintln(c.msg, lostMark(l))
				}
				return c.exhibits(slices.DeleteFunc(list, func(e look.Exhibit) bool {
					return !e.Is(look.Sort(sort)) || !e.Matches(find, text.T("outcome."+string(e.Outcome)), text.T("kind."+string(e.Kind)))
				}))
			})
		}}
	cmd.Flags().StringVar(&id, "case", "", "case id")
	cmd.Flags().StringVar(&find, "find", "", "only those in which all of these words are found: in title, address, account, facts, outcome")
	cmd.Flags().StringVar(&sort, "sort", string(look.SortAll), "only those of a sort: "+strings.Join(sorts, ", "))
	c.orFile(cmd, false, "find")
	return cmd
}

// exhibits prints a list of exhibits.
func (c *cli) exhibits(list []look.Exhibit) error {
	doc := struct {
		Exhibits []look.Exhibit `json:"exhibits"`
	}{append([]look.Exhibit{}, list...)}
	return c.print(doc, func(w io.Writer) {
		for _, e := range list {
			printExhibit(w, e)
		}
	})
}

// printExhibit says an exhibit in a few lines.
func printExhibit(w io.Writer, e look.Exhibit) {
	if e.Damage != "" {
		fmt.Fprintf(w, "%s  DAMAGED  kept %s\n       %s\n", e.Exhibit, e.Recorded.UTC().Format("2006-01-02 15:04:05Z"), evidence.Shorten(e.Damage, 300))
		return
	}
	fmt.Fprintf(w, "%s  %s  %s  %s\n", e.Exhibit, e.Outcome, e.Started.UTC.Format("2006-01-02 15:04:05Z"), evidence.Shorten(e.Address, 100))
	if e.Phone {
		fmt.Fprintln(w, "       seen as a phone would show it")
	}
	printAddress(w, e)
	printRecheck(w, e.Recheck)
	for _, v := range e.Rechecks {
		fmt.Fprintf(w, "       visited again: %s  %s  %s%s\n", v.Time.Format("2006-01-02 15:04:05Z"), v.Exhibit, v.State, because(v.Reason, v.Detail))
	}
	for _, p := range e.Problems {
		fmt.Fprintf(w, "       problem: %s %s\n", p.Code, evidence.Shorten(p.Detail, 200))
	}
	for _, t := range e.Timestamps {
		if t.Time != nil {
			fmt.Fprintf(w, "       timestamp: %s %s\n", evidence.Shorten(t.Authority, 80), t.Time.Format("2006-01-02 15:04:05Z"))
		} else {
			fmt.Fprintf(w, "       not timestamped yet: %s %s %s\n", evidence.Shorten(t.Authority, 80), t.State, evidence.Shorten(t.Reason, 200))
		}
	}
}

// printAddress says what of the address is not an id although one belongs there: the page can still
// be opened, and the address copied whole.
func printAddress(w io.Writer, e look.Exhibit) {
	it := e.Platform
	if it == nil {
		return
	}
	for _, p := range it.Problems {
		fmt.Fprintf(w, "       address: no id of a %s %s: %q is refused (%s)\n", it.Platform.Name(), p.Field, evidence.Shorten(p.Value, 80), p.Reason)
	}
	if it.NoTime != "" && it.NoTime != "no-time" {
		fmt.Fprintf(w, "       address: its id carries no time (%s)\n", it.NoTime)
	}
}

func (c *cli) extractCommand() *cobra.Command {
	var id, exhibit, out string
	cmd := &cobra.Command{
		Use:   "extract --case ID --exhibit E-001 --out DIR",
		Short: "Write an exhibit's files, decrypted, into a new folder",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "case", "exhibit", "out"); err != nil {
				return err
			}
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				list, notNoted, err := s.Handover.Extract(cmd.Context(), id, exhibit, out)
				if err != nil {
					return err
				}
				doc := struct {
					Dir       string          `json:"dir"`
					Artifacts []look.Artifact `json:"artifacts"`
					NotNoted  string          `json:"not_noted,omitempty"`
				}{out, list, notNoted}
				c.notNoted(notNoted)
				return c.print(doc, func(w io.Writer) {
					for _, a := range list {
						fmt.Fprintf(w, "%s  %s\n", a.SHA256, a.Name)
					}
					fmt.Fprintln(c.msg, "These files are not encrypted. Whoever uses this device can open them.")
				})
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&id, "case", "", "case id")
	f.StringVar(&exhibit, "exhibit", "", "exhibit id, e.g. E-001")
	f.StringVar(&out, "out", "", "folder to be made")
	return cmd
}
