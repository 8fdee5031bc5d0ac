// Command host starts a Chromium of this machine for each stand-in that connects (constat/internal/standin/browser,
// under Wine) and joins its pipes to the connection, so that a program for Windows drives a real browser.
//
//	host --browser /usr/bin/chromium --address FILE
//
// It listens on loopback, on a port of its own, which it writes into FILE with a word that a stand-in
// must send first. It runs until it is ended.
package main
