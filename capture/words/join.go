package words

import (
	"slices"
	"strings"
)

// Join adds to the lines that were read so far those of a further step of the same list, of which a part was read
// before. What a list shows again and again, such as its head, is not repeated.
func Join(before, step []string) []string {
	if len(step) == 0 {
		return before
	}
	// The longest end of what there is with which the step begins, after what stays on top of it.
	for skip := range min(len(step), 40) {
		for n := min(len(before), len(step)-skip); n > 0; n-- {
			if slices.Equal(before[len(before)-n:], step[skip:skip+n]) {
				return append(before, step[skip+n:]...)
			}
		}
	}
	known := map[string]bool{}
	for _, line := range before[max(0, len(before)-400):] {
		known[line] = true
	}
	for _, line := range step {
		if !known[line] {
			before = append(before, line)
		}
	}
	return before
}

// Missing are the lines that a text does not have, if any, as a whole.
func Missing(text string, lines []string) bool {
	have := map[string]bool{}
	for line := range strings.Lines(text) {
		have[strings.TrimSpace(line)] = true
	}
	return slices.ContainsFunc(lines, func(line string) bool { return strings.TrimSpace(line) != "" && !have[strings.TrimSpace(line)] })
}

// Lines are those of a text, without empty ones.
func Lines(text string) (list []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\n"); strings.TrimSpace(line) != "" {
			list = append(list, line)
		}
	}
	return list
}
