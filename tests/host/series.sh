#!/bin/bash
# The series itself: every patch builds and boots, says nothing new to the kernel's checkers, applies to other
# releases, and leaves nothing behind when the system call is configured out.  And what a checkpoint refuses that only
# these kernels have.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/qemu.sh"
. "${0%/*}/report.sh"
. "${0%/*}/splats.sh"
. "${0%/*}/steps.sh"

per_patch() {
	local n
	for n in "${!patches[@]}"; do
		echo "20 checkpatch $n | patch $((n + 1)): checkpatch.pl --strict has nothing to say"
	done
	echo "3000 builds_and_boots 0 | no patch: builds without a warning, and boots"
	for ((n = 1; n <= last_step; n++)); do
		echo "3000 builds_and_boots $n | patches 1 to $n: builds without a warning, and boots"
	done
}

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
20   checkpatch_finds          | checkpatch.pl finds what it is to find
$(per_patch)
3000 builds_and_boots without  | without CONFIG_CLONE_WITH_PIDS: builds without a warning, and boots
900  enosys                    | without CONFIG_CLONE_WITH_PIDS: the call is ENOSYS, and fork(), clone() and clone3() work
900  enosys_not_with_option    | with CONFIG_CLONE_WITH_PIDS the same check fails
900  tour_says_so              | without CONFIG_CLONE_WITH_PIDS: the tour says what is missing
900  absent_is_refused         | with sockets, seccomp and more namespaces: checkpoint refuses what has them
900  checkers_ran              | W=1 and sparse looked at every source that the series touches
20   nothing_new               | W=1 and sparse say nothing of them that they did not say before
20   something_new_shows       | something that they say anew is noticed
600  applies oldest            | the series applies without fuzz to the oldest source that Debian offers, or that is built
600  applies newest            | the series applies without fuzz to the newest source that Debian offers, or that is built
"

# --- each patch ---

checkpatch_says() {
	(cd build/linux && scripts/checkpatch.pl --strict --no-color "$1") >"$scratch/said" 2>&1
}

checkpatch() {
	checkpatch_says "$root/${patches[$1]}" || { cat "$scratch/said"; fail "$(grep '^total: ' "$scratch/said")"; }
	grep -q '^total: 0 errors, 0 warnings, 0 checks, [1-9]' "$scratch/said" ||
		fail "it says '$(grep '^total: ' "$scratch/said" || tail -n 1 "$scratch/said")'"
}

# A space at the end of a line that is added.
checkpatch_finds() {
	awk '!done && /^\+[^+]/ { $0 = $0 " "; done = 1 } { print }' "${patches[0]}" >"$scratch/space.patch"
	if checkpatch_says "$scratch/space.patch"; then fail "a trailing space passes"; fi
	grep -q 'trailing whitespace' "$scratch/said" || fail "it says '$(tail -n 1 "$scratch/said")'"
}

builds_and_boots() {
	make_outputs "build/series/$1/bzImage"
	if grep -iE 'warning|error:' "build/series/$1/log"; then fail "the compiler has something to say"; fi
	step_boots "$1" "mode=auto demo=/bin/true"
	play end
	judge "demo: ok"
	no_splats "$scratch/console"
}

# --- without the option ---

boot_without() {
	make_outputs "build/series/$1/bzImage" build/series/archive.cpio
	step_boots "$1" "mode=auto limit=60 demo=/series/without" build/series/archive.cpio
	play end
}

enosys() {
	boot_without without
	judge "demo: ok"
	grep -qE '^without: [1-9][0-9]* calls were ENOSYS' "$scratch/verdict" || fail "it does not say how many calls"
}

enosys_not_with_option() {
	boot_without "$last_step"
	[[ "$(verdict)" == "demo: FAILED: clone_with_pids() with "*", not ENOSYS" ]] || fail "it says '$(verdict)'"
}

tour_says_so() {
	make_outputs build/series/without/bzImage
	step_boots without "mode=auto"
	play end
	[[ "$(verdict)" == "demo: FAILED: chapter 4: "* ]] || fail "it says '$(verdict)'"
	grep -q 'create it by clone_with_pids(): Function not implemented' "$scratch/console" || fail "it does not say why"
}

# --- what only these kernels have ---

absent_is_refused() {
	make_outputs "build/series/$last_step/bzImage"
	mkdir -p "$scratch/files/tests"
	cat >"$scratch/files/tests/script" <<-'END'
		#!/bin/sh
		/tests/guest-tests --list refused_absent | sed 's/^/case /' >&3
		exec /tests/guest-tests refused_absent
	END
	chmod +x "$scratch/files/tests/script"
	archive_with "$scratch/files"
	kernel=build/series/$last_step/bzImage
	directly "mode=test limit=90 demo=/tests/script" -m 128
	count_instructions
	play end
	keep_report "$scratch/report"
	all_reported "$scratch/report"
	judge "test: ok"
}

# --- the checkers ---

