#!/bin/bash
# usage: step.sh TARBALL SOURCE STEP FRAGMENT...
#
# Make build/series/STEP/bzImage: the kernel with the first STEP patches of the series; STEP `without' is the one
# with all of them and the system call configured out.  Next to it are left its .config as `config', what the compiler
# said as `log', and for step 0 and the last one what W=1 and sparse say of the files that the series touches, as
# `checks'.
#
# The steps share one tree and one folder of objects, so that each costs what its patch makes necessary.  The tree is
# a copy of SOURCE that shares its files; what is patched is replaced and not rewritten (see unpack.sh).
set -euo pipefail
export LC_ALL=C

tarball=$1
source=$2
step=$3
shift 3
fragments=("$@")
kernel=${0%/*}
folder=build/series
tree=$folder/linux
objects=$folder/objects
out=$folder/$step
patches=("$kernel"/patches/*.patch)
last=${#patches[@]}

say() {
	echo "series, step $step: $*"
}

# A kernel's make in the shared folders.
kbuild() {
	"${MAKE:-make}" -C "$tree" O="$(realpath "$objects")" "$@"
}

prepare_tree() {
	if ! cmp -s "$source/.series/tarball" "$tree/.series/tarball"; then
		rm -rf "$tree" "$tree.tmp" "$objects"
		mkdir -p "$folder"
		cp -al "$source" "$tree.tmp"
		rm -rf "$tree.tmp/.series"
		cp -a "$source/.series" "$tree.tmp"
		mv "$tree.tmp" "$tree"
	fi
	"$kernel/unpack.sh" "$tarball" "$tree" "${step/without/$last}"
}

# The option is there from one of the patches on.
configure() {
	if [ "$step" = without ] || ! grep -qx 'config CLONE_WITH_PIDS' "$tree/init/Kconfig"; then
		fragments+=("$kernel/variants/without.config")
	fi
	"$kernel/configure.sh" "$tree" "$objects" "${fragments[@]}" >"$out/configuring" 2>&1 || {
		cat "$out/configuring" >&2
		exit 1
	}
	cp "$objects/.config" "$out/config"
}

compile() {
	local about=0
	[ -f "$objects/vmlinux" ] || about=1500
	say "compiling; the details are in $out/log"
	kbuild bzImage 2>&1 | tee -a "$out/log" | "$kernel/progress.sh" /dev/null "$about" || {
		tail -n 20 "$out/log" >&2
		exit 1
	}
}

# The sources among the files that the series touches, and the system call table, as objects of this step.
touched_objects() {
	local file
	for file in $(grep '\.c$' "$tree/.series/touched") arch/x86/entry/syscall_32.c; do
		[ ! -e "$tree/$file" ] || echo "${file%.c}.o"
	done
}

# C=2 checks what is named even if it is compiled already, which it is not: W=1 changes the compiler's options.
check() {
	local names
	mapfile -t names < <(touched_objects)
	say "checking ${names[*]} with W=1 and sparse"
	kbuild W=1 C=2 "${names[@]}" >"$out/checks" 2>&1 || {
		tail -n 20 "$out/checks" >&2
		exit 1
	}
}

mkdir -p "$out"
# What a build said that was interrupted stays, as it is not said again.
if [ -e "$out/bzImage" ]; then
	rm -f "$out/log"
	rm "$out/bzImage"
fi
prepare_tree
mkdir -p "$objects"
configure
compile
cp "$objects/arch/x86/boot/bzImage" "$out/bzImage.tmp"
case $step in
0 | "$last") check ;;
esac
mv "$out/bzImage.tmp" "$out/bzImage"
