package after

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ErrForm: the file is not one that package paper wrote.
var ErrForm = errors.New("pdf: not as this program writes it")

// file is a PDF and what is added to it.
type file struct {
	data    []byte
	offsets map[int]int
	table   int // where the last table of objects begins
	size    int // one more than the highest number of an object
	root    int
	info    int
	id      string // of the file, as written; empty: none yet
	added   map[int]string
}

var (
	startOfTable = regexp.MustCompile(`startxref\n([0-9]+)\n%%EOF\n?$`)
	trailerOf    = regexp.MustCompile(`(?s)^trailer\n(<<.*?>>)\nstartxref`)
	number       = func(key string) *regexp.Regexp { return regexp.MustCompile(`/` + key + ` ([0-9]+)\b`) }
	sizeOf       = number("Size")
	rootOf       = number("Root")
	infoOf       = number("Info")
	prevOf       = number("Prev")
	idOf         = regexp.MustCompile(`/ID (\[<[0-9A-Fa-f]{32}> ?<[0-9A-Fa-f]{32}>\])`)
)

func open(data []byte) (*file, error) {
	f := &file{data: data, offsets: map[int]int{}, added: map[int]string{}}
	m := startOfTable.FindSubmatch(data[max(0, len(data)-64):])
	if m == nil {
		return nil, fmt.Errorf("%w: no end", ErrForm)
	}
	next, first := atoi(m[1]), true
	f.table = next
	for range 8 {
		trailer, err := f.read(next)
		if err != nil {
			return nil, err
		}
		if first {
			f.size, f.root, f.info = find(trailer, sizeOf), find(trailer, rootOf), find(trailer, infoOf)
			if m := idOf.FindSubmatch(trailer); m != nil {
				f.id = string(m[1])
			}
			first = false
		}
		if next = find(trailer, prevOf); next == 0 {
			if f.size == 0 || f.root == 0 {
				return nil, fmt.Errorf("%w: trailer", ErrForm)
			}
			return f, nil
		}
	}
	return nil, fmt.Errorf("%w: tables", ErrForm)
}

// read takes in one table of objects and returns its trailer. What a later one said stays.
func (f *file) read(at int) ([]byte, error) {
	bad := fmt.Errorf("%w: table of objects", ErrForm)
	if at <= 0 || at >= len(f.data) {
		return nil, bad
	}
	rest, found := bytes.CutPrefix(f.data[at:], []byte("xref\n"))
	if !found {
		return nil, bad
	}
	for {
		if m := trailerOf.FindSubmatch(rest); m != nil {
			return m[1], nil
		}
		line, after, ok := bytes.Cut(rest, []byte("\n"))
		from, count, two := strings.Cut(string(line), " ")
		n, first := atoi([]byte(count)), atoi([]byte(from))
		if !ok || !two || n < 0 || first < 0 || n > len(after)/20 {
			return nil, bad
		}
		for i := range n {
			entry := after[i*20 : i*20+20]
			if _, known := f.offsets[first+i]; !known && entry[17] == 'n' {
				f.offsets[first+i] = atoi(entry[:10])
			}
		}
		rest = after[n*20:]
	}
}

func atoi(b []byte) int {
	n, err := strconv.Atoi(string(b))
	if err != nil {
		return -1
	}
	return n
}

func find(b []byte, re *regexp.Regexp) int {
	if m := re.FindSubmatch(b); m != nil {
		return max(0, atoi(m[1]))
	}
	return 0
}

// object is the body of one, without its stream.
func (f *file) object(n int) (string, error) {
	if s, ok := f.added[n]; ok {
		return s, nil
	}
	at := f.offsets[n]
	head := fmt.Sprintf("%d 0 obj\n", n)
	if at <= 0 || at >= len(f.data) || !bytes.HasPrefix(f.data[at:], []byte(head)) {
		return "", fmt.Errorf("%w: object %d", ErrForm, n)
	}
	body, _, ok := bytes.Cut(f.data[at+len(head):], []byte("\nendobj"))
	if !ok || len(body) > 1<<20 {
		return "", fmt.Errorf("%w: object %d", ErrForm, n)
	}
	return string(body), nil
}

// extend adds entries to a dictionary. None of them may be there already.
func (f *file) extend(n int, entries string) error {
	body, err := f.object(n)
	if err != nil {
		return err
	}
	body = strings.TrimRight(body, "\n ")
	if !strings.HasPrefix(body, "<<") || !strings.HasSuffix(body, ">>") {
		return fmt.Errorf("%w: object %d is no dictionary", ErrForm, n)
	}
	f.added[n] = strings.TrimSuffix(body, ">>") + "\n" + entries + ">>"
	return nil
}

// add makes a new object.
func (f *file) add(body string) int {
	n := f.size
	f.size++
	f.added[n] = body
	return n
}

func (f *file) stream(entries string, data []byte) int {
	return f.add(fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", entries, len(data), data))
}

// bytes is the file with what was added behind it, and where each added object begins.
func (f *file) bytes() ([]byte, map[int]int) {
	var out bytes.Buffer
	more := 64 << 10
	for _, body := range f.added {
		more += len(body) + 64
	}
	out.Grow(len(f.data) + more)
	out.Write(f.data)
	if !bytes.HasSuffix(f.data, []byte("\n")) {
		out.WriteByte('\n')
	}
	at := map[int]int{}
	var numbers []int
	for n := range f.added {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		at[n] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", n, f.added[n])
	}
	table := out.Len()
	out.WriteString("xref\n0 1\n0000000000 65535 f \n")
	for _, n := range numbers {
		fmt.Fprintf(&out, "%d 1\n%010d 00000 n \n", n, at[n])
	}
	fmt.Fprintf(&out, "trailer\n<<\n/Size %d\n/Root %d 0 R\n", f.size, f.root)
	if f.info > 0 {
		fmt.Fprintf(&out, "/Info %d 0 R\n", f.info)
	}
	// The first half stays that of the file as it began (14.4).
	now := sha256.Sum256(out.Bytes())
	first := strings.ToUpper(hex.EncodeToString(now[:16]))
	if f.id != "" {
		first = f.id[2:34]
	}
	fmt.Fprintf(&out, "/ID [<%s><%X>]\n/Prev %d\n>>\nstartxref\n%d\n%%%%EOF\n", first, now[:16], f.table, table)
	return out.Bytes(), at
}

func plainASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, s)
}
