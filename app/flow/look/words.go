package look

import (
	"constat/assets/words"
	"constat/bundle/detail"
	"constat/evidence"
)

// ProblemDetail is the detail of a problem, as the report says it.
func ProblemDetail(t *words.Text, p evidence.Problem) string { return detail.Problem(t, p) }
