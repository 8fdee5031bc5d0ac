#!/bin/sh
# Builds the packages of HEAD twice, in two folders and with two caches of the compiler, and compares: the same source gives the same bytes.
#   VERSION=1.0.0 packaging/same.sh [ctl] [linux] [windows]
# The second cache starts empty, or what the first build left there would be compared with itself; so this takes long.
. packaging/common.sh
export BUILD_ID SOURCE_DATE_EPOCH VERSION TOOLS
[ $# -gt 0 ] || set -- ctl linux windows
for copy in one two-with-a-longer-name; do
	mkdir -p "$BUILD/$copy" "$BUILD/out-$copy"
	git archive HEAD | tar -xf - -C "$BUILD/$copy"
	for kind; do
		recipe=packaging/$kind/build.sh
		[ "$kind" != ctl ] || recipe=packaging/ctl.sh
		(cd "$BUILD/$copy" && OUT=$BUILD/out-$copy && export OUT && $recipe)
	done
	GOCACHE=$BUILD/cache
	export GOCACHE
done
diff -r "$BUILD/out-one" "$BUILD/out-two-with-a-longer-name"
(cd "$BUILD/out-one" && sha256sum -- *)
echo "constat: both builds are the same"
