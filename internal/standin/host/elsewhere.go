//go:build !unix

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "stand-in: this program is for a Unix system")
	os.Exit(2)
}
