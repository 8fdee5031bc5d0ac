#!/bin/sh
# Under Wine: the installer, the programs, a vault, files in and out, a bundle, its check, the practice journey with a browser of the
# machine around, the window, and the removal.
#   VERSION=1.0.0 packaging/windows/check.sh
# What Wine cannot show (a real browser, a real screen, rights on a real disk) is listed in docs/release.md.
. packaging/common.sh
. packaging/journey.sh
shots=$PWD/out/windows-check
mkdir -p "$shots"
export HOME="$BUILD/home" WINEPREFIX="$BUILD/prefix" WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES="mscoree=;mshtml=;winemenubuilder.exe=d"
mkdir -p "$HOME"
unset DISPLAY CONSTAT_VAULT CONSTAT_DATA
x='' host=''
trap '[ -z "$x" ] || kill "$x" 2>/dev/null; [ -z "$host" ] || kill "$host" 2>/dev/null; wineserver -k 2>/dev/null || /usr/lib/wine/wineserver64 -k 2>/dev/null || :; rm -rf "$BUILD"' EXIT
say() { echo "windows-check: $*"; }
die() { say "$*"; exit 1; }

# Wine 8 lacks a library that every program of Go needs; newer ones have it.
cat >"$BUILD/prng.c" <<'C'
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE b, SIZE_T n) { return SystemFunction036(b, (ULONG)n); }
C
wine wineboot -u >"$shots/wineboot.log" 2>&1
if [ ! -e "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" ]; then
	x86_64-w64-mingw32-gcc -shared -O2 -o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" "$BUILD/prng.c" -ladvapi32
fi
local=$(wine cmd /c 'echo %LOCALAPPDATA%' 2>/dev/null | tr -d '\r')
home=$(wine winepath -u "$local" 2>/dev/null)

wine "$OUT/constat-$VERSION-windows-setup.exe" /S
here=$home/Programs/Constat
for f in constat.exe constatctl.exe uninstall.exe THIRD-PARTY.md; do [ -f "$here/$f" ] || die "not installed: $f"; done
say "installed, without an administrator: $(ls "$here" | tr '\n' ' ')"

ctl() { timeout 600 wine "$here/constatctl.exe" "$@" </dev/null; }
export CONSTAT_PASSPHRASE='quatre mots sans lien: tulipe' CONSTAT_NTP=none CONSTAT_LANG=en CONSTAT_TSA=http://127.0.0.1:1/
ctl --version
ctl vault create >"$BUILD/code" 2>"$shots/create.log"
[ -f "$home/constat/vault/vault.json" ] || die "the vault is not in LOCALAPPDATA"
say "the vault is in LOCALAPPDATA"
mkdir -p "$WINEPREFIX/drive_c/out"
id=$(ctl case create --title Wine | tr -d '\r')
printf 'a photo' >"$BUILD/photo.txt"
ctl import "Z:$(echo "$BUILD/photo.txt" | tr / '\\')" --case "$id" --subject adult 2>&1 | tail -2
ctl export --case "$id" --out 'C:\out\bundel é' --lang nl >"$shots/export.log" 2>&1 || die "export: $(cat "$shots/export.log")"
ctl verify 'C:\out\bundel é' >"$shots/verify.log" 2>&1 || [ $? = 2 ] || die "verify: $(cat "$shots/verify.log")"
say "bundle: $(tail -1 "$shots/verify.log" | tr -d '\r')"
ctl vault check | tail -1
printf '\377\376' >"$BUILD/pass.txt"
printf '%s' "$CONSTAT_PASSPHRASE" | sed 's/./&\x00/g' >>"$BUILD/pass.txt"
CONSTAT_PASSPHRASE='' ctl case list --passphrase-file "Z:$(echo "$BUILD/pass.txt" | tr / '\\')" >/dev/null || die "a passphrase file in UTF-16"
say "a passphrase file in UTF-16 opens the vault"

