#!/bin/sh
# The .deb in a clean Debian: installed, started under Xvfb as an ordinary user, the practice journey in a terminal, purged. As root.
#   VERSION=1.0.0 packaging/linux/check.sh [SUITE]
. packaging/common.sh
. packaging/journey.sh
[ "$(id -u)" = 0 ] || { echo "constat: deb-check needs root, for the clean Debian that it makes" >&2; exit 2; }
suite=${1:-bookworm}
deb=$OUT/constat_${VERSION}_$(dpkg --print-architecture).deb
[ -f "$deb" ] || { echo "constat: no $deb; make packages-linux first, as an ordinary user" >&2; exit 2; }
root=$BUILD/root
shots=$PWD/out/deb-check
mkdir -p "$shots"
display=${CHECK_DISPLAY:-:187}
x='' w=''
cleanup() {
	[ -z "$w" ] || kill "$w" 2>/dev/null || :
	[ -z "$x" ] || kill "$x" 2>/dev/null || :
	# Whatever is still mounted in the root is not deleted through.
	for m in dev/shm tmp/.X11-unix proc; do ! mountpoint -q "$root/$m" || umount "$root/$m" || umount -l "$root/$m"; done
	rm -rf --one-file-system "$BUILD"
}
trap cleanup EXIT
say() { echo "deb-check: $*"; }
die() { say "$*"; exit 1; }

debootstrap --variant=minbase "$suite" "$root" >"$shots/debootstrap.log" 2>&1
mount -t proc proc "$root/proc"
mkdir -p "$root/dev/shm" "$root/tmp/.X11-unix"
mount -t tmpfs tmpfs "$root/dev/shm"
chmod 1777 "$root/dev/shm"
# Where this machine has its packages from, if it is the same Debian, and whom it trusts for them.
again="/etc/apt/apt.conf.d /etc/resolv.conf /usr/local/share/ca-certificates /etc/ssl/certs"
[ "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" != "$suite" ] || again="$again /etc/apt/sources.list /etc/apt/sources.list.d"
for f in $again; do
	[ ! -e "$f" ] || { mkdir -p "$root$(dirname "$f")" && cp -rL "$f" "$root$(dirname "$f")/" 2>/dev/null || :; }
done
in_root() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
as_user() { in_root setpriv --reuid=1000 --regid=1000 --clear-groups /usr/bin/env HOME=/home/a CONSTAT_LANG=en CONSTAT_NTP=none "$@"; }
in_root apt-get update -qq >"$shots/apt.log" 2>&1
cp "$deb" "$root/tmp/constat.deb"
# The package with what it depends on, as somebody without recommended packages gets it; then what it recommends and this check uses.
in_root apt-get install -y -qq --no-install-recommends /tmp/constat.deb >>"$shots/apt.log" 2>&1
say "installed: $(in_root dpkg-query -W -f='${Package} ${Version}' constat)"
in_root useradd -m -u 1000 a
as_user constatctl --version
in_root apt-get install -y -qq --no-install-recommends chromium libgl1-mesa-dri libx11-6 libxcursor1 libxrandr2 libxi6 \
	libxinerama1 libxxf86vm1 fonts-noto-core >>"$shots/apt.log" 2>&1

# A chroot offers the browser no sandbox; a machine does.
as_user env CONSTAT_NO_SANDBOX=1 constatctl demo --out /home/a/practice --lang fr >"$shots/demo.log" 2>&1 || die "the practice journey: $(tail -3 "$shots/demo.log")"
tail -3 "$shots/demo.log"
say "practice journey done"

Xvfb "$display" -screen 0 1280x800x24 -nolisten tcp -ac >"$shots/xvfb.log" 2>&1 &
x=$!
i=0
while [ ! -S "/tmp/.X11-unix/X${display#:}" ]; do i=$((i + 1)); [ $i -lt 300 ] || die "no Xvfb"; sleep 0.1; done
mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
# A person of their own, with nothing on the device yet; the browser has no sandbox in a chroot.
in_root useradd -m -u 1001 b
as_b() { in_root setpriv --reuid=1001 --regid=1001 --clear-groups /usr/bin/env HOME=/home/b CONSTAT_LANG=en CONSTAT_NTP=none CONSTAT_NO_SANDBOX=1 "$@"; }
as_b env DISPLAY="$display" LIBGL_ALWAYS_SOFTWARE=1 FYNE_THEME=light timeout 1800 constat >"$shots/window.log" 2>&1 &
w=$!
i=0
while ! DISPLAY=$display xdotool search --name Constat >/dev/null 2>&1; do
	i=$((i + 1))
	kill -0 $w 2>/dev/null && [ $i -lt 600 ] || die "no window came: $(cat "$shots/window.log")"
	sleep 0.2
done
drawn "$display" "$shots/window.png" || die "the window stays empty: out/deb-check/window.png"
say "the window came: out/deb-check/window.png"
journey "$display" "$shots" journey
made=$(find "$root/home/b" -maxdepth 2 -name bagit.txt -printf %h -quit)
[ -n "$made" ] || die "the window's bundle is not in the person's folder: $(ls "$root/home/b")"
as_b constatctl verify --practice "${made#"$root"}" >"$shots/journey-verify.log" 2>&1 || die "the window's bundle: $(tail -3 "$shots/journey-verify.log")"
say "the practice journey through the window: $(tail -1 "$shots/journey-verify.log")"
kill $w 2>/dev/null || :
wait $w 2>/dev/null || :
w=

in_root apt-get purge -y -qq constat >>"$shots/apt.log" 2>&1
left=$(find "$root/usr" "$root/etc" "$root/var" -name '*constat*' ! -path '*/apt/*' ! -path '*/dpkg/*' | sed "s|^$root||")
[ -z "$left" ] || die "left behind: $left"
[ -d "$root/home/a/.config/constat" ] && [ -d "$root/home/b/.config/constat" ] || die "the person's data folder went with the package"
say "purged, nothing of it left; what the person has stays"
