#!/bin/sh
# The .deb, the .rpm and the tarball for Linux on this machine's processor.
#   VERSION=1.0.0 packaging/linux/build.sh
. packaging/common.sh
tool nfpm "$NFPM"
tool cyclonedx-gomod "$CYCLONEDX"
here=packaging/linux
arch=$(go env GOARCH)
root=$BUILD/root
icons=$root/share/icons/hicolor
mkdir -p "$root/bin" "$root/share/applications" "$root/share/metainfo" "$icons/scalable/apps" "$root/share/doc/constat"

# clang compiles Fyne's OpenGL binding in seconds; gcc links, because clang would name libraries that a user may not have.
CC=clang CGO_ENABLED=1 go build -trimpath -buildvcs=false -tags "$TAGS" -ldflags="$LDFLAGS -extld=gcc" -o "$root/bin/constat" ./cmd/constat
CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags="$LDFLAGS" -o "$root/bin/constatctl" ./cmd/constatctl
chmod 755 "$root/bin"/*

cp $here/constat.desktop "$root/share/applications/"
sed "s/@VERSION@/$VERSION/; s/@DATE@/${MTIME%T*}/" $here/constat.metainfo.xml >"$root/share/metainfo/constat.metainfo.xml"
cp assets/icons/icon.svg "$icons/scalable/apps/constat.svg"
for size in 16 22 24 32 48 64 128 256 512; do
	mkdir -p "$icons/${size}x$size/apps"
	rsvg-convert -w $size -h $size -o "$icons/${size}x$size/apps/constat.png" assets/icons/icon.svg
done
texts "$root/share/doc/constat"
cp LICENSE "$root/share/doc/constat/copyright"
for program in constat constatctl; do contents "$root/bin/$program" "$root/share/doc/constat/$program.cdx.json"; done
cp "$root/share/doc/constat/constat.cdx.json" "$OUT/constat-$VERSION-linux-$arch.cdx.json"
find "$root" -type d -exec chmod 755 {} +
find "$root/share" -type f -exec chmod 644 {} +
dated "$root"

desktop-file-validate "$root/share/applications/constat.desktop"
# The name of the component is the name of the desktop entry: the project has no domain to put before it.
appstreamcli validate --no-net --override=cid-desktopapp-is-not-rdns=info "$root/share/metainfo/constat.metainfo.xml" >&2

sed "s|@ROOT@|$root|; s|@ARCH@|$arch|; s|@VERSION@|$VERSION|; s|@MTIME@|$MTIME|" $here/nfpm.yaml >"$BUILD/nfpm.yaml"
for kind in deb rpm; do
	nfpm package -f "$BUILD/nfpm.yaml" -p $kind -t "$OUT/" >&2
done

# The tarball needs no administrator: unpack it anywhere, or into ~/.local.
name=constat-$VERSION-linux-$arch
mv "$root" "$BUILD/$name"
cp $here/READ-ME.txt "$BUILD/$name/"
archive tar.gz "$name"
