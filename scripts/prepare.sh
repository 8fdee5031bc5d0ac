#!/bin/sh
# Finds what a make target needs, says what it is about to install, installs it,
# and leaves the settings for the build in .tools/env.
#   scripts/prepare.sh run|demo|test|bench
# Linux with apt-get and macOS with Homebrew are done here; README says how on Windows.
set -eu
want=${1:?run, demo, test or bench}
cd "$(dirname "$0")/.."
mkdir -p .tools
GO_VERSION=$(sed -n 's/^toolchain //p' go.mod)

say() { printf '%s\n' "$*" >&2; }
die() { say "constat: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"
	elif have sudo; then sudo "$@"
	else die "this needs the administrator once. Run as root: $*"; fi
}

# The same places that the program itself looks in first; it knows more.
have_chrome() {
	for c in "${CONSTAT_BROWSER:-}" chromium chromium-browser google-chrome google-chrome-stable microsoft-edge brave-browser \
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium" \
		"/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge" "/Applications/Brave Browser.app/Contents/MacOS/Brave Browser"; do
		if [ -n "$c" ] && { have "$c" || [ -x "$c" ]; }; then return 0; fi
	done
	return 1
}

# A Go that is new enough fetches the exact version in go.mod by itself.
go_is_enough() {
	have go || return 1
	v=$(go env GOVERSION 2>/dev/null | sed -n 's/^go1\.\([0-9]*\).*/\1/p')
	[ -n "$v" ] && [ "$v" -ge 21 ]
}

debian() {
	missing=
	need() { for p in "$@"; do dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"; done; }
	need ca-certificates
	have go || [ -x .tools/go/bin/go ] || need golang-go
	case $want in run|test|bench)
		need gcc clang libc6-dev pkgconf libgl-dev libx11-dev libxrandr-dev libxxf86vm-dev libxi-dev libxcursor-dev \
			libxinerama-dev libwayland-dev libxkbcommon-dev libegl-dev libgl1-mesa-dri ;;
	esac
	case $want in test|bench) need openssl procps xvfb xauth xdotool imagemagick qpdf poppler-utils p7zip-full zbar-tools util-linux fonts-noto-core apache2-bin ;; esac
	have_chrome || if apt-cache show chromium >/dev/null 2>&1; then need chromium; else need chromium-browser; fi
	# Where there is a Java compiler anyway, a reader of others judges evidence records.
	if [ "$want" = test ] && have javac; then need libbcpkix-java; fi
	# The reference library of OpenTimestamps judges those proofs, where the distribution has it (asked below).
	if [ "$want" = test ]; then need python3-opentimestamps; fi
	case $want in test|bench) have node || need nodejs; have npm || need npm ;; esac
	if [ -n "$missing" ]; then
		say "constat: about to install with apt-get:$missing"
		as_root apt-get update -qq
		# Asked again: on a machine whose lists were empty the name of the browser's package was a guess.
		case $missing in *chromium-browser*) apt-cache show chromium >/dev/null 2>&1 && missing=$(echo "$missing" | sed 's/chromium-browser/chromium/') ;; esac
		case $missing in *python3-opentimestamps*) apt-cache show python3-opentimestamps >/dev/null 2>&1 ||
			missing=$(echo "$missing" | sed 's/ python3-opentimestamps//') ;; esac
		[ -n "$missing" ] || return 0
		# shellcheck disable=SC2086 # a list of names
		as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
	fi
}

macos() {
	xcode-select -p >/dev/null 2>&1 || { say "constat: about to install Apple's command line tools"; xcode-select --install; die "finish that installation, then run this again"; }
	missing= casks=
	go_is_enough || missing="$missing go"
	case $want in test|bench) for p in openssl@3:openssl qpdf:qpdf poppler:pdftotext p7zip:7z zbar:zbarimg; do have "${p#*:}" || missing="$missing ${p%:*}"; done ;; esac
	case $want in test|bench) have node || missing="$missing node" ;; esac
	have_chrome || casks=google-chrome
	[ -z "$missing$casks" ] && return
	have brew || die "please install:$missing $casks (with Homebrew, this script does it)"
	say "constat: about to install with Homebrew:$missing $casks"
	# shellcheck disable=SC2086 # a list of names
	{ [ -z "$missing" ] || brew install $missing; [ -z "$casks" ] || brew install --cask $casks; } >&2
}

