package system

import "runtime"

// Rest is whether what a system writes to a disk by itself is encrypted there.
type Rest string

// What can be told of it. What cannot be read is not known.
const (
	RestEncrypted Rest = "encrypted" // by this system, below the file system
	RestPlain     Rest = "plain"     // not by this system; a disk that encrypts itself does not show
	RestMemory    Rest = "memory"    // it never reaches a disk
	RestNone      Rest = "none"      // there is no such thing
	RestUnknown   Rest = "unknown"
)

// Resting is what is known of the disk under a folder, and of where memory is moved to when it runs
// short or the system hibernates.
type Resting struct{ Disk, Swap Rest }

// AtRest looks. It asks no other program and needs no rights; on systems other than Linux nothing is known.
func AtRest(dir string) Resting {
	if runtime.GOOS != "linux" {
		return Resting{Disk: RestUnknown, Swap: RestUnknown}
	}
	return atRest("/", dir)
}

// worst is what is said of several: no better than of the worst of them.
func worst(list ...Rest) Rest {
	for _, r := range []Rest{RestPlain, RestUnknown, RestEncrypted, RestMemory} {
		for _, x := range list {
			if x == r {
				return r
			}
		}
	}
	return RestNone
}
