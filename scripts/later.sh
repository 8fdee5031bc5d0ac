#!/bin/sh
# Runs tests as if it were later: what was made today has to hold then, and a test must not end with its week.
#   scripts/later.sh 400                    every package that needs no browser and no display, 400 days from now
#   scripts/later.sh 400 ./bundle/...       some packages
# The standard library's clock is moved (go's -overlay), and that of openssl by libfaketime. Files keep the true time, and so does
# Java: TestEvidenceRecord then hears from Bouncy Castle that a timestamp lies in the future.
set -eu
cd "$(dirname "$0")/.."
days=${1:?how many days later}
shift
lib=$(find /usr/lib -name libfaketimeMT.so.1 2>/dev/null | head -1)
[ -n "$lib" ] || { echo 'scripts/later.sh: needs libfaketime (apt-get install libfaketime)' >&2; exit 1; }
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
clock=$(go env GOROOT)/src/time/time.go
sed 's/^\tsec, nsec, mono := runtimeNow()$/&\n\tsec += '"$days"' * 86400/' "$clock" >"$made/time.go"
! cmp -s "$clock" "$made/time.go" || { echo "scripts/later.sh: $clock is not as expected" >&2; exit 1; }
printf '{"Replace": {"%s": "%s"}}\n' "$clock" "$made/time.go" >"$made/overlay.json"
# What asks for the time in C is moved, too; openssl is started by name.
mkdir "$made/bin"
printf '#!/bin/sh\nexec env LD_PRELOAD=%s DONT_FAKE_MONOTONIC=1 FAKETIME=+%sd "%s" "$@"\n' "$lib" "$days" "$(command -v openssl)" >"$made/bin/openssl"
chmod +x "$made/bin/openssl"
export PATH="$made/bin:$PATH" CGO_ENABLED=0
[ $# -gt 0 ] || set -- $(scripts/test.sh --list | sed -n 's/^together //p')
go test -overlay "$made/overlay.json" -vet=off -timeout 60m "$@"
