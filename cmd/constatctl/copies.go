package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"constat/app/flow"
	"constat/app/flow/copies"
	"constat/app/flow/system"
	"constat/evidence"
	"constat/evidence/replica"
)

func (c *cli) copyCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "copy", Short: "Encrypted copies of the vault at other places", Args: args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			return usagef("vault copy add, push, check, restore, remove or list")
		}}
	cmd.AddCommand(c.copyAdd(), c.copyPush(), c.copyCheck(), c.copyRestore(), c.copyRemove(), c.copyList())
	return cmd
}

const placeUsage = "file that says where (kind, address, user, secret …), or - for standard input; see the manual"

// place reads what was written of a place: addresses and credentials are no arguments, which other
// users of this computer see.
func (c *cli) place(path string) (copies.Place, error) {
	var in io.Reader = c.in
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return copies.Place{}, fmt.Errorf("place file: %w", err)
		}
		defer func() { _ = f.Close() }() // it is only read
		in = f
	}
	b, err := io.ReadAll(system.Written(io.LimitReader(in, 1<<20)))
	if err != nil {
		return copies.Place{}, fmt.Errorf("place file: %w", err)
	}
	return copies.ParsePlace(string(b))
}

func (c *cli) copyAdd() *cobra.Command {
	var file string
	cmd := &cobra.Command{Use: "add --place-file F|-", Short: "Add a place; nothing is copied yet", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "place-file"); err != nil {
				return err
			}
			place, err := c.place(file)
			if err != nil {
				return err
			}
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				v, err := s.Copies.Add(cmd.Context(), place)
				if err != nil {
					return err
				}
				return c.print(struct {
					Copy copies.View `json:"copy"`
				}{v}, func(w io.Writer) {
					fmt.Fprintf(w, "%s  %s\n", v.ID, evidence.Clean(v.Name))
					fmt.Fprintln(c.msg, "The place learns how many files there are, their sizes, and when they come; it cannot read them. "+
						"Can the person who did this reach that place? Nothing is copied until: constatctl vault copy push")
				})
			})
		}}
	cmd.Flags().StringVar(&file, "place-file", "", placeUsage)
	return cmd
}

func (c *cli) copyList() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List the copies, and when each was pushed last", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				list, err := s.Copies.List(cmd.Context())
				if err != nil {
					return err
				}
				return c.print(struct {
					Copies []copies.View `json:"copies"`
				}{list}, func(w io.Writer) {
					for _, v := range list {
						fmt.Fprintf(w, "%s  %s  %s  %s\n", v.ID, v.Kind, pushedAt(v), evidence.Clean(v.Name))
					}
				})
			})
		}}
}

func pushedAt(v copies.View) string {
	if v.Pushed == nil {
		return "not pushed from this device"
	}
	return "pushed " + v.Pushed.UTC().Format(time.RFC3339)
}

func (c *cli) copyRemove() *cobra.Command {
	return &cobra.Command{Use: "remove ID", Short: "Forget a place; what lies there stays", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, a []string) error {
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				return s.Copies.Remove(cmd.Context(), a[0])
			})
		}}
}

// copyID is the one argument, if there is one.
func copyID(a []string) string {
	if len(a) == 0 {
		return ""
	}
	return a[0]
}

// failedAt says what went wrong at a place, for the document, and on standard error.
func (c *cli) failedAt(v copies.View, err error) string {
	if err == nil {
		return ""
	}
	fmt.Fprintf(c.msg, "%s:\n", evidence.Clean(v.Name))
	c.explain(err)
	c.answer = max(c.answer, flow.ExitCode(err))
	return evidence.Shorten(err.Error(), 600)
}

