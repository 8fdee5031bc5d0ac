package flow

import "constat/assets/words"

// Message is an error in words: what happened, and what to do now.
type Message struct {
	What   string // one sentence
	Do     string // one or two sentences
	Detail string // facts for whoever helps, e.g. the cause's own text
}

// Explain puts an error into words. It never returns an empty What or Do.
func Explain(err error, t *words.Text) Message {
	return Message{What: err.Error(), Do: err.Error(), Detail: err.Error()}
}
