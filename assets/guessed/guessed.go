package guessed

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed guessed.txt
var text string

// Words returns the list: lower case, without accents, without doubles.
var Words = sync.OnceValue(func() (list []string) {
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "[") {
			continue
		}
		for _, w := range strings.Fields(line) {
			if !seen[w] {
				seen[w] = true
				list = append(list, w)
			}
		}
	}
	return list
})
