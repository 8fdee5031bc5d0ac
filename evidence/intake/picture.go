package intake

import (
	"encoding/binary"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/bep/imagemeta"

	"constat/evidence"
)

const (
	maxTags     = 2000
	maxTagSize  = 4 << 10  // bytes of one value
	maxEXIFRead = 64 << 20 // bytes read in all; metadata stands near the front, but HEIC may have it at the end
)

// exifFacts are the tags that become facts. Whatever is neither here nor in
// exifLeftOut is not looked at.
var exifFacts = map[string]string{
	"DateTimeOriginal":    FactTaken,
	"OffsetTimeOriginal":  FactTakenOffset,
	"CreateDate":          FactDigitized,
	"OffsetTimeDigitized": FactDigitizedOffset,
	"ModifyDate":          FactChanged,
	"OffsetTime":          FactChangedOffset,
	"GPSDateStamp":        FactSatelliteDate,
	"GPSTimeStamp":        FactSatelliteTime,
	"Make":                FactMake,
	"Model":               FactModel,
	"LensModel":           FactLens,
	"Software":            FactSoftware,
	"Orientation":         FactOrientation,
	"ImageDescription":    FactDescription,
	"UserComment":         FactComment,
}

// exifDates are written by cameras without a clock, too, with blanks in the place of digits.
var exifDates = map[string]bool{FactTaken: true, FactDigitized: true, FactChanged: true}

// exifLeftOut are the tags that are counted and not read: where somebody was,
// which very device it is, and whose.
var exifLeftOut = map[string]string{
	"GPSLatitude": leftPosition, "GPSLongitude": leftPosition, "GPSAltitude": leftPosition,
	"GPSDestLatitude": leftPosition, "GPSDestLongitude": leftPosition,
	"GPSAreaInformation": leftPosition, "GPSImgDirection": leftPosition, "GPSDestBearing": leftPosition,
	"SerialNumber": leftSerial, "LensSerialNumber": leftSerial, "CameraSerialNumber": leftSerial, "ImageUniqueID": leftSerial,
	"Artist": leftPerson, "OwnerName": leftPerson, "HostComputer": leftPerson, "Copyright": leftPerson,
}

// What is left out of the facts; see [Result.Redactions].
const (
	leftPosition = "position"
	leftSerial   = "serial number"
	leftPerson   = "name of a person or device"
	leftAddress  = "network address"
)

// leftOrder is the order in which redactions are listed.
var leftOrder = []string{leftPosition, leftSerial, leftPerson, leftAddress}

// leave lists what was left out, in a fixed order. Of a position it is a fact
// that there is one.
func (j *job) leave(artifact string, from Origin, count map[string]int) {
	for _, what := range leftOrder {
		j.redact(artifact+": "+string(from), what, count[what])
	}
	if count[leftPosition] > 0 {
		j.fact(artifact, from, FactPosition, "yes")
	}
}

func (j *job) pictureFacts(file evidence.Artifact, what content) {
	left, told := map[string]int{}, map[string]bool{}
	raw, blocks := rawEXIF(what.exif, j.in, j.size)
	direct := map[string]bool{}
	for _, t := range raw {
		direct[t.name] = true
	}
	if blocks > 0 { // what the library renders otherwise is not taken from it
		direct[FactComment], direct[FactSatelliteTime] = true, true
	}
	format, r := j.metaSource(what.exif, imagemeta.EXIF)
	config, err := decodeEXIF(format, r, func(t imagemeta.TagInfo) {
		if l := exifLeftOut[t.Tag]; l != "" {
			left[l]++
			return
		}
		name, value := exifFacts[t.Tag], tagText(t.Value)
		if exifDates[name] && digitsOf(value, 1) == "" {
			return // a place for a date
		}
		if direct[name] || told[name+value] {
			return
		}
		told[name+value] = true // a second one that says something else is another fact
		j.fact(file.Name, FromEXIF, name, value)
	})
	for _, t := range raw {
		if !told[t.name+t.value] && !(exifDates[t.name] && digitsOf(t.value, 1) == "") {
			told[t.name+t.value] = true
			j.fact(file.Name, FromEXIF, t.name, t.value)
		}
	}
	if config.Width > 0 && config.Height > 0 {
		j.number(file.Name, FromContent, FactWidth, config.Width)
		j.number(file.Name, FromContent, FactHeight, config.Height)
	}
	j.leave(file.Name, FromEXIF, left)
	if err != nil {
		j.problem(ProblemEXIF, fileWhy(file.Name, err))
	}
	if blocks > 1 {
		j.number(file.Name, FromContent, FactBlocks, blocks)
	}
	j.metadataFacts(file, what.exif)
	if what.exif == imagemeta.PNG {
		j.pngFacts(file)
	}
	j.contradictions(file.Name)
}

