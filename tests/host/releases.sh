#!/bin/bash
# The README's two commands on Debian 12, 13 and testing, as a newcomer meets them: each in a root of its own below
# build/releases/, with the fewest packages that make a Debian, and nothing else of this host but its kernel.
#
# debootstrap and mounts need root.  What debootstrap made is kept; it is copied for each run.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/qemu.sh"
. "${0%/*}/copy.sh"
. initramfs/apt-i386.sh

per_release() {
	local release
	for release in bookworm trixie testing; do
		echo "600  fresh $release      | $release: a root with the fewest packages"
		echo "3000 run $release        | $release: ./build.sh run, as printed: installs, builds, boots; Ctrl-A X leaves"
		echo "300  auto $release       | $release: ./build.sh run --auto: the verdict"
		echo "6000 test_all $release   | $release: ./build.sh test, as printed: all passed"
		echo "60   in_table $release   | $release: the table's line"
	done
}

# What CI can pay for each time: all of the newest stable release, but its kernel and QEMU.
short="
600 fresh trixie | trixie: a root with the fewest packages
300 userland     | trixie: ./build.sh build installs, and makes the programs, the archive and the ISO
120 boots        | trixie: mode=auto with them: the verdict
60  in_table trixie | trixie: the table's line
"

# shellcheck disable=SC2034 # lib.sh's main reads it
if [ "$area" = releases-short ]; then CASES=$short; else CASES=$(per_release); fi
folder=build/releases
table=build/log/$area.table

# --- roots ---

# The host's mirrors; of security only if the host has that.
mirror() {
	targets "\$(RELEASE) \$(REPO_URI)" | awk -v which="$1" '(which == "security") == ($1 ~ /-security/) { print $2; exit }'
}

# debootstrap's root of RELEASE, with the host's way to the mirrors, and apt's lists of today.
base() {
	local base=$folder/base-$1 main security
	[ ! -d "$base" ] || return 0
	main=$(mirror main)
	security=$(mirror security)
	[ -n "$main" ] || fail "apt has no Debian source configured"
	rm -rf "$base.tmp"
	mkdir -p "$folder"
	# What it mounts is gone with it, however it ends.
	unshare --mount --pid --fork --kill-child --mount-proc debootstrap --variant=minbase "$1" "$base.tmp" "$main" ||
		fail "debootstrap $1 failed"
	[ "$1" = testing ] || [ -z "$security" ] || echo "deb $security $1-security main" >>"$base.tmp/etc/apt/sources.list"
	apt-config dump | grep -E '^Acquire::(https?|Check-[^:]*)[: ]' >"$base.tmp/etc/apt/apt.conf.d/host" || true
	echo force-unsafe-io >"$base.tmp/etc/dpkg/dpkg.cfg.d/fast"
	mv "$base.tmp" "$base"
}

# A command in RELEASE's root, with what is mounted for it gone when it ends, and what it started.  That folder becomes
# the root for good: in a chroot, the kernel refuses user namespaces, which some tests take.
inside() {
	local top=$root/$folder/$1
	shift
	# shellcheck disable=SC2016 # the shell in there expands this
	unshare --mount --pid --fork --kill-child bash -euc '
		mount --bind "$1" "$1"
		cd "$1"
		shift
		mount -t proc proc proc
		mount -t tmpfs tmpfs dev
		for name in null zero full random urandom tty; do
			: >"dev/$name"
			mount --bind "/dev/$name" "dev/$name"
		done
		ln -s /proc/self/fd dev/fd
		mkdir dev/shm dev/pts dev/host
		mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
		ln -s pts/ptmx dev/ptmx
		pivot_root . dev/host
		export HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin
		umount -l /dev/host
		rmdir /dev/host
		cd /checkout
		exec "$@"
		' - "$top" "$@"
}

# A fresh copy, with the checkout and nothing built.
fresh() {
	base "$1"
	rm -rf "${folder:?}/$1"
	cp -a "$folder/base-$1" "$folder/$1"
	mkdir "$folder/$1/checkout"
	checkout_archive | tar -xf - -C "$folder/$1/checkout"
	inside "$1" apt-get -q update || fail "apt-get update in $1 failed"
}

# --- all of it ---

# The Nth of the two commands, as README prints it.
command_of_readme() {
	sed -n '/^## Two commands/,/^## /s,^    \(\./build.sh [a-z]*\)  *#.*,\1,p' README.md | sed -n "$1p"
}

