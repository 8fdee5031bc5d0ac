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
	// What stays below the list stands at the end of both.
	foot := 0
	for foot < min(len(step)-1, len(before), maxStays) && before[len(before)-1-foot] == step[len(step)-1-foot] {
		foot++
	}
	below := slices.Clone(step[len(step)-foot:])
	if list, ok := overlapped(before[:len(before)-foot], step[:len(step)-foot]); ok {
		return append(list, below...)
	}
	list, ok := overlapped(before, step)
	if !ok {
		return append(before, step...) // which of its lines were read before, nobody knows
	}
	return list
}

// maxStays is how many lines may stay above or below a list.
const maxStays = 40

// overlapped joins at the longest end of what there is with which the step begins, after what stays on top of
// it. What stands there and was never read is not what stays: it is added.
func overlapped(before, step []string) ([]string, bool) {
	best, at := 0, 0
	for skip := range min(len(step), maxStays) {
		for n := min(len(before), len(step)-skip); n > best; n-- {
			if slices.Equal(before[len(before)-n:], step[skip:skip+n]) {
				best, at = n, skip
			}
		}
	}
	var added []string
	for _, line := range step[:at] {
		if !slices.Contains(before, line) {
			added = append(added, line)
		}
	}
	if best == 0 || best == 1 && len(added) > 0 { // one line may be like another by chance
		return nil, false
	}
	return slices.Concat(before, added, step[at+best:]), true
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
