#!/bin/sh
# Benchmarks, as ratios against a reference in the same run. puppeteer-core, the
# reference of a capture, is installed into out/ and never committed.
#   scripts/bench.sh [growth]     all of them, or growth alone, which needs no reference from elsewhere
set -eu
cd "$(dirname "$0")/.."
export CGO_ENABLED=0
growth() { go test -run '^$' -bench Growth -benchtime "${GROWTHTIME:-1x}" -timeout 30m ./capture; }
if [ "${1:-}" = growth ]; then growth; exit; fi
export CONSTAT_PUPPETEER="$PWD/out/benchmark"
mkdir -p "$CONSTAT_PUPPETEER"
[ -d "$CONSTAT_PUPPETEER/node_modules/puppeteer-core" ] ||
	(cd "$CONSTAT_PUPPETEER" && npm install --silent --no-save --no-audit --no-fund puppeteer-core >/dev/null)
go test -run '^$' -bench . -benchtime "${BENCHTIME:-5x}" ./cmd/constatctl
go test -run '^$' -bench . -skip Growth -benchtime "${BENCHTIME:-5x}" ./capture/... ./evidence/... ./bundle/...
growth
# 5,000 exhibits are made one by one, each synced: in memory that takes a minute.
[ ! -d /dev/shm ] || export TMPDIR=/dev/shm GOTMPDIR=/tmp
go test -run '^$' -bench . -benchtime "${BENCHTIME:-5x}" -timeout 30m ./app/flow
