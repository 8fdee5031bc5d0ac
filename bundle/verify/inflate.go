package verify

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"errors"
	"hash"
	"hash/crc32"
	"io"
)

var (
	errAfterEnd = errors.New("has bytes after the end of its compressed data")
	errChecksum = errors.New("is not what its checksum says")
)

// openPlain reads an entry that is not encrypted. Unlike archive/zip it refuses
// compressed bytes after the end of what was compressed.
func openPlain(f *zip.File) (io.ReadCloser, error) {
	if f.Method != zip.Deflate {
		return f.Open() // stored: every byte is read
	}
	raw, err := f.OpenRaw()
	if err != nil {
		return nil, err
	}
	// A decompressor takes no byte more than it needs from what reads bytes singly.
	below := bufio.NewReaderSize(raw, 1<<16)
	return &inflatedPlain{z: flate.NewReader(below), below: below, sum: crc32.NewIEEE(), want: f.CRC32}, nil
}

// inflatedPlain ends only if nothing follows and the checksum is right.
type inflatedPlain struct {
	z     io.ReadCloser
	below io.ByteReader
	sum   hash.Hash32
	want  uint32
}

func (i *inflatedPlain) Read(p []byte) (int, error) {
	n, err := i.z.Read(p)
	i.sum.Write(p[:n])
	if err != io.EOF {
		return n, err
	}
	if _, more := i.below.ReadByte(); more == nil {
		return n, errAfterEnd
	} else if more != io.EOF {
		return n, more
	}
	if i.sum.Sum32() != i.want {
		return n, errChecksum
	}
	return n, io.EOF
}

func (i *inflatedPlain) Close() error { return i.z.Close() }
