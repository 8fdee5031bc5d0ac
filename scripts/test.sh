#!/bin/sh
# Runs every test. Packages whose tests hold the browser or a display come last and one at a time: side by side
# they starve each other. Which they are is read from what they import, tests included.
#   scripts/test.sh [-race]                      all of them
#   PACKAGES=./evidence/... scripts/test.sh      some of them
#   scripts/test.sh --list                       which package runs how: 'alone' or 'together'
set -eu
cd "$(dirname "$0")/.."
packages=${PACKAGES:-./...}
list=no race=
for arg; do
	case $arg in
	--list) list=yes ;;
	-race) race=-race ;;
	*) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
	esac
done

# shellcheck disable=SC2086 # a list of patterns
how=$(go list -test -f '{{if eq .Name "main"}}{{.ImportPath}} {{join .Deps " "}}{{end}}' $packages | awk '
	$1 ~ /\.test$/ {
		how = "together"
		for (i = 2; i <= NF; i++) if ($i == "constat/capture/chrome" || $i == "constat/capture/displaytest") how = "alone"
		sub(/\.test$/, "", $1); print how, $1
	}')
[ -n "$how" ] || { echo 'scripts/test.sh: no package has tests' >&2; exit 1; }
if [ $list = yes ]; then printf '%s\n' "$how"; exit; fi

# With one package at a time go would compile one at a time, too.
# shellcheck disable=SC2086
go list $race -export -deps -test $packages >/dev/null

# Stores sync every file that they write. In memory that costs nothing, and a slow disk is no fault of a test.
shm=/dev/shm
if [ -z "${TMPDIR:-}" ] && [ -w $shm ] && [ "$(df -Pk $shm | awk 'NR == 2 { print $4 }')" -ge 4194304 ]; then
	memory=$(mktemp -d $shm/constat-test-XXXXXX)
	trap 'rm -rf "$memory"' EXIT
	trap 'exit 130' INT TERM
	# Some tests build programs and start them there; a place that forbids that is no use.
	printf '#!/bin/sh\n' >"$memory/try" && chmod +x "$memory/try"
	if "$memory/try" 2>/dev/null; then export TMPDIR="$memory" GOTMPDIR="${GOTMPDIR:-/tmp}"; fi
fi

failed=0
run() { # how, flags
	names=$(printf '%s\n' "$how" | sed -n "s/^$1 //p")
	shift
	[ -n "$names" ] || return 0
	# The limit ends what hangs. It says nothing of how fast a machine has to be.
	# shellcheck disable=SC2086
	go test $race -ldflags="${EXTLD:-}" -timeout 60m "$@" $names || failed=1
}
run together
run alone -p 1
exit $failed
