package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"constat/app/flow"
	"constat/evidence"
)

func (c *cli) recipientCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "recipient", Short: "Who else can read the vault, e.g. an organisation that helps", Args: args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return usagef("vault recipient list, add, remove or finish") }}
	var name string
	add := &cobra.Command{
		Use:   "add AGE1PQ1… --name N",
		Short: "Let the holder of this key read everything in the vault",
		Args:  args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, a []string) error {
			if err := required(cmd, "name"); err != nil {
				return err
			}
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				return s.AddRecipient(cmd.Context(), a[0], name, c.progress())
			})
		},
	}
	add.Flags().StringVar(&name, "name", "", "whose key it is; stands in the custody log")
	remove := &cobra.Command{
		Use:   "remove AGE1PQ1…",
		Short: "End that; what was copied before stays with them",
		Args:  args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, a []string) error {
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				return s.RemoveRecipient(cmd.Context(), a[0], c.progress())
			})
		},
	}
	finish := &cobra.Command{
		Use:   "finish",
		Short: "Go on with a change that was interrupted",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				return s.FinishRecipients(cmd.Context(), c.progress())
			})
		},
	}
	list := &cobra.Command{Use: "list", Short: "List them", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
				all, err := s.Recipients()
				if err != nil {
					return err
				}
				return c.print(struct {
					Recipients []flow.RecipientView `json:"recipients"`
				}{all}, func(w io.Writer) {
					for _, r := range all {
						fmt.Fprintf(w, "%s  %s\n", r.Fingerprint, evidence.Clean(r.Name))
					}
				})
			})
		}}
	cmd.AddCommand(add, remove, finish, list)
	return cmd
}
