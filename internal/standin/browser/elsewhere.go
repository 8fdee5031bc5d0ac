//go:build !windows

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "stand-in: this program is for Windows or Wine")
	os.Exit(2)
}