# The sources that checkers look at in a step: what the series touches, and where the table of system calls is used.
sources() {
	local file
	for file in $(sed -n 's,^+++ b/\(.*\.c\)$,\1,p' "${patches[@]}" | sort -u) arch/x86/entry/syscall_32.c; do
		[ "$1" != 0 ] || [ -e "build/series/linux/.series/orig/$file" ] || [[ $file != kernel/* ]] || continue
		echo "$file"
	done
}

checkers_ran() {
	local step file n=0
	make_outputs "build/series/$last_step/bzImage"
	for step in 0 "$last_step"; do
		for file in $(sources "$step"); do
			n=$((n + 1))
			grep -q "^  CC  *${file%.c}.o$" "build/series/$step/checks" || fail "step $step: W=1 without $file"
			grep -q "^  CHECK .*/$file$" "build/series/$step/checks" || fail "step $step: sparse without $file"
		done
	done
	[ "$n" -ge 6 ] || fail "only $n sources"
}

# What was said, without the numbers of lines.
messages() {
	sed -nE 's,^.*/series/linux/,,; s,^([^ :]+):[0-9]+(:[0-9]+)?: ,\1: ,p' "$1" | LC_ALL=C sort
}

# What the second file says more often than the first.
new_messages() {
	comm -13 <(messages "$1") <(messages "$2")
}

nothing_new() {
	messages build/series/0/checks >"$scratch/before"
	[ -s "$scratch/before" ] || fail "nothing was said of the unpatched sources: were they checked?"
	new_messages build/series/0/checks "build/series/$last_step/checks" >"$scratch/new"
	cat "$scratch/new"
	[ ! -s "$scratch/new" ] || fail "$(wc -l <"$scratch/new") new messages, the last: $(tail -n 1 "$scratch/new")"
}

something_new_shows() {
	local dir=/x/build/series/linux
	printf '%s\n' "  CHECK   $dir/kernel/pid.c" "$dir/kernel/pid.c:7:1: warning: one" >"$scratch/before"
	printf '%s\n' "$dir/kernel/pid.c:9:1: warning: one" "$dir/kernel/pid.c:12: error: two" \
		"$dir/kernel/pid.c:13:1: warning: one" >"$scratch/after"
	new_messages "$scratch/before" "$scratch/after" | diff - <(printf 'kernel/pid.c: %s\n' 'error: two' 'warning: one') ||
		fail "they are not what is new"
	echo 'static int *f(int __attribute__((address_space(1))) *p) { return p; }' >"$scratch/bad.c"
	sparse "$scratch/bad.c" >"$scratch/said" 2>&1
	grep -q 'different address spaces' "$scratch/said" || fail "sparse finds no wrong address space"
}

# --- other releases ---

release=$(<kernel/release)

# Debian's versions of the source package in all suites that apt is configured with, the oldest first.  A release later
# than Debian 13 has none, and apt knows that if it knows another package: then the source that is built is the one.
versions() {
	local offered
	offered=$(apt-cache madison "linux-source-$release")
	if [ -n "$offered" ]; then
		awk -F'|' '{ gsub(/ /, "", $2); print $2 }' <<<"$offered" | sort -uV
	elif [ -n "$(apt-cache madison make)" ]; then
		echo built
	fi
}

installed() {
	[ "$(dpkg-query -W -f '${Version}' "linux-source-$release" 2>&1)" = "$1" ]
}

# A version's tarball, as a stream.
tarball_of() {
	if [ "$1" = built ]; then
		cat "$(tarball_built)"
	elif installed "$1"; then
		cat "/usr/src/linux-source-$release.tar.xz"
	else
		dpkg-deb --fsys-tarfile "build/series/sources/$1.deb" | tar -xO "./usr/src/linux-source-$release.tar.xz"
	fi
}

fetch() {
	local deb=build/series/sources/$1.deb
	if [ "$1" = built ] || installed "$1" || [ -f "$deb" ]; then return; fi
	mkdir -p "${deb%/*}"
	(cd "$scratch" && apt-get -q download "linux-source-$release=$1") ||
		fail "apt-get download linux-source-$release=$1: failed; is the network there?"
	mv "$scratch/linux-source-${release}_"*.deb "$deb"
}

# Of the tarball only the files that the series touches are unpacked.
applies() {
	local offered version names patch
	mapfile -t offered < <(versions)
	[ "${#offered[@]}" -gt 0 ] || fail "apt offers no linux-source-$release; has apt-get update been run?"
	if [ "$1" = oldest ]; then version=${offered[0]}; else version=${offered[-1]}; fi
	fetch "$version"
	mapfile -t names < <(sed -n 's,^--- a/\([^[:blank:]]*\).*,*/\1,p' "${patches[@]}" | sort -u)
	mkdir "$scratch/tree"
	tarball_of "$version" | tar -xJ -C "$scratch/tree" --strip-components=1 --wildcards \
		--no-wildcards-match-slash '*/Makefile' "${names[@]}" ||
		fail "unpack linux-source-$release=$version: a file that the series touches is not there"
	echo "linux-source-$release=$version: $release.$(sed -n 's/^SUBLEVEL = //p' "$scratch/tree/Makefile")"
	for patch in "${patches[@]}"; do
		patch -d "$scratch/tree" -p1 -F0 -f --no-backup-if-mismatch -r - <"$patch" ||
			fail "${patch##*/} does not apply to linux-source-$release=$version"
	done
}

main "$@"
