package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"constat/app/flow"
	"constat/app/flow/proof"
	"constat/app/flow/system"
	"constat/assets/words"
)

// cli is one run of the program.
type cli struct {
	in       *os.File
	out, msg io.Writer
	env      func(string) string
	lang     string

	vault          string
	dataDir        string
	passphraseFile string
	json           bool
	ahead          bool // a capture follows the unlocking
	noQuestion     bool // whether a vault of an earlier version is brought to this one is asked elsewhere

	answer int // exit code of a job that was done and whose answer is no, or partial
}

func (c *cli) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "constatctl",
		Short:         "Keep web pages as evidence, have them timestamped, hand over a bundle",
		Version:       strings.TrimSpace(version + " " + build),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return errors.Join(usagef("name a command"), cmd.Help())
		},
	}
	root.CompletionOptions.DisableDefaultCmd = true
	f := root.PersistentFlags()
	f.StringVar(&c.vault, "vault", "", "folder of the vault (or CONSTAT_VAULT)")
	f.StringVar(&c.dataDir, "data-dir", "", "folder for settings and private work files (or CONSTAT_DATA)")
	f.StringVar(&c.passphraseFile, "passphrase-file", "", "file whose first line is the passphrase (or CONSTAT_PASSPHRASE, or a prompt)")
	f.BoolVar(&c.json, "json", false, "print one JSON document on standard output")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &flow.UsageError{Reason: err.Error()} })

	root.AddCommand(c.vaultCommand(), c.caseCommand(), c.captureCommand(), c.recordCommand(), c.importCommand(), c.recheckCommand(), c.stampCommand(),
		c.listCommand(), c.factsCommand(), c.moreCommand(), c.closeCommand(), c.extractCommand(), c.exportCommand(), c.guideCommand(),
		c.noticeCommand(), c.reportLogCommand(), c.complaintCommand(), c.helpLinesCommand(), c.verifyCommand(), c.timestampCommand(),
		c.demoCommand(), c.doctorCommand())
	return root
}

// app composes the use cases from flags and environment, and removes what a run that was killed has
// left. What does not go is said, and stands in nobody's way.
func (c *cli) app() (*flow.App, error) {
	app, err := c.compose(false)
	if err == nil {
		c.warn(app.LeftOut())
		c.warn(app.Sweep())
	}
	return app, err
}

// checker composes what looks at what others made, and touches nothing else.
func (c *cli) checker() (*flow.App, error) {
	app, err := c.compose(true)
	if err == nil {
		c.warn(app.Problem())
		c.warn(app.LeftOut())
	}
	return app, err
}

func (c *cli) compose(lenient bool) (*flow.App, error) {
	dir := cmp.Or(c.dataDir, c.env("CONSTAT_DATA"))
	if dir == "" {
		var err error
		if dir, err = system.DataDir(); err != nil {
			return nil, fmt.Errorf("data folder: %w", err)
		}
	}
	authorities, err := proof.ParseAuthorities(c.env("CONSTAT_TSA"), os.ReadFile)
	if err != nil {
		return nil, err
	}
	return flow.New(flow.Config{
		DataDir:     dir,
		Beside:      programDir(),
		Version:     version,
		Build:       build,
		Browser:     c.env("CONSTAT_BROWSER"),
		NoSandbox:   c.env("CONSTAT_NO_SANDBOX") == "1",
		Authorities: authorities,
		TimeServer:  c.env("CONSTAT_NTP"),
		SystemTime:  flow.SystemTimeServer,
		Lenient:     lenient,
	})
}

// programDir is the folder of the program, or empty if the system does not say.
func programDir() string {
	exe, err := os.Executable()
	if err != nil {
		return ""
	}
	return filepath.Dir(exe)
}

// withSession unlocks the vault, runs fn and locks it again.
func (c *cli) withSession(ctx context.Context, fn func(*flow.App, *flow.Session) error) (err error) {
	app, err := c.app()
	if err != nil {
		return err
	}
	dir := c.vaultDir(app)
	if err := app.CheckVault(dir); err != nil { // before asking for a secret in vain
		return err
	}
	passphrase, err := c.passphrase(ctx, "Passphrase: ")
	if err != nil {
		return err
	}
	if c.ahead {
		defer startAhead(ctx, app)()
	}
	s, err := app.Unlock(ctx, dir, passphrase)
	if err != nil {
		return err
	}
	defer func() {
		if lerr := s.Lock(); err == nil {
			err = lerr
		}
	}()
	if text, err := words.For(c.lang); err == nil {
		for _, notice := range s.Notices(text) {
			fmt.Fprintf(c.msg, "constatctl: %s\n", notice)
		}
	}
	if s.Old() && !c.noQuestion && c.asks() {
		if err := c.migrate(ctx, s, false); err != nil {
			return err
		}
	}
	return fn(app, s)
}

// startAhead has the browser of a capture start while the passphrase is stretched. What is wrong with
// it is said by the capture. The result ends what no capture took.
func startAhead(ctx context.Context, app *flow.App) func() {
	ctx, cancel := context.WithCancel(ctx)
	var starting sync.WaitGroup
	starting.Go(func() { _ = app.Prepare(ctx) })
	return func() {
		cancel()
		starting.Wait()
		app.Dismiss()
	}
}

func (c *cli) vaultDir(app *flow.App) string {
	return cmp.Or(c.vault, c.env("CONSTAT_VAULT"), app.DefaultVault())
}

// print writes the one JSON document, or the text for people. It is the only way to standard output:
// an answer that could not be written in full is none.
func (c *cli) print(doc any, text func(io.Writer)) error {
	var b bytes.Buffer
	answer := &b
	if c.json {
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(doc); err != nil {
			return err
		}
		answer = bytes.NewBuffer(spelled(b.Bytes()))
	} else {
		text(&b)
	}
	if _, err := answer.WriteTo(c.out); err != nil {
		return &flow.OutputError{Err: err}
	}
	return nil
}

// spelled escapes what JSON lets stand and a terminal would obey, such as C1
// controls and characters that change the direction. Its meaning stays the same:
// outside of strings a document has none of them.
func spelled(doc []byte) []byte {
	out := make([]byte, 0, len(doc))
	for _, r := range string(doc) {
		if r == '\n' || !unicode.IsControl(r) && !unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			out = utf8.AppendRune(out, r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			out = fmt.Appendf(out, `\u%04x`, unit)
		}
	}
	return out
}

func usagef(format string, args ...any) error {
	return &flow.UsageError{Reason: fmt.Sprintf(format, args...)}
}

// args wraps a cobra check so that its complaint counts as wrong use.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, a []string) error {
		if err := check(cmd, a); err != nil {
			return &flow.UsageError{Reason: err.Error()}
		}
		return nil
	}
}

// required complains about flags without which a command has no meaning.
func required(cmd *cobra.Command, names ...string) error {
	for _, n := range names {
		if !cmd.Flags().Changed(n) {
			return usagef("--%s is needed", n)
		}
	}
	return nil
}
