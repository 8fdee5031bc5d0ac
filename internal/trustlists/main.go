// Command trustlists distils the signed trusted lists of the European Union
// into assets/authorities/qualified.json: who is on them as a qualified time
// service, since when, and where the lists are.
//
//	go run ./internal/trustlists -trust HEX -out assets/authorities/qualified.json LOTL… LIST…
//
// Every file is a list as published (ETSI TS 119 612, XML). The lists of lists
// come first, oldest first: the first one has to be signed by a certificate
// whose SHA-256 is given, each further one by one that the list before names
// for the list of lists, and every national list by one that the last of them
// names for its territory. What is not signed so ends the run. It asks nobody.
//
// docs/decisions/0035 says where the lists of today came from; for a fresh run,
// download https://ec.europa.eu/tools/lotl/eu-lotl.xml, the pivots that it
// names since the one that was used last, and the lists that it points to.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"constat/evidence"
	"constat/evidence/trustlist"
)

func main() {
	trust := flag.String("trust", "", "SHA-256 of the certificate that signs the first list of lists, hexadecimal")
	out := flag.String("out", "", "file to be written")
	flag.Parse()
	if err := run(*trust, *out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "trustlists:", err)
		os.Exit(1)
	}
}

func run(trust, out string, files []string) error {
	first, err := evidence.ParseDigest(trust)
	if err != nil {
		return fmt.Errorf("-trust: %w", err)
	}
	may := []evidence.Digest{first}
	var set trustlist.Set
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		l, err := set.Read(raw, may)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if l.Territory == trustlist.Union {
			may = nil // from now on the list itself says who
		}
		fmt.Printf("%s  %d  issued %s  %d qualified time services  signed by %s\n", l.Territory, l.Sequence,
			l.Issued.Format("2006-01-02"), len(l.Services), l.Signer)
	}
	if set.Lists.Territory == "" || len(set.Each) == 0 {
		return fmt.Errorf("no list of lists, or no national list")
	}
	slices.SortFunc(set.Each, func(a, b trustlist.List) int { return strings.Compare(a.Territory, b.Territory) })
	b, err := json.MarshalIndent(set, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(out, append(b, '\n'), 0o644)
}
