package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"constat/app/flow"
	"constat/app/flow/proof"
	"constat/evidence"
)

func (c *cli) vaultCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "vault", Short: "Create, check and recover the vault", Args: args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			return usagef("vault create, check, change-passphrase, new-code, recover, migrate, recipient or copy")
		}}
	cmd.AddCommand(
		c.vaultCreate(),
		c.vaultCheck(),
		c.vaultChange(),
		c.vaultRecover(),
		c.vaultNewCode(),
		c.vaultMigrate(),
		c.recipientCommand(),
		c.copyCommand(),
	)
	return cmd
}

func (c *cli) vaultCreate() *cobra.Command {
	return &cobra.Command{Use: "create", Short: "Create a vault; prints its recovery code once", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			app, err := c.app()
			if err != nil {
				return err
			}
			passphrase, err := c.firstPassphrase(cmd.Context())
			if err != nil {
				return err
			}
			c.warn(flow.Place(c.vaultDir(app), true))
			s, code, err := app.CreateVault(cmd.Context(), c.vaultDir(app), passphrase)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.Lock()) }()
			return c.print(struct {
				Vault     string `json:"vault"`
				Recipient string `json:"recipient"`
				Code      string `json:"recovery_code"`
			}{s.Vault(), s.Recipient(), code}, func(w io.Writer) {
				fmt.Fprintf(w, "%s\n", code)
				fmt.Fprintf(
					c.msg,
					"The vault is in %s. Above is its recovery code: write it down and keep it elsewhere. It is not shown again.\n",
					s.Vault(),
				)
			})
		}}
}

func (c *cli) vaultCheck() *cobra.Command {
	return &cobra.Command{Use: "check", Short: "Read the whole vault and check every digest and link", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				r, err := s.Check(cmd.Context(), c.progress())
				if err != nil {
					return err
				}
				c.notNoted(r.NotNoted)
				return c.checks(r, vaultVerdict(r.Verdict))
			})
		}}
}

// vaultVerdict is the verdict over a vault in words.
func vaultVerdict(v proof.Verdict) string {
	switch v {
	case proof.Whole:
		return "whole"
	case proof.WholeAsKnown:
		return "whole as far as can be known: nothing outside of this folder says how far its logs went"
	}
	return "not whole"
}

// notNoted says that something was done and the custody log could not note it.
func (c *cli) notNoted(why string) {
	if why != "" {
		fmt.Fprintf(c.msg, "The custody log could not note this: %s\n", evidence.Shorten(why, 300))
	}
}

func (c *cli) vaultMigrate() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring a vault of an earlier version to this one, if all cases in it are yours",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c.noQuestion = true
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				if !s.Old() {
					fmt.Fprintln(c.msg, "The vault is of this version already.")
					return nil
				}
				return c.migrate(cmd.Context(), s, yes)
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "all cases in it are yours; do not ask")
	return cmd
}

// migrate shows the cases of a vault of version 1 and asks whether they are the person's own:
// nothing in such a vault proves that they are. Whoever cannot be asked has not answered.
func (c *cli) migrate(ctx context.Context, s *flow.Session, yes bool) error {
	cases, err := s.Look.Cases(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(
		c.msg,
		"An earlier version of Constat made this vault. Nothing in it proves that it was not put there by somebody else. It holds:",
	)
	for _, v := range cases {
		fmt.Fprintf(c.msg, "  %s  %s  %d exhibits  %s\n", v.ID, v.CreatedAt.UTC().Format(time.DateOnly), v.Exhibits, evidence.Clean(v.Title))
	}
	if !yes {
		fmt.Fprint(
			c.msg,
			"Are all of these yours? From then on only this vault can add to them; what is there stays marked as not authenticated. [y/N] ",
		)
		answer, ok := c.ask(ctx)
		fmt.Fprintln(c.msg)
		if !ok || !strings.EqualFold(strings.TrimSpace(answer), "y") {
			fmt.Fprintln(c.msg, "Not changed. The vault can be read, checked and exported; `constatctl vault migrate` asks again.")
			return nil
		}
	}
	return s.Migrate(ctx)
}

func (c *cli) vaultChange() *cobra.Command {
	var file string
	cmd := &cobra.Command{Use: "change-passphrase", Short: "Set a new passphrase; the recovery code stays", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				p, err := c.newPassphrase(cmd.Context(), file)
				if err != nil {
					return err
				}
				return s.ChangePassphrase(cmd.Context(), p)
			})
		}}
	cmd.Flags().StringVar(&file, "new-passphrase-file", "", "file whose first line is the new passphrase (or CONSTAT_NEW_PASSPHRASE)")
	return cmd
}

func (c *cli) vaultNewCode() *cobra.Command {
	return &cobra.Command{Use: "new-code", Short: "Make a new recovery code; the old one no longer works", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				code, err := s.NewRecoveryCode(cmd.Context())
				if err != nil {
					return err
				}
				return c.print(struct {
					Code string `json:"recovery_code"`
				}{code}, func(w io.Writer) { fmt.Fprintln(w, code) })
			})
		}}
}

func (c *cli) vaultRecover() *cobra.Command {
	var codeFile, file string
	cmd := &cobra.Command{Use: "recover", Short: "Open with the recovery code and set a new passphrase", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			app, err := c.app()
			if err != nil {
				return err
			}
			code := c.env("CONSTAT_RECOVERY_CODE")
			switch {
			case codeFile != "":
				code, err = readSecretFile(codeFile)
			case code == "":
				code, err = c.prompt(cmd.Context(), "Recovery code: ")
			}
			if err != nil {
				return err
			}
			p, err := c.newPassphrase(cmd.Context(), file)
			if err != nil {
				return err
			}
			s, err := app.UnlockWithCode(cmd.Context(), c.vaultDir(app), code, p)
			if err != nil {
				return err
			}
			return s.Lock()
		}}
	cmd.Flags().StringVar(&codeFile, "recovery-code-file", "", "file whose first line is the recovery code (or CONSTAT_RECOVERY_CODE)")
	cmd.Flags().StringVar(&file, "new-passphrase-file", "", "file whose first line is the new passphrase (or CONSTAT_NEW_PASSPHRASE)")
	return cmd
}
