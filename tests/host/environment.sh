#!/bin/bash
# What a user has set, where the checkout lies and who builds must not matter, or be answered by a clear word.
#
# The builds are tried on copies of the checkout, with the tools, PID 1, the archive and the ISO to be made anew.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/copy.sh"

# What breaks or changes a build if it gets into it: NAME=VALUE.
foreign="
CPATH=/usr/include
C_INCLUDE_PATH=/usr/include
LIBRARY_PATH=/usr/lib/x86_64-linux-gnu
GCC_EXEC_PREFIX=/nowhere/
COMPILER_PATH=/nowhere
CFLAGS=-O3
LDFLAGS=-pie
KCFLAGS=-O3
HOSTCFLAGS=-O0
LLVM=1
KBUILD_EXTMOD=/nowhere
CROSS_COMPILE=aarch64-linux-gnu-
ARCH=arm64
MAKEFLAGS=-k
MAKEFILES=/nowhere
LANG=de_DE.UTF-8
LC_ALL=tr_TR.UTF-8
TAR_OPTIONS=--nowhere
GZIP=-9
CDPATH=/
SOURCE_DATE_EPOCH=1
TZ=Asia/Tokyo
"

per_variable() {
	local setting
	for setting in $foreign; do
		echo "20 left_out $setting | $setting does not get into the build"
	done
}

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
$(per_variable)
20  let_through               | what environment.list names gets into the build
20  left_out_by_hand          | a make that is called by hand leaves all of these out, too
120 same_bytes with_all       | with all of them set, the same bytes
120 same_bytes with_umask     | with umask 077, the same bytes
120 same_bytes by_a_link      | in a checkout behind a symbolic link, the same bytes
120 same_bytes in_a_worktree  | in a worktree of git, the same bytes
120 same_bytes without_git    | without git, the same bytes
120 same_bytes with_tmpdir    | with TMPDIR on another file system, the same bytes
120 same_bytes as_a_user      | as a user who is not root, the same bytes
120 lists_empty               | with apt's lists empty, busybox and musl are fetched all the same
20  user_asks_sudo            | a user who is not root: sudo is asked to install what is missing
20  build_of_another          | a build/ that cannot be written: its owner is named
20  disk_full                 | a disk too small for a build: said before it begins, with both sizes
20  compiler_warns            | a compiler's warning stops a build with --werror, and no other
20  applets_elsewhere         | a host that does not run i386 programs asks QEMU for busybox's applets, or names the package
60  busybox_replaced          | a busybox whose shell hangs in read after a signal is replaced by Debian 13's, and the build says so
20  busybox_not_replaced      | when Debian 13's cannot be fetched, the error says what was to be fetched
20  contained podman          | --container with podman: the image has what is needed, and build.sh runs in it
20  contained docker          | --container with docker: the same
20  no_engine                 | --container without either says so
20  not_ubuntu                | on Ubuntu, a missing package is answered by --container
"

# --- the environment that reaches the steps ---

# The sources alone, and a make that only says what its environment is.
telling_make() {
	copy_sources
	mkdir -p "$scratch/bin"
	printf '#!/bin/sh\nenv | grep -v "^_=" | sort >%s/told\n' "$scratch" >"$scratch/bin/make"
	chmod +x "$scratch/bin/make"
}

told_with() {
	rm -f "$scratch/told"
	# It makes nothing that build.sh could list in the end.  With a tarball, apt is not asked for one, which takes a while.
	env "$@" KERNEL_TARBALL=/nowhere PATH="$scratch/bin:$PATH" ./build.sh build --no-install || true
	grep -q ^PATH= "$scratch/told" || fail "make was not called"
}

left_out() {
	telling_make
	told_with -u "${1%%=*}"
	mv "$scratch/told" "$scratch/without"
	told_with "$1"
	diff "$scratch/without" "$scratch/told" || fail "it is another environment"
}

let_through() {
	telling_make
	told_with http_proxy=http://nowhere:1 TMPDIR="$scratch" KERNEL_TARBALL=/nowhere
	for setting in http_proxy=http://nowhere:1 "TMPDIR=$scratch" KERNEL_TARBALL=/nowhere LC_ALL=C; do
		grep -qxF "$setting" "$scratch/told" || fail "$setting is not there"
	done
}

# MAKEFLAGS and MAKEFILES are for the make that a person calls.
left_out_by_hand() {
	local setting settings
	mapfile -t settings < <(grep -v '^MAKEF\|^$' <<<"$foreign")
	{ cat Makefile && printf 'told:\n\t@env\n'; } >"$scratch/Makefile"
	env "${settings[@]}" make -s -f "$scratch/Makefile" told >"$scratch/told"
	cat "$scratch/told"
	grep -qx CROSS_COMPILE=i686-linux-gnu- "$scratch/told" || fail "the project's own are not there"
	for setting in "${settings[@]}"; do
		if grep -qxF -- "$setting" "$scratch/told"; then fail "$setting gets into the steps"; fi
	done
}