func (c *cli) copyPush() *cobra.Command {
	var mend bool
	cmd := &cobra.Command{Use: "push [ID]", Short: "Bring what is new to one copy, or to all", Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, a []string) error {
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				push := s.Copies.Push
				if mend {
					push = s.Copies.Mend
				}
				list, err := push(cmd.Context(), copyID(a), c.progress())
				if err != nil {
					return err
				}
				type pushed struct {
					copies.Push
					Forks []replica.Fork `json:"forks"`
					Error string         `json:"error"`
				}
				doc := struct {
					Pushes []pushed `json:"pushes"`
				}{[]pushed{}}
				for _, p := range list {
					d := pushed{Push: p, Error: c.failedAt(p.Copy, p.Err), Forks: []replica.Fork{}}
					if e, ok := errors.AsType[*replica.ForkError](p.Err); ok {
						d.Forks = e.Cases
					}
					doc.Pushes = append(doc.Pushes, d)
					if len(p.Unmended) > 0 {
						c.answer = max(c.answer, flow.ExitNo)
					}
				}
				return c.print(doc, func(w io.Writer) {
					for _, p := range doc.Pushes {
						fmt.Fprintf(w, "%s  push %d of %s: %d files put, %d bytes; the copy has %d\n", p.Copy.ID, p.Number,
							p.Time.UTC().Format(time.RFC3339), p.Files, p.Bytes, p.Total)
						if !p.LockedUntil.IsZero() {
							fmt.Fprintf(w, "  the store says that this push is locked until %s\n", p.LockedUntil.UTC().Format(time.RFC3339))
						}
						if !p.LockedFirst.IsZero() {
							fmt.Fprintf(w, "  the store says that nothing of the copy can be removed before %s; %d locks were extended\n",
								p.LockedFirst.UTC().Format(time.RFC3339), p.Extended)
						}
						if p.PlaceBehind {
							fmt.Fprintln(w, "  the place no longer had what was pushed last")
						}
						if p.PlaceBehind || p.Again > 0 {
							fmt.Fprintf(w, "  %d files were put again\n", p.Again)
						}
						for _, path := range p.Unmended {
							fmt.Fprintf(w, "  missing or damaged at the place, and not whole here either: %s\n", path)
						}
						n := func(n int, what string) {
							if n > 0 {
								fmt.Fprintf(w, "  %d %s\n", n, what)
							}
						}
						n(p.Foreign, "heads at the place were not written by this vault")
						n(len(p.MissingHere), "files that the copy has are missing from this folder")
						n(len(p.ChangedHere), "files in this folder do not prove that this vault wrote them; the copy keeps what it has")
					}
				})
			})
		}}
	cmd.Flags().BoolVar(&mend, "mend", false, "read the copy back first, and put again what is missing or damaged there; nothing is overwritten")
	return cmd
}

func (c *cli) copyCheck() *cobra.Command {
	var quick bool
	cmd := &cobra.Command{
		Use:   "check [ID]",
		Short: "Compare one copy, or all, with the vault, and read it back",
		Args:  args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, a []string) error {
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				list, err := s.Copies.Check(cmd.Context(), copyID(a), !quick, c.progress())
				if err != nil {
					return err
				}
				type checked struct {
					copies.Check
					Error string `json:"error"`
				}
				doc := struct {
					Checks []checked `json:"checks"`
				}{[]checked{}}
				for _, k := range list {
					doc.Checks = append(doc.Checks, checked{k, c.failedAt(k.Copy, k.Err)})
					if !k.Whole && k.Err == nil {
						c.answer = max(c.answer, flow.ExitNo)
					}
				}
				return c.print(doc, func(w io.Writer) {
					for _, k := range doc.Checks {
						if k.Err == nil {
							printFound(w, k.Check)
						}
					}
				})
			})
		},
	}
	cmd.Flags().BoolVar(&quick, "sizes-only", false, "do not read the files back; compare heads, names and sizes")
	return cmd
}