# The practice journey. Wine has no browser that can be driven: a stand-in where Chrome would be hands the protocol to a Chromium
# of this machine.
chrome=$WINEPREFIX/drive_c/'Program Files/Google/Chrome/Application'
mkdir -p "$chrome"
GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go build -o "$chrome/chrome.exe" ./internal/standin/browser
CGO_ENABLED=0 go build -o "$BUILD/host" ./internal/standin/host
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || die "no Chromium on this machine"
"$BUILD/host" --browser "$browser" --address "$chrome/host.txt" 2>"$shots/host.log" &
host=$!
i=0
while [ ! -s "$chrome/host.txt" ]; do i=$((i + 1)); [ $i -lt 300 ] || die "the stand-in's host does not listen"; sleep 0.1; done
ctl demo --out 'C:\out\practice' --lang fr >"$shots/demo.log" 2>&1 || die "the practice journey: $(tail -5 "$shots/demo.log")"
ctl verify --practice 'C:\out\practice\bundle' >"$shots/demo-verify.log" 2>&1 || die "the practice bundle: $(tail -3 "$shots/demo-verify.log")"
say "practice journey: $(tail -1 "$shots/demo-verify.log" | tr -d '\r')"

display=${CHECK_DISPLAY:-:188}
Xvfb "$display" -screen 0 1280x800x24 -nolisten tcp >"$shots/xvfb.log" 2>&1 &
x=$!
i=0
while [ ! -S "/tmp/.X11-unix/X${display#:}" ]; do i=$((i + 1)); [ $i -lt 300 ] || die "no Xvfb"; sleep 0.1; done
# window NAME PROGRAM [THEN]: it is started, waited for until it is drawn, pictured, used if there is a THEN, and ended.
window() {
	DISPLAY=$display timeout 3600 wine "$2" >"$shots/$1.log" 2>&1 &
	w=$!
	i=0
	while ! DISPLAY=$display xdotool search --name Constat >/dev/null 2>&1; do
		i=$((i + 1))
		kill -0 $w 2>/dev/null && [ $i -lt 600 ] || die "no window came: $(tail -5 "$shots/$1.log")"
		sleep 0.2
	done
	drawn "$display" "$shots/$1.png" || die "the window stays empty: out/windows-check/$1.png"
	${3:-:} "$display" "$shots" "$1"
	wine taskkill /f /im constat.exe >/dev/null 2>&1 || kill $w 2>/dev/null || :
	wait $w 2>/dev/null || :
	say "the window came: out/windows-check/$1.png"
}
window window "$here/constat.exe"

# The stick: what is in the ZIP makes its vault beside itself, and finds it first.
unzip -q "$OUT/constat-$VERSION-windows-portable.zip" -d "$WINEPREFIX/drive_c/stick"
stick=$WINEPREFIX/drive_c/stick/constat-$VERSION-windows-portable
timeout 600 wine "$stick/constatctl.exe" vault create </dev/null >"$BUILD/code" 2>>"$shots/create.log"
[ -f "$stick/constat-vault/vault.json" ] || die "the vault of the stick is not on the stick"
window portable "$stick/constat.exe"

# Someone who installed it and never started it: the way from the first start to a bundle, through the window.
mv "$home/constat" "$BUILD/first"
CONSTAT_PASSPHRASE='' window journey "$here/constat.exe" journey
made=$(find "$WINEPREFIX/drive_c/users" -maxdepth 4 -name bagit.txt -printf %h -quit)
[ -n "$made" ] || die "the window's bundle is not in the person's folder"
ctl verify --practice "$(wine winepath -w "$made" 2>/dev/null | tr -d '\r')" >"$shots/journey-verify.log" 2>&1 || die "the window's bundle: $(tail -3 "$shots/journey-verify.log")"
say "the practice journey through the window: $(tail -1 "$shots/journey-verify.log" | tr -d '\r')"
rm -rf "$home/constat" "$made"
mv "$BUILD/first" "$home/constat"

wine "$here/uninstall.exe" /S
i=0
while [ -e "$here" ] && [ $i -lt 150 ]; do i=$((i + 1)); sleep 0.2; done
[ ! -e "$here" ] || die "left behind: $(ls "$here")"
left=$(find "$WINEPREFIX/drive_c/users" \( -iname '*constat*' -o -iname fyne \) ! -path '*/AppData/Local/constat*')
[ -z "$left" ] || die "left behind: $left"
if wine reg query 'HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Constat' >/dev/null 2>&1; then die "left behind: the entry in the list of programs"; fi
[ -f "$home/constat/vault/vault.json" ] || die "the vault went with the program"
say "removed, nothing of it left; the vault stays"
