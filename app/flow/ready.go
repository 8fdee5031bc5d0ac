package flow

import (
	"fmt"
	"net"
)

// leastRoom is what a few pages need, with their copies while they are made.
const leastRoom = 300 << 20

// RoomError: little room is left where the vault is.
type RoomError struct{ Free int64 }

func (e *RoomError) Error() string { return fmt.Sprintf("only %d bytes are free", e.Free) }

// OfflineError: this device is connected to no network.
type OfflineError struct{}

func (OfflineError) Error() string { return "no network" }

// Ready says what would keep a page from being kept here: no browser, no room, no network. It sends
// nothing and starts nothing, so that people hear of it before they are asked for anything.
func (a *App) Ready(vaultDir string) (problems []error) {
	if _, err := a.browser(); err != nil {
		problems = append(problems, err)
	}
	if free, err := a.diskRoom(vaultDir); err != nil {
		problems = append(problems, err)
	} else if free < leastRoom {
		problems = append(problems, &RoomError{Free: free})
	}
	offline := a.cfg.Offline
	if offline == nil {
		offline = noNetwork
	}
	if offline() {
		problems = append(problems, OfflineError{})
	}
	return problems
}

// noNetwork reports whether no connection but the device's own is up. What cannot be told counts as
// connected.
func noNetwork() bool {
	list, err := net.Interfaces()
	if err != nil {
		return false
	}
	for _, i := range list {
		if i.Flags&net.FlagLoopback != 0 || i.Flags&net.FlagUp == 0 {
			continue
		}
		if addresses, err := i.Addrs(); err != nil || len(addresses) > 0 {
			return false
		}
	}
	return true
}
