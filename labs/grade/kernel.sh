# shellcheck shell=bash
# The kernel lab's folder, labs/kernel: the tree that a student works in, and what they changed in it.  Sourced after
# parts.sh and sections.sh.

place=labs/kernel
TREE_MB=2200

# The files of a folder, with what tells that one was changed.
list_files() {
	(cd "$1" && find . -type f -printf '%P\t%s\t%T@\n' | sort)
}

# Make the tree: the kernel with the series, and then a patch of ours.  A copy: an editor that writes in place must not
# reach build/linux.
make_tree() {
	local variant=$1 free
	free=$(df -Pm . | awk 'NR == 2 { print $4 }')
	[ "$free" -ge "$TREE_MB" ] || die "the tree takes $TREE_MB MB of disk; where $place is, $free MB are free"
	mkdir -p "$place"
	echo "Copying the kernel's source to $place/linux: half a minute, 1.6 GB."
	rm -rf "$place/linux.tmp" "$place/.given.tmp"
	cp -a build/linux "$place/linux.tmp"
	mkdir -p "$place/.given.tmp/files"
	cp -a "$place/linux.tmp/.series" "$place/.given.tmp/series"
	rm -rf "$place/linux.tmp/.series"
	patch -s -d "$place/linux.tmp" -p1 -F0 -f --no-backup-if-mismatch -r - <"labs/call/$variant.patch" ||
		die "labs/call/$variant.patch does not apply to the series"
	while read -r file; do
		mkdir -p "$place/.given.tmp/files/$(dirname "$file")"
		cp -a "$place/linux.tmp/$file" "$place/.given.tmp/files/$file"
	done < <(given_files)
	list_files "$place/linux.tmp" >"$place/.given.tmp/list"
	echo "$variant" >"$place/.given.tmp/variant"
	rm -rf "$place/.given"
	mv "$place/.given.tmp" "$place/.given"
	mv "$place/linux.tmp" "$place/linux"
}

# The files that the series touches, as far as they are there.
given_files() {
	(cd build/linux && while read -r file; do [ ! -e "$file" ] || echo "$file"; done <.series/touched)
}

# What the student changed, added or removed, by name.  What only an editor leaves is not meant.
changed_files() {
	list_files "$place/linux" | diff "$place/.given/list" - | sed -n 's/^[<>] //p' | cut -f 1 | sort -u |
		grep -Ev '(~|\.sw[a-p]|\.orig|\.rej|\.o|\.cmd)$' || true
}

# The answer as a patch to the tree that was given, on stdout.
answer() {
	local file before
	changed_files | while read -r file; do
		before=$place/.given/files/$file
		[ -e "$before" ] || before=build/linux/$file
		[ -e "$before" ] || before=/dev/null
		diff -u -N --label "a/$file" --label "b/$file" "$before" "$place/linux/$file" || true
	done
}

# A variant, or none: that which is there.
begin_kernel() {
	local variant
	own_folder "$place" .given
	[ -d "$place/linux" ] || make_tree "${1:-skeleton}"
	variant=$(<"$place/.given/variant")
	if [ -n "$1" ] && [ "$1" != "$variant" ]; then
		die "$place has the $variant variant: ./build.sh lab kernel --reset --$1 keeps your answer in a file and begins anew"
	fi
	cat <<-END
		$place/linux is Linux $(<kernel/release) with the series, $(describe_variant "$variant").
		What has to hold is written there: grep -rn LAB $place/linux/kernel; and in
		$place/linux/Documentation/userspace-api/clone_with_pids.rst.
		    ./build.sh lab kernel --grade    builds it, boots it and grades it: 100 points
		    ./build.sh lab kernel --reset    keeps your answer in a patch file and begins anew
	END
}

describe_variant() {
	case $1 in
	skeleton) echo "without the bodies that matter: yours to write" ;;
	historical) echo "but it reads the list as in 2009: copy_target_pids() in kernel/clone_with_pids.c is yours to port" ;;
	esac
}

# Keep the answer in a file with a new name, and make the tree anew.
reset_kernel() {
	local n=1 kept=
	if [ ! -e "$place/.given" ] || [ ! -d "$place/linux" ]; then die "there is no $place/linux to begin anew"; fi
	if [ -n "$(changed_files)" ]; then
		while [ -e "$place/answer-$n.patch" ]; do n=$((n + 1)); done
		kept=$place/answer-$n.patch
		answer >"$kept.tmp"
		mv "$kept.tmp" "$kept"
	fi
	# A name that says what is left if this is interrupted: the answer is in the file already.
	rm -rf "$place/linux.old"
	mv "$place/linux" "$place/linux.old"
	make_tree "$1"
	rm -rf "$place/linux.old"
	[ -z "$kept" ] || echo "What you wrote is in $kept; patch -d $place/linux -p1 <$kept brings it back."
}

# The changed files, in a folder that says what to build: those of the tree that was given, and over them the answer's.
collect_changes() {
	local file
	rm -rf "$1"
	mkdir -p "$1"
	cp -a "$place/.given/files/." "$1"
	changed_files | while read -r file; do
		mkdir -p "$1/$(dirname "$file")"
		if [ -f "$place/linux/$file" ]; then cp -a "$place/linux/$file" "$1/$file"; else
			die "$place/linux/$file is gone: every file of the tree is needed; ./build.sh lab kernel --reset begins anew"
		fi
	done
}

grade_kernel_lab() {
	local work=build/labs/answer
	if [ ! -e "$place/.given" ] || [ ! -d "$place/linux" ]; then
		die "there is no $place/linux: ./build.sh lab kernel makes it"
	fi
	diff -r "$place/.given/series/orig" build/linux/.series/orig >/dev/null ||
		die "build/linux is another version of Linux than $place/linux: --reset keeps your answer and begins anew"
	mkdir -p build/labs
	answer >"$place/answer.patch.tmp"
	mv "$place/answer.patch.tmp" "$place/answer.patch"
	collect_changes "$work.changes"
	echo "Building; the first time takes a minute more.  The log: $work.log"
	build_kernel "$work.changes" "$work.log" ||
		die "it does not compile: $(first_kernel_error "$work.log" "$place/linux/")"
	grep -a 'warning: ' "$work.log" | sed -E "s,^([^ ]*/)?build/labs/linux/,$place/linux/," | head -n 5 || true
	echo "Booting it."
	grade_kernel "$work" "$work.result"
	echo "The answer to hand in: $place/answer.patch"
	call_parts | show_result "$work.result" "$work"
}

kernel_lab() {
	local grade='' reset='' variant=''
	for option; do
		case $option in
		--grade) grade=1 ;;
		--reset) reset=1 ;;
		--historical) variant=historical ;;
		*) die "what is $option? lab kernel has --grade, --reset and --historical" ;;
		esac
	done
	[ -z "$grade" ] || [ -z "$reset$variant" ] || die "--grade stands alone: it grades what is in $place"
	if [ -n "$grade" ]; then
		grade_kernel_lab
	elif [ -n "$reset" ]; then
		reset_kernel "${variant:-skeleton}"
	else
		begin_kernel "$variant"
	fi
}
