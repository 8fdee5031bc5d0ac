#!/bin/sh
# Runs every fuzzer of the repository for the given time each. A package's tests are built once for all its fuzzers.
set -eu
cd "$(dirname "$0")/.."
time=${1:-10s}
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
trap 'exit 130' INT TERM
cache=$(go env GOCACHE)/fuzz
git grep -l '^func Fuzz' -- '*_test.go' | xargs -n 1 dirname | sort -u | while read -r dir; do
	package=$(go list "./$dir")
	CGO_ENABLED=0 go test -c -fuzz=Fuzz -o "$built/test" "./$dir" </dev/null
	cat "$dir"/*_test.go | sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' | while read -r name; do
		echo "== ./$dir $name"
		# As go test runs it: in the folder of the package, with what earlier runs found. At the very end of its time
		# go's own engine may take the end for a failure; that, and nothing else, is asked for again.
		tries=0
		until (cd "$dir" && "$built/test" -test.run '^$' -test.fuzz "^$name\$" -test.fuzztime "$time" -test.fuzzminimizetime 20x \
			-test.fuzzcachedir "$cache/$package" </dev/null) >"$built/said" 2>&1; do
			cat "$built/said"
			tries=$((tries + 1))
			[ $tries -lt 3 ] && grep -q '^    context deadline exceeded$' "$built/said" && ! grep -q 'Failing input' "$built/said" || exit 1
			echo "== ./$dir $name, again: its time ended in the middle of an input"
		done
		cat "$built/said"
	done
done
