#!/bin/sh
# The two programs for Windows, an installer for one person without administrator's rights, and a ZIP for a stick.
#   VERSION=1.0.0 packaging/windows/build.sh
# With SIGN_CERT and SIGN_PKEY (PEM files) programs and installer are signed; SIGN_TS is the timestamp service.
. packaging/common.sh
tool go-winres "$WINRES"
tool cyclonedx-gomod "$CYCLONEDX"
here=packaging/windows
top=$PWD
in=$BUILD/in
mkdir -p "$in"
x86_64-w64-mingw32-gcc --version >/dev/null

sign() {
	[ -n "${SIGN_CERT:-}" ] || return 0
	for f; do
		osslsigncode sign -certs "$SIGN_CERT" -key "$SIGN_PKEY" -n Constat -h sha256 ${SIGN_TS:+-ts "$SIGN_TS"} -in "$f" -out "$BUILD/signed" >&2
		mv "$BUILD/signed" "$f"
		[ -z "${SIGN_ROOTS:-}" ] || osslsigncode verify -CAfile "$SIGN_ROOTS" -in "$f" >&2
	done
}

# Icon, version and manifest: asInvoker, aware of every screen's scale, long paths. The Go command links what lies in a command's folder.
rsvg-convert -w 256 -h 256 -o "$BUILD/icon.png" assets/icons/icon.svg
numbers=$(echo "$VERSION" | sed 's/[^0-9.].*//').0
resources() { # folder, title
	sed "s/@VERSION@/$VERSION/g; s/@NUMBERS@/$numbers/g; s/@TITLE@/$2/g; s/@NAME@/$1/g" $here/winres.json >"$BUILD/winres.json"
	(cd "$BUILD" && go-winres make --in winres.json --arch amd64 --out "rsrc-$1")
	mv "$BUILD/rsrc-$1_windows_amd64.syso" "cmd/$1/rsrc_windows_amd64.syso"
}
trap 'rm -rf "$BUILD" "$top"/cmd/constat/rsrc_windows_amd64.syso "$top"/cmd/constatctl/rsrc_windows_amd64.syso' EXIT
resources constat Constat
resources constatctl "Constat (terminal)"
CC=$top/$here/mingw-cc CGO_ENABLED=1 GOOS=windows GOARCH=amd64 go build -trimpath -buildvcs=false -tags "$TAGS" \
	-ldflags="$LDFLAGS -H=windowsgui" -o "$in/constat.exe" ./cmd/constat
CGO_ENABLED=0 GOOS=windows GOARCH=amd64 go build -trimpath -buildvcs=false -ldflags="$LDFLAGS" -o "$in/constatctl.exe" ./cmd/constatctl
contents "$in/constat.exe" "$OUT/constat-$VERSION-windows-amd64.cdx.json"
cp "$OUT/constat-$VERSION-windows-amd64.cdx.json" "$in/contents.cdx.json"
sign "$in/constat.exe" "$in/constatctl.exe"
texts "$in"
mv "$in/LICENSE" "$in/LICENSE.txt"
dated "$in"

makensis -V2 -DVERSION="$VERSION" -DNUMBERS="$numbers" -DIN="$in" -DOUT="$OUT" "$top/$here/constat.nsi" >&2
sign "$OUT/constat-$VERSION-windows-setup.exe"

# On a stick: the folder constat-vault beside the program is where a new vault goes, and is found first.
name=constat-$VERSION-windows-portable
cp $here/READ-ME.txt "$in/"
mkdir "$in/constat-vault"
mv "$in" "$BUILD/$name"
archive zip "$name"
