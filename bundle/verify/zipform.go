package verify

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Two programs can read two archives out of one ZIP: some go by the list at the
// end, some by what stands before each entry, some skip what they cannot use. So a
// bundle in a ZIP has one reading only: entries from the first byte on, each
// directly behind the one before, each saying the same in both places, then the
// list, then its end record, and no byte besides.

const (
	localSignature   = 0x04034b50
	dataSignature    = 0x08074b50
	centralSignature = 0x02014b50
	endSignature     = 0x06054b50
	end64Signature   = 0x06064b50
	locate64         = 0x07064b50
	endSize          = 22
	end64Size        = 56
	locateSize       = 20
	maxCentral       = 256 << 20
)

// zipEntry is what the list at the end says of one entry.
type zipEntry struct {
	name                     string
	flags, method            uint16
	crc                      uint32
	compressed, size, offset uint64
	sealed                   []byte // the extra field of AES encryption
}

// fields reads little-endian numbers from the start of a record.
type fields []byte

func (f fields) u16(at int) uint16 { return binary.LittleEndian.Uint16(f[at:]) }
func (f fields) u32(at int) uint32 { return binary.LittleEndian.Uint32(f[at:]) }
func (f fields) u64(at int) uint64 { return binary.LittleEndian.Uint64(f[at:]) }

// zipForm says why an archive has more than one reading, or returns nil.
func zipForm(r io.ReaderAt, size int64) error {
	start, entries, err := zipList(r, size)
	if err != nil {
		return err
	}
	slices.SortFunc(entries, func(a, b zipEntry) int {
		switch {
		case a.offset < b.offset:
			return -1
		case a.offset > b.offset:
			return 1
		}
		return 0
	})
	at := uint64(0)
	for i, e := range entries {
		if e.offset != at {
			return fmt.Errorf("%.200q begins at byte %d, not at %d: bytes before it belong to no entry, or to two", e.name, e.offset, at)
		}
		next := start
		if i+1 < len(entries) {
			next = entries[i+1].offset
		}
		if at, err = e.local(r, next); err != nil {
			return fmt.Errorf("%.200q: %w", e.name, err)
		}
	}
	if at != start {
		return fmt.Errorf("%d bytes between the last entry and the list of entries", int64(start)-int64(at))
	}
	return nil
}

