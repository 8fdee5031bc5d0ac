#!/bin/sh
# Benchmarks, as ratios against a reference in the same run. puppeteer-core, the
# reference of a capture, is installed into out/ and never committed.
set -eu
cd "$(dirname "$0")/.."
export CONSTAT_PUPPETEER="$PWD/out/benchmark"
mkdir -p "$CONSTAT_PUPPETEER"
[ -d "$CONSTAT_PUPPETEER/node_modules/puppeteer-core" ] ||
	(cd "$CONSTAT_PUPPETEER" && npm install --silent --no-save --no-audit --no-fund puppeteer-core >/dev/null)
export CGO_ENABLED=0
go test -run '^$' -bench . -benchtime "${BENCHTIME:-5x}" ./cmd/constatctl
go test -run '^$' -bench . -skip Growth -benchtime "${BENCHTIME:-5x}" ./capture/... ./evidence/... ./bundle/... ./app/flow
go test -run '^$' -bench Growth -benchtime "${GROWTHTIME:-1x}" -timeout 30m ./capture