// decodeEXIF calls fn for every tag of the main picture that we want or count.
func decodeEXIF(f imagemeta.ImageFormat, r io.ReadSeeker, fn func(imagemeta.TagInfo)) (c imagemeta.ImageConfig, err error) {
	defer func() { // the library turns its own panics into errors; a hostile file must not find one that it missed
		if p := recover(); p != nil {
			err = evidence.Say("reader-failed", "reader failed: {why}", p).Err()
		}
	}()
	res, err := imagemeta.Decode(imagemeta.Options{
		R: r, ImageFormat: f, Sources: imagemeta.EXIF | imagemeta.CONFIG,
		LimitNumTags: maxTags, LimitTagSize: maxTagSize,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool {
			return strings.HasPrefix(t.Namespace, "IFD0") && (exifFacts[t.Tag] != "" || exifLeftOut[t.Tag] != "")
		},
		HandleTag: func(t imagemeta.TagInfo) error { fn(t); return nil },
	})
	return res.ImageConfig, err
}

// tagText writes a value as the file has it; lists are not among ours.
func tagText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case uint8, uint16, uint32, int32, int:
		return fmt.Sprint(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return ""
}

// gifSize reads the logical screen descriptor of a GIF.
func (j *job) gifSize(file evidence.Artifact) {
	head, err := j.in.head(10)
	if err != nil || len(head) < 10 {
		j.problem(ProblemContainer, fileWhy(file.Name, errCutOff))
		return
	}
	j.number(file.Name, FromContent, FactWidth, int(binary.LittleEndian.Uint16(head[6:])))
	j.number(file.Name, FromContent, FactHeight, int(binary.LittleEndian.Uint16(head[8:])))
}

var pdfHeader = regexp.MustCompile(`%PDF-([0-9]\.[0-9])`)

// pdfVersion reads the header of a PDF (ISO 32000-1, 7.5.2). Nothing else of it is read.
func (j *job) pdfVersion(file evidence.Artifact) {
	head, _ := j.in.head(1024)
	if m := pdfHeader.FindSubmatch(head); m != nil {
		j.fact(file.Name, FromContent, FactPDFVersion, string(m[1]))
	}
}

// seekLimit is a file that a library may seek in and read a limited part of.
type seekLimit struct {
	r    io.ReaderAt
	size int64
	left int64
	pos  int64
}

var errSeek = evidence.Say("outside", "position outside the file").Err()

// Read implements [io.Reader].
func (s *seekLimit) Read(p []byte) (int, error) {
	if s.pos >= s.size {
		return 0, io.EOF
	}
	if s.left < int64(len(p)) {
		return 0, errLimit
	}
	p = p[:min(int64(len(p)), s.size-s.pos)]
	n, err := s.r.ReadAt(p, s.pos)
	s.pos += int64(n)
	s.left -= int64(n)
	if err == io.EOF && n > 0 {
		err = nil
	}
	return n, err
}

// Seek implements [io.Seeker].
func (s *seekLimit) Seek(off int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		off += s.pos
	case io.SeekEnd:
		off += s.size
	}
	if off < 0 {
		return s.pos, errSeek
	}
	s.pos = off
	return off, nil
}
