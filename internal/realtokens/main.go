// Command realtokens judges real timestamp tokens of many authorities, which lie
// in public repositories and are not copied into this one.
//
//	go run ./internal/realtokens LIST MIRRORS
//
// LIST has one token a line, fields separated by tabs: the first 16 hexadecimal
// digits of the SHA-256 of its ContentInfo; OWNER+NAME:PATH, or PATH!ENTRY for a
// file in a ZIP; its genTime; the name of its hash; what OpenSSL says (OK, or
// why not). MIRRORS is a folder with a bare clone of each repository that can be
// had, OWNER+NAME/repo. A token is looked for in the file's bytes, in its base64
// and in its hexadecimal strings, and judged twice: by the certificates that it
// brings itself as roots, which says whether it can be read and holds, and by
// the anchors and roots of this program, at its own time.
//
// It prints one line a token and the sums; it asks nobody. Its exit status is 1
// if OpenSSL accepts a token that is refused here, and an imprint of SHA-1 or
// MD5 is not why.
package main

import (
	"bufio"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"constat/assets/authorities"
	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/der"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "realtokens LIST MIRRORS")
		os.Exit(2)
	}
	worse, err := run(os.Args[1], os.Args[2], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "realtokens:", err)
		os.Exit(2)
	}
	if worse > 0 {
		os.Exit(1)
	}
}

type row struct{ prefix, repo, path, time, openssl string }

func run(list, mirrors string, out io.Writer) (worse int, err error) {
	f, err := os.Open(list)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	known, err := authorities.List()
	if err != nil {
		return 0, err
	}
	var anchors []*x509.Certificate
	for _, a := range known {
		if roots, err := tsa.ParseRootsPEM([]byte(a.AnchorsPEM())); err == nil {
			anchors = append(anchors, roots...)
		}
	}
	sums := map[string]int{}
	files := map[string][]byte{}
	for s := bufio.NewScanner(f); s.Scan(); {
		fields := strings.Split(s.Text(), "\t")
		if len(fields) < 5 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		repo, path, _ := strings.Cut(fields[1], ":")
		r := row{fields[0], repo, path, fields[2], fields[4]}
		if _, ok := files[fields[1]]; !ok {
			clear(files) // the list goes file by file
			files[fields[1]] = load(mirrors, r)
		}
		said, trusted := judge(find(files[fields[1]], r.prefix), anchors)
		switch accepted := r.openssl == "OK"; {
		case said == "holds" && accepted:
			sums["both hold it for good"]++
		case said == "holds":
			sums["OpenSSL refuses, we hold it for good"]++
		case said == "not had":
			sums["not had"]++
		case !accepted:
			sums["both refuse"]++
		case strings.Contains(said, "is not accepted"):
			sums["OpenSSL holds it for good, we refuse its hash"]++
		default:
			sums["OpenSSL holds it for good, we refuse it"]++
			worse++
		}
		if trusted {
			sums["  of all: under this program's anchors and roots"]++
		}
		fmt.Fprintf(out, "%s\t%s:%s\t%s\t%s\ttrusted %t\n", r.prefix, r.repo, r.path, r.time, said, trusted)
	}
	for _, k := range slices.Sorted(maps.Keys(sums)) {
		fmt.Fprintf(out, "%5d  %s\n", sums[k], k)
	}
	return worse, nil
}

// load reads a file of a mirror, or nil.
func load(mirrors string, r row) []byte {
	path, entry, inZip := strings.Cut(r.path, "!")
	b, err := exec.Command("git", "--git-dir="+filepath.Join(mirrors, r.repo, "repo"), "show", "HEAD:"+path).Output()
	if err != nil {
		return nil
	}
	if inZip {
		return unzip(b, entry)
	}
	return b
}

// judge returns what is said of a token by its own certificates, and whether the
// program's own anchors and roots lead to it.
func judge(token []byte, anchors []*x509.Certificate) (said string, trusted bool) {
	if token == nil {
		return "not had", false
	}
	hash, imprint, certificates := look(token)
	o := tsa.Options{Token: true, Roots: certificates, Imprints: map[crypto.Hash][]byte{hash: imprint}}
	var digest evidence.Digest
	if hash == crypto.SHA256 {
		copy(digest[:], imprint)
	}
	ts, checks := tsa.Verify(token, digest, o)
	said = "holds"
	if ts == nil {
		said = "could not be judged"
		if c, failed := tsa.FirstFailure(checks); failed {
			said = c.Name + ": " + evidence.Shorten(c.Detail, 160)
		}
	}
	o.Roots, o.SystemRoots = anchors, true
	ts, _ = tsa.Verify(token, digest, o)
	return said, ts != nil
}

// look takes imprint and certificates out of a token, without judging them.
func look(token []byte) (hash crypto.Hash, imprint []byte, certificates []*x509.Certificate) {
	hash = tsa.ImprintHash(token)
	clean, err := der.ToDER(token)
	if err != nil {
		return hash, nil, nil
	}
	var info, wrapped, signed, content, rest cryptobyte.String
	s := cryptobyte.String(clean)
	explicit := asn1.Tag(0).Constructed().ContextSpecific()
	if !s.ReadASN1(&info, asn1.SEQUENCE) || !info.SkipASN1(asn1.OBJECT_IDENTIFIER) || !info.ReadASN1(&wrapped, explicit) ||
		!wrapped.ReadASN1(&signed, asn1.SEQUENCE) || !signed.SkipASN1(asn1.INTEGER) || !signed.SkipASN1(asn1.SET) ||
		!signed.ReadASN1(&content, asn1.SEQUENCE) {
		return hash, nil, nil
	}
	if signed.PeekASN1Tag(explicit) && signed.ReadASN1(&rest, explicit) {
		for !rest.Empty() {
			var one cryptobyte.String
			var tag asn1.Tag
			if !rest.ReadAnyASN1Element(&one, &tag) {
				break
			}
			if c, err := x509.ParseCertificate(one); err == nil {
				certificates = append(certificates, c)
			}
		}
	}
	var octets, text, tst, message, value cryptobyte.String
	if content.SkipASN1(asn1.OBJECT_IDENTIFIER) && content.ReadASN1(&octets, explicit) && octets.ReadASN1(&text, asn1.OCTET_STRING) {
		if clean, err := der.ToDER(text); err == nil {
			text = clean
		}
		if text.ReadASN1(&tst, asn1.SEQUENCE) && tst.SkipASN1(asn1.INTEGER) && tst.SkipASN1(asn1.OBJECT_IDENTIFIER) &&
			tst.ReadASN1(&message, asn1.SEQUENCE) && message.SkipASN1(asn1.SEQUENCE) && message.ReadASN1(&value, asn1.OCTET_STRING) {
			imprint = value
		}
	}
	return hash, imprint, certificates
}

// isWanted compares the beginning of a digest.
func isWanted(b []byte, prefix string) bool {
	sum := evidence.Sum(b)
	return strings.HasPrefix(hex.EncodeToString(sum[:]), prefix)
}
