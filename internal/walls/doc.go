// Package walls says what may import what in this house, and looks whether it is so.
//
// The rules are data, in house.go: rooms, libraries, detours, single files. Each has
// its reason. To change a wall, change its row there; nothing else has to be touched.
// The test of this package holds them:
//
//	go test ./internal/walls
//
// It looks at Linux, Windows and macOS, with and without cgo, whatever the machine that
// it runs on; at what tests import as well as what the program imports; and through
// libraries at what they bring along.
//
// To see a wall hold, plant a violation and take it out again:
//
//	printf 'package platform\n\nimport _ "constat/evidence/vault"\n' > evidence/platform/planted.go
//	go test ./internal/walls; rm evidence/platform/planted.go
//
// planted_test.go does that for each kind of violation, in a small house of its own.
//
// A row that names what is no longer there is a fault too: a wall around nothing looks
// like a wall. So is a file that no system's build reads, for nobody looks at what it
// imports.
//
// What it does not see: what is called by reflection or by a string, and what a file
// outside of this module does.
package walls
