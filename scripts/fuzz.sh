#!/bin/sh
# Runs every fuzzer of the repository for the given time each.
set -eu
cd "$(dirname "$0")/.."
time=${1:-10s}
git grep -l '^func Fuzz' -- '*_test.go' | while read -r file; do
	dir=./$(dirname "$file")
	sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file" | while read -r name; do
		echo "== $dir $name"
		CGO_ENABLED=0 go test "$dir" -run '^$' -fuzz "^$name\$" -fuzztime "$time" -fuzzminimizetime 20x </dev/null
	done
done
