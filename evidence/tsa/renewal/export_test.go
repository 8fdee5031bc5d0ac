package renewal

// Text lets fuzzing write a list again.
func Text(l List) []byte { return l.text() }
