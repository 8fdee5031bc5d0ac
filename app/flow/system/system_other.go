//go:build !linux && !darwin && !windows

package system

import "runtime"

func remote(string) bool { return false }

// Private lets nobody but the person into a folder: on this system it is made so.
func Private(string) error { return nil }

// Name says what system this is.
func Name() string { return runtime.GOOS }

// Language is the person's language as the environment has it.
func Language(env func(string) string) string { return environmentLanguage(env) }

// DataDir is where settings, private work files and, unless told otherwise, the vault lie.
func DataDir() (string, error) { return configDir() }

// Usual are the folders in which a person keeps files.
func Usual(home string) []string { return usualNames(home) }

// Drives are disks and sticks; here, none is known.
func Drives() []string { return nil }
