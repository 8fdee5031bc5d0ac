//go:build windows

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	note(fmt.Sprintf("started: %q", os.Args[1:]))
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "stand-in:", err)
		note(fmt.Sprintf("%v, of %q", err, os.Args[1:]))
		os.Exit(3)
	}
}

// note keeps what went wrong beside the stand-in: nobody reads what a browser says.
func note(what string) {
	self, err := os.Executable()
	if err != nil {
		return
	}
	f, err := os.OpenFile(filepath.Join(filepath.Dir(self), "standin.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	fmt.Fprintln(f, what)
	f.Close()
}

func run(args []string) error {
	profile := value(args, "--user-data-dir")
	if value(args, "--type") != "" { // the child
		if err := hold(filepath.Join(profile, "Default", "History")); err != nil {
			return err
		}
		time.Sleep(time.Hour) // it is ended with its parent
		return nil
	}
	if err := os.MkdirAll(filepath.Join(profile, "Default"), 0o700); err != nil {
		return err
	}
	if err := hold(filepath.Join(profile, "lockfile")); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := exec.Command(self, "--type=renderer", "--user-data-dir="+profile).Start(); err != nil {
		return err
	}
	handles := strings.Split(value(args, "--remote-debugging-io-pipes"), ",")
	if len(handles) != 2 {
		return fmt.Errorf("no --remote-debugging-io-pipes")
	}
	var pipes [2]*os.File
	for i, h := range handles {
		n, err := strconv.ParseUint(h, 10, 64)
		if err != nil {
			return err
		}
		pipes[i] = os.NewFile(uintptr(n), "pipe")
	}
	said, err := os.ReadFile(filepath.Join(filepath.Dir(self), "host.txt"))
	if err != nil {
		return err
	}
	address, word, _ := strings.Cut(string(said), " ")
	c, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(c).Encode(map[string]any{"Word": word, "Args": args}); err != nil {
		return err
	}
	go func() {
		io.Copy(c, pipes[0]) // ends with who drives it
		c.Close()
	}()
	io.Copy(pipes[1], c) // ends with the browser
	return pipes[1].Close()
}

func value(args []string, name string) string {
	for _, a := range args {
		if v, ok := strings.CutPrefix(a, name+"="); ok {
			return v
		}
	}
	return ""
}

// hold opens a file so that others may read it and not delete it, for as long as this runs.
func hold(path string) error {
	p, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return err
	}
	_, err = syscall.CreateFile(p, syscall.GENERIC_READ|syscall.GENERIC_WRITE, syscall.FILE_SHARE_READ, nil, syscall.CREATE_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	return err
}
