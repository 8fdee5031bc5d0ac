package main

import (
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// maxText is the longest text that is read from a file, in bytes.
const maxText = 1 << 20

// readText reads a text from a file or standard input, without the line feed at its end.
func (c *cli) readText(file string) (string, error) {
	in := io.Reader(c.in)
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return "", err
		}
		defer func() { _ = f.Close() }() // it is only read
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, maxText+1))
	if err != nil {
		return "", err
	}
	if len(b) > maxText {
		return "", usagef("%s is too long", file)
	}
	return strings.TrimRight(strings.TrimPrefix(string(b), "\ufeff"), "\r\n"), nil
}

// named collects NAME=WORDS and NAME=FILE.
func (c *cli) named(set, files []string) (map[string]string, error) {
	fields := map[string]string{}
	for _, s := range set {
		name, words, ok := strings.Cut(s, "=")
		if !ok {
			return nil, usagef("--set %q: needs NAME=WORDS", s)
		}
		fields[name] = words
	}
	for _, s := range files {
		name, file, ok := strings.Cut(s, "=")
		if !ok {
			return nil, usagef("--set-file %q: needs NAME=FILE", s)
		}
		words, err := c.readText(file)
		if err != nil {
			return nil, err
		}
		fields[name] = words
	}
	return fields, nil
}

// orFile gives a command, for each of some flags, one more that takes the same from a file: what
// stands on a command line shows to other users of this computer, and stays in the history of the
// shell. With address the first argument may be "-", for an address on standard input.
func (c *cli) orFile(cmd *cobra.Command, address bool, flags ...string) {
	files := map[string]*string{}
	for _, name := range flags {
		files[name] = cmd.Flags().String(name+"-file", "", "the same, in a file; - is standard input")
	}
	cmd.PreRunE = func(cmd *cobra.Command, a []string) error {
		for _, name := range flags {
			if !cmd.Flags().Changed(name + "-file") {
				continue
			}
			if cmd.Flags().Changed(name) {
				return usagef("--%s and --%s-file: one of the two", name, name)
			}
			text, err := c.readText(*files[name])
			if err != nil {
				return err
			}
			if err := cmd.Flags().Set(name, text); err != nil {
				return err
			}
		}
		if address && len(a) > 0 && a[0] == "-" {
			text, err := c.readText("-")
			if err != nil {
				return err
			}
			a[0] = strings.TrimSpace(text)
		}
		return nil
	}
}