case $(uname -s) in
Linux) if have apt-get; then debian; else
	say "constat: no apt-get here; please have ready: Go 1.21 or newer, clang, gcc, the OpenGL, X11 and Wayland headers, Chromium or Chrome"; fi ;;
Darwin) macos ;;
*) die "README says how to build on this system" ;;
esac

# Independent readers of the web archive, which judge it in the tests. The versions are in package.json.
judges() {
	from=capture/wacz/testdata/judges
	if cmp -s "$from/package.json" out/judges/package.json && cmp -s "$from/read.mjs" out/judges/read.mjs; then return; fi
	say "constat: about to install with npm, into out/judges only: js-wacz, warcio, replaywebpage"
	rm -rf out/judges out/judges.new && mkdir -p out/judges.new && cp "$from"/* out/judges.new
	(
		cd out/judges.new
		npm install --silent --no-package-lock --no-audit --no-fund --ignore-scripts >&2
		player=$(npm pack --silent "$(node -p "require('./package.json').config.player")")
		mkdir -p node_modules/replaywebpage
		tar -xzf "$player" -C node_modules/replaywebpage --strip-components=1
	)
	mv out/judges.new out/judges
}
# The same for RDF: a SHACL validator, which judges what is said in CASE/UCO.
rdf_judges() {
	from=bundle/caseuco/testdata/judges
	if cmp -s "$from/package.json" out/judges-rdf/package.json && cmp -s "$from/shacl.mjs" out/judges-rdf/shacl.mjs; then return; fi
	say "constat: about to install with npm, into out/judges-rdf only: rdf-validate-shacl, n3, jsonld"
	rm -rf out/judges-rdf out/judges-rdf.new && mkdir -p out/judges-rdf.new && cp "$from"/* out/judges-rdf.new
	(cd out/judges-rdf.new && npm install --silent --no-package-lock --no-audit --no-fund --ignore-scripts >&2)
	mv out/judges-rdf.new out/judges-rdf
}
if [ "$want" = test ]; then
	judges
	rdf_judges
fi

# The S3 store of the tests. Its version stands in evidence/replica/s3/s3test.
store() {
	[ -x .tools/bin/versitygw ] && return
	module=$(sed -n 's/^const Module = "\(.*\)"$/\1/p' evidence/replica/s3/s3test/s3test.go)
	say "constat: about to build $module into .tools/bin only"
	mkdir -p .tools/bin && GOBIN=$PWD/.tools/bin CGO_ENABLED=0 GOFLAGS= go install "$module"
}

# A distribution's older Go cannot fetch the version that go.mod names, but it can
# download it as a module, checked against Go's checksum database.
tools_go=
if [ -x .tools/go/bin/go ]; then tools_go=$PWD/.tools/go/bin
elif ! go_is_enough; then
	have go || die "no Go compiler; install one from https://go.dev/dl/ and run this again"
	arch=$(go env GOARCH)
	say "constat: about to download $GO_VERSION for this folder only (.tools/go)"
	dir=$(cd /tmp && GOFLAGS= go mod download -json "golang.org/toolchain@v0.0.1-$GO_VERSION.linux-$arch" | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p')
	[ -d "$dir" ] || die "could not download $GO_VERSION"
	rm -rf .tools/go.new && cp -R "$dir" .tools/go.new && chmod -R u+w .tools/go.new
	chmod +x .tools/go.new/bin/* .tools/go.new/pkg/tool/*/*
	mv .tools/go.new .tools/go
	tools_go=$PWD/.tools/go/bin
fi
case $want in test|bench) (PATH=${tools_go:+$tools_go:}$PATH && store) ;; esac

{
	[ -z "$tools_go" ] || echo "export PATH=\"$tools_go:\$PATH\""
	echo "export GOTOOLCHAIN=auto"
	# clang compiles Fyne's OpenGL binding in seconds where gcc needs minutes; gcc
	# links, because clang would add libraries that a user may not have.
	if [ "$(uname -s)" = Linux ] && have clang && have gcc; then
		echo "export CC=clang EXTLD=-extld=gcc"
	fi
	if [ "$(id -u)" = 0 ] && [ "$want" != run ]; then
		say "constat: running as root, so Chrome's sandbox is off for this ($want) only: CONSTAT_NO_SANDBOX=1"
		echo "export CONSTAT_NO_SANDBOX=1"
	fi
} >".tools/env.$want"
