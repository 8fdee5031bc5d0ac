#!/bin/sh
# Draws the pictures of docs/guide anew, as the window shows them now.
set -e
cd "$(dirname "$0")/.."
CONSTAT_GUIDE="$PWD/docs/guide/images" go test -count=1 ./app/view/open -run TestTheWayOfTheGuide "$@"
