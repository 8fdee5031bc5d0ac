#!/bin/sh
# Checks this bundle with the tools of the system: sha256sum (or shasum),
# sha512sum and, for the timestamps, openssl.
#
#   sh verify/verify.sh [ROOT.pem ...]
#
# ROOT.pem is the root certificate of a timestamp authority. Get it from the
# authority itself, never from this bundle, and compare its fingerprint with the
# one printed in the report.
#
# Exit status: 0 all that was checked is good, and timestamps were checked;
# 1 something is wrong; 2 nothing is wrong, but timestamps, or a signature that
# is there, were not checked.

roots=
for r in "$@"; do
	if [ ! -r "$r" ]; then
		echo "cannot read $r" >&2
		exit 2
	fi
	roots="$roots$(cd "$(dirname "$r")" && pwd)/$(basename "$r")
"
done
cd "$(dirname "$0")/.." || exit 2

bad=0
unchecked=0
good() { echo "good       $1"; }
wrong() { echo "WRONG      $1"; bad=1; }

# shellcheck disable=SC2086 # an option or nothing
sum() { # 256 or 512, list, option
	if command -v "sha$1sum" >/dev/null 2>&1; then "sha$1sum" -c $3 "$2"; else shasum -a "$1" -c $3 "$2"; fi
}
list() { # bits, folder, list
	if out=$(cd "$2" && sum "$1" "$3" 2>&1); then
		good "all files are as $2/$3 says"
	else
		echo "$out" | grep -v ': OK$'
		wrong "files are not as $2/$3 says"
	fi
}

if grep -q '^Constat-Practice: true' bag-info.txt; then
	echo "PRACTICE - NOT EVIDENCE"
	wrong "this is a practice bundle"
fi

list 256 . tagmanifest-sha256.txt
list 256 . manifest-sha256.txt
list 512 . manifest-sha512.txt
list 256 data evidence-sha256.txt

known=$(cut -c 67- manifest-sha256.txt tagmanifest-sha256.txt; echo tagmanifest-sha256.txt)
extra=$(find . ! -type d | sed 's|^\./||' | while IFS= read -r f; do
	echo "$known" | grep -qxF -e "$f" || echo "           surplus: $f"
done)
if [ -n "$extra" ]; then
	echo "$extra"
	wrong "there are files that no list names"
else
	good "there is no file that no list names"
fi

token() { # token, file it was given for
	if [ -z "$roots" ]; then
		echo "NOT DONE   $1: no root certificate was given"
		unchecked=1
		return
	fi
	if ! command -v openssl >/dev/null 2>&1; then
		echo "NOT DONE   $1: openssl is not installed"
		unchecked=1
		return
	fi
	old=$IFS
	IFS='
'
	for r in $roots; do
		if openssl ts -verify -CAfile "$r" -data "$2" -in "$1" >/dev/null 2>&1; then
			IFS=$old
			good "$1: $(openssl ts -reply -in "$1" -text 2>/dev/null | sed -n 's/^Time stamp: *//p')"
			return
		fi
	done
	IFS=$old
	wrong "$1: no root that was given confirms it"
}
tokens=0
for t in data/evidence-sha256.*.tsr; do
	[ -e "$t" ] && tokens=1 && token "$t" data/evidence-sha256.txt
done
for t in data/exhibits/*/manifest.*.tsr; do
	[ -e "$t" ] || continue
	# A file of such a name that the manifest lists is evidence, not its timestamp.
	grep -qF "\"name\": \"$(basename "$t")\"" "$(dirname "$t")/manifest.json" && continue
	tokens=1
	token "$t" "$(dirname "$t")/manifest.json"
done
for t in data/exhibits/*/renewal-*.*.tsr; do
	[ -e "$t" ] || continue
	grep -qF "\"name\": \"$(basename "$t")\"" "$(dirname "$t")/manifest.json" && continue
	over=$(basename "$t")
	over=$(dirname "$t")/${over%%.*}.txt
	tokens=1
	token "$t" "$over"
	# What the list names and is there has to be as the list says.
	if ! out=$(cd "$(dirname "$t")" && sum 256 "$(basename "$over")" --ignore-missing 2>&1); then
		echo "$out" | grep -v ': OK$'
		wrong "files are not as $over says"
	fi
done
[ $tokens = 0 ] && echo "NOT DONE   there is no timestamp in this bundle"

# The head of the custody log, signed with the key of the vault.
head=data/custody-head.txt
if [ -e data/custody-head.sig ]; then
	seq=$(sed -n 3p $head)
	case $seq in ''|*[!0-9]*) seq=0 ;; esac
	line=$(sed -n "${seq}p" data/custody-log.jsonl 2>/dev/null | tr -d '\n' | if command -v sha256sum >/dev/null 2>&1; then sha256sum; else shasum -a 256; fi)
	if [ "$(sed -n 1p $head)" != constat-custody-head/1 ] || [ "$(sed -n 4p $head)" != "${line%% *}" ] ||
		! grep -qx "External-Identifier: $(sed -n 2p $head)" bag-info.txt; then
		wrong "$head does not name a line of the custody log of this case"
	elif ! openssl pkeyutl -help 2>&1 | grep -q rawin; then
		echo "NOT DONE   data/custody-head.sig: no openssl that can check it (3.0 or later)"
		unchecked=1
	elif openssl pkeyutl -verify -pubin -inkey data/custody-key.pem -rawin -in $head -sigfile data/custody-head.sig >/dev/null 2>&1; then
		good "data/custody-head.sig: line $seq of the log, signed with the key of this fingerprint:"
		echo "           $(openssl pkey -pubin -in data/custody-key.pem -outform DER | openssl dgst -sha256 | sed 's/.*= *//')"
	else
		wrong "data/custody-head.sig: the signature is not good"
	fi
else
	echo "NOT DONE   the custody log is not signed"
fi

echo
echo "Fingerprint of this bundle. Compare it with the paper:"
if command -v sha256sum >/dev/null 2>&1; then sha256sum data/evidence-sha256.txt; else shasum -a 256 data/evidence-sha256.txt; fi

[ $bad = 1 ] && exit 1
[ $unchecked = 1 ] && exit 2
[ $tokens = 0 ] && exit 2
exit 0
