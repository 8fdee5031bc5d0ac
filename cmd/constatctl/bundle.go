package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"constat/app/flow"
	"constat/app/flow/handover"
	"constat/app/flow/proof"
	"constat/assets/words"
	"constat/evidence"
)

func (c *cli) exportCommand() *cobra.Command {
	var r handover.ExportRequest
	var passwordFile string
	var tsa []string
	var mask []string
	cmd := &cobra.Command{
		Use:   "export --case ID --out DIR|FILE.zip|FILE.zip.age --lang fr|nl|de|en",
		Short: "Make the bundle for the police",
		Args:  args(cobra.ArbitraryArgs),
		RunE: func(cmd *cobra.Command, a []string) (err error) {
			if err := required(cmd, "case", "out", "lang"); err != nil {
				return err
			}
			if r.Authorities, err = authorities(tsa); err != nil {
				return err
			}
			if r.Calendars, err = calendarsOf(r.Calendars); err != nil {
				return err
			}
			if passwordFile != "" {
				if r.ZipPassword, err = readSecretFile(passwordFile); err != nil {
					return err
				}
			}
			if r.Mask, err = masks(mask, a); err != nil {
				return err
			}
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				c.warn(flow.Place(r.Target, false))
				res, err := s.Handover.Export(cmd.Context(), r, c.progress())
				if err != nil {
					return err
				}
				c.notNoted(res.NotNoted)
				if res.Beside != "" {
					fmt.Fprintf(c.msg, "The bundle is whole; what was to lie beside it is not: %s\n", evidence.Shorten(res.Beside, 300))
				}
				if res.InTheClear() {
					fmt.Fprintf(c.msg, "Not encrypted: %s. Whoever has this file reads the addresses, titles and times of the exhibits and the custody log.\n", res.CaseUCO)
				}
				for _, id := range res.Damaged {
					fmt.Fprintf(c.msg, "%s is not in the bundle: its files in the vault are damaged or missing. Report and READ-ME say so.\n", id)
				}
				if ids := res.ByChoice(); len(ids) > 0 {
					fmt.Fprintf(c.msg, "%d of %d exhibits; left out by choice: %s. Report, READ-ME and the signed line of the log say so.\n",
						len(res.Exhibits), res.Of, evidence.ShowIDs(ids, 100))
				}
				for _, a := range res.Calendars {
					fmt.Fprintf(c.msg, "OpenTimestamps %s: %s\n", a.Calendar, a.State)
				}
				if len(res.Unread) > 0 {
					fmt.Fprintf(c.msg, "Not to be read completely: %s; whether what was left out goes along is not known.\n", evidence.ShowIDs(res.Unread, 100))
				}
				for _, s := range res.Still {
					fmt.Fprintf(c.msg, "%s was left out, but a file of it is in the bundle within %s: %s\n", s.Exhibit, s.In, evidence.Shorten(s.File, 100))
				}
				if len(res.Recipients) > 0 {
					fmt.Fprintln(c.msg, "It was read back with a key of its own, which is forgotten now. That the key of whom it is for opens it, they alone can try: age -d -i KEY -o F.zip F.zip.age")
				}
				return c.print(res, func(w io.Writer) {
					fmt.Fprintf(w, "%s\n", res.Target)
					fmt.Fprintf(
						c.msg,
						"Bundle fingerprint %s\n%d files, %d pages, read back: %s. The bundle is not encrypted unless it is a ZIP with a password, or for a key.\n",
						res.Fingerprint.Grouped(),
						res.Files,
						res.Pages,
						verdictText(res.Verdict),
					)
				})
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&r.Case, "case", "", "case id")
	f.StringVar(&r.Target, "out", "", "folder to be made, or a file ending in .zip, or with --age in .zip.age")
	f.StringVar(&r.Language, "lang", "", "language of the report: fr, nl, de or en")
	f.StringVar(&passwordFile, "zip-password-file", "", "file whose first line is the password of the ZIP")
	f.BoolVar(&r.HideNames, "hide-names", false, "the ZIP with a password shows one neutral name: the bundle lies in a second ZIP in it")
	f.StringArrayVar(&r.Recipients, "age", nil, "age public key that the file, which ends in .zip.age, is encrypted to; may be given several times")
	f.StringVar(
		&r.Slip,
		"slip",
		"",
		"PDF to be made with the password of the ZIP, to be handed over apart from it; whoever has it opens the ZIP",
	)
	f.StringVar(&r.CaseUCO, "case-uco", "", "JSON-LD file to be made of what the bundle holds, in the words of CASE and UCO")
	f.StringSliceVar(&r.Exhibits, "exhibit", nil, "exhibit that goes in, like E-001; may be given several times (default: all); the bundle says what was left out")
	f.StringArrayVar(&mask, "mask", nil, "keep all pictures off the paper, or --mask=E-001=blur|leave-out|show; the files stay whole")
	f.Lookup("mask").NoOptDefVal = maskAll
	f.StringArrayVar(&tsa, "tsa", nil, tsaHelp)
	calendarFlags(cmd, &r.Calendars)
	return cmd
}

// maskAll is --mask without a value.
const maskAll = "*=leave-out"

// masks reads what --mask was given. Behind a bare one pflag leaves "E-001=blur" among the arguments.
func masks(given, rest []string) (map[string]handover.Masking, error) {
	bare := len(given) > 0 && len(rest) > 0
	for _, g := range given {
		bare = bare && g == maskAll
	}
	switch {
	case bare && len(given) == len(rest):
		given = rest
	case len(rest) > 0:
		return nil, usagef("unknown argument %.60q", rest[0])
	}
	out := map[string]handover.Masking{}
	for _, g := range given {
		id, way, ok := strings.Cut(g, "=")
		if !ok {
			return nil, usagef("--mask %.60q: EXHIBIT=blur, EXHIBIT=leave-out or EXHIBIT=show", g)
		}
		if way == "show" {
			way = string(handover.Shown)
		}
		out[id] = handover.Masking(way)
	}
	return out, nil
}

func (c *cli) verifyCommand() *cobra.Command {
	var roots, passwordFile, paper, lang, headers string
	var chosen bool
	var o proof.VerifyOptions
	var at string
	cmd := &cobra.Command{
		Use:   "verify BUNDLE [--roots PEM]",
		Short: "Check a bundle, folder or ZIP: 0 valid, 1 not valid, 2 consistent without a proof of time, or could not check",
		Args:  args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, a []string) (err error) {
			app, err := c.checker()
			if err != nil {
				return err
			}
			if o.At, err = moment(at); err != nil {
				return err
			}
			if o.Timestamps < 1 {
				return usagef("--timestamps %d: at least 1; see --allow-no-timestamp", o.Timestamps)
			}
			if o.TimelyDays < 1 {
				return usagef("--timely %d: at least 1", o.TimelyDays)
			}
			if roots != "" {
				if o.RootsPEM, err = os.ReadFile(roots); err != nil {
					return fmt.Errorf("roots: %w", err)
				}
			}
			known := app.Proof.ChosenRoots()
			if chosen {
				o.RootsPEM = append(append(o.RootsPEM, '\n'), known...)
			}
			if o.BlockHeaders, err = readHeaders(headers); err != nil {
				return err
			}
			if passwordFile != "" {
				if o.ZipPassword, err = readSecretFile(passwordFile); err != nil {
					return err
				}
			}
			if paper != "" {
				if _, err := words.For(lang); err != nil {
					return &handover.LanguageError{Language: lang}
				}
				if err := handover.RefuseExisting(paper); err != nil {
					return err
				}
			}
			r, err := app.Proof.VerifyBundle(cmd.Context(), a[0], o)
			if err != nil {
				return err
			}
			if !chosen && len(known) > 0 && (r.Verdict == proof.CouldNotCheck || r.Verdict == proof.TimeNotProven) {
				fmt.Fprintln(c.msg, "The roots of the timestamp services that are chosen in the settings were not used, as the window uses them: --chosen-roots does.")
			}
			if paper != "" {
				if err := writeAnswer(paper, lang, a[0], r); err != nil {
					return err
				}
			}
			return c.checkResult(r)
		},
	}
	f := cmd.Flags()
	f.StringVar(
		&roots,
		"roots",
		"",
		"PEM file with the roots you trust for timestamps (besides the system's); never take it from the bundle",
	)
	f.BoolVar(&chosen, "chosen-roots", false, "also trust the roots of the timestamp services that are chosen in the settings or in CONSTAT_TSA, as the window does")
	f.StringVar(&passwordFile, "zip-password-file", "", "file whose first line is the password of the ZIP")
	f.IntVar(
		&o.Timestamps,
		"timestamps",
		1,
		"how many verified timestamps, over the fingerprint and over the whole, 'valid' takes, under as many roots",
	)
	f.IntVar(&o.TimelyDays, "timely", 7, "how many days after what it covers a timestamp may come")
	f.BoolVar(
		&o.AllowNoTimestamp,
		"allow-no-timestamp",
		false,
		"take a bundle as valid whose files match each other, without any proof of time",
	)
	f.StringVar(&at, "at", "", "the moment to look back from, like 2029-01-31T12:00:00Z (default: now)")
	f.StringVar(&headers, "block-headers", "", blockHelp)
	f.BoolVar(&o.Practice, "practice", false, "accept a practice bundle, which is not evidence")
	f.StringVar(&paper, "report", "", "PDF of one page to be made, with the verdict in words")
	f.StringVar(&lang, "lang", "en", "language of that page: fr, nl, de or en")
	return cmd
}

