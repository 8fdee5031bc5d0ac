#!/bin/sh
# Checksums of everything in out/packages, signed if there is a key: SIGN_KEY=release.pem, one of OpenSSL.
# docs/release.md says how the key is made and the signature checked.
. packaging/common.sh
cd "$OUT"
rm -f SHA256SUMS SHA256SUMS.sig
sha256sum -- * >"$BUILD/sums"
mv "$BUILD/sums" SHA256SUMS
if [ -n "${SIGN_KEY:-}" ]; then
	openssl dgst -sha256 -sign "$SIGN_KEY" -out SHA256SUMS.sig SHA256SUMS
	# A signature that nobody can check is worse than none.
	openssl pkey -in "$SIGN_KEY" -pubout -out "$BUILD/public.pem"
	openssl dgst -sha256 -verify "$BUILD/public.pem" -signature SHA256SUMS.sig SHA256SUMS >&2
else
	echo "constat: not signed: no SIGN_KEY" >&2
fi
