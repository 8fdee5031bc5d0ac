package capture

import (
	"sync"
	"time"

	"constat/capture/tab"
)

// session is a tab and how it is looked at.
type session struct {
	*tab.Tab
	limits  Limits
	now     func() time.Time
	visible bool
	window  [2]int     // width and height, CSS pixels
	first   *glimpse   // of the page as it had settled, if there was time for one
	drawing sync.Mutex // held while the browser makes a picture: it moves its view for that
	shots   sync.WaitGroup
	lens    lens
}

// late is the silence that is waited for where scripts may have waited before they ask: many that follow scrolling do.
const late = 250 * time.Millisecond

// courtesy is how long a page may take to be pictured while it is watched.
const courtesy = 2 * time.Second