// writeAnswer makes the page; what is there already is not touched.
func writeAnswer(name, lang, bundle string, r proof.CheckResult) error {
	var pdf bytes.Buffer
	if err := proof.WriteAnswer(&pdf, lang, bundle, r, time.Now(), "Constat "+version); err != nil {
		return err
	}
	return handover.WriteNew(name, &pdf)
}

func (c *cli) timestampCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "timestamp",
		Short: "Check a timestamp by itself, renew those of a bundle, ask calendars, fetch trusted lists",
		Args:  args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			return usagef("timestamp verify, renew, calendar, authorities or lists")
		},
	}
	var q proof.TokenQuestion
	var at string
	verify := &cobra.Command{
		Use:   "verify --token F.tsr --data F --roots PEM",
		Short: "Check a timestamp over a file",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "token", "data", "roots"); err != nil {
				return err
			}
			var err error
			if q.At, err = moment(at); err != nil {
				return err
			}
			app, err := c.checker()
			if err != nil {
				return err
			}
			r, err := app.Proof.VerifyToken(cmd.Context(), q)
			if err != nil {
				return err
			}
			if !r.Valid {
				c.answer = 1
			}
			return c.print(r, func(w io.Writer) {
				printChecks(w, r.Checks)
				if r.Time != nil {
					fmt.Fprintf(w, "time  %s\n", r.Time.Format("2006-01-02 15:04:05.999999999Z"))
					if r.Beyond != "" {
						fmt.Fprintf(w, "stock openssl ts cannot judge it: %s\n", r.Beyond)
					}
					if f := r.Listed; f != nil {
						fmt.Fprintf(w, "trusted lists: %s %s, list of %s\n", f.State, f.Territory, f.Issued.Format("2006-01-02"))
					}
					state := "stands by itself until"
					if !r.Stands {
						state = "does not stand by itself since"
					}
					fmt.Fprintf(w, "%s %s (%s)\n", state, r.StandsUntil.Format("2006-01-02 15:04:05Z"), r.Ends)
				}
			})
		},
	}
	f := verify.Flags()
	f.StringVar(&q.Token, "token", "", "timestamp reply (RFC 3161 TimeStampResp), or the TimeStampToken by itself")
	f.StringVar(&q.Data, "data", "", "file that was timestamped")
	f.StringVar(&q.Roots, "roots", "", "file with the roots you trust, PEM or DER; it may hold the signer's certificate as well")
	f.StringArrayVar(&q.Revocation, "revocation", nil, "revocation list or OCSP answer, DER or PEM; may be given several times")
	f.StringVar(&at, "at", "", "the moment to look back from, like 2029-01-31T12:00:00Z (default: now)")
	cmd.AddCommand(verify, c.renewBundleCommand(), c.calendarCommand(), c.authoritiesCommand(), c.listsCommand())
	return cmd
}

