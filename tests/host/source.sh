#!/bin/bash
# The kernel's source: unpacking it and applying the series, when something goes wrong or is interrupted.
#
# The steps are tried on a source tree of a few lines.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/copy.sh"

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
20 patched                    | the series is applied, in order, without the cover letter
20 offset                     | a patch whose place has moved is applied
20 hunk_fails                 | a patch that does not apply stops the build: patch, file and hunk are named
20 no_fuzz                    | a patch whose context is not there line by line does not apply
20 hunk_fails_later           | the tree stays as it was when a changed patch does not apply, and recovers
20 edited_patch               | an edited patch rewrites the files that change, and no other
20 removed_patch              | a removed patch is taken back, with the files that it made
20 first_patches              | the first patches alone are applied, as many as are asked for
90 killed_anywhere            | unpacking and patching, killed at each of its steps, gives the same tree in the end

20 tarball_missing            | KERNEL_TARBALL that is not there
20 tarball_truncated          | KERNEL_TARBALL that is cut off
20 tarball_of_another_version | KERNEL_TARBALL of Linux 6.13
20 tarball_of_something_else  | KERNEL_TARBALL without a kernel
20 tarball_changed            | another KERNEL_TARBALL is unpacked anew, and every file of it is new
"

# --- the source tree ---

# A "kernel" of two files, its tarball, and a series of two patches with a cover letter, in a copy of kernel/.
small_source() {
	small_tarball "$(<kernel/release).1" "$scratch/small.tar.xz"
	mkdir -p "$scratch/kernel/patches"
	cp kernel/unpack.sh kernel/release "$scratch/kernel"
	echo "Subject: [PATCH 0/2] not a patch" >"$scratch/kernel/patches/0000-cover-letter.patch"
	small_patch 0001-one.patch one "line 5" "line five"
	cat >"$scratch/kernel/patches/0002-two.patch" <<-'END'
		Subject: a new file, and the first patch's line again

		--- a/one
		+++ b/one
		@@ -4,3 +4,3 @@
		 line 4
		-line five
		+line 5.0
		 line 6
		--- /dev/null
		+++ b/dir/new
		@@ -0,0 +1 @@
		+new
	END
}

small_tarball() {
	local top=$scratch/small
	rm -rf "$top"
	mkdir -p "$top/dir"
	printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = %s\n' "${1%%.*}" "$(cut -d. -f2 <<<"$1")" "${1##*.}" \
		>"$top/Makefile"
	printf 'line %s\n' 1 2 3 4 5 6 7 8 9 >"$top/one"
	cp "$top/one" "$top/two"
	touch -d 2001-01-01 "$top"/*
	tar -C "$scratch" -cJf "$2" small
}

# A patch NAME that changes one line of FILE; its context is the line before and after.
small_patch() {
	local before after number=${3#line }
	before="line $((number - 1))"
	after="line $((number + 1))"
	printf 'Subject: change a line\n\n--- a/%s\n+++ b/%s\n@@ -%d,3 +%d,3 @@\n %s\n-%s\n+%s\n %s\n' \
		"$2" "$2" $((number - 1)) $((number - 1)) "$before" "$3" "$4" "$after" >"$scratch/kernel/patches/$1"
}

unpack() {
	"$scratch/kernel/unpack.sh" "$scratch/small.tar.xz" "$scratch/tree" "$@"
}

unfinished() {
	[ ! -e "$scratch/tree/.series/applied" ] || fail "the tree is taken for finished"
}

content_is() {
	[ "$(cat "$scratch/tree/$1")" = "$2" ] || fail "$1 is $(head -c 200 "$scratch/tree/$1")"
}

PATCHED=$'line 1\nline 2\nline 3\nline 4\nline 5.0\nline 6\nline 7\nline 8\nline 9'

patched() {
	small_source
	unpack
	content_is one "$PATCHED"
	content_is dir/new new
	content_is .series/applied $'0001-one.patch\n0002-two.patch'
}

offset() {
	small_source
	sed -i 's/^@@.*/@@ -1,3 +1,3 @@/' "$scratch/kernel/patches/0001-one.patch"
	unpack
	content_is one "$PATCHED"
}

hunk_fails() {
	small_source
	small_patch 0001-one.patch one "line 5" "line five"
	sed -i 's/^-line 5/-line V/' "$scratch/kernel/patches/0001-one.patch"
	expect_failure unpack
	must_say '0001-one.patch'
	must_say 'Hunk #1 FAILED'
	must_say 'file one'
	unfinished
}

no_fuzz() {
	small_source
	sed -i 's/^ line 6/ line VI/' "$scratch/kernel/patches/0001-one.patch"
	expect_failure unpack
	must_say 'Hunk #1 FAILED'
	unfinished
}

hunk_fails_later() {
	small_source
	unpack
	sed -i.good 's/^-line five/-line V/' "$scratch/kernel/patches/0002-two.patch"
	expect_failure unpack
	must_say '0002-two.patch'
	content_is one "$PATCHED"
	mv "$scratch/kernel/patches/0002-two.patch.good" "$scratch/kernel/patches/0002-two.patch"
	unpack
	content_is one "$PATCHED"
}

