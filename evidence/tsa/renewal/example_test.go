package renewal_test

import (
	"fmt"

	"constat/evidence"
	"constat/evidence/tsa/renewal"
)

// The list that is to be timestamped next, and what it is known by.
func Example() {
	list, err := renewal.Build(renewal.History{
		Manifest:    renewal.File{Name: "manifest.json", Data: []byte("hello\n")},
		Generations: []renewal.Generation{{Tokens: []renewal.File{{Name: "manifest.one.tsr", Data: []byte("token\n")}}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	read, err := renewal.Parse(list)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, i := range read.Items {
		fmt.Println(i.Kind, i.Name, i.Size)
	}
	fmt.Println(renewal.ListName(read.Generation), evidence.Sum(list))
	// Output:
	// manifest manifest.json 6
	// token manifest.one.tsr 6
	// renewal-1.txt eb93e73dd29038c143a1bb233a28a257ae32120bb9194312d000ce6f15a56219
}
