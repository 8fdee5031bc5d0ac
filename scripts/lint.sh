#!/bin/sh
# Runs staticcheck over everything and errcheck over the programs, at these versions, which it builds into .tools once.
set -eu
cd "$(dirname "$0")/.."
STATICCHECK=honnef.co/go/tools/cmd/staticcheck@v0.8.2
ERRCHECK=github.com/kisielk/errcheck@v1.30.0

# What is there stays only as long as it is the version named here.
tool() { # module path and version
	name=${1%@*} name=${name##*/}
	at=.tools/lint/$(printf '%s' "$1" | tr '/@' '__')
	[ -x "$at/$name" ] || { echo "constat: building $1" >&2; GOBIN=$PWD/$at CGO_ENABLED=0 go install "$1"; }
	printf '%s' "$at/$name"
}

staticcheck=$(tool "$STATICCHECK")
errcheck=$(tool "$ERRCHECK")
"$staticcheck" ./...
# What a test does not look at, its assertions do.
"$errcheck" -ignoretests -exclude scripts/errcheck.txt ./cmd/...
