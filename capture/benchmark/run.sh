#!/bin/sh
# Compares a complete capture, launch included, with puppeteer-core's bare
# full-page PNG of the same page in the same browser. Prints the median wall time of
# both, their ratio and the peak memory of our own process.
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

: >"$dir/ours"; : >"$dir/theirs"
n=0
while [ $n -lt "$runs" ]; do
	milliseconds node "$dir/puppeteer.mjs" "$browser" "$address" "$dir/full.png" >>"$dir/theirs"
	milliseconds "$dir/benchmark" capture "$address" >>"$dir/ours"
	n=$((n + 1))
done
cat "$dir/last.txt"
ours=$(median "$dir/ours"); theirs=$(median "$dir/theirs")
echo "capture $ours ms, puppeteer-core $theirs ms, ratio $(awk "BEGIN {printf \"%.2f\", $ours / $theirs}") (median of $runs)"
exec 3>&-
wait
