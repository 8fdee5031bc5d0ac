package capture

import (
	"context"
	"errors"
	"strings"

	"github.com/chromedp/cdproto/emulation"

	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
)

// Size of the window in the phone view, in CSS pixels.
const (
	phoneViewWidth  = 412
	phoneViewHeight = 915
)

// phoneAgent is the user agent with which Chrome of that version names itself on any
// phone with Android. product is the browser's own name, "…Chrome/156.0.8078.73".
func phoneAgent(product string) (agent, major string) {
	_, version, _ := strings.Cut(product, "/")
	major, _, _ = strings.Cut(version, ".")
	return "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/" + major + ".0.0.0 Mobile Safari/537.36", major
}

// emulatePhone sets what a site may go by, all of it together: user agent and its
// hints, and touch. The metrics are set with the view. It returns the user agent.
func emulatePhone(ctx context.Context, product string) (string, error) {
	agent, major := phoneAgent(product)
	brands := []*emulation.UserAgentBrandVersion{{Brand: "Chromium", Version: major}}
	return agent, errors.Join(
		tab.Send(ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
			UserAgent: agent,
			Platform:  "Linux armv81",
			UserAgentMetadata: &emulation.UserAgentMetadata{
				Brands:          brands,
				Platform:        "Android",
				PlatformVersion: "10.0.0",
				Model:           "K",
				Mobile:          true,
			},
		}),
		tab.Send(ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true, MaxTouchPoints: 5}),
	)
}

// phonePrecondition says that the browser did not show itself as what it is.
func phonePrecondition(req evidence.Request, agent string) evidence.Precondition {
	if req.Phone {
		return evidence.Say("phone", "phone view: user agent, touch and metrics; {agent}", agent).
			Precondition(record.ItemOwnView, evidence.NotMet)
	}
	return evidence.Precondition{Item: record.ItemOwnView, State: evidence.Met}
}