# --- the same bytes ---

with_all() {
	# shellcheck disable=SC2086 # each is a word
	env $foreign ./build.sh build --no-install
}

with_umask() {
	(umask 077 && ./build.sh build --no-install)
}

by_a_link() {
	ln -s copy "$scratch/link"
	(cd "$scratch/link" && ./build.sh build --no-install)
	"$scratch/link/build.sh" build --no-install
}

in_a_worktree() {
	git init -q "$scratch/repository"
	(cd "$scratch/repository" && git -c user.name=x -c user.email=x commit -q --allow-empty -m empty)
	git -C "$scratch/repository" worktree add -q "$scratch/worktree"
	mv "$scratch/worktree/.git" .git
	./build.sh build --no-install
}

without_git() {
	mkdir "$scratch/bin"
	printf '#!/bin/sh\nexit 127\n' >"$scratch/bin/git"
	chmod +x "$scratch/bin/git"
	PATH=$scratch/bin:$PATH ./build.sh build --no-install
}

with_tmpdir() {
	other=$(mktemp -d /dev/shm/clone_with_pids.XXXXXX)
	trap 'rm -rf "$scratch" "$other"' EXIT
	[ "$(stat -c %d "$other")" != "$(stat -c %d .)" ] || fail "/dev/shm is on the same file system"
	TMPDIR=$other ./build.sh build --no-install
}

# In a user namespace where our files belong to an ordinary user.
by_user() {
	unshare --user --map-user=1000 --map-group=1000 "$@"
}

# shellcheck disable=SC2016 # the shell in there expands this
as_a_user() {
	by_user sh -c '[ "$(id -u)" = 1000 ]' || fail "no user namespace"
	by_user ./build.sh build --no-install
}

same_bytes() {
	local file
	copy_checkout
	rm -r build/{tools,initramfs,initramfs.cpio,tests.cpio.gz,initramfs.cpio.gz,clone_with_pids.iso}
	"$1"
	for file in bzImage initramfs.cpio tests.cpio.gz initramfs.cpio.gz clone_with_pids.iso; do
		cmp "$root/build/$file" "$scratch/copy/build/$file" || fail "another $file"
	done
}

# --- what is missing ---

lists_empty() {
	mkdir -p "$scratch/lists/partial"
	echo "Dir::State::lists \"$scratch/lists\";" >"$scratch/apt.conf"
	APT_CONFIG=$scratch/apt.conf initramfs/fetch-i386.sh "$scratch/sysroot" "$scratch/debs" busybox-static musl-dev
	cmp "$scratch/sysroot/usr/bin/busybox" build/sysroot/usr/bin/busybox || fail "another busybox"
}

# shellcheck disable=SC2016 # sudo expands this
user_asks_sudo() {
	path_without xorriso
	recording_apt
	printf '#!/bin/sh\necho sudo "$@" >>%s/apt\nexec "$@"\n' "$scratch" >"$scratch/bin/sudo"
	PATH=$scratch/bin expect_failure by_user ./build.sh build
	grep -q '^sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y .* xorriso$' "$scratch/apt" ||
		fail "sudo was not asked: $(head -n 1 "$scratch/apt")"
	rm "$scratch/bin/sudo"
	PATH=$scratch/bin expect_failure by_user ./build.sh build
	must_say 'no sudo; as root: apt-get install xorriso'
}

build_of_another() {
	copy_checkout
	chmod 555 build build/log
	expect_failure by_user ./build.sh build --no-install
	chmod 755 build build/log
	must_say 'build cannot be written; it belongs to [A-Za-z0-9_-]+ \([0-9]+\): '
}

disk_full() {
	copy_checkout
	rm build/bzImage
	mkdir "$scratch/bin"
	printf '#!/bin/sh\necho Filesystem Size Used Avail Use Mounted\necho /dev/x 9000 7500 1500 84%% /\n' >"$scratch/bin/df"
	chmod +x "$scratch/bin/df"
	PATH=$scratch/bin:$PATH expect_failure ./build.sh build --no-install
	must_say '[0-9]{4} MB of disk; where .*, 1500 MB are free'
}

# --- other compilers, other machines ---

compiler_warns() {
	copy_checkout
	echo 'static void forgotten(void) { }' >>tools/cwp.c
	expect_failure ./build.sh build --no-install --werror
	must_say 'tools/cwp.c:.*forgotten'
	# CI sets it for all that it starts.
	env -u WERROR ./build.sh build --no-install
}

applets_elsewhere() {
	initramfs/list-applets.sh build/sysroot/usr/bin/busybox >"$scratch/here"
	# No program of this machine: its own kernel refuses it.
	printf 'not for this machine\0' >"$scratch/busybox"
	chmod +x "$scratch/busybox"
	mkdir "$scratch/bin"
	expect_failure initramfs/list-applets.sh "$scratch/busybox"
	must_say 'does not run i386 programs.*qemu-user'
	# shellcheck disable=SC2016 # the program in the place of QEMU expands this
	printf '#!/bin/sh\n[ "$1" = %s ] && [ "$2" = --list ] && exec %s --list\n' "$scratch/busybox" \
		"$root/build/sysroot/usr/bin/busybox" >"$scratch/bin/qemu-i386"
	chmod +x "$scratch/bin/qemu-i386"
	PATH=$scratch/bin:$PATH initramfs/list-applets.sh "$scratch/busybox" |
		diff - "$scratch/here" || fail "other applets by QEMU"
}

