package main

import "os"

// peakKilobytes is not told by Windows after the end of a process.
func peakKilobytes(*os.ProcessState) int64 { return 0 }