// listsCommand is the one way in which trusted lists are asked for: somebody asks.
func (c *cli) listsCommand() *cobra.Command {
	var countries []string
	cmd := &cobra.Command{
		Use:   "lists [--country CC]…",
		Short: "Fetch today's European trusted lists, verify and keep them",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			app, err := c.app()
			if err != nil {
				return err
			}
			if len(countries) == 0 {
				countries = app.Proof.ListTerritories()
			}
			list, err := app.Proof.FetchLists(cmd.Context(), countries, c.progress())
			if err != nil {
				return err
			}
			for _, r := range list {
				if !r.Fetched {
					c.answer = 2
				}
			}
			return c.print(struct {
				Lists []proof.ListResult `json:"lists"`
			}{list}, func(w io.Writer) {
				for _, r := range list {
					date := "none"
					if r.Issued != nil {
						date = r.Issued.Format("2006-01-02")
					}
					fmt.Fprintf(w, "%s  list of %s  %d qualified time services", r.Territory, date, r.Services)
					if !r.Fetched {
						fmt.Fprintf(w, "  not fetched: %s", r.Problem)
					}
					fmt.Fprintln(w)
				}
			})
		},
	}
	cmd.Flags().
		StringArrayVar(&countries, "country", nil, "country whose list is fetched, like BE; may be given several times (default: those of the known authorities)")
	return cmd
}

// moment reads the time to look back from; none is the zero time.
func moment(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, usagef("--at is not a time like 2029-01-31T12:00:00Z")
	}
	return at, nil
}