# A package of a busybox whose shell does this, in the place of the release's own.
busybox_that() {
	local package=$scratch/package
	mkdir -p "$package"/{DEBIAN,usr/bin} "$scratch/debs"
	printf '%s\n' 'Package: busybox-static' 'Version: 9' 'Architecture: i386' 'Maintainer: nobody <nobody@localhost>' \
		'Description: not what it should be' >"$package/DEBIAN/control"
	# shellcheck disable=SC2016 # it expands this
	printf '#!/bin/sh\n[ "$1" = --list ] || %s\n' "$1" >"$package/usr/bin/busybox"
	chmod +x "$package/usr/bin/busybox"
	dpkg-deb -b "$package" "$scratch/debs/busybox-static_9_i386.deb"
}

busybox_replaced() {
	local busybox=$scratch/sysroot/usr/bin/busybox
	busybox_that 'exec sleep 1000'
	initramfs/fetch-i386.sh "$scratch/sysroot" "$scratch/debs" busybox-static | tee "$scratch/said"
	must_say "^initramfs: busybox-static 9: a read of its shell .*; taking Debian 13's instead"
	initramfs/list-applets.sh "$busybox" >"$scratch/list"
	cp "$busybox" "$scratch/fetched"
	# It stays, and is not fetched again.
	initramfs/fetch-i386.sh "$scratch/sysroot" "$scratch/debs" busybox-static >"$scratch/said"
	[ ! -s "$scratch/said" ] || fail "the next time it says '$(head -n 1 "$scratch/said")'"
	cmp "$busybox" "$scratch/fetched" || fail "the next time it is another"
}

# apt knows its sources, and reaches none.
busybox_not_replaced() {
	busybox_that 'exit 1'
	mkdir "$scratch/bin"
	# shellcheck disable=SC2016 # it expands this
	printf '#!/bin/sh\n[ "$1" = indextargets ] || exit 100\nexec %s "$@"\n' "$(command -v apt-get)" \
		>"$scratch/bin/apt-get"
	chmod +x "$scratch/bin/apt-get"
	PATH=$scratch/bin:$PATH expect_failure initramfs/fetch-i386.sh "$scratch/sysroot" "$scratch/debs" busybox-static
	must_say '^initramfs: fetch busybox-static of trixie: apt-get download failed'
	[ ! -e "$scratch/sysroot" ] || fail "there is a sysroot"
}

# --- containers ---

# An engine that only writes down what it was asked for.
recording_engine() {
	path_without podman docker
	# shellcheck disable=SC2016 # the engine expands this
	printf '#!/bin/sh\n{ echo "$@"; [ "$1" != build ] || cat; } >>%s/asked\n' "$scratch" >"$scratch/bin/$1"
	chmod +x "$scratch/bin/$1"
}

contained() {
	recording_engine "$1"
	PATH=$scratch/bin ./build.sh --container test --debug </dev/null
	cat "$scratch/asked"
	grep -q '^build -t [^ ]* -f - build/container$' "$scratch/asked" || fail "no image is made"
	grep -q '^FROM .*debian:13$' "$scratch/asked" || fail "the image is not of Debian 13"
	grep -q "^RUN .* gcc-i686-linux-gnu .* linux-source-$(<kernel/release) .* qemu-system-x86 " "$scratch/asked" ||
		fail "the packages are not in it"
	grep -qF -- " -v $PWD:$PWD -w $PWD " "$scratch/asked" || fail "the checkout is not in it"
	[ "$(tail -n 1 "$scratch/asked")" = $'\t./build.sh --no-install "$@" - test --debug' ] ||
		fail "build.sh does not run in it"
}

no_engine() {
	path_without podman docker
	PATH=$scratch/bin expect_failure ./build.sh --container
	must_say 'neither podman nor docker'
	PATH=$scratch/bin expect_failure ./build.sh --container bench
	must_say 'container is for build, run and test'
}

not_ubuntu() {
	path_without xorriso grep
	recording_apt
	# Another grep answers for /etc/os-release.
	# shellcheck disable=SC2016 # it expands this
	printf '#!/bin/sh\ncase "$*" in */etc/os-release) exit 0 ;; esac\nexec %s "$@"\n' "$(command -v grep)" \
		>"$scratch/bin/grep"
	chmod +x "$scratch/bin/grep"
	PATH=$scratch/bin expect_failure ./build.sh build
	must_say 'Ubuntu has neither .*--container'
	[ ! -s "$scratch/apt" ] || fail "apt-get was called"
}

main "$@"
