package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"constat/app/flow"
	"constat/app/flow/keep"
	"constat/app/flow/proof"
	"constat/evidence"
)

// authorities turns repeated --tsa flags into authorities; none means the settings' own.
func authorities(specs []string) ([]evidence.Authority, error) {
	var list []evidence.Authority
	for _, s := range specs {
		a, err := proof.ParseAuthority(s, os.ReadFile)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return proof.DistinctAuthorities(list), nil
}

const tsaHelp = "timestamp authority URL[,ROOTS.pem]; may be repeated (default: the settings)"

const subjectHelp = "age of the person shown when the image was made: adult, minor or unsure"

const showsHelp = "what of the matter it is to show: post, profile, comments, messages, group, members or search (see more)"

// subjectOf reads the answer to the question about age; there is no default.
func subjectOf(s string) (keep.Subject, error) {
	switch who := keep.Subject(s); who {
	case keep.SubjectAdult, keep.SubjectMinor, keep.SubjectUnsure:
		return who, nil
	}
	return "", usagef("--subject adult, minor or unsure: was the person shown under 18 when the image was made?")
}

func (c *cli) captureCommand() *cobra.Command {
	var id, subject, shows string
	var tsa []string
	var phone, leave, window, noFilms bool
	var scale, stills int
	var many listFlags
	cmd := &cobra.Command{
		Use:   "capture URL --case ID --subject adult",
		Short: "Keep a page, or a list of pages",
		Args:  args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, a []string) error {
			if list, err := many.asked(cmd, a, window); err != nil {
				return err
			} else if list {
				return c.captureList(cmd, id, subject, tsa, keep.ListOptions{Phone: phone, Scale: scale, LeaveOverlays: leave, NoFilms: noFilms, FilmStills: stills}, &many)
			}
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
			if len(a) > 0 {
				if err := keep.CheckAddress(a[0]); err != nil {
					return err
				}
			}
			if window {
				if phone || leave || cmd.Flags().Changed("scale") {
					return usagef("--window shows pages as they are: without --phone, --scale and --leave-overlays")
				}
				return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
					return c.captureWindow(cmd.Context(), s, keep.WindowRequest{Case: id, Address: strings.Join(a, ""), Subject: who}, keep.KeepRequest{Authorities: list, NoFilms: noFilms, FilmStills: stills})
				})
			}
			c.ahead = who == keep.SubjectAdult && !phone && scale < 2 // others need another browser
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				e, err := s.Keep.Preserve(cmd.Context(), keep.PreserveRequest{
					Case: id, Address: a[0], Subject: who, Authorities: list,
					Phone: phone, Scale: scale, LeaveOverlays: leave, NoFilms: noFilms, FilmStills: stills, Meant: keep.Meant{Piece: shows}}, c.progress())
				if err != nil {
					return err
				}
				if !e.Outcome.Usable() {
					c.answer = 1
				}
				return c.print(e, func(w io.Writer) { printExhibit(w, e) })
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&id, "case", "", "case id")
	f.StringVar(&subject, "subject", "", subjectHelp)
	f.StringArrayVar(&tsa, "tsa", nil, tsaHelp)
	f.BoolVar(&phone, "phone", false, "as a phone would show it: user agent, touch and window of a phone; the record says so")
	f.IntVar(&scale, "scale", 1, "pixels of the picture a pixel of the page: 1, or 2 for small print")
	f.BoolVar(&window, "window", false, "open a window to sign in and go to the page; Enter keeps it, q closes the window")
	f.BoolVar(&leave, "leave-overlays", false, "do not refuse cookie notices at the end")
	f.BoolVar(&noFilms, "no-films", false, "do not ask once more for films of which the page has a part only")
	f.IntVar(&stills, "film-stills", 0, "a still each so many seconds of the films that were kept as files, with its time; 0: none")
	f.StringVar(&shows, "shows", "", showsHelp)
	many.add(cmd)
	c.orFile(cmd, true)
	return cmd
}

func (c *cli) recordCommand() *cobra.Command {
	var id, note, shows string
	var tsa []string
	cmd := &cobra.Command{Use: "record URL --case ID", Short: "Record an address only; nothing is loaded", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, a []string) error {
			if err := required(cmd, "case"); err != nil {
				return err
			}
			list, err := authorities(tsa)
			if err != nil {
				return err
			}
			if err := keep.CheckAddress(a[0]); err != nil {
				return err
			}
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				e, err := s.Keep.Record(
					cmd.Context(),
					keep.RecordRequest{Case: id, Address: a[0], Note: note, Authorities: list, Meant: keep.Meant{Piece: shows}},
					c.progress(),
				)
				if err != nil {
					return err
				}
				return c.print(e, func(w io.Writer) { printExhibit(w, e) })
			})
		}}
	f := cmd.Flags()
	f.StringVar(&id, "case", "", "case id")
	f.StringVar(&note, "note", "", "what you want to say about it, kept as typed")
	f.StringVar(&shows, "shows", "", showsHelp)
	f.StringArrayVar(&tsa, "tsa", nil, tsaHelp)
	c.orFile(cmd, true, "note")
	return cmd
}

func (c *cli) stampCommand() *cobra.Command {
	var id string
	var renew, all bool
	var tsa []string
	cmd := &cobra.Command{Use: "stamp --case ID", Short: "Ask again for timestamps that are missing", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "case"); err != nil {
				return err
			}
			list, err := authorities(tsa)
			if err != nil {
				return err
			}
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				if renew || all {
					return c.renew(cmd, s, id, proof.RenewOptions{All: all, Authorities: list})
				}
				if err := s.Proof.Restamp(cmd.Context(), id, list, c.progress()); err != nil {
					return err
				}
				list, err := s.Look.Exhibits(cmd.Context(), id)
				if err != nil {
					return err
				}
				for _, e := range list {
					if e.Pending() {
						c.answer = 1
						fmt.Fprintf(c.msg, "constatctl: %s is not fully timestamped yet; it is kept, ask again later\n", e.Exhibit)
					}
				}
				return c.exhibits(list)
			})
		}}
	cmd.Flags().StringVar(&id, "case", "", "case id")
	cmd.Flags().StringArrayVar(&tsa, "tsa", nil, tsaHelp+"; without --renew these are asked besides for what is missing")
	cmd.Flags().BoolVar(&renew, "renew", false, "new timestamps over the old ones where a certificate or an algorithm ages out")
	cmd.Flags().BoolVar(&all, "renew-all", false, "the same for every exhibit, due or not")
	return cmd
}

func (c *cli) renew(cmd *cobra.Command, s *flow.Session, id string, o proof.RenewOptions) error {
	list, err := s.Proof.Renew(cmd.Context(), id, o, c.progress())
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.Due && !r.Renewed {
			c.answer = 1
			if r.Reason == proof.NotLonger {
				fmt.Fprintf(
					c.msg,
					"constatctl: %s has new timestamps, which stand no longer than the old ones; ask another authority\n",
					r.Exhibit,
				)
				continue
			}
			fmt.Fprintf(c.msg, "constatctl: %s could not be renewed now; ask again later, or another authority with --tsa\n", r.Exhibit)
		}
	}
	return c.print(struct {
		Renewals []proof.RenewResult `json:"renewals"`
	}{list}, func(w io.Writer) {
		for _, r := range list {
			until := "cannot be shown to stand"
			if r.StandsUntil != nil {
				until = "stands until " + r.StandsUntil.Format("2006-01-02")
			}
			fmt.Fprintf(w, "%s  due %t  renewed %t  %s  %s\n", r.Exhibit, r.Due, r.Renewed, until, r.Reason)
		}
	})
}
