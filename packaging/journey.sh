# The practice journey through the window of an installed program; read with '.' behind common.sh. Nothing in the program helps:
# the screen is read and pressed (internal/standin/hands).
# journey DISPLAY SHOTS PREFIX: from the first start to 'the file is ready', with pictures PREFIX-1.png and so on in SHOTS.
journey() {
	[ -x "$BUILD/hands" ] || CGO_ENABLED=0 GOOS='' GOARCH='' go build -o "$BUILD/hands" ./internal/standin/hands
	hands() { "$BUILD/hands" --display "$1" --lang en --patience "${PATIENCE:-5m}" "$2" "$3"; }
	n=0
	picture() { n=$((n + 1)); hands "$1" picture "$2-$n.png"; }
	hands "$1" see window.first.what
	for again in first second; do
		hands "$1" type 'brume lanterne pivot cerise'
		[ $again = second ] || hands "$1" key Return
	done
	hands "$1" see window.passphrase.same
	picture "$1" "$2/$3"
	hands "$1" press window.first.create
	hands "$1" see window.code.what
	hands "$1" press window.code.noted
	hands "$1" press window.code.next
	hands "$1" see window.case.what
	hands "$1" press window.practice.start
	hands "$1" see practice.mark
	picture "$1" "$2/$3"
	hands "$1" press window.keep.button
	hands "$1" see window.age.question
	hands "$1" press window.age.no
	hands "$1" see window.proof.title
	picture "$1" "$2/$3"
	hands "$1" press window.export.title
	hands "$1" see window.export.what
	hands "$1" press window.export.folder
	hands "$1" press window.export.own
	hands "$1" press window.export.create
	hands "$1" see window.export.ready
	picture "$1" "$2/$3"
}
