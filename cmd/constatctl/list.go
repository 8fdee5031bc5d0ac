package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"constat/app/flow"
	"constat/app/flow/keep"
	"constat/app/flow/system"
	"constat/evidence"
)

// listFlags are what capture takes for more than one address.
type listFlags struct {
	file     string
	unsure   []string
	resume   bool
	parallel int
}

func (l *listFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&l.file, "list", "", "file with an address a line, - for standard input, in place of URL")
	f.StringArrayVar(&l.unsure, "unsure", nil, "address of the list for which you are not sure about the age: noted only, never loaded; may be repeated")
	f.BoolVar(&l.resume, "resume", false, "go on with what is left of the case's newest list; failed addresses are tried again")
	f.IntVar(&l.parallel, "max-parallel", 1, fmt.Sprintf("pages of a list at once, 1 to %d", keep.MaxParallel))
}

// asked reports whether a list is meant, and complains about flags that do not go together.
func (l *listFlags) asked(cmd *cobra.Command, addresses []string, window bool) (bool, error) {
	if l.file == "" && !l.resume {
		if len(l.unsure) > 0 || cmd.Flags().Changed("max-parallel") {
			return false, usagef("--unsure and --max-parallel go with --list or --resume")
		}
		if len(addresses) != 1 && !window {
			return false, usagef("one address is needed, or --list FILE, or --window")
		}
		return false, nil
	}
	switch {
	case window:
		return false, usagef("--window and a list do not go together")
	case len(addresses) > 0:
		return false, usagef("an address and a list do not go together")
	case l.file != "" && l.resume:
		return false, usagef("--list and --resume do not go together: the same --list goes on by itself")
	case l.resume && (len(l.unsure) > 0 || cmd.Flags().Changed("subject")):
		return false, usagef("the question about age was answered when the list was made")
	case l.resume && (cmd.Flags().Changed("phone") || cmd.Flags().Changed("scale") || cmd.Flags().Changed("leave-overlays") || cmd.Flags().Changed("no-films") || cmd.Flags().Changed("film-stills")):
		return false, usagef("how the pages are kept was said when the list was made")
	case l.parallel < 1 || l.parallel > keep.MaxParallel:
		return false, usagef("--max-parallel 1 to %d", keep.MaxParallel)
	}
	return true, nil
}

// read returns the addresses with the answers about age, and what stood there twice.
func (l *listFlags) read(in io.Reader, subject keep.Subject) (list []keep.ListAddress, twice []string, err error) {
	if l.file != "-" {
		f, err := os.Open(l.file)
		if err != nil {
			return nil, nil, err
		}
		defer func() { _ = f.Close() }() // it is only read
		in = f
	}
	addresses, twice, err := keep.ParseList(system.Written(in))
	if err != nil {
		return nil, nil, err
	}
	for _, a := range l.unsure {
		if !slices.Contains(addresses, a) {
			return nil, nil, usagef("--unsure %s is not in the list", evidence.Shorten(a, 100))
		}
	}
	for _, a := range addresses {
		who := subject
		if slices.Contains(l.unsure, a) {
			who = keep.SubjectUnsure
		}
		list = append(list, keep.ListAddress{Address: a, Subject: who})
	}
	return list, twice, nil
}

// captureList keeps a list, or goes on with one.
func (c *cli) captureList(cmd *cobra.Command, id, subject string, tsa []string, o keep.ListOptions, l *listFlags) error {
	if err := required(cmd, "case"); err != nil {
		return err
	}
	asked, err := authorities(tsa)
	if err != nil {
		return err
	}
	var list []keep.ListAddress
	var twice []string
	if !l.resume {
		if err := required(cmd, "subject"); err != nil {
			return err
		}
		who, err := subjectOf(subject)
		if err != nil {
			return err
		}
		if who != keep.SubjectAdult {
			return keep.ErrSubject // for the list as a whole: nothing of it is loaded
		}
		if list, twice, err = l.read(c.in, who); err != nil {
			return err
		}
	}
	c.ahead = true
	return c.withSession(cmd.Context(), func(_ *flow.App, s *flow.Session) error {
		r := keep.KeepListRequest{Case: id, MaxParallel: l.parallel, Authorities: asked}
		if !l.resume {
			v, err := s.Keep.MakeList(cmd.Context(), id, list, o)
			if err != nil {
				return err
			}
			r.List = v.ID
		}
		v, err := s.Keep.KeepList(cmd.Context(), r, &listProgress{c: c})
		if v.ID == "" {
			return err
		}
		if !v.Usable() {
			c.answer = 1
		}
		return errors.Join(err, c.printList(v, twice)) // what was kept is said, whatever came after
	})
}

func (c *cli) printList(v keep.List, twice []string) error {
	doc := struct {
		keep.List
		Duplicates []string `json:"duplicates"`
	}{v, append([]string{}, twice...)}
	return c.print(doc, func(w io.Writer) {
		for _, i := range v.Items {
			fmt.Fprintln(w, listLine(i))
		}
		for _, a := range twice {
			fmt.Fprintf(w, "more than once in the list, kept once: %s\n", evidence.Shorten(a, 200))
		}
		fmt.Fprintf(w, "%d addresses: %d kept, %d noted, %d failed, %d left\n", len(v.Items), v.Count(keep.ListKept),
			v.Count(keep.ListNoted), v.Count(keep.ListFailed), v.Left())
	})
}

func listLine(i keep.ListItem) string {
	s := fmt.Sprintf("%-8s", i.State)
	for _, more := range []string{i.Exhibit, string(i.Outcome), i.Cause} {
		if more != "" {
			s += " " + more
		}
	}
	return s + " " + evidence.Shorten(i.Address, 200)
}

// listProgress says on standard error how a list goes on.
type listProgress struct {
	c  *cli
	mu sync.Mutex
}

func (p *listProgress) Item(_ int, item keep.ListItem) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintln(p.c.msg, listLine(item))
}

func (p *listProgress) At(int) evidence.Progress { return evidence.NoProgress{} }
