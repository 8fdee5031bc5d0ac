# Every target prepares what it needs and says what it is about to install.
.POSIX:
.PHONY: help run build demo test check licences race bench growth fuzz clean packages packages-ctl packages-linux packages-windows packages-macos \
	packages-same sums deb-check windows-check
VERSION = 0.1.0
PREPARE = scripts/prepare.sh
FUZZTIME = 10s
RACE = ./app/... ./bundle/... ./capture/... ./evidence/... ./cmd/constatctl ./internal/...

help:
	@echo 'make run    build and open the window'
	@echo 'make demo   the whole journey on the practice page, without display and network'
	@echo 'make test   every test'
	@echo 'make check  formatting, vet with tests for every system, staticcheck, errcheck, and that constatctl builds everywhere'
	@echo 'make licences  THIRD-PARTY.md anew, from what the programs contain'
	@echo 'make race   the tests without a window, under the race detector (RACE: packages)'
	@echo 'make bench  benchmarks, as ratios in one run'
	@echo 'make growth time and memory against height and number of pictures (part of make bench)'
	@echo 'make fuzz   every fuzzer for FUZZTIME ($(FUZZTIME))'
	@echo 'make build  bin/constat and bin/constatctl'
	@echo 'make packages  what can be installed: constatctl and constat-verify for six targets, .deb, .rpm, tarball, Windows installer and ZIP, in out/packages'
	@echo 'make deb-check windows-check  they are installed, used and removed: in a clean Debian, under Wine'

run: build
	bin/constat

build:
	@$(PREPARE) run
	. ./.tools/env.run && CGO_ENABLED=1 go build -ldflags="$$EXTLD -X main.version=$(VERSION)" -o bin/constat ./cmd/constat
	. ./.tools/env.run && CGO_ENABLED=0 go build -ldflags="-X main.version=$(VERSION)" -o bin/constatctl ./cmd/constatctl

demo:
	@$(PREPARE) demo
	@. ./.tools/env.demo && CGO_ENABLED=0 go build -ldflags="-X main.version=$(VERSION)" -o bin/constatctl ./cmd/constatctl
	@. ./.tools/env.demo && bin/constatctl demo --out out/practice-$$(date +%Y%m%d-%H%M%S)

test:
	@$(PREPARE) test
	. ./.tools/env.test && CGO_ENABLED=1 scripts/test.sh

check:
	@$(PREPARE) test
	@. ./.tools/env.test && test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	. ./.tools/env.test && CGO_ENABLED=1 go vet ./...
	. ./.tools/env.test && for os in linux windows darwin; do CGO_ENABLED=0 GOOS=$$os go build -o /dev/null ./cmd/constatctl || exit 1; done
	. ./.tools/env.test && CGO_ENABLED=0 GOOS=windows go vet -tags ci ./...
	. ./.tools/env.test && CGO_ENABLED=0 GOOS=darwin go vet -tags ci,mobile ./...
	. ./.tools/env.test && CGO_ENABLED=1 scripts/lint.sh
	. ./.tools/env.test && go mod tidy -diff && go mod verify
	. ./.tools/env.test && go run ./internal/licences -check

licences:
	@$(PREPARE) demo
	. ./.tools/env.demo && go run ./internal/licences

race:
	@$(PREPARE) test
	. ./.tools/env.test && CGO_ENABLED=1 PACKAGES="$(RACE)" scripts/test.sh -race

bench:
	@$(PREPARE) bench
	. ./.tools/env.bench && scripts/bench.sh

growth:
	@$(PREPARE) test
	. ./.tools/env.test && scripts/bench.sh growth

fuzz:
	@$(PREPARE) test
	. ./.tools/env.test && scripts/fuzz.sh $(FUZZTIME)

# What can be installed; docs/release.md says what was run where. None of it is part of CI's .ci/run.
packages: packages-ctl packages-linux packages-windows sums

packages-ctl:
	@$(PREPARE) demo && packaging/prepare.sh ctl
	. ./.tools/env.demo && VERSION=$(VERSION) packaging/ctl.sh

packages-linux:
	@$(PREPARE) run && packaging/prepare.sh linux
	. ./.tools/env.run && VERSION=$(VERSION) packaging/linux/build.sh

packages-windows:
	@$(PREPARE) run && packaging/prepare.sh windows
	. ./.tools/env.run && VERSION=$(VERSION) packaging/windows/build.sh

packages-macos:
	VERSION=$(VERSION) packaging/macos/build.sh

sums:
	VERSION=$(VERSION) packaging/sums.sh

# The same source in another folder gives the same bytes. SAME=ctl, linux or windows narrows it.
packages-same:
	@$(PREPARE) run && packaging/prepare.sh linux && packaging/prepare.sh windows
	. ./.tools/env.run && VERSION=$(VERSION) packaging/same.sh $(SAME)

# As root: installed, started, used and purged in a clean Debian.
deb-check:
	@packaging/prepare.sh deb-check
	VERSION=$(VERSION) packaging/linux/check.sh

# Under Wine: installed, used and removed.
windows-check:
	@packaging/prepare.sh windows-check
	VERSION=$(VERSION) packaging/windows/check.sh

clean:
	rm -rf bin out .tools
