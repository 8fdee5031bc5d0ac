# What the recipes share; read with '.', from the top of the project.
# VERSION comes from make. Everything is dated by the last commit, so that the same source gives the same bytes.
set -eu
VERSION=${VERSION:?make says which version}
OUT=${OUT:-$PWD/out/packages}
TOOLS=${TOOLS:-$PWD/.tools/bin}
BUILD=$(mktemp -d "${TMPDIR:-/tmp}/constat-package.XXXXXX")
trap 'rm -rf "$BUILD"' EXIT
trap 'exit 130' INT TERM
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
BUILD_ID=${BUILD_ID:-$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)}
MTIME=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C GOTOOLCHAIN=auto
umask 022
mkdir -p "$OUT"

# No path of this machine, no build id and no state of the checkout goes into a program.
LDFLAGS="-s -w -buildid= -X main.version=$VERSION -X main.build=$BUILD_ID"
TAGS=migrated_fynedo,no_metadata

# tool NAME MODULE@VERSION: a builder from the Go module proxy, in .tools/ only; its version is part of its name there.
tool() {
	wanted=${2##*@}
	[ -x "$TOOLS/$1-$wanted/$1" ] || {
		echo "constat: about to build $2 into .tools/bin only" >&2
		GOBIN=$TOOLS/$1-$wanted GOFLAGS=-trimpath CGO_ENABLED=0 GOOS='' GOARCH='' go install "$2"
	}
	PATH=$TOOLS/$1-$wanted:$PATH
}
NFPM=github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.1
WINRES=github.com/tc-hib/go-winres@v0.3.3
CYCLONEDX=github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0

# dated FOLDER: everything in it gets the date of the source.
dated() { find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +; }

# texts FOLDER: what goes along with every program.
texts() {
	mkdir -p "$1"
	cp LICENSE THIRD-PARTY.md CHANGELOG.md docs/manual/constatctl.md "$1"
	chmod 644 "$1"/*
}

# contents PROGRAM FILE: what a built program is made of, as CycloneDX, read from the program itself.
# The moment at which the list is made would make two builds differ: it is the source's.
contents() {
	cyclonedx-gomod bin -json -noserial -std -version "$VERSION" -output "$BUILD/contents.json" "$1" 2>"$BUILD/contents.log" ||
		{ cat "$BUILD/contents.log" >&2; exit 1; }
	sed "s/\"timestamp\": \"[^\"]*\"/\"timestamp\": \"$MTIME\"/" "$BUILD/contents.json" >"$2"
}

# archive KIND NAME: the folder NAME in $BUILD as NAME.tar.gz or NAME.zip in $OUT, without what differs from machine to machine.
archive() {
	dated "$BUILD/$2"
	rm -f "$OUT/$2.$1"
	case $1 in
	zip) (cd "$BUILD" && find "$2" | sort | zip -X -q -9 -@ "$OUT/$2.zip") ;;
	tar.gz) tar -C "$BUILD" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -cf - "$2" | gzip -9n >"$OUT/$2.tar.gz" ;;
	esac
}

# drawn DISPLAY PICTURE: waits until the screen has many colours, which an empty window has not, and keeps a picture of it.
drawn() {
	n=0
	while DISPLAY=$1 import -window root "$2" && [ "$(identify -format %k "$2")" -lt 40 ]; do
		n=$((n + 1))
		[ $n -lt 60 ] || return 1
		sleep 1
	done
}
