package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"constat/app/flow/proof"
	"constat/evidence"
)

// authoritiesCommand says what is known of each authority, and from where.
func (c *cli) authoritiesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "authorities",
		Short: "The known authorities: country, label, certificates with fingerprints, policies, sources",
		Args:  args(cobra.NoArgs),
		RunE: func(_ *cobra.Command, _ []string) error {
			app, err := c.checker()
			if err != nil {
				return err
			}
			list := app.Proof.Known()
			return c.print(map[string]any{"authorities": list}, func(w io.Writer) {
				for _, a := range list {
					asked := ""
					if a.Recommended {
						asked = ", asked by default"
					}
					label := a.Label + " as of " + a.VerifiedOn
					if a.ListedOn != "" {
						label = a.Label + " of " + a.ListedOn
					}
					fmt.Fprintf(w, "%s  %s\n  %s, %s; %s%s\n  source: %s (%s)\n", a.Name, a.URL, a.Operator, a.Country, label, asked, a.Source, a.VerifiedOn)
					for _, x := range a.Anchors {
						sum, _ := evidence.ParseDigest(x.SHA256) // the list was checked
						fmt.Fprintf(w, "  certificate: %s, until %s\n    SHA-256 %s\n", x.Subject, x.Until, sum.Grouped())
						for _, s := range x.Sources {
							fmt.Fprintf(w, "    read %s: %s\n", s.Read, s.Where)
						}
						if x.Note != "" {
							fmt.Fprintf(w, "    %s\n", x.Note)
						}
					}
					for _, p := range a.Policies {
						fmt.Fprintf(w, "  policy: %s\n", p.OID)
						for _, s := range p.Sources {
							fmt.Fprintf(w, "    read %s: %s\n", s.Read, s.Where)
						}
					}
					if a.Note != "" {
						fmt.Fprintf(w, "  %s\n", a.Note)
					}
				}
				fmt.Fprintln(w, "To check a fingerprint, get the certificate from the operator itself: openssl x509 -in CERTIFICATE.pem -noout -fingerprint -sha256")
			})
		},
	}
}

// renewBundleCommand puts new timestamps over a finished bundle. It needs no vault.
func (c *cli) renewBundleCommand() *cobra.Command {
	var o proof.BundleRenewOptions
	var dir, roots, hash string
	var tsa []string
	cmd := &cobra.Command{
		Use:   "renew --bundle DIR",
		Short: "New timestamps over a finished bundle before the old ones age out; no file that is there is touched",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if err := required(cmd, "bundle"); err != nil {
				return err
			}
			if o.Authorities, err = authorities(tsa); err != nil {
				return err
			}
			if roots != "" {
				if o.RootsPEM, err = os.ReadFile(roots); err != nil {
					return fmt.Errorf("roots: %w", err)
				}
			}
			var known bool
			if o.Hash, known = proof.RecordHash(hash); !known {
				return usagef("--hash %.20q: sha512, sha3-256, sha3-512 or sha384", hash)
			}
			app, err := c.checker()
			if err != nil {
				return err
			}
			r, err := app.Proof.RenewBundle(cmd.Context(), dir, o, c.progress())
			if err != nil {
				return err
			}
			if r.Due && !r.Renewed || r.Record != nil && r.Record.Due && !r.Record.Renewed {
				c.answer = 1
			}
			return c.print(r, func(w io.Writer) { printBundleRenewal(w, r) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&dir, "bundle", "", "folder of a bundle; a ZIP has to be unpacked first")
	f.BoolVar(&o.All, "all", false, "due or not")
	f.StringVar(&hash, "hash", "", "renew the evidence record by another hash: sha512, sha3-256, sha3-512 or sha384")
	f.StringVar(
		&roots,
		"roots",
		"",
		"PEM file with the roots you trust for timestamps (besides the system's); never take it from the bundle",
	)
	f.StringArrayVar(&tsa, "tsa", nil, tsaHelp)
	return cmd
}

func printBundleRenewal(w io.Writer, r proof.BundleRenewal) {
	fmt.Fprintf(w, "due %t  renewed %t  %s\n", r.Due, r.Renewed, r.Reason)
	if r.StandsUntil != nil {
		fmt.Fprintf(w, "the whole stands until %s (%s)\n", r.StandsUntil.Format("2006-01-02"), r.Ends)
	}
	for _, name := range r.Added {
		fmt.Fprintf(w, "new file  %s\n", name)
	}
	if x := r.Record; x != nil {
		fmt.Fprintf(w, "evidence record %s (%s)  due %t  renewed %t  %s\n", x.File, strings.Join(x.Hashes, ", "), x.Due, x.Renewed, x.Reason)
		if x.Until != nil {
			fmt.Fprintf(w, "  stands until %s (%s)\n", x.Until.Format("2006-01-02"), x.Ends)
		}
		for _, name := range slices.Sorted(maps.Keys(x.Unanswered)) {
			fmt.Fprintf(w, "  no timestamp  %s: %s\n", name, x.Unanswered[name])
		}
	}
	for _, what := range r.NoRecord {
		fmt.Fprintf(w, "no record of revocation  %s\n", what)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Unanswered)) {
		fmt.Fprintf(w, "no timestamp  %s: %s\n", name, r.Unanswered[name])
	}
	fmt.Fprintf(w, "%s\n", verdictText(r.Verdict))
}
