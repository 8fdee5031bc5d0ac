#!/bin/sh
# Runs every test. Packages whose tests hold the browser or a display come last and one at a time: side by side
# they starve each other. Which they are is read from what they import, tests included.
#   scripts/test.sh [flags of go test]     all of them
#   scripts/test.sh --list                 which package runs how: 'alone' or 'together'
set -eu
cd "$(dirname "$0")/.."

list() {
	go list -test -f '{{if eq .Name "main"}}{{.ImportPath}} {{join .Deps " "}}{{end}}' ./... | awk '
		$1 ~ /\.test$/ {
			how = "together"
			for (i = 2; i <= NF; i++) if ($i == "constat/capture/chrome" || $i == "constat/capture/displaytest") how = "alone"
			sub(/\.test$/, "", $1); print how, $1
		}'
}
packages=$(list)
if [ "${1:-}" = --list ]; then printf '%s\n' "$packages"; exit; fi
of() { printf '%s\n' "$packages" | sed -n "s/^$1 //p"; }

# With one package at a time go would compile one at a time, too.
go list -export -deps -test ./... >/dev/null

failed=0
# The limit ends what hangs. It says nothing of how fast a machine has to be.
# shellcheck disable=SC2046 # lists of names
go test -ldflags="${EXTLD:-}" -timeout 60m "$@" $(of together) || failed=1
# shellcheck disable=SC2046
go test -ldflags="${EXTLD:-}" -timeout 60m -p 1 "$@" $(of alone) || failed=1
exit $failed