run() {
	[ "$(command_of_readme 1)" = "./build.sh run" ] || fail "README's first command is '$(command_of_readme 1)'"
	export -f inside
	export root folder
	qemu=(bash -c 'inside "$@"' - "$1" ./build.sh run)
	BOUND=10000 play wait 'Y/n' send '\n' wait 'Ctrl-A, then X' wait 'Enter: go on .*q: leave' send '\001x' end
}

auto() {
	inside "$1" ./build.sh run --auto | tee "$scratch/said"
	[ "$(tail -n 1 "$scratch/said")" = "Verdict: demo: ok" ] || fail "it says '$(tail -n 1 "$scratch/said")'"
	touch "$folder/$1/auto-ok"
}

test_all() {
	[ "$(command_of_readme 2)" = "./build.sh test" ] || fail "README's second command is '$(command_of_readme 2)'"
	inside "$1" ./build.sh test | tee "$scratch/said" || true
	cp "$scratch/said" "build/log/releases-$1.log"
	grep '^FAIL ' "$scratch/said" || true
	tail -n 1 "$scratch/said" | grep -Eq '^[1-9][0-9]* passed, 0 failed$' ||
		fail "$(tail -n 1 "$scratch/said"); see build/log/releases-$1.log"
}

# --- a part of it ---

# The kernels are this host's, and their source, so that make finds that it has nothing to do there.
userland() {
	local tarball top=$folder/trixie file
	tarball=$(tarball_built)
	mkdir -p "$top/checkout/build" "$top/${tarball%/*}"
	cp -p "$tarball" "$top/$tarball"
	tar -cf - build/{bzImage,bzImage-pc} build/linux/{.series,usr/gen_init_cpio.c} \
		build/{kernel,pc}/{.config,arch/x86/boot/bzImage,usr/include} | tar -xf - -C "$top/checkout"
	inside trixie env KERNEL_TARBALL="$tarball" ./build.sh build </dev/null
	for file in initramfs.cpio tests.cpio.gz clone_with_pids.iso; do
		[ -s "$top/checkout/build/$file" ] || fail "there is no $file"
	done
	cmp build/bzImage "$top/checkout/build/bzImage" || fail "another kernel"
	xorriso -osirrox on -indev "$top/checkout/build/clone_with_pids.iso" -extract /boot "$scratch/boot" 2>/dev/null
	for file in initramfs.cpio tests.cpio.gz; do
		cmp "$scratch/boot/$file" "$top/checkout/build/$file" || fail "the ISO has another $file"
	done
}

boots() {
	# shellcheck disable=SC2034 # qemu.sh reads it
	archive=$folder/trixie/checkout/build/initramfs.cpio
	directly mode=auto
	play end
	judge "demo: ok"
	touch "$folder/trixie/auto-ok"
}

# --- the table ---

# The version in a package's file name.
deb_version() {
	basename "$1"/"$2"_*.deb | cut -d_ -f2 | sed 's/%3a/:/; s/^[0-9]*://'
}

in_table() {
	local top=$folder/$1/checkout verdict=FAILED qemu_version
	[ ! -e "$folder/$1/auto-ok" ] || verdict=ok
	qemu_version=$(inside "$1" qemu-system-i386 --version 2>/dev/null | sed -n 's/.*version \([0-9.]*\).*/\1/p') || true
	[ -s "$table" ] || printf '%-9s %-7s %-22s %-18s %-7s %-7s %9s %9s %9s  %s\n' \
		release gcc busybox musl Linux QEMU bzImage archive ISO mode=auto >"$table"
	printf '%-9s %-7s %-22s %-18s %-7s %-7s %9d %9d %9d  %s\n' "$1" "$(inside "$1" i686-linux-gnu-gcc -dumpfullversion)" \
		"$(deb_version "$top/build/debs" busybox-static)" "$(deb_version "$top/build/debs" musl-dev)" \
		"$(tr '\0' '\n' <"$top/build/bzImage" | grep -aom1 '6\.12\.[0-9]*')" "${qemu_version:-none}" \
		"$(stat -c %s "$top/build/bzImage")" "$(stat -c %s "$top/build/initramfs.cpio")" \
		"$(stat -c %s "$top/build/clone_with_pids.iso")" "$verdict" >>"$table"
	cat "$table"
	[ "$verdict" = ok ] || fail "mode=auto did not end well"
}

before_cases() {
	if [ "$(id -u)" != 0 ]; then
		echo "skip $area: all of it: debootstrap and mounts need root"
		exit
	fi
	rm -f "$table"
}

after_cases() {
	[ ! -e "$table" ] || cat "$table"
}

main "$@"
