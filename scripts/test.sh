#!/bin/sh
# Runs every test. Packages whose tests hold the browser or a display come last, one at a time (those of app two):
# side by side they starve each other. Which they are is read from what they import, tests included.
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

# What go test starts is one group, which ends with this script: whoever ends only the script would leave tests, browsers
# and displays behind. It is told twice: to end, then it is ended.
child='' memory=''
grouped() {
	if command -v perl >/dev/null; then exec perl -e '$SIG{INT} = $SIG{QUIT} = "DEFAULT"; setpgrp(0, 0); exec @ARGV or exit 127' "$@"; fi
	exec "$@"
}
stop() { # exit code
	trap '' HUP INT TERM
	if [ -n "$child" ]; then
		kill -TERM "-$child" 2>/dev/null || kill -TERM "$child" 2>/dev/null || :
		wait "$child" || :
		n=0
		while kill -0 "-$child" 2>/dev/null && [ $n -lt 50 ]; do n=$((n + 1)); sleep 0.1; done
		kill -KILL "-$child" 2>/dev/null || :
	fi
	exit "$1"
}
trap '[ -z "$memory" ] || rm -rf "$memory"' EXIT
trap 'stop 129' HUP
trap 'stop 130' INT
trap 'stop 143' TERM

# Stores sync every file that they write. In memory that costs nothing, and a slow disk is no fault of a test.
shm=/dev/shm exec=env
if [ -z "${TMPDIR:-}" ] && [ -w $shm ] && [ "$(df -Pk $shm | awk 'NR == 2 { print $4 }')" -ge 4194304 ]; then
	memory=$(mktemp -d $shm/constat-test-XXXXXX)
	# Some tests start a server that runs as another user; names are not told to it.
	chmod 711 "$memory"
	# Some tests build programs and start them there; a place that forbids that is no use.
	printf '#!/bin/sh\n' >"$memory/try" && chmod +x "$memory/try"
	# What go builds stays on the disk; what a test makes, t.TempDir too, does not.
	if "$memory/try" 2>/dev/null; then
		export TMPDIR="$memory" GOTMPDIR="${GOTMPDIR:-/tmp}"
		exec="env GOTMPDIR=$memory"
	fi
fi
# What packages need alike is made by one of them (evidence/vault/vaulttest).
[ -n "$memory" ] || memory=$(mktemp -d)
export CONSTAT_TEST_RUN="$memory"

failed=0
run() { # how, flags
	names=$(printf '%s\n' "$how" | sed -n "s/^$1 //p")
	shift
	[ -n "$names" ] || return 0
	# The limit ends what hangs. It says nothing of how fast a machine has to be.
	# shellcheck disable=SC2086
	grouped go test $race -ldflags="${EXTLD:-}" -exec "$exec" -timeout "${TEST_TIMEOUT:-40m}" "$@" $names &
	child=$!
	wait "$child" || failed=1
	child=
}
run together
# A browser waits more than it computes: one test more at a time than there are processors keeps them busy. In the
# rooms of app most tests follow each other, so that two rooms go side by side.
more=$(($(getconf _NPROCESSORS_ONLN) + 1))
everything=$how
how=$(printf '%s\n' "$everything" | awk '/\/app\//')
run alone -p 2 -parallel 2
how=$(printf '%s\n' "$everything" | awk '!/\/app\//')
run alone -p 1 -parallel "$more"
exit $failed
