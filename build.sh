#!/bin/bash
# What a person types.  What depends on what stands in the Makefile, the longer jobs in the folders' scripts.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")"

# Start anew with what environment.list names, in no language.
if [ "${KNOWN_ENVIRONMENT-}" != 1 ]; then
	kept=(KNOWN_ENVIRONMENT=1 LC_ALL=C)
	while read -r name; do
		[ -z "${!name+set}" ] || kept+=("$name=${!name}")
	done < <(grep -v '^#' environment.list | xargs -n 1)
	exec env -i "${kept[@]}" ./build.sh "$@"
fi
# A build.sh that this one starts, from a test, begins by itself.
unset KNOWN_ENVIRONMENT

# The Linux release that the patches are for.
release=$(<kernel/release)

usage() {
	cat <<-END
		usage: ./build.sh [COMMAND] [OPTION]... [NAME]...

		  build            make build/bzImage, build/initramfs.cpio.gz and build/clone_with_pids.iso; the default
		  run [OPTION]...  build, then boot the ISO in QEMU, on this terminal: Ctrl-A X leaves it
		    --auto           run the whole tour without stops; exit with its verdict
		    --classroom      the terminal, with a picture of the pid namespaces, in a page that a browser on this
		                     computer opens; Ctrl-C here ends the machine
		    --display        open a window with the machine's screen
		    --gdb            boot a kernel with debug information, and let gdb attach: gdb -x kernel/attach.gdb
		    --kernel         boot the kernel and the archive directly, without the ISO
		    --kvm            use KVM; the default, TCG, works everywhere
		    --mem N          give the machine N MB of memory (64; 32 is enough)
		  test [OPTION]... [NAME]...
		                   build, then run the tests; the last line says how many passed and failed
		    NAME             instead: this suite of the guest (pids), file of the host's tests (boot) or case of one
		                     ('pids: level 2: 0 y z', 'boot: auto_small'); call/pids and host/boot say which
		                     is meant, where both have the name, which otherwise means both
		    --list           print all these names, one a line
		    --debug          instead: the guest's tests, or those that are named, on a kernel that checks itself,
		                     with two CPUs
		    --kselftest      instead: the kernel's own tests, on the patched and on the unpatched kernel
		    --series         instead: the patches one by one, and the sources that they apply to
		    --mutations      instead: kernels with one mistake each, which the guest's tests must notice
		    --releases       instead: the build, the tour and the tests on other releases of Debian; as root
		    --classroom      instead: the page, in a browser without a network
		    --all            the tests, these six, and gdb on the running kernel
		    --short          with --debug, --mutations, --releases or --all: less of these three, in minutes; with --all
		                     the kernel's own tests and its patches only if they have changed lately
		  classroom        make build/classroom/clone_with_pids.html: the machine in a page, with a picture of its
		                   pid namespaces; a double click opens it, and it needs no network
		    --serve          serve it on the local network, too, until Ctrl-C; the address is printed
		  lab LAB [OPTION] exercises with a grader, see docs/labs.md.  LAB: restart, in C; kernel.  Without an option the
		                   lab's folder is made, labs/LAB; what is written there stays
		    --grade          compile what is in there, run it in the machine, and give points
		    --clone3         with restart --grade: the second half, mainline's call
		    --historical     with kernel: the code of 2009, to be ported
		    --reset          begin anew, and keep what was written in a file
		  labs --hand-in DIR
		                   grade a folder of answers, NAME.c and NAME.patch; the table is DIR/points.csv
		  bench            build, then measure: instructions, bytes and ratios, as Markdown
		  fuzz [OPTION]... build, then call with random arguments for hours, on a kernel that checks itself
		    --calls N        how many calls (1000000)
		    --seed N         the seed of an earlier run
		  clean            remove build/
		  help             this text

		The options of test can be combined.

		  --container      with any command but bench, fuzz and lab: do it in a container of Debian 13, with podman or docker
		  --no-install     with any command: name missing packages, but do not install them
		  --werror         with any command: turn compiler warnings in our programs into errors

		KERNEL_TARBALL=FILE builds from that linux-$release.y source instead of Debian's linux-source-$release.
		Of the other variables in your environment, only those in environment.list reach the build.
	END
}

die() {
	echo "build.sh: $*" >&2
	exit 1
}

# Does this machine run i386 programs?  Others do it by QEMU.
x86() {
	[[ $(uname -m) =~ ^(x86_64|i.86)$ ]]
}

