package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"constat/app/flow"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/evidence"
)

// captureWindow opens a window and keeps a page of it for every line that comes, until `q`, the end
// of the input, or the person closes the window.
func (c *cli) captureWindow(ctx context.Context, s *flow.Session, r keep.WindowRequest, how keep.KeepRequest) error {
	w, err := s.Keep.OpenWindow(ctx, r)
	if err != nil {
		return err
	}
	kept := []look.Exhibit{}
	fmt.Fprintln(c.msg, "constatctl: the window is open. Sign in where you must, and go to the page. The session ends with the window.")
	lines := c.lines(ctx)
	for open := true; open; {
		fmt.Fprintln(c.msg, "constatctl: Enter keeps the page in front; q and Enter closes the window.")
		select {
		case <-ctx.Done():
			open = false
		case <-w.Done():
			open = false
			fmt.Fprintln(c.msg, "constatctl: the window is closed.")
		case line, ok := <-lines:
			if line = strings.TrimSpace(line); !ok || strings.EqualFold(line, "q") {
				open = false
				break
			}
			e, err := c.keepOfWindow(ctx, w, how)
			if err != nil {
				c.explain(err)
				c.answer = flow.ExitCode(err)
				break
			}
			kept = append(kept, e)
			fmt.Fprintf(c.msg, "constatctl: kept as %s: %s\n", e.Exhibit, evidence.Shorten(e.FinalAddress, 100))
		}
	}
	closed := w.Close()
	if len(kept) == 0 && c.answer == 0 {
		c.answer = flow.ExitNo // nothing was kept
	}
	for _, e := range kept {
		if !e.Outcome.Usable() {
			c.answer = max(c.answer, flow.ExitNo)
		}
	}
	// What was kept is told, however it ended.
	return errors.Join(c.exhibits(kept), closed, ctx.Err())
}

func (c *cli) keepOfWindow(ctx context.Context, w *keep.Window, how keep.KeepRequest) (look.Exhibit, error) {
	p, err := w.Page(ctx)
	if err != nil {
		return look.Exhibit{}, err
	}
	// The answer of the command line is about every page that is kept.
	how.Page, how.Subject = p, keep.SubjectAdult
	return w.Keep(ctx, how, c.progress())
}

// maxLine bounds a line that is typed, in bytes.
const maxLine = 4096

// lines hands over what is typed, one line at a time, until the input or ctx ends.
func (c *cli) lines(ctx context.Context) <-chan string {
	typed := make(chan string)
	go func() {
		defer close(typed)
		in := bufio.NewScanner(io.Reader(c.in))
		in.Buffer(make([]byte, maxLine), maxLine)
		for in.Scan() {
			select {
			case typed <- in.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return typed
}
