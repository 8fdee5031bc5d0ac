package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"constat/app/flow"
)

func (c *cli) vaultCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "vault", Short: "Create, check and recover the vault", Args: args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			return usagef("vault create, check, change-passphrase, new-code, recover or recipient")
		}}
	cmd.AddCommand(c.vaultCreate(), c.vaultCheck(), c.vaultChange(), c.vaultRecover(), c.vaultNewCode(), c.recipientCommand())
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
				fmt.Fprintf(c.msg, "The vault is in %s. Above is its recovery code: write it down and keep it elsewhere. It is not shown again.\n", s.Vault())
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
				return c.checkResult(r)
			})
		}}
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
