// Command constatctl does Constat's jobs from a terminal: keep pages, list,
// extract, export, verify. It shares every use case with the window (app/flow)
// and needs no display; it is pure Go.
//
// Messages go to standard error; with --json one JSON document goes to standard
// output. Secrets come by prompt, file or environment, never by flag. Exit
// codes: 0 done, 1 the answer is no, 2 could not do it, 3 wrong use, 4 locked or
// wrong passphrase, 130 interrupted. docs/manual/constatctl.md has the contract.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"constat/app/flow"
	"constat/app/flow/system"
	"constat/assets/words"
)

// Set with -ldflags "-X main.version=… -X main.build=…".
var version, build = "0.0.0-dev", ""

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	_ = system.NoDumps() // where it cannot be had, everything works all the same
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	stop()
	os.Exit(code)
}

// run is the whole program with everything that it takes from outside.
func run(ctx context.Context, args []string, in *os.File, out, msg io.Writer, env func(string) string) int {
	c := &cli{in: in, out: out, msg: msg, env: env, lang: words.Match(locale(env))}
	root := c.rootCommand()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(msg)
	root.SetErr(msg)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return c.answer
	}
	if ctx.Err() != nil {
		err = errors.Join(context.Canceled, err)
	}
	c.explain(err)
	return flow.ExitCode(err)
}

// explain says on standard error what happened and what to do.
func (c *cli) explain(err error) { c.say(err, "") }

// warn says what is wrong and stops nothing.
func (c *cli) warn(err error) {
	if err != nil {
		c.say(err, "warning")
	}
}

// say puts an error into words, behind a word of its own if there is one.
func (c *cli) say(err error, mark string) {
	text, terr := words.For(c.lang)
	if terr != nil {
		fmt.Fprintln(c.msg, "constatctl:", err)
		return
	}
	m := flow.Explain(err, text)
	if mark != "" {
		m.What = text.T(mark) + " " + m.What
	}
	fmt.Fprintf(c.msg, "constatctl: %s\n", m.What)
	if m.Do != "" {
		fmt.Fprintf(c.msg, "  %s\n", m.Do)
	}
	if m.Detail != "" {
		fmt.Fprintf(c.msg, "  (%s)\n", m.Detail)
	}
}

// locale is the person's language as the terminal has it, or else the system.
func locale(env func(string) string) string {
	return cmp.Or(env("CONSTAT_LANG"), system.Language(env), "en")
}