func printFound(w io.Writer, k copies.Check) {
	verdict := "whole"
	switch {
	case k.Number == 0 && k.PlaceBehind:
		fmt.Fprintf(w, "%s  not whole: the place has no push any more\n", k.Copy.ID)
	case k.Number == 0:
		fmt.Fprintf(w, "%s  nothing was pushed yet\n", k.Copy.ID)
	case !k.Whole:
		verdict = "not whole"
	case k.Read < k.Files:
		verdict = "whole by names and sizes"
	}
	if k.Number > 0 {
		fmt.Fprintf(w, "%s  %s: push %d of %s, %d files, %d read back\n", k.Copy.ID, verdict, k.Number, k.Time.UTC().Format(time.RFC3339), k.Files, k.Read)
	}
	if k.PlaceBehind {
		fmt.Fprintf(w, "  the place no longer has what this device pushed at %s\n", k.LastPushed.UTC().Format(time.RFC3339))
	}
	for _, f := range k.Forks {
		how := "the copy goes further than this folder"
		if f.Both {
			how = "both went on"
		}
		fmt.Fprintf(w, "  case %s: %s: line %d here, %d there\n", f.Case, how, f.Here, f.There)
	}
	for _, x := range []struct {
		n    int
		what string
	}{
		{k.Gaps, "heads are missing at the place"}, {k.Foreign, "heads at the place were not written by this vault"},
		{len(k.Missing), "files are missing at the place"}, {len(k.Damaged), "files at the place have other bytes or sizes"},
		{len(k.MissingHere), "files that the copy has are missing from this folder"},
		{len(k.ChangedHere), "files in this folder do not prove that this vault wrote them"},
		{k.Ahead, "files of this folder are not in the copy yet"},
	} {
		if x.n > 0 {
			fmt.Fprintf(w, "  %d %s\n", x.n, x.what)
		}
	}
	if k.Unlocked > 0 {
		fmt.Fprintf(w, "  %d files are not locked, as the store says\n", k.Unlocked)
	} else if !k.LockedFirst.IsZero() {
		fmt.Fprintf(w, "  the store says that no file can be removed before %s\n", k.LockedFirst.UTC().Format(time.RFC3339))
	}
	if !k.LockedUntil.IsZero() {
		fmt.Fprintf(w, "  the store says that the last push is locked until %s\n", k.LockedUntil.UTC().Format(time.RFC3339))
	}
}

func (c *cli) copyRestore() *cobra.Command {
	var file, codeFile, id string
	cmd := &cobra.Command{Use: "restore --place-file F|-", Short: "Make a vault of a copy, in an empty folder", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "place-file"); err != nil {
				return err
			}
			place, err := c.place(file)
			if err != nil {
				return err
			}
			app, err := c.app()
			if err != nil {
				return err
			}
			secret := replica.Secret{Text: c.env("CONSTAT_RECOVERY_CODE"), Code: true, ID: id}
			switch {
			case codeFile != "":
				secret.Text, err = readSecretFile(codeFile)
			case secret.Text == "":
				secret.Code = false
				secret.Text, err = c.passphrase(cmd.Context(), "Passphrase: ")
			}
			if err != nil {
				return err
			}
			r, err := app.RestoreCopy(cmd.Context(), place, secret, c.vaultDir(app), c.progress())
			if err != nil {
				return err
			}
			if len(r.Missing)+len(r.Damaged) > 0 {
				c.answer = flow.ExitNo
			}
			return c.print(r, func(w io.Writer) { printRestored(w, r) })
		}}
	cmd.Flags().StringVar(&file, "place-file", "", placeUsage)
	cmd.Flags().
		StringVar(&codeFile, "recovery-code-file", "", "file whose first line is the recovery code (or CONSTAT_RECOVERY_CODE); otherwise the passphrase")
	cmd.Flags().StringVar(&id, "id", "", "which vault, if the place has copies of several")
	return cmd
}

func printRestored(w io.Writer, r flow.RestoredCopy) {
	fmt.Fprintf(w, "%s: restored from push %d of %s, %d files\n", r.Vault, r.Number, r.Time.UTC().Format(time.RFC3339), r.Files)
	fmt.Fprintln(w, "  What was recorded after that moment is not in this copy.")
	for _, k := range r.Cases {
		fmt.Fprintf(w, "  case %s: %d exhibits, to line %d of %s\n", k.Case, k.Exhibits, k.Entries, k.Time.UTC().Format(time.RFC3339))
		if k.Lost > 0 {
			fmt.Fprintf(w, "    this device knows of %d lines and %d exhibits after that; they are not in the copy\n", k.Lost, k.LostExhibits)
		}
	}
	for _, p := range r.Missing {
		fmt.Fprintf(w, "  missing at the place: %s\n", p)
	}
	for _, p := range r.Damaged {
		fmt.Fprintf(w, "  damaged at the place: %s\n", p)
	}
	if r.Gaps+r.Foreign > 0 {
		fmt.Fprintf(w, "  %d heads are missing, %d were not written by this vault\n", r.Gaps, r.Foreign)
	}
}
