package intake

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bep/imagemeta"

	"constat/evidence"
)

// xmpFacts and iptcFacts are the fields of XMP (ISO 16684-1) and IPTC-IIM that become facts; dates
// stay as written.
var xmpFacts = map[string]string{
	"DateTimeOriginal": FactTaken, "DateCreated": FactTaken, "CreateDate": FactDigitized, "DateTimeDigitized": FactDigitized,
	"ModifyDate": FactChanged, "DateTime": FactChanged, "MetadataDate": FactMetadataDate, "GPSTimeStamp": FactSatelliteTime,
	"Make": FactMake, "Model": FactModel, "CreatorTool": FactSoftware, "description": FactDescription, "UserComment": FactComment,
}

var iptcFacts = map[string]string{
	"DateCreated": FactTaken, "TimeCreated": FactTakenTime, "DigitalCreationDate": FactDigitized, "DigitalCreationTime": FactDigitizedTime,
	"OriginatingProgram": FactSoftware, "Caption-Abstract": FactDescription,
}

var metaLeftOut = map[string]string{
	"GPSLatitude": leftPosition, "GPSLongitude": leftPosition, "GPSAltitude": leftPosition, "Location": leftPosition, "City": leftPosition,
	"State": leftPosition, "Country": leftPosition, "CountryCode": leftPosition, "Sub-location": leftPosition, "Province-State": leftPosition,
	"Country-PrimaryLocationCode": leftPosition, "Country-PrimaryLocationName": leftPosition, "ContentLocationName": leftPosition,
	"creator": leftPerson, "Artist": leftPerson, "By-line": leftPerson, "Credit": leftPerson, "rights": leftPerson, "CopyrightNotice": leftPerson,
	"OwnerName": leftPerson, "CameraOwnerName": leftPerson,
	"SerialNumber": leftSerial, "BodySerialNumber": leftSerial, "LensSerialNumber": leftSerial, "ImageUniqueID": leftSerial,
}

// metadataFacts reads XMP and IPTC of a picture, beside its EXIF.
func (j *job) metadataFacts(file evidence.Artifact, f imagemeta.ImageFormat) {
	for _, kind := range []struct {
		source imagemeta.Source
		from   Origin
		facts  map[string]string
	}{{imagemeta.XMP, FromXMP, xmpFacts}, {imagemeta.IPTC, FromIPTC, iptcFacts}} {
		left := map[string]int{}
		format, r := j.metaSource(f, kind.source)
		if r == nil {
			continue
		}
		err := decodeMetadata(format, kind.source, r, func(t imagemeta.TagInfo) {
			switch {
			case metaLeftOut[t.Tag] != "":
				left[metaLeftOut[t.Tag]]++
			case kind.facts[t.Tag] != "":
				for _, v := range metaTexts(t.Value) {
					j.fact(file.Name, kind.from, kind.facts[t.Tag], v)
				}
			}
		})
		j.leave(file.Name, kind.from, left)
		if err != nil {
			j.problem(ProblemEXIF, evidence.Say("file-why", "{file}: {why}", string(kind.from)+" "+file.Name, damage(err)))
		}
	}
}

func metaTexts(v any) []string {
	if list, ok := v.([]string); ok {
		return list
	}
	return []string{tagText(v)}
}

func decodeMetadata(f imagemeta.ImageFormat, source imagemeta.Source, r io.ReadSeeker, fn func(imagemeta.TagInfo)) (err error) {
	defer func() { // as in decodeEXIF
		if p := recover(); p != nil {
			err = evidence.Say("reader-failed", "reader failed: {why}", p).Err()
		}
	}()
	_, err = imagemeta.Decode(imagemeta.Options{
		R: r, ImageFormat: f, Sources: source, LimitNumTags: maxTags, LimitTagSize: maxTagSize,
		ShouldHandleTag: func(imagemeta.TagInfo) bool { return true },
		HandleTag:       func(t imagemeta.TagInfo) error { fn(t); return nil },
	})
	return err
}

// pngFacts reads the dates and texts that a PNG's own chunks hold (ISO 15948, 11.3.4 and 11.3.6).
func (j *job) pngFacts(file evidence.Artifact) {
	names := map[string]string{"Creation Time": FactTaken, "Software": FactSoftware, "Description": FactDescription, "Comment": FactComment,
		"Title": FactDescription, "parameters": FactComment, "prompt": FactComment, // programs that make pictures write what they were told
		"date:create": FactDigitized, "date:modify": FactChanged}
	left := map[string]int{}
	var h [8]byte
	for off, n := int64(8), 0; n < maxSegments; n++ {
		if got, _ := j.in.ReadAt(h[:], off); got < len(h) {
			break
		}
		length := int64(binary.BigEndian.Uint32(h[:]))
		kind := string(h[4:])
		if kind == "tIME" || kind == "tEXt" || kind == "iTXt" || kind == "zTXt" {
			b := make([]byte, min(length, maxTagSize))
			got, _ := j.in.ReadAt(b, off+8)
			b = b[:got]
			key, value, ok := bytes.Cut(b, []byte{0})
			switch {
			case kind == "tIME":
				if len(b) >= 7 {
					j.fact(
						file.Name,
						FromPNG,
						FactChanged,
						fmt.Sprintf("%04d:%02d:%02d %02d:%02d:%02d", binary.BigEndian.Uint16(b), b[2], b[3], b[4], b[5], b[6]),
					)
				}
			case !ok:
			case string(key) == "Author":
				left[leftPerson]++
			case names[string(key)] != "":
				switch kind {
				case "iTXt":
					value = []byte(internationalText(value, maxTagSize))
				case "zTXt":
					value = []byte(latin1([]byte(inflated(value[min(1, len(value)):], maxTagSize))))
				default:
					value = []byte(latin1(value))
				}
				j.fact(file.Name, FromPNG, names[string(key)], string(value))
			}
		}
		off += 12 + length
	}
	j.leave(file.Name, FromPNG, left)
}

func latin1(b []byte) string {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

// contradictions notes that a file's own dates of one sort are of different days, or that one of
// them stands there twice. Which is right, if any, cannot be told.
func (j *job) contradictions(artifact string) {
	for _, name := range []string{FactTaken, FactDigitized, FactChanged} {
		var all []string
		days := map[string]bool{}
		for _, f := range j.out.Facts {
			if f.Artifact != artifact || f.Name != name || f.Source == FromFileSystem {
				continue
			}
			if s := string(f.Source) + " " + f.Value; !slices.Contains(all, s) {
				all = append(all, s)
			}
			days[digitsOf(f.Value, 8)] = true
		}
		if len(days) > 1 {
			j.fact(artifact, FromContent, FactContradiction, name+": "+strings.Join(all, "; "))
		}
	}
}

// digitsOf are the first n digits of a date.
func digitsOf(s string, n int) string {
	var b strings.Builder
	for _, r := range s {
		if r >= '0' && r <= '9' && b.Len() < n {
			b.WriteRune(r)
		}
	}
	return b.String()
}
