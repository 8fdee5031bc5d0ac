package renewal

import (
	"fmt"

	"constat/evidence"
	"constat/evidence/tsa"
)

// ListName is the file name of a generation's list, counted from 1.
func ListName(generation int) string { return fmt.Sprintf("renewal-%d.txt", generation) }

// TokenName is the file name of an authority's reply: over the manifest in
// generation 0, over the list in every other.
func TokenName(generation int, authority string) string {
	if generation == 0 {
		return evidence.TokenName(authority)
	}
	return fmt.Sprintf("renewal-%d.%s.tsr", generation, authority)
}

// RevocationName is the file name of the n-th record, counted from 1, that was
// fetched for an authority's token.
func RevocationName(generation int, authority string, n int, kind tsa.RevocationKind) string {
	base := "manifest"
	if generation > 0 {
		base = fmt.Sprintf("renewal-%d", generation)
	}
	return fmt.Sprintf("%s.%s.%02d.%s", base, authority, n, kind)
}
