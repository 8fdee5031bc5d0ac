// Package device says under what conditions of this device a page is recorded: whether its clock is
// kept by a time source, which name servers and which time server it is set to ask, and whether
// there is a proxy.
//
// # What it does
//
// [KeptClock], [NameServers] and [Proxy] each answer with a precondition for the checklist of a
// capture, under its own item:
//
//	p := device.NameServers()
//
// [TimeServer] finds the server that the system keeps its clock by; whether it is asked is the
// caller's matter.
//
// # What it promises
//
// It reads what the system knows, asks nobody over the network and changes nothing. What cannot be
// known on a system is [evidence.NotChecked], and the detail names the source of what is known.
// Files and settings of the system are read up to a limit; a proxy is named without its
// credentials, and without its address where that cannot be read.
//
// # What it does not do
//
// It compares no clocks: that is package [constat/capture], which has the server's answer and may
// ask a time server. It does not know whom the browser really asks. The device's own addresses and
// names are never read.
package device

// Items of the checklist of preconditions, after NF Z67-147; stable.
const (
	ItemProxy       = "no-proxy"     // no proxy is configured
	ItemClockKept   = "clock-kept"   // the system says that it keeps its clock by a time source
	ItemNameServers = "name-servers" // the name servers that the system is set to ask are recorded
)
