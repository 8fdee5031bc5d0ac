package main

import (
	"os"
	"path/filepath"
	"strings"
)

// What the person alone does between keeping and handing over, in TestJourney: have it taken down, and
// prepare the complaint. It is about a post of a platform whose steps are known, which is noted and not loaded.

const (
	platformPost = "https://www.instagram.com/p/C0abcdefghi/"
	reference    = "REF-2211"
	happenedText = "il a publie une photo sans mon accord"
	letterAdded  = "Merci de repondre vite. "
)

// clipboard is what was copied last.
func (h *hands) clipboard() (text string) {
	h.look(func() { text = h.program.fyne.Clipboard().Content() })
	return text
}

// copies presses a button, and waits until what it copies is in the clipboard.
func (h *hands) copies(key, want string) {
	h.t.Helper()
	h.press(key)
	h.waits("the copy of "+want, func() bool { return strings.Contains(h.clipboard(), want) })
}

// saves chooses the person's own folder in the screen that asks for one, and returns what was written there.
func (h *hands) saves(home, pattern string) []byte {
	h.t.Helper()
	h.sees("window.letter.where-hint")
	h.press("window.choose.folder")
	h.sees("window.letter.saved")
	found, err := filepath.Glob(filepath.Join(home, pattern))
	if err != nil || len(found) != 1 {
		h.t.Fatalf("%s: %v %v", pattern, found, err)
	}
	b, err := os.ReadFile(found[0])
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

// notes keeps the address of the post only: nothing of it is loaded.
func (h *hands) notes() {
	h.t.Helper()
	h.press("window.exhibit.more")
	h.press("window.more.paste")
	h.sees("window.keep.what")
	h.types(platformPost)
	h.press("window.keep.only")
	h.press("window.record.button")
	h.sees("window.record.what")
	h.press("window.record.button")
	h.says("E-004")
}

// takesDown has the post taken down: the steps of its platform, what its form asks for copied, a letter
// that is changed and saved, and the report noted.
func (h *hands) takesDown(home string) {
	t := h.t
	t.Helper()
	h.press("window.remove.title")
	h.sees("window.remove.which")
	h.picture("40-remove-which")
	h.pressWords(platformPost)
	h.says("Instagram")
	h.sees("window.remove.before-not")
	h.picture("41-remove")
	h.copies("window.copy", platformPost)
	h.picture("42-copied")

	h.press("window.remove.letter.dsa16")
	h.sees("window.letter.why")
	h.says(platformPost)
	h.key("shift+Tab") // from the button into the letter
	h.types(letterAdded)
	h.says(strings.TrimSpace(letterAdded))
	h.copies("window.letter.copy", letterAdded)
	h.picture("43-letter")
	h.press("window.letter.text")
	letter := string(h.saves(home, "dsa16-*.txt"))
	for _, want := range []string{letterAdded, platformPost} {
		if !strings.Contains(letter, want) {
			t.Errorf("the letter does not say %q:\n%s", want, letter)
		}
	}
	h.press("window.back")

	h.press("window.remove.note")
	h.sees("window.report-log.why")
	h.xdo("key", "Tab", "Tab") // past whom and when
	h.types(reference)
	h.picture("44-report")
	h.press("window.report-log.save")
	h.sees("window.remove.log")
	h.says(reference)
	h.says(h.text.N("window.step.reported", 1)) // in the column at the left, too
	h.picture("45-noted")
}

// complains tells the account, answers one of the questions, reads it all as it is printed, and saves it.
func (h *hands) complains(home string) {
	t := h.t
	t.Helper()
	h.press("window.complain.title")
	h.sees("window.complain.story")
	h.press("window.complain.tell")
	h.sees("window.story.story-why")
	h.sees("window.story.kept")
	h.types(happenedText)
	h.says(happenedText)
	h.press("window.story.next")
	h.sees("window.story.people-why")
	h.press("window.story.later")
	h.sees("window.complain.story-why")
	h.says(happenedText)
	h.says(h.text.N("window.step.told", 1))
	h.picture("46-complain")

	h.press("account.malice-or-profit")
	h.sees("window.complain.law")
	h.press("account.answer.unsure")
	h.picture("47-question")
	h.press("window.story.later")
	h.sees("window.complain.story-why")
	h.sees("account.answer.unsure")

	h.press("window.complain.read")
	h.sees("account.title")
	h.says(happenedText)
	h.says(reference)
	h.picture("48-read")
	h.copies("window.letter.copy", happenedText)
	h.press("window.letter.pdf")
	if b := h.saves(home, h.text.T("window.complain.file")+"*.pdf"); !strings.HasPrefix(string(b), "%PDF") {
		t.Errorf("the account is no PDF: %.20q", b)
	}
	h.picture("49-saved")
}
