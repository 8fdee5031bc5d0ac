package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"constat/assets/words"
)

func main() {
	var h hands
	var lang string
	flag.StringVar(&h.display, "display", os.Getenv("DISPLAY"), "the X display")
	flag.StringVar(&lang, "lang", "en", "the window's language")
	flag.DurationVar(&h.patience, "patience", 3*time.Minute, "how long anything may take")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := h.do(ctx, lang, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "hands:", err)
		os.Exit(1)
	}
}

type hands struct {
	display  string
	patience time.Duration
	text     *words.Text
}

func (h *hands) do(ctx context.Context, lang string, args []string) error {
	var err error
	if h.text, err = words.For(lang); err != nil {
		return err
	}
	if len(args) < 2 {
		return fmt.Errorf("what is to be done? see, press, type, key or picture, and with what")
	}
	ctx, cancel := context.WithTimeout(ctx, h.patience)
	defer cancel()
	switch args[0] {
	case "see":
		key, _, err := h.find(ctx, args[1:], false)
		if err == nil {
			fmt.Println(key)
		}
		return err
	case "press":
		_, at, err := h.find(ctx, args[1:], true)
		if err != nil {
			return err
		}
		_, err = h.tool(ctx, nil, "xdotool", "mousemove", strconv.Itoa(at.x+at.w/2), strconv.Itoa(at.y+at.h/2), "click", "1")
		return err
	case "type":
		_, err := h.tool(ctx, nil, "xdotool", "type", "--delay", "40", args[1])
		return err
	case "key":
		_, err := h.tool(ctx, nil, "xdotool", "key", args[1])
		return err
	case "picture":
		_, err := h.tool(ctx, nil, "import", "-window", "root", args[1])
		return err
	}
	return fmt.Errorf("%q: see, press, type, key or picture", args[0])
}

// find looks until one of the texts is there; alone: what is pressed bears it and no other words. A look takes a second or more, so there is no other wait.
func (h *hands) find(ctx context.Context, keys []string, alone bool) (string, box, error) {
	var seen []box
	for look := 1; ; look++ {
		read, err := h.read(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return "", box{}, fmt.Errorf("no %s; the screen says: %s", strings.Join(keys, " or "), said(seen))
			}
			return "", box{}, err
		}
		seen = read
		for _, key := range keys {
			if at, ok := holds(seen, h.words(key), alone); ok {
				return key, at, nil
			}
		}
		if look%4 == 0 { // below what is shown, or above it
			button := "5"
			if look/4%4 == 3 {
				button = "4"
			}
			if _, err := h.tool(ctx, nil, "xdotool", "mousemove", "700", "500", "click", "--repeat", "8", button); err != nil {
				return "", box{}, err
			}
		}
	}
}

func (h *hands) words(key string) string {
	if text, ok := strings.CutPrefix(key, "="); ok {
		return text
	}
	return h.text.T(key)
}

// read pictures the screen and reads it twice: what is darker than what is around it, and what is lighter,
// such as the words of a filled button. Long strokes, which frame buttons and fields, are taken out: within
// a frame little is read.
func (h *hands) read(ctx context.Context) ([]box, error) {
	picture, err := h.tool(ctx, nil, "import", "-window", "root", "-colorspace", "gray", "-resize", "200%", "png:-")
	if err != nil {
		return nil, err
	}
	var seen []box
	for _, darker := range []bool{true, false} {
		args := []string{"png:-"}
		if darker {
			args = append(args, "-negate")
		}
		args = append(args, "-lat", "31x31+8%", "-threshold", "50%")
		for _, stroke := range []string{"rectangle:81x1", "rectangle:1x61"} {
			args = append(args, "(", "-clone", "0", "-morphology", "Open", stroke, ")", "-compose", "minus_src", "-composite")
		}
		letters, err := h.tool(ctx, picture, "convert", append(args, "-negate", "png:-")...)
		if err != nil {
			return nil, err
		}
		table, err := h.tool(ctx, letters, "tesseract", "stdin", "stdout", "--psm", "11", "tsv")
		if err != nil {
			return nil, err
		}
		seen = append(seen, boxes(table, 2)...)
	}
	return seen, nil
}

func (h *hands) tool(ctx context.Context, in []byte, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+h.display, "OMP_THREAD_LIMIT=1")
	cmd.Stdin = bytes.NewReader(in)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", name, err, said.String())
	}
	return out, nil
}
