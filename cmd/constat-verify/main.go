// Command constat-verify checks a bundle and does nothing else: a small download for who was handed
// one. It is `constatctl verify` by itself, without browser, vault and settings: it reads what it
// is given, writes nothing but its answer (also as a page, with --report), and asks nobody.
//
//	constat-verify [flags] BUNDLE
//
// Exit codes are those of constatctl verify: 0 valid, 1 not valid, 2 consistent without a proof of
// time, or could not check, 3 wrong use.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"constat/app/flow/proof"
	"constat/app/flow/system"
	"constat/assets/authorities"
	"constat/assets/words"
	"constat/bundle/verify"
	"constat/evidence"
)

// Set with -ldflags "-X main.version=… -X main.build=…".
var version, build = "0.0.0-dev", ""

const (
	exitNo          = 1
	exitCannot      = 2
	exitWrongUse    = 3
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr, os.Getenv)
	stop()
	os.Exit(code)
}

// run is the whole program with everything that it takes from outside.
func run(ctx context.Context, args []string, out, msg io.Writer, env func(string) string) int {
	var roots, password, page, lang string
	var asJSON, showVersion bool
	var o proof.VerifyOptions
	f := flag.NewFlagSet("constat-verify", flag.ContinueOnError)
	f.SetOutput(msg)
	f.Usage = func() {
		fmt.Fprintln(msg, "constat-verify [flags] BUNDLE   checks a bundle, folder or ZIP")
		f.PrintDefaults()
	}
	f.StringVar(
		&roots,
		"roots",
		"",
		"PEM file with the roots you trust for timestamps (besides the system's); never take it from the bundle",
	)
	f.StringVar(&password, "zip-password-file", "", "file whose first line is the password of the ZIP")
	f.IntVar(&o.Timestamps, "timestamps", 1, "how many verified timestamps over the fingerprint 'valid' takes, under as many roots")
	f.IntVar(&o.TimelyDays, "timely", 7, "how many days after what it covers a timestamp may come")
	f.Func("at", "the moment to look back from, like 2029-01-31T12:00:00Z (default: now)", func(s string) (err error) {
		o.At, err = time.Parse(time.RFC3339, s)
		return err
	})
	f.BoolVar(
		&o.AllowNoTimestamp,
		"allow-no-timestamp",
		false,
		"take a bundle as valid whose files match each other, without any proof of time",
	)
	f.Func("block-headers", "file of Bitcoin block headers in hexadecimal, one a line, by which an OpenTimestamps proof is judged", func(name string) error {
		b, err := os.ReadFile(name)
		o.BlockHeaders = string(b)
		return err
	})
	f.BoolVar(&o.Practice, "practice", false, "accept a practice bundle, which is not evidence")
	f.StringVar(&page, "report", "", "PDF of one page to be made, with the verdict in words")
	f.StringVar(&lang, "lang", "en", "language of that page: fr, nl, de or en")
	f.BoolVar(&asJSON, "json", false, "print one JSON document on standard output")
	f.BoolVar(&showVersion, "version", false, "print the version")
	if err := f.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return exitWrongUse
	}
	if showVersion {
		fmt.Fprintln(out, strings.TrimSpace("constat-verify "+version+" "+build))
		return 0
	}
	if f.NArg() != 1 || o.Timestamps < 1 || o.TimelyDays < 1 {
		f.Usage()
		return exitWrongUse
	}
	if _, err := words.For(lang); page != "" && err != nil {
		fmt.Fprintf(msg, "constat-verify: --lang %.20q: fr, nl, de or en\n", lang)
		return exitWrongUse
	}
	r, err := check(ctx, f.Arg(0), roots, password, page, o)
	if err == nil && page != "" {
		err = write(page, lang, f.Arg(0), r)
	}
	if err == nil {
		err = answer(out, r, asJSON)
	}
	switch {
	case ctx.Err() != nil:
		return exitInterrupted
	case err != nil:
		fmt.Fprintln(msg, "constat-verify:", explain(err, env))
		return exitCannot
	case r.Verdict == proof.CouldNotCheck, r.Verdict == proof.TimeNotProven:
		return exitCannot
	case !r.Valid:
		return exitNo
	}
	return 0
}

func check(ctx context.Context, bundle, roots, password, page string, o proof.VerifyOptions) (r proof.CheckResult, err error) {
	if page != "" { // before a long check, not after it
		if _, err := os.Lstat(page); err == nil {
			return r, &os.PathError{Op: "report", Path: page, Err: os.ErrExist}
		}
	}
	if roots != "" {
		if o.RootsPEM, err = os.ReadFile(roots); err != nil {
			return r, err
		}
	}
	if password != "" {
		if o.ZipPassword, err = firstLine(password); err != nil {
			return r, err
		}
	}
	known, err := authorities.List()
	if err != nil {
		return r, err
	}
	return proof.New(proof.Config{Version: version, Known: known}).VerifyBundle(ctx, bundle, o)
}

const maxSecret = 4096 // bytes

func firstLine(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it is only read
	line, err := bufio.NewReader(system.Written(io.LimitReader(f, maxSecret))).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// write makes the page of the answer. What is there already is not touched, and half a page does
// not stay.
func write(page, lang, bundle string, r proof.CheckResult) error {
	var pdf bytes.Buffer
	if err := proof.WriteAnswer(&pdf, lang, bundle, r, time.Now(), "Constat "+version); err != nil {
		return err
	}
	f, err := os.OpenFile(page, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(pdf.Bytes())
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(page))
	}
	return nil
}

// answer prints the checks and the verdict, as constatctl verify does.
func answer(w io.Writer, r proof.CheckResult, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	for _, k := range r.Checks {
		line := fmt.Sprintf("%-8s  %s", k.State, k.Name)
		if k.Detail != "" {
			line += ": " + evidence.Clean(k.Detail)
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	verdict := string(r.Verdict)
	if r.Verdict == proof.TimeNotProven {
		verdict = "consistent, time not proven"
	}
	_, err := fmt.Fprintln(w, verdict)
	return err
}

// explain is in the person's language where there are words for it.
func explain(err error, env func(string) string) string {
	lang := env("CONSTAT_LANG")
	if lang == "" {
		lang = system.Language(env)
	}
	if lang == "" {
		lang = "en"
	}
	text, terr := words.For(words.Match(lang))
	if terr != nil {
		return err.Error()
	}
	for cause, key := range map[error]string{verify.ErrNotBundle: "not-bundle", verify.ErrSealedAsAWhole: "bundle-age", verify.ErrPassword: "bundle-password", os.ErrNotExist: "not-there", os.ErrExist: "target-exists"} {
		if errors.Is(err, cause) {
			path := ""
			if at, ok := errors.AsType[*os.PathError](err); ok {
				path = evidence.Shorten(at.Path, 300)
			}
			return text.T("error."+key+".what", "Path", path) + " " + text.T("error."+key+".do") + "\n  (" + evidence.Clean(err.Error()) + ")"
		}
	}
	return evidence.Clean(err.Error())
}
