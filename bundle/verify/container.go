package verify

import (
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"time"

	"constat/bundle/verify/asic"
	"constat/bundle/verify/ers"
	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
)

// containerName is the tag manifest with timestamps as ASiC-S, for programs of
// others. No verdict rests on it, as none does on evidence records.
const containerName = "tagmanifest-sha256.asics"

func (c *checker) container() {
	if _, here := c.sizes[containerName]; !here {
		c.skip(checkContainer, "there is none")
		return
	}
	first, last, err := c.contained()
	if err != nil {
		c.skip(checkContainer, "%s: proves nothing: %v", containerName, err)
		return
	}
	archive := renewal.Alone(last, c.o.now())
	var cover []renewal.Cover
	if archive.Counts() {
		cover = []renewal.Cover{{Token: containerName, Time: last, Until: archive.Until, Ends: archive.EndsLast}}
	}
	what := fmt.Sprintf("%s: %s as it lies here, timestamped at %s, and both once more by SHA-512 at %s",
		containerName, tagListName, stamp(first.Time), stamp(last.Time))
	if step := renewal.Covered(first, cover, c.o.now()); step.Counts() {
		c.pass(checkContainer, "%s; stands until %s (%s)", what, step.Until.Format(time.DateOnly), step.EndsLast)
	} else {
		c.skip(checkContainer, "%s; it cannot be shown to stand today", what)
	}
}

// contained verifies both tokens of the container.
func (c *checker) contained() (first, last *tsa.Timestamp, err error) {
	b, err := c.load(containerName, asic.Max)
	if err != nil {
		return nil, nil, err
	}
	x, err := asic.Read(b)
	if err != nil {
		return nil, nil, err
	}
	sum := sha256.Sum256(x.Data)
	if x.Name != tagListName || sum != [32]byte(c.sums[tagListName].sha256) {
		return nil, nil, fmt.Errorf("it holds another list than %s here", tagListName)
	}
	if first, err = c.recordToken(ers.Over{Hash: crypto.SHA256, Sum: sum[:], Token: x.Token}); err != nil {
		return nil, nil, fmt.Errorf("the timestamp over the list: %w", err)
	}
	whole := sha512.Sum512(x.Manifest)
	if last, err = c.recordToken(ers.Over{Hash: crypto.SHA512, Sum: whole[:], Token: x.Archive}); err != nil {
		return nil, nil, fmt.Errorf("the archive timestamp: %w", err)
	}
	if last.Time.Add(last.Accuracy).Before(first.Time.Add(-first.Accuracy)) {
		return nil, nil, errors.New("the archive timestamp is older than the one that it covers")
	}
	return first, last, nil
}
