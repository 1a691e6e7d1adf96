# shellcheck shell=bash
# Grade a folder of handed-in files and write a table.  What is handed in is a stranger's: no link is followed, it is
# compiled in a jail (jail.sh), runs in the machine alone, and a text that comes from it is a line of printable ASCII.

HAND_IN_BYTES=262144
HANDED_FILES=(kernel/{clone_with_pids,fork,pid}.c include/linux/{pid,sched/task}.h)

# A field of the table.  What begins like a formula gets an apostrophe, so that no spreadsheet computes it.
csv_field() {
	local text
	text=$(printf '%s' "$1" | LC_ALL=C tr -c ' -~' '?' | cut -c -300)
	case $text in [=+@-]*) text="'$text" ;; esac
	printf '"%s"' "${text//\"/\"\"}"
}

# usage: row STUDENT LAB POINTS OF WHY
row() {
	local field separator=
	for field; do
		printf '%s' "$separator$(csv_field "$field")"
		separator=,
	done
	printf '\r\n'
}

# The first part of a result that was not passed, ID: why; or why all of it has failed.
first_failing() {
	if [ -e "$1.whole" ]; then cat "$1.whole"; return; fi
	awk -F '\t' '$2 < $3 { print $1 ": " $4; exit }' "$1"
}

# Copy what FILE has to a name of ours, if it is a file that can be graded.  On failure, say why not.
take() {
	if [ -L "$1" ]; then echo "it is a link, not a file"; return 1; fi
	if [ ! -f "$1" ]; then echo "it is not a file"; return 1; fi
	if [ "$(stat -c %s "$1")" -gt "$HAND_IN_BYTES" ]; then echo "it is larger than $HAND_IN_BYTES bytes"; return 1; fi
	if [ ! -s "$1" ]; then echo "it is empty"; return 1; fi
	head -c "$HAND_IN_BYTES" "$1" >"$2"
}

both_calls() {
	restart_parts clone_with_pids
	restart_parts clone3
}

# These two print nothing and leave a result: $work.result.
judge_c() {
	if ! compile_restart "$work.c" "$work.build" labs/grade/jail.sh "$work.build"; then
		both_calls | fail_parts "it does not compile: $(first_error "$work.build.said" restart.c)" "$work.result"
	else
		grade_restart "$work.build/restart" "$shift_all" "$work.machine" "$work.result" clone_with_pids clone3
	fi
}

# The patch is applied in the jail, to copies of the files that it may change; nothing else of what it makes counts.
apply_patch() {
	local variant file
	for variant in skeleton historical; do
		rm -rf "$work.build"
		mkdir -p "$work.build"
		for file in "${HANDED_FILES[@]}"; do
			mkdir -p "$work.build/$(dirname "$file")"
			cp "build/linux/$file" "$work.build/$file"
		done
		patch -s -d "$work.build" -p1 -F0 -f -r - --no-backup-if-mismatch <"labs/call/$variant.patch" >/dev/null
		find "$work.build" -mindepth 1 -printf '%P %y\n' | sort >"$work.before"
		cp "$work.patch" "$work.build/answer.patch"
		if labs/grade/jail.sh "$work.build" patch -s -p1 -F0 -f -r - --no-backup-if-mismatch -i answer.patch \
			>"$work.said" 2>&1; then return; fi
	done
	return 1
}

# What a patch made that is not to be handed in.
foreign_files() {
	rm -f "$work.build/answer.patch"
	find "$work.build" -mindepth 1 -printf '%P %y\n' | sort | { diff "$work.before" - || true; } |
		sed -n 's/^[<>] \(.*\) .$/\1/p'
}

judge_patch() {
	local foreign
	if ! apply_patch; then
		call_parts | fail_parts "the patch does not apply to the lab's tree: $(grep -a -m 1 . "$work.said" | one_line)" \
			"$work.result"
		return
	fi
	foreign=$(foreign_files | head -n 1 | one_line)
	if [ -n "$foreign" ]; then
		call_parts | fail_parts "the patch changes what is not part of the lab: $foreign; only ${HANDED_FILES[*]}" \
			"$work.result"
	elif ! JAILED_MAKE=$PWD/labs/grade/jail.sh build_kernel "$work.build" "$work.log"; then
		call_parts | fail_parts "it does not compile: $(first_kernel_error "$work.log" '')" "$work.result"
	else
		grade_kernel "$work.machine" "$work.result" build/labs/jail/kernel/arch/x86/boot/bzImage
	fi
}

# One file: its row, and a line for who waits.
grade_file() {
	local file=$1 name lab why points of
	name=$(basename "$file")
	case $name in
	*.c) lab=restart ;;
	*.patch) lab=kernel ;;
	*)
		why="not graded: neither NAME.c (the C lab) nor NAME.patch (the kernel lab)"
		row "$name" "" "" "" "$why" >>"$table"
		echo "$(one_line <<<"$name"): $why"
		return
		;;
	esac
	if ! why=$(take "$file" "$work.${name##*.}"); then
		if [ "$lab" = restart ]; then both_calls; else call_parts; fi | fail_parts "$why" "$work.result"
	elif [ "$lab" = restart ]; then
		judge_c
	else
		judge_patch
	fi
	read -r points of < <(sum_of "$work.result")
	why=$(first_failing "$work.result")
	row "${name%.*}" "$lab" "$points" "$of" "$why" >>"$table"
	printf '%-7s %3d of %3d  %s%s\n' "$lab" "$points" "$of" "$(one_line <<<"${name%.*}")" "${why:+: $why}"
}

# Does the jail work here?  In a container that permits no namespaces it does not.
try_jail() {
	local jail=build/labs/hand-in/jail
	mkdir -p "$jail"
	labs/grade/jail.sh "$jail" sh -c true >"$jail.said" 2>&1 ||
		die "bwrap cannot make a jail here, and strangers' sources are compiled in no other way:" \
			"$(tail -n 1 "$jail.said" | one_line)"
}

hand_in() {
	local folder=${1-} files=() file n=0 work shift_all=$((RANDOM % 9000 + 1))
	[ $# = 1 ] || die "labs --hand-in: name one folder"
	[ -d "$folder" ] || die "labs --hand-in: there is no folder $folder"
	for file in "$folder"/*; do
		case ${file##*/} in
		points.csv | points.csv.~*~) ;;
		*) if [ -e "$file" ] || [ -L "$file" ]; then files+=("$file"); fi ;;
		esac
	done
	compgen -G "$folder/*.c" >/dev/null || compgen -G "$folder/*.patch" >/dev/null ||
		die "$folder: nothing is handed in: there is no NAME.c (restart.c of the C lab) and no NAME.patch" \
			"(answer.patch of the kernel lab)"
	rm -rf build/labs/hand-in
	try_jail
	# The trap's, so not local.
	table=$(mktemp "$folder/.points.XXXXXX") || die "$folder cannot be written"
	trap 'rm -f "$table"' EXIT
	row student lab points of "first failing check" >"$table"
	for file in "${files[@]}"; do
		n=$((n + 1))
		work=$PWD/build/labs/hand-in/$n
		grade_file "$file"
	done
	chmod 644 "$table"
	# An older table may have been written in: it gets another name.
	mv --backup=numbered -T "$table" "$folder/points.csv"
	trap - EXIT
	echo "The table is $folder/points.csv; what each machine said is in build/labs/hand-in, by their numbers."
}
