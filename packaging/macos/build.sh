#!/bin/sh
# NOT RUN YET: this recipe needs a Mac with Apple's command line tools, and was written without one. docs/release.md goes through it step by step.
# Constat.app for both processors, signed and notarised if there is an identity, in a .dmg.
#   VERSION=1.0.0 SIGN_IDENTITY="Developer ID Application: …" NOTARY_PROFILE=… packaging/macos/build.sh
set -eu
[ "$(uname -s)" = Darwin ] || { echo "constat: this recipe needs a Mac" >&2; exit 2; }
VERSION=${VERSION:?}
OUT=${OUT:-$PWD/out/packages}
BUILD=$(mktemp -d)
trap 'rm -rf "$BUILD"' EXIT
app=$BUILD/Constat.app/Contents
mkdir -p "$OUT" "$app/MacOS" "$app/Resources"
build=$(git rev-parse --short=12 HEAD)
for arch in amd64 arm64; do
	for program in constat constatctl; do
		cgo=0; [ $program = constat ] && cgo=1
		CGO_ENABLED=$cgo GOOS=darwin GOARCH=$arch CC="clang -arch $([ $arch = amd64 ] && echo x86_64 || echo arm64)" go build -trimpath -buildvcs=false \
			-tags migrated_fynedo,no_metadata -ldflags="-s -w -X main.version=$VERSION -X main.build=$build" -o "$BUILD/$program-$arch" ./cmd/$program
	done
done
for program in constat constatctl; do lipo -create -output "$app/MacOS/$program" "$BUILD/$program-amd64" "$BUILD/$program-arm64"; done
sed "s/@VERSION@/$VERSION/g" packaging/macos/Info.plist >"$app/Info.plist"
plutil -lint "$app/Info.plist"
mkdir "$BUILD/icon.iconset"
qlmanage -t -s 1024 -o "$BUILD" assets/icons/icon.svg >/dev/null
for size in 16 32 128 256 512; do
	sips -z $size $size "$BUILD/icon.svg.png" --out "$BUILD/icon.iconset/icon_${size}x$size.png" >/dev/null
	sips -z $((size * 2)) $((size * 2)) "$BUILD/icon.svg.png" --out "$BUILD/icon.iconset/icon_${size}x$size@2x.png" >/dev/null
done
iconutil -c icns -o "$app/Resources/icon.icns" "$BUILD/icon.iconset"
cp LICENSE THIRD-PARTY.md "$app/Resources/"
if [ -n "${SIGN_IDENTITY:-}" ]; then
	for f in "$app/MacOS/constatctl" "$BUILD/Constat.app"; do codesign --force --options runtime --timestamp --sign "$SIGN_IDENTITY" "$f"; done
	codesign --verify --strict --verbose=2 "$BUILD/Constat.app"
fi
mkdir "$BUILD/dmg"
mv "$BUILD/Constat.app" "$BUILD/dmg/"
ln -s /Applications "$BUILD/dmg/Applications"
hdiutil create -volname Constat -srcfolder "$BUILD/dmg" -format UDZO -ov "$OUT/constat-$VERSION-macos.dmg"
if [ -n "${NOTARY_PROFILE:-}" ]; then
	xcrun notarytool submit "$OUT/constat-$VERSION-macos.dmg" --keychain-profile "$NOTARY_PROFILE" --wait
	xcrun stapler staple "$OUT/constat-$VERSION-macos.dmg"
fi
