#!/bin/sh
# constatctl, and constat-verify that only verifies, for six targets: an archive each, with its licences and a list of what is in it.
#   VERSION=1.0.0 packaging/ctl.sh
# TARGETS and PROGRAMS narrow it.
. packaging/common.sh
tool cyclonedx-gomod "$CYCLONEDX"
for target in ${TARGETS:-linux-amd64 linux-arm64 windows-amd64 windows-arm64 darwin-amd64 darwin-arm64}; do
	os=${target%-*} arch=${target#*-} ext='' kind=tar.gz
	[ "$os" != windows ] || { ext=.exe; kind=zip; }
	for program in ${PROGRAMS:-constatctl constat-verify}; do
		name=$program-$VERSION-$target
		CGO_ENABLED=0 GOOS=$os GOARCH=$arch go build -trimpath -buildvcs=false -ldflags="$LDFLAGS" -o "$BUILD/$name/$program$ext" "./cmd/$program"
		contents "$BUILD/$name/$program$ext" "$OUT/$name.cdx.json"
		cp "$OUT/$name.cdx.json" "$BUILD/$name/contents.cdx.json"
		if [ $program = constat-verify ]; then
			cp LICENSE THIRD-PARTY.md packaging/verify/READ-ME.txt "$BUILD/$name/"
		else
			texts "$BUILD/$name"
		fi
		chmod 755 "$BUILD/$name/$program$ext"
		archive $kind "$name"
	done
done
