package view

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/assets/words"
)

// shell is what the screens see of the window, and nothing else of it.
type shell struct{ w *Window }

var _ stage.Shell = shell{}

func (s shell) Text() *words.Text      { return s.w.text }
func (s shell) Speak(lang string)      { s.w.speak(lang) }
func (s shell) Keys() *widget.Keys     { return s.w.keys }
func (s shell) Focus(o fyne.Focusable) { s.w.cfg.Window.Canvas().Focus(o) }
func (s shell) Rebuild()               { s.w.rebuild() }
func (s shell) Refresh()               { s.w.refresh() }
func (s shell) ToTop()                 { s.w.frame.toTop() }
func (s shell) Explain(err error)      { s.w.explain(err) }
func (s shell) ClearNotice()           { s.w.notice = nil }

func (s shell) Show(next stage.Screen)        { s.w.show(next) }
func (s shell) GoTo(next stage.Screen)        { s.w.goTo(next) }
func (s shell) At(p stage.Place) stage.Screen { return s.w.at(p) }
func (s shell) Screen() stage.Screen          { return s.w.screen }

func (s shell) Work() stage.Lane      { return s.w.work }
func (s shell) Aside() stage.Lane     { return s.w.aside }
func (s shell) Ahead() stage.Lane     { return s.w.ahead }
func (s shell) Life() context.Context { return s.w.life }

func (s shell) Beside(work func() error, failed func(error)) {
	s.w.group.Add(1)
	s.w.exec.Go(func() {
		defer s.w.group.Done()
		if err := work(); err != nil {
			s.w.exec.Do(func() {
				if !s.w.left {
					failed(err)
				}
			})
		}
	})
}

func (s shell) App() *flow.App              { return s.w.app }
func (s shell) Folder() string              { return s.w.cfg.Vault }
func (s shell) CodeMark() *stage.CodeMark   { return &s.w.code }
func (s shell) Locking() bool               { return s.w.locking }
func (s shell) Enter(session *flow.Session) { s.w.enter(session) }
func (s shell) Session() *flow.Session      { return s.w.session }
func (s shell) Desk() *stage.Desk           { return s.w.desk }
func (s shell) Stamps() stage.Stamps        { return &s.w.stamps }
func (s shell) LockMinutes() int            { return s.w.lockMinutes() }

func (s shell) Now() time.Time             { return s.w.cfg.Now() }
func (s shell) Home() string               { return s.w.cfg.Home }
func (s shell) Copy(text string)           { s.w.cfg.Clipboard.SetContent(text) }
func (s shell) CopySecret(text string)     { s.w.copySecret(text) }
func (s shell) OpenFile(path string) error { return s.w.cfg.Open(path) }
