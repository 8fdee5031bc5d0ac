#!/bin/sh
# Compares a complete capture with puppeteer-core's bare full-page PNG of the
# same page in the same browser: cold, as a whole process, launch included; and warm, with the
# browser started ahead. Prints median wall times, ratios and the peak memory of our own process.
#
# usage: run.sh [RUNS]      needs go, node, npm and the browser; installs
#                           puppeteer-core into BENCH_DIR (default: a folder
#                           below out/ of the checkout)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
dir=${BENCH_DIR:-$root/out/benchmark}
runs=${1:-5}
mkdir -p "$dir"
(cd "$root" && go build -o "$dir/benchmark" ./capture/benchmark)
if [ ! -d "$dir/node_modules/puppeteer-core" ]; then
	(cd "$dir" && npm install --silent --no-save --no-audit --no-fund puppeteer-core >/dev/null)
fi
cp "$here/puppeteer.mjs" "$dir/"
browser=$("$dir/benchmark" browser)

# The server ends when the pipe that holds its standard input open closes.
rm -f "$dir/hold" "$dir/address" && mkfifo "$dir/hold"
"$dir/benchmark" serve <"$dir/hold" >"$dir/address" &
exec 3>"$dir/hold"
tries=0
until [ -s "$dir/address" ]; do
	tries=$((tries + 1)); [ $tries -lt 200 ] || { echo "the page is not served" >&2; exit 1; }
	sleep 0.1
done
address=$(cat "$dir/address")

milliseconds() { # COMMAND…: its wall time
	start=$(date +%s%N)
	"$@" >"$dir/last.txt" 2>"$dir/last.err" 3>&- || { cat "$dir/last.err" >&2; exit 1; }
	echo $((($(date +%s%N) - start) / 1000000))
}
median() { sort -n "$1" | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }

: >"$dir/ours"; : >"$dir/theirs"; : >"$dir/warm"
n=0
while [ $n -lt "$runs" ]; do
	milliseconds node "$dir/puppeteer.mjs" "$browser" "$address" "$dir/full.png" >>"$dir/theirs"
	milliseconds "$dir/benchmark" capture "$address" >>"$dir/ours"
	cp "$dir/last.txt" "$dir/cold.txt"
	"$dir/benchmark" warm "$address" 3>&- | sed -n 's/^ *\([0-9]*\) ms end$/\1/p' >>"$dir/warm"
	n=$((n + 1))
done
cat "$dir/cold.txt"
ours=$(median "$dir/ours"); theirs=$(median "$dir/theirs")
warm=$(median "$dir/warm")
ratio() { awk "BEGIN {printf \"%.2f\", $1 / $theirs}"; }
echo "puppeteer-core $theirs ms; cold $ours ms, ratio $(ratio "$ours"); warm $warm ms, ratio $(ratio "$warm") (medians of $runs)"
exec 3>&-
wait