edited_patch() {
	small_source
	unpack
	find "$scratch/tree" -type f -exec touch -d 2002-02-02 {} +
	sed -i 's/^+new/+newer/' "$scratch/kernel/patches/0002-two.patch"
	unpack
	content_is dir/new newer
	[ "$(find "$scratch/tree" -newermt 2003-03-03 -type f ! -path '*/.series/*' -printf '%P ')" = "dir/new " ] ||
		fail "other files were written, too"
}

removed_patch() {
	small_source
	unpack
	rm "$scratch/kernel/patches/0002-two.patch"
	unpack
	content_is one "${PATCHED/5.0/five}"
	[ ! -e "$scratch/tree/dir/new" ] || fail "dir/new is still there"
}

first_patches() {
	small_source
	unpack 1
	content_is one "${PATCHED/5.0/five}"
	content_is .series/applied 0001-one.patch
	unpack
	content_is one "$PATCHED"
	unpack 0
	content_is one "${PATCHED/5.0/5}"
	[ ! -e "$scratch/tree/dir/new" ] || fail "dir/new is still there"
}

# Put a PROGRAM in the PATH that at its Nth call kills who called it, before or after doing its work.
killer() {
	local real
	real=$(command -v "$1")
	rm -f "$scratch/calls"
	cat >"$scratch/bin/$1" <<-END
		#!/bin/bash
		echo >>$scratch/calls
		[ "\$(wc -l <$scratch/calls)" = $3 ] || exec $real "\$@"
		[ $2 = before ] || $real "\$@"
		kill -KILL \$PPID
	END
	chmod +x "$scratch/bin/$1"
}

# From nothing, and from a tree with an older series: each program that unpack.sh runs kills it once at each of its
# calls.  Then it is run undisturbed, and the tree has to be as it would have been.
killed_anywhere() {
	local start program when n times=0
	mkdir "$scratch/bin" "$scratch/nothing"
	small_source
	unpack
	mv "$scratch/tree" "$scratch/good"
	mv "$scratch/kernel/patches" "$scratch/patches"
	mkdir "$scratch/kernel/patches"
	small_patch 0001-two.patch two "line 7" "line seven"
	unpack
	mv "$scratch/tree" "$scratch/older"
	rm -r "$scratch/kernel/patches"
	mv "$scratch/patches" "$scratch/kernel/patches"

	for start in nothing older; do
		for program in tar mv cp patch cmp touch rm sort; do
			for when in before after; do
				for ((n = 1; ; n++)); do
					rm -rf "$scratch"/tree*
					cp -a "$scratch/$start" "$scratch/tree"
					killer $program $when $n
					if PATH=$scratch/bin:$PATH unpack >/dev/null 2>&1; then break; fi
					times=$((times + 1))
					rm "$scratch/bin/$program"
					unpack >/dev/null
					diff -r -x touched -x orig "$scratch/tree" "$scratch/good" ||
						fail "from $start, killed $when call $n of $program: another tree"
				done
				rm "$scratch/bin/$program"
			done
		done
	done
	echo "$times interruptions"
	[ "$times" -gt 40 ] || fail "only $times interruptions were tried"
}

# --- the tarball ---

# A build of the copy that fails, with another tarball.
build_with() {
	copy_checkout
	rm -r build/linux build/kernel
	KERNEL_TARBALL=$1 expect_failure ./build.sh build --no-install
	must_say "${1##*/}"
	[ ! -e build/linux ] || fail "the tree is there"
}

tarball_missing() {
	build_with "$scratch/nowhere.tar.xz"
	must_say 'no source tarball'
}

tarball_truncated() {
	head -c 30000000 "$(tarball_built)" >"$scratch/half.tar.xz"
	build_with "$scratch/half.tar.xz"
	must_say 'damaged'
}

tarball_of_another_version() {
	small_tarball 6.13.2 "$scratch/new.tar.xz"
	build_with "$scratch/new.tar.xz"
	must_say 'Linux 6.13.2; the patches are for '"$(<kernel/release)"'.y'
}

tarball_of_something_else() {
	tar -C "$root" -cJf "$scratch/other.tar.xz" docs
	build_with "$scratch/other.tar.xz"
	must_say 'not a kernel source'
}

tarball_changed() {
	small_source
	unpack
	find "$scratch/tree" -type f -exec touch -d 2002-02-02 {} +
	small_tarball "$(<kernel/release).20" "$scratch/small.tar.xz"
	unpack
	content_is one "$PATCHED"
	grep -q '^SUBLEVEL = 20$' "$scratch/tree/Makefile" || fail "still the old tree"
	[ -z "$(find "$scratch/tree" ! -newermt 2003-03-03 -type f)" ] || fail "files have dates older than the unpacking"
}

main "$@"
