package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
)

// target is written at the root of the module.
const target = "THIRD-PARTY.md"

func main() {
	check := flag.Bool("check", false, "say whether "+target+" is current, and write nothing")
	flag.Parse()
	if err := run(*check); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func run(check bool) error {
	modules, err := contained()
	if err != nil {
		return err
	}
	var page bytes.Buffer
	if err := write(&page, modules); err != nil {
		return err
	}
	if !check {
		return os.WriteFile(target, page.Bytes(), 0o644)
	}
	there, err := os.ReadFile(target)
	if err != nil {
		return err
	}
	if !bytes.Equal(there, page.Bytes()) {
		return errors.New(target + " is not current: `make licences` writes it anew")
	}
	return nil
}
