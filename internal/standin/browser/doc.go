// Command browser stands in for chrome.exe under Wine, which has no browser that can be driven. It takes the two
// handles of --remote-debugging-io-pipes and hands the protocol to a Chromium of the machine around
// (constat/internal/standin/host), whose address lies beside it in host.txt. As a browser does, it keeps a
// file of the profile open that nobody else may delete, and has a child that keeps another.
package main
