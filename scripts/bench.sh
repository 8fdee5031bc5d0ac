#!/bin/sh
# Benchmarks, as ratios against a reference in the same run. puppeteer-core, the
# reference of a capture, is installed into out/ and never committed.
#   scripts/bench.sh [growth]     all of them, or growth alone, which needs no reference from elsewhere:
#                                 of captures, of cases, of access for others, and of copies at one store
set -eu
cd "$(dirname "$0")/.."
export CGO_ENABLED=0
# What a benchmark makes lies in memory, b.TempDir too, which follows GOTMPDIR; what go builds does not.
exec=env
memory() { [ ! -d /dev/shm ] || { export TMPDIR=/dev/shm GOTMPDIR=/tmp; exec="env GOTMPDIR=/dev/shm"; }; }
growth() {
	go test -run '^$' -bench Growth -benchtime "${GROWTHTIME:-1x}" -timeout 30m ./capture
	# Thousands of files are made one by one, each synced: in memory that takes a minute.
	(memory && go test -exec "$exec" -run '^$' -bench Growth -benchtime "${CASETIME:-3x}" -timeout 60m ./app/flow)
	(memory && go test -exec "$exec" -run '^$' -bench Vaults -benchtime 1x -timeout 60m ./evidence/replica/s3)
}
if [ "${1:-}" = growth ]; then growth; exit; fi
export CONSTAT_PUPPETEER="$PWD/out/benchmark"
mkdir -p "$CONSTAT_PUPPETEER"
[ -d "$CONSTAT_PUPPETEER/node_modules/puppeteer-core" ] ||
	(cd "$CONSTAT_PUPPETEER" && npm install --silent --no-save --no-audit --no-fund puppeteer-core >/dev/null)
go test -run '^$' -bench . -benchtime "${BENCHTIME:-5x}" ./cmd/constatctl
go test -run '^$' -bench . -skip 'Growth|Vaults' -benchtime "${BENCHTIME:-5x}" ./capture/... ./evidence/... ./bundle/...
growth
memory
go test -exec "$exec" -run '^$' -bench . -skip Growth -benchtime "${BENCHTIME:-5x}" -timeout 30m ./app/flow
