package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"constat/app/flow"
	"constat/app/flow/system"
)

const maxSecret = 4096 // bytes

// passphrase takes the secret from the file, the environment or a prompt, in that order.
func (c *cli) passphrase(ctx context.Context, prompt string) (string, error) {
	if c.passphraseFile != "" {
		return readSecretFile(c.passphraseFile)
	}
	if p := c.env("CONSTAT_PASSPHRASE"); p != "" {
		return p, nil
	}
	return c.prompt(ctx, prompt)
}

// firstPassphrase is the passphrase of a vault to be made; a prompt asks twice.
func (c *cli) firstPassphrase(ctx context.Context) (string, error) {
	if c.passphraseFile == "" && c.env("CONSTAT_PASSPHRASE") == "" {
		return c.promptTwice(ctx)
	}
	return c.passphrase(ctx, "")
}

// newPassphrase asks twice when it has to ask at all.
func (c *cli) newPassphrase(ctx context.Context, file string) (string, error) {
	if file != "" {
		return readSecretFile(file)
	}
	if p := c.env("CONSTAT_NEW_PASSPHRASE"); p != "" {
		return p, nil
	}
	return c.promptTwice(ctx)
}

func (c *cli) promptTwice(ctx context.Context) (string, error) {
	first, err := c.prompt(ctx, "New passphrase: ")
	if err != nil {
		return "", err
	}
	second, err := c.prompt(ctx, "The same again: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", usagef("the two passphrases differ")
	}
	return first, nil
}

// prompt reads a line without showing it. Without a terminal there is nobody to ask.
func (c *cli) prompt(ctx context.Context, prompt string) (string, error) {
	fd := int(c.in.Fd())
	if !term.IsTerminal(fd) {
		return "", flow.ErrNoPassphrase
	}
	state, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("terminal: %w", err)
	}
	fmt.Fprint(c.msg, prompt)
	type answer struct {
		b   []byte
		err error
	}
	got := make(chan answer, 1)
	go func() {
		b, err := term.ReadPassword(fd)
		got <- answer{b, err}
	}()
	select {
	case a := <-got:
		fmt.Fprintln(c.msg)
		return string(a.b), a.err
	case <-ctx.Done():
		_ = term.Restore(fd, state) // Ctrl-C while typing must give the echo back
		fmt.Fprintln(c.msg)
		return "", ctx.Err()
	}
}

// readSecretFile returns the first line of a file, as any editor wrote it.
func readSecretFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("secret file: %w", err)
	}
	defer func() { _ = f.Close() }() // it is only read
	line, err := bufio.NewReader(system.Written(io.LimitReader(f, maxSecret))).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", fmt.Errorf("secret file: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	switch {
	case line == "":
		return "", usagef("%s: the first line is empty", path)
	case strings.ContainsRune(line, 0):
		return "", usagef("%s is not a text file", path)
	}
	return line, nil
}

// asks reports whether there is somebody who can be asked.
func (c *cli) asks() bool { return term.IsTerminal(int(c.in.Fd())) }

// ask reads a line that is typed, or given by another program.
func (c *cli) ask(ctx context.Context) (answer string, ok bool) {
	got := make(chan string, 1)
	go func() {
		line, err := bufio.NewReader(io.LimitReader(c.in, maxSecret)).ReadString('\n')
		if err != nil && line == "" {
			close(got)
			return
		}
		got <- line
	}()
	select {
	case answer, ok = <-got:
		return answer, ok
	case <-ctx.Done():
		return "", false
	}
}