# What each command needs: a program or a file, and the Debian package that brings it.
needs() {
	case $1 in
	build)
		x86 || echo "qemu-i386 qemu-user"
		cat <<-END
			make                                      make
			gcc                                       gcc
			/usr/include/stdio.h                      libc6-dev
			i686-linux-gnu-gcc                        gcc-i686-linux-gnu
			bc                                        bc
			bison                                     bison
			flex                                      flex
			patch                                     patch
			xz                                        xz-utils
			lz4                                       lz4
			pigz                                      pigz
			/usr/src/linux-source-$release.tar.xz         linux-source-$release
			apt-get                                   apt
			dpkg-deb                                  dpkg
			loadkeys                                  kbd
			xorriso                                   xorriso
			/usr/lib/ISOLINUX/isolinux.bin            isolinux
			/usr/lib/syslinux/modules/bios/menu.c32   syslinux-common
			grub-mkimage                              grub-common
			mformat                                   mtools
		END
		;;
	classroom*) cat <<-'END' ;;
		node                                      nodejs
		npm                                       npm
		zstd                                      zstd
		/usr/share/seabios/bios.bin               seabios
	END
	browser) cat <<-'END' ;;
		chromium                                  chromium
		firefox-esr                               firefox-esr
	END
	run | fuzz) cat <<-'END' ;;
		qemu-system-i386                          qemu-system-x86
	END
	lab | labs) cat <<-'END' ;;
		qemu-system-i386                          qemu-system-x86
		cpio                                      cpio
	END
	labs-jail) cat <<-'END' ;;
		bwrap                                     bubblewrap
	END
	bench) cat <<-'END' ;;
		qemu-system-i386                          qemu-system-x86
		gdb                                       gdb
		readelf                                   binutils
	END
	gdb) cat <<-'END' ;;
		gdb                                       gdb
	END
	display) cat <<-'END' ;;
		/usr/lib/*/qemu/ui-gtk.so                 qemu-system-gui
	END
	test) cat <<-'END' ;;
		qemu-system-i386                          qemu-system-x86
		expect                                    expect
		cpio                                      cpio
		git                                       git
		shellcheck                                shellcheck
		/usr/i686-linux-gnu/lib/libc.a            libc6-dev-i386-cross
		bwrap                                     bubblewrap
	END
	kselftest*) cat <<-'END' ;;
		/usr/i686-linux-gnu/lib/libc.a            libc6-dev-i386-cross
	END
	releases*) cat <<-'END' ;;
		debootstrap                               debootstrap
	END
	series*) cat <<-'END' ;;
		sparse                                    sparse
		apt-cache                                 apt
		/usr/share/perl/*/Term/ANSIColor.pm       perl
	END
	esac
}

# Does apt offer the kernel's source, as far as is known?  Later releases than Debian 13 have none, and the build fetches it.
source_offered() {
	[ -n "$(apt-cache madison "linux-source-$release")" ] || [ -z "$(apt-cache madison make)" ]
}

# Which packages are missing for these commands?
missing() {
	local what package command
	for command; do
		needs "$command"
	done | while read -r what package; do
		case $what in
		*linux-source*)
			[ -z "${KERNEL_TARBALL-}" ] || continue
			source_offered 2>/dev/null || continue
			;;
		esac
		command -v "$what" >/dev/null || compgen -G "$what" >/dev/null || echo "$package"
	done | sort -u
}

# Install what these commands need, or say what it is.
prepare() {
	local packages root=() answer command
	if [ -n "$container" ]; then
		mapfile -t packages < <(for command; do needs "$command"; done | awk '{ print $2 }' | sort -u)
		exec ./container.sh "${packages[*]}" "${arguments[@]}"
	fi
	mapfile -t packages < <(missing "$@")
	[ "${#packages[@]}" -gt 0 ] || return 0

	echo "build.sh: this needs Debian packages that are not installed: ${packages[*]}" >&2
	[ -z "$no_install" ] || die "not installing them (--no-install): apt-get install ${packages[*]}"
	command -v apt-get >/dev/null ||
		die "there is no apt-get here; install what they contain, or let --container build in Debian"
	if grep -Eqs '^ID(_LIKE)?=.*ubuntu' /etc/os-release; then
		die "Ubuntu has neither linux-source-$release nor musl for i386: let --container build in Debian"
	fi
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || die "there is no sudo; as root: apt-get install ${packages[*]}"
		root=(sudo)
	fi
	if [ -t 0 ]; then
		read -r -p "Install them now with ${root[*]} apt-get? [Y/n] " answer
		[[ $answer =~ ^[Yy]?$ ]] || die "nothing installed"
	fi
	root+=(env DEBIAN_FRONTEND=noninteractive apt-get)
	"${root[@]}" install -y --no-install-recommends "${packages[@]}" && return
	# Its lists may be old, or empty; then they did not tell what this release has.
	"${root[@]}" update || true
	mapfile -t packages < <(missing "$@")
	"${root[@]}" install -y --no-install-recommends "${packages[@]}" ||
		die "apt-get install ${packages[*]}: failed"
}

