#!/bin/sh
# Finds what a recipe needs beside what scripts/prepare.sh brings, says what it is about to install, and installs it (Debian, Ubuntu).
#   packaging/prepare.sh ctl|linux|windows|deb-check|windows-check
set -eu
case ${1:?ctl, linux, windows, deb-check or windows-check} in
ctl) need="zip" ;;
linux) need="clang librsvg2-bin desktop-file-utils appstream" ;;
windows) need="librsvg2-bin gcc-mingw-w64-x86-64-win32 clang nsis zip osslsigncode" ;;
deb-check) need="debootstrap debian-archive-keyring xvfb xdotool imagemagick tesseract-ocr tesseract-ocr-eng" ;;
windows-check) need="wine wine64 gcc-mingw-w64-x86-64-win32 unzip xvfb xdotool imagemagick tesseract-ocr tesseract-ocr-eng chromium" ;;
*) exit 2 ;;
esac
command -v apt-get >/dev/null || { echo "constat: please have ready: $need" >&2; exit 0; }
missing=
for p in $need; do dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"; done
[ -n "$missing" ] || exit 0
echo "constat: about to install with apt-get:$missing" >&2
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of names
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
