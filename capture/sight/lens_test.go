package sight

import (
	"testing"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/page"
)

func TestAWindowThatLooksOtherwise(t *testing.T) {
	whole := lens{zoom: 1}
	for _, row := range []struct {
		name     string
		lens     lens
		view     View
		lensNow  lens
		now      View
		expected string
	}{
		{"as it was", whole, View{Width: 1035, Height: 880}, whole, View{Width: 1035, Height: 880}, ""},
		{"without its scroll bars", whole, View{Width: 1035, Height: 865}, whole, View{Width: 1050, Height: 880}, ""},
		{"of another window", whole, View{Width: 1185, Height: 900}, whole, View{Width: 1035, Height: 880}, "view of 1185 × 900 px, then 1035 × 880 px"},
		{"lower by the browser's own tools", whole, View{Width: 1035, Height: 880}, whole, View{Width: 1035, Height: 580}, "view of 1035 × 880 px, then 1035 × 580 px"},
		{"at another zoom", whole, View{Width: 1035, Height: 880}, lens{zoom: 1.5}, View{Width: 690, Height: 587}, "zoom of 100 %, then 150 %"},
	} {
		if got := lookedOtherwise(row.lens, row.view, row.lensNow, row.now).Detail; got != row.expected {
			t.Errorf("%s: %q, want %q", row.name, got, row.expected)
		}
	}
}

func TestAPageIsNotLargerThanItsWindow(t *testing.T) {
	m := func(w, h int64, zoom float64) page.GetLayoutMetricsResult {
		return page.GetLayoutMetricsResult{
			CSSLayoutViewport: &page.LayoutViewport{ClientWidth: w, ClientHeight: h}, CSSVisualViewport: &page.VisualViewport{Zoom: zoom},
		}
	}
	window := &protocol.Bounds{Width: 1050, Height: 880}
	for _, row := range []struct {
		name  string
		m     page.GetLayoutMetricsResult
		outer *protocol.Bounds
		fits  bool
	}{
		{"with scroll bar", m(1035, 800, 1), window, true},
		{"full", m(1050, 880, 1), window, true},
		{"still as large as the screen", m(1185, 900, 1), window, false},
		{"at half the size", m(2100, 1760, 0.5), window, true},
		{"of a window that nobody knows", m(1185, 900, 1), nil, true},
	} {
		if got := fits(row.m, row.outer); got != row.fits {
			t.Errorf("%s: %v", row.name, got)
		}
	}
}
