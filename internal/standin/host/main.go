//go:build unix

package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

func main() {
	browser := flag.String("browser", "chromium", "the program that is started")
	address := flag.String("address", "", "the file that says where this listens")
	flag.Parse()
	log.Fatal(run(context.Background(), *browser, *address))
}

func run(ctx context.Context, browser, address string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	word := rand.Text()
	if err := os.WriteFile(address, []byte(l.Addr().String()+" "+word), 0o600); err != nil {
		return err
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			if err := serve(ctx, c, browser, word); err != nil {
				log.Print(err)
			}
		}()
	}
}

// theirs are switches whose values name places or handles of the other system.
var theirs = []string{"--user-data-dir=", "--crash-dumps-dir=", "--disk-cache-dir=", "--remote-debugging-io-pipes="}

func serve(ctx context.Context, c net.Conn, browser, word string) error {
	defer c.Close()
	in := bufio.NewReader(c)
	var hello struct {
		Word string
		Args []string
	}
	line, err := in.ReadBytes('\n')
	if err != nil {
		return err
	}
	if err := json.Unmarshal(line, &hello); err != nil {
		return err
	}
	if hello.Word != word {
		return fmt.Errorf("a stranger connected")
	}
	profile, err := os.MkdirTemp("", "constat-standin-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(profile)
	args := []string{"--user-data-dir=" + profile, "--crash-dumps-dir=" + profile}
	if os.Getuid() == 0 {
		args = append(args, "--no-sandbox")
	}
	for _, a := range hello.Args {
		foreign := false
		for _, name := range theirs {
			foreign = foreign || strings.HasPrefix(a, name)
		}
		if !foreign {
			args = append(args, a)
		}
	}

	// The browser reads the protocol from descriptor 3 and writes it to 4.
	itsIn, toIt, err := os.Pipe()
	if err != nil {
		return err
	}
	fromIt, itsOut, err := os.Pipe()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, browser, args...)
	cmd.ExtraFiles = []*os.File{itsIn, itsOut}
	cmd.Stderr = os.Stderr
	cmd.Env = append(os.Environ(), "HOME="+profile, "TMPDIR="+profile)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		return err
	}
	itsIn.Close()
	itsOut.Close()
	go func() {
		io.Copy(c, fromIt) // ends with the browser
		c.Close()
	}()
	io.Copy(toIt, in) // ends with the stand-in
	toIt.Close()
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil && err != syscall.ESRCH {
		return err
	}
	log.Printf("a browser ended: %v, of %q", cmd.Wait(), args)
	return nil
}