func readFields(r io.ReaderAt, at uint64, n int) (fields, error) {
	b := make([]byte, n)
	if at > 1<<62 {
		return nil, io.ErrUnexpectedEOF
	}
	if got, err := r.ReadAt(b, int64(at)); got < n {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return b, nil
}

// zipList reads the end record, which has to be the very end, and the list.
func zipList(r io.ReaderAt, size int64) (start uint64, entries []zipEntry, err error) {
	if size < endSize {
		return 0, nil, io.ErrUnexpectedEOF
	}
	endAt := uint64(size - endSize)
	end, err := readFields(r, endAt, endSize)
	if err != nil {
		return 0, nil, err
	}
	if end.u32(0) != endSignature || end.u16(20) != 0 {
		return 0, nil, errors.New("the end record is not the last thing in the file")
	}
	count, length, start := uint64(end.u16(10)), uint64(end.u32(12)), uint64(end.u32(16))
	if end.u16(4) != 0 || end.u16(6) != 0 || end.u16(8) != end.u16(10) {
		return 0, nil, errors.New("is one part of several")
	}
	if count == 0xffff || length == 0xffffffff || start == 0xffffffff {
		if endAt, count, length, start, err = zipEnd64(r, endAt); err != nil {
			return 0, nil, err
		}
	}
	if length > maxCentral || start > endAt || start+length != endAt {
		return 0, nil, errors.New("the list of entries does not lie directly before the end record")
	}
	list, err := readFields(r, start, int(length))
	if err != nil {
		return 0, nil, err
	}
	for len(list) > 0 {
		e, rest, err := centralEntry(list)
		if err != nil {
			return 0, nil, err
		}
		entries, list = append(entries, e), rest
	}
	if uint64(len(entries)) != count {
		return 0, nil, fmt.Errorf("the end record counts %d entries, the list has %d", count, len(entries))
	}
	return start, entries, nil
}

// zipEnd64 reads the records of a large archive; they lie directly before the end record.
func zipEnd64(r io.ReaderAt, endAt uint64) (at, count, length, start uint64, err error) {
	bad := errors.New("the records of a large archive do not lie directly before the end record")
	if endAt < locateSize+end64Size {
		return 0, 0, 0, 0, bad
	}
	at = endAt - locateSize - end64Size
	b, err := readFields(r, at, end64Size+locateSize)
	if err != nil {
		return 0, 0, 0, 0, err
	}
	loc := b[end64Size:]
	if b.u32(0) != end64Signature || b.u64(4) != end64Size-12 || b.u32(16) != 0 || b.u32(20) != 0 || b.u64(24) != b.u64(32) ||
		loc.u32(0) != locate64 || loc.u32(4) != 0 || loc.u64(8) != at || loc.u32(16) != 1 {
		return 0, 0, 0, 0, bad
	}
	return at, b.u64(32), b.u64(40), b.u64(48), nil
}

// centralEntry reads one entry of the list.
func centralEntry(b fields) (zipEntry, fields, error) {
	bad := errors.New("the list of entries is not one")
	if len(b) < 46 || b.u32(0) != centralSignature {
		return zipEntry{}, nil, bad
	}
	n, x, comment := int(b.u16(28)), int(b.u16(30)), int(b.u16(32))
	if len(b) < 46+n+x+comment {
		return zipEntry{}, nil, bad
	}
	e := zipEntry{name: string(b[46 : 46+n]), flags: b.u16(8), method: b.u16(10), crc: b.u32(16),
		compressed: uint64(b.u32(20)), size: uint64(b.u32(24)), offset: uint64(b.u32(42))}
	if b.u16(34) != 0 {
		return zipEntry{}, nil, fmt.Errorf("%.200q: lies in another part", e.name)
	}
	var large fields
	var err error
	if large, e.sealed, err = extraFields(b[46+n : 46+n+x]); err != nil {
		return zipEntry{}, nil, fmt.Errorf("%.200q: %w", e.name, err)
	}
	for _, v := range []*uint64{&e.size, &e.compressed, &e.offset} {
		if *v == 0xffffffff && len(large) >= 8 {
			*v, large = large.u64(0), large[8:]
		}
	}
	return e, b[46+n+x+comment:], nil
}

// extraFields finds what matters: sizes of a large entry, and encryption. Another
// name for the entry (0x7075) or another comment is a second reading.
func extraFields(b fields) (large fields, sealed []byte, err error) {
	bad := errors.New("extra fields are not well-formed")
	for len(b) >= 4 {
		id, n := b.u16(0), int(b.u16(2))
		if len(b) < 4+n {
			return nil, nil, bad
		}
		switch body := b[4 : 4+n]; id {
		case 0x0001:
			if large != nil {
				return nil, nil, bad
			}
			large = body
		case 0x9901:
			if sealed != nil {
				return nil, nil, bad
			}
			sealed = body
		case 0x7075:
			return nil, nil, errors.New("has a second name")
		case 0x0017, 0x0014, 0x0015, 0x0016:
			return nil, nil, errors.New("is encrypted or signed in another way")
		}
		b = b[4+n:]
	}
	return large, sealed, nil
}

// local compares what stands before an entry with the list, and returns where the
// entry ends. next is where it has to end.
func (e zipEntry) local(r io.ReaderAt, next uint64) (end uint64, err error) {
	b, err := readFields(r, e.offset, 30)
	if err != nil {
		return 0, err
	}
	if b.u32(0) != localSignature {
		return 0, errors.New("there is no entry where the list says")
	}
	n, x := int(b.u16(26)), int(b.u16(28))
	rest, err := readFields(r, e.offset+30, n+x)
	if err != nil {
		return 0, err
	}
	large, sealed, err := extraFields(rest[n:])
	if err != nil {
		return 0, err
	}
	if string(rest[:n]) != e.name || b.u16(6) != e.flags || b.u16(8) != e.method || !bytes.Equal(sealed, e.sealed) {
		return 0, errors.New("name or kind are not as the list says")
	}
	end = e.offset + 30 + uint64(n+x) + e.compressed
	if end < e.offset || end > next {
		return 0, errors.New("goes on into what follows")
	}
	size, compressed := uint64(b.u32(22)), uint64(b.u32(18))
	for _, v := range []*uint64{&size, &compressed} {
		if *v == 0xffffffff && len(large) >= 8 {
			*v, large = large.u64(0), large[8:]
		}
	}
	if e.flags&8 == 0 {
		if b.u32(14) != e.crc || size != e.size || compressed != e.compressed {
			return 0, errors.New("sizes or checksum are not as the list says")
		}
		return end, nil
	}
	// Sizes may stand before as well; then they are the same.
	if b.u32(14) != 0 && b.u32(14) != e.crc || size != 0 && size != e.size || compressed != 0 && compressed != e.compressed {
		return 0, errors.New("sizes or checksum are not as the list says")
	}
	return e.descriptor(r, end, next)
}

// descriptor reads the sizes that follow the data: with a signature or without,
// in 4 or 8 bytes each, whichever fills the space up to what follows.
func (e zipEntry) descriptor(r io.ReaderAt, at, next uint64) (uint64, error) {
	gap := next - at
	if gap != 12 && gap != 16 && gap != 20 && gap != 24 {
		return 0, fmt.Errorf("%d bytes follow it that belong to no entry", gap)
	}
	b, err := readFields(r, at, int(gap))
	if err != nil {
		return 0, err
	}
	if gap == 16 || gap == 24 {
		if b.u32(0) != dataSignature {
			return 0, fmt.Errorf("%d bytes follow it that belong to no entry", gap)
		}
		b = b[4:]
	}
	compressed, size := uint64(b.u32(4)), uint64(0)
	if len(b) == 20 {
		compressed, size = b.u64(4), b.u64(12)
	} else {
		size = uint64(b.u32(8))
	}
	if b.u32(0) != e.crc || compressed != e.compressed || size != e.size {
		return 0, errors.New("the sizes or checksum behind it are not as the list says")
	}
	return next, nil
}