# One build at a time in this checkout.
lock() {
	exec 9<.
	flock -n 9 || die "another build is running in $PWD"
}

unlock() {
	exec 9<&-
}

# A build takes 2 GB, most of them for the kernel's source and objects: say so before it stops in the middle.
room() {
	local free
	[ ! -e build/bzImage ] || return 0
	free=$(df -Pm build | awk 'NR == 2 { print $4 }')
	[ "$free" -ge "$SPACE" ] ||
		die "a build needs $SPACE MB of disk; where $PWD/build is, $free MB are free (df $PWD/build)"
}

# All, or these targets.
build() {
	local started=${EPOCHREALTIME/[.,]/}
	[[ $PWD != *[[:space:]:]* ]] || die "$PWD: a kernel cannot be built below a path with a space or a colon in it"
	lock
	mkdir -p build/log || true
	if [ ! -w build/log ]; then
		die "$PWD/build cannot be written; it belongs to $(stat -c '%U (%u)' build): remove it, or build as that user"
	fi
	room
	make -j"$(nproc)" "$@" 2>&1 | tee build/log/build.log ||
		die "the build failed; what it said is in build/log/build.log, the steps' own logs are next to it"
	echo "$(((${EPOCHREALTIME/[.,]/} - started) / 1000)) - build/all" >build/log/build.time
	unlock
}

SPACE=2300
arguments=()
container=
no_install=
short=
serve=
classroom=
command=build
run_options=()
test_options=()
fuzz_options=()
names=()
list=
lab_arguments=()
while [ $# -gt 0 ]; do
	[ "$1" = --container ] || arguments+=("$1")
	if [[ $command =~ ^labs?$ && ! $1 =~ ^--(container|no-install|werror)$ ]]; then
		lab_arguments+=("$1")
		shift
		continue
	fi
	if [ "$command" = test ] && [[ $1 != -* ]]; then
		names+=("$1")
		shift
		continue
	fi
	case $1 in
	--container) container=1 ;;
	build | run | test | classroom | lab | labs | bench | fuzz | clean | help) command=$1 ;;
	-h | --help) command=help ;;
	--no-install) no_install=1 ;;
	--werror) export WERROR=1 ;;
	--auto | --display | --gdb | --kernel | --kvm) run_options+=("$1") ;;
	--classroom) classroom=1 ;;
	--debug | --kselftest | --series | --mutations | --releases | --all) test_options+=("$1") ;;
	--short) short=1 ;;
	--serve) serve=1 ;;
	--list) list=1 ;;
	--mem)
		[[ ${2-} =~ ^[1-9][0-9]*$ ]] || die "--mem: a number of MB must follow"
		[ "$2" -ge 16 ] || die "--mem: the tour needs 16 MB at least, not $2"
		run_options+=("$1" "$2")
		arguments+=("$2")
		shift
		;;
	--calls | --seed)
		[[ ${2-} =~ ^(0|[1-9][0-9]{0,8})$ ]] || die "$1: a number below 1000000000 must follow"
		fuzz_options+=("$1" "$2")
		shift
		;;
	*) die "what is $1? ./build.sh help lists the commands and options" ;;
	esac
	shift
done
case $command${classroom:+ --classroom} in
"run --classroom") run_options+=(--classroom) ;;
"test --classroom") test_options+=(--classroom) ;;
*" --classroom") die "$command: --classroom is for ./build.sh run and ./build.sh test" ;;
esac
if [ "$command" != run ] && [ "${#run_options[@]}" -gt 0 ]; then
	die "$command: ${run_options[0]} is for ./build.sh run"
fi
if [ "$command" != test ] && [ "${#test_options[@]}" -gt 0 ]; then
	die "$command: ${test_options[0]} is for ./build.sh test"
fi
if [ "$command" != test ] && [ -n "$list" ]; then
	die "$command: --list is for ./build.sh test"
