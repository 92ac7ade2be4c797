# The front door. Everything else is meson's: see meson.build.
#
#   make             release build in build/ (the CLI is build/liptako)
#   make up          install, start in the foreground, say what is defended
#   make check       all tests, with all the set-up they need
#   make check-long  the long ones too
#   make help        the rest
#
# With root (or SUDO=sudo) missing Debian packages are installed first.

SHELL := /bin/bash
SUDO ?= $(if $(filter 0,$(shell id -u)),,$(shell command -v sudo))
ROOT := $(filter 0,$(shell id -u))
CAN_ROOT := $(or $(ROOT),$(SUDO))
PREFIX ?= /usr/local
NINJA = ninja $(if $(V),-v)

BUILD_PKGS := gcc libc6-dev pkg-config meson ninja-build libpcre2-dev \
	libyaml-dev libevent-dev libmnl-dev libsqlite3-dev libsodium-dev \
	libcbor-dev libnats-dev libssl-dev \
	libseccomp-dev libcap-ng-dev libsystemd-dev libarchive-dev \
	libjansson-dev libjs-dygraphs libncurses-dev libmicrohttpd-dev zlib1g-dev \
	libcurl4-openssl-dev openssh-client \
	linux-libc-dev
CHECK_PKGS := git ipset rbldnsd bind9-dnsutils openssl clang lld libclang-rt-14-dev libcmocka-dev python3 mandoc \
	nftables iproute2 openssh-server openssh-client sshpass nginx-light \
	curl systemd sqlite3 jq util-linux procps perl bsdutils e2fsprogs xz-utils zstd gzip bzip2 \
	ripgrep shellcheck zsh fish nats-server fonts-dejavu-core \
	$(if $(shell command -v npm),,nodejs npm) \
	$(if $(shell command -v chromium),,chromium)
LONG_PKGS := mmdebstrap qemu-system-x86
DEB_PKGS := debhelper dpkg-dev lintian
LINT_PKGS := clang-tidy clang-format cppcheck shellcheck mandoc

all: build

# $(call need,PACKAGES): installs what is missing, if it can.
need = @tools/need $(1)

build/build.ninja:
	$(call need,$(BUILD_PKGS))
	meson setup build --prefix=$(PREFIX) --buildtype=release \
		-Dtests=disabled >/dev/null

build: build/build.ninja
	$(NINJA) -C build

build-san/build.ninja:
	CC=clang meson setup build-san --buildtype=debug -Db_lundef=false \
		-Db_sanitize=address,undefined -Dfuzz=true -Dtests=enabled \
		--wipe >/dev/null 2>&1 || \
	CC=clang meson setup build-san --buildtype=debug -Db_lundef=false \
		-Db_sanitize=address,undefined -Dfuzz=true -Dtests=enabled

build-san: build-san/build.ninja
	$(NINJA) -C build-san

up: build
	@tools/up "$(PREFIX)"

install: build
	@tools/install

uninstall:
	@tools/uninstall "$(PREFIX)"

check-set-up:
	$(call need,$(BUILD_PKGS) $(CHECK_PKGS))

check: check-set-up
	@$(MAKE) --no-print-directory build/build.ninja
	@meson configure build -Dtests=enabled >/dev/null
	$(NINJA) -C build
	@$(MAKE) --no-print-directory build-san
	@tests/run

check-long: check-set-up
	$(call need,$(DEB_PKGS) $(LONG_PKGS))
	@$(MAKE) --no-print-directory build/build.ninja
	@meson configure build -Dtests=enabled >/dev/null
	$(NINJA) -C build
	@$(MAKE) --no-print-directory build-san
	@tests/run --long

# A Debian package, in build-deb/.
deb:
	$(call need,$(BUILD_PKGS) $(DEB_PKGS))
	@tools/deb

print-build-pkgs:
	@echo $(BUILD_PKGS)

# Three parties in network namespaces; says "all held", or what did not.
demo: check-set-up
	@$(MAKE) --no-print-directory build/build.ninja
	@meson configure build -Dtests=enabled >/dev/null
	$(NINJA) -C build
	@tests/demo/demo.sh

# Of the programs as they are installed: optimised as one piece.
bench: build/build.ninja
	@meson configure build -Dtests=disabled >/dev/null
	$(NINJA) -C build
	@bench/run

# Each target for a minute; FUZZ_SECONDS=600 for more, FUZZ=name for one.
fuzz: build-san
	@tools/fuzz $(FUZZ)

lint: build
	$(call need,$(LINT_PKGS))
	@tools/lint

fmt:
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf build build-san build-deb

help:
	@sed -n '3,9s/^# \{0,1\}//p' Makefile
	@echo '  make demo        three parties in namespaces shut an attacker out'
	@echo '  make bench       our speed and the peers'"'"' side by side'
	@echo '  make fuzz        every fuzz target for a minute'
	@echo '  make lint fmt    what reads the code, and its white space'
	@echo '  make deb         a Debian package, in build-deb/'
	@echo '  make install     into $(PREFIX), with a systemd unit'
	@echo '  make uninstall   leaves nothing but the state folder'

.PHONY: all build build-san up install uninstall check check-set-up \
	check-long demo deb print-build-pkgs bench fuzz lint fmt clean help