fi
if [ "$command" != classroom ] && [ -n "$serve" ]; then
	die "$command: --serve is for ./build.sh classroom"
fi
if [ -n "$short" ] && [[ ! " ${test_options[*]-} " =~ " --debug "|" --mutations "|" --releases "|" --all " ]]; then
	die "--short is for ./build.sh test --debug, --mutations, --releases or --all"
fi
if [ -n "$container" ]; then
	case "$command ${run_options[*]-} ${test_options[*]-} " in
	"run "*" --classroom "* | *" --display "* | *" --gdb "* | *" --kvm "* | *" --releases "* | *" --all "* | lab* | bench* | fuzz* | clean*)
		die "--container is for build, run and test, without run --classroom, --display, --gdb, --kvm, --releases and --all"
		;;
	esac
fi
if [ "$command" != fuzz ] && [ "${#fuzz_options[@]}" -gt 0 ]; then
	die "$command: ${fuzz_options[0]} is for ./build.sh fuzz"
fi

case $command in
build)
	prepare build
	build
	ls -l build/bzImage build/initramfs.cpio.gz build/clone_with_pids.iso
	;;
run)
	wanted=(build run)
	targets=(all)
	case " ${run_options[*]-} " in *" --display "*) wanted+=(display) ;; esac
	case " ${run_options[*]-} " in
	*" --auto "*" --classroom "* | *" --classroom "*" --auto "*) die "run: --auto needs no page: leave out --classroom" ;;
	*" --classroom "*)
		wanted+=(classroom)
		targets+=(classroom-qemu)
		;;
	esac
	case " ${run_options[*]-} " in
	*" --gdb "*)
		wanted+=(gdb)
		targets+=(gdb-kernel)
		;;
	esac
	prepare "${wanted[@]}"
	build "${targets[@]}"
	exec iso/run.sh "${run_options[@]}"
	;;
test)
	if [ -n "$list" ]; then
		prepare build
		build build/tests/guest/guest-tests >&2
		exec tests/run.sh --list
	fi
	case " ${test_options[*]-} " in
	*" --all "*)
		test_options=(debug series whole releases mutations kselftest)
		[ -n "$short" ] || test_options+=(classroom gdb)
		;;
	*) test_options=("${test_options[@]#--}") ;;
	esac
	if [[ -n $short && " ${test_options[*]} " == *" whole "* ]]; then
		test_options=(classroom "${test_options[@]/%/-short}")
	elif [ -n "$short" ]; then
		test_options=("${test_options[@]/#debug/debug-short}")
		test_options=("${test_options[@]/#mutations/mutations-short}")
		test_options=("${test_options[@]/#releases/releases-short}")
	fi
	wanted=(build test "${test_options[@]}")
	# A file of the host's tests that is named may need what an option of the same name needs.
	for name in "${names[@]}"; do
		name=${name#host/}
		wanted+=("${name%%:*}")
	done
	case " ${wanted[*]} " in *" classroom"*) wanted+=(browser) ;; esac
	prepare "${wanted[@]}"
	build
	exec tests/run.sh "${test_options[@]}" ${names:+-- "${names[@]}"}
	;;
classroom)
	prepare build classroom
	build classroom
	echo "The page is $PWD/build/classroom/clone_with_pids.html: open it in a browser."
	echo "Sheets to print are in $PWD/build/classroom/handouts."
	[ -z "$serve" ] || exec classroom/serve.sh
	;;
lab)
	# What it does not know, it says at once.
	[[ ${lab_arguments[0]-} =~ ^(restart|kernel)$ ]] || exec labs/lab.sh "${lab_arguments[@]}"
	prepare build lab
	build all build/labs/grader/grade-restart >&2
	lock
	exec labs/lab.sh "${lab_arguments[@]}"
	;;
labs)
	[ "${lab_arguments[0]-}" = --hand-in ] || die "labs: what is to be done? labs --hand-in DIR grades a folder of answers"
	prepare build lab labs-jail
	build all build/labs/grader/grade-restart >&2
	lock
	exec labs/lab.sh hand-in "${lab_arguments[@]:1}"
	;;
bench)
	prepare build bench
	build >&2
	exec tests/bench.sh
	;;
fuzz)
	prepare build fuzz
	build
	exec tests/fuzz.sh "${fuzz_options[@]}"
	;;
clean)
	lock
	rm -rf build
	;;
help) usage ;;
*) die "unknown command $command; ./build.sh help lists them" ;;
esac
