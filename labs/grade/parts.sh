# shellcheck shell=bash
# For the graders: points by parts, each judged in the machine.  Sourced from the top of the checkout.
#
# What is asked for is a list of lines, POINTS ID | TITLE, which grade_parts reads.  What comes out is a file with a
# line for each of them: ID, points, of how many, and why not, with tabs between.  Of what the machine says only
# lines of verdict_lines() count.  A machine that dies in a part costs that part; another boots for the rest.

# One boot: seconds, seconds of processor time, kB for its console and its verdict.
BOOT_SECONDS=1800 BOOT_CPU=200 BOOT_KB=2048
# So many machines may end in a part; what is left then is not tried.
MAX_DEATHS=10

die() {
	echo "build.sh: lab: $*" >&2
	exit 1
}

# Make a foreign text safe for a terminal and a table: a line of printable ASCII, of at most 300 characters.
one_line() {
	tr -c '[:print:]' ' ' | sed 's/  */ /g; s/^ //; s/ $//' | cut -c -300
}

# Boot KERNEL with the files of FOLDER in the archive, and run /lab/script: FOLDER.console, FOLDER.verdict.  The status
# is QEMU's, which can neither start programs here nor fill the disk.
boot() {
	local kernel=$1 folder=$2 status=0
	{
		cat build/initramfs.cpio build/tests.cpio.gz
		(cd "$folder" && find . -mindepth 1 | cpio -o -H newc -R 0:0 --quiet) | gzip -n
	} >"$folder.archive"
	: >"$folder.verdict"
	(
		# The soft limit has a signal of its own, which says what it was.
		ulimit -S -t "$BOOT_CPU"
		ulimit -f "$BOOT_KB" -c 0
		exec timeout -k 5 "$BOOT_SECONDS" qemu-system-i386 -accel tcg -nic none -display none -no-reboot -m 64 \
			-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny \
			-kernel "$kernel" -initrd "$folder.archive" -append "$(<iso/arguments) panic=-1 mode=test demo=/lab/script" \
			-icount "${LAB_ICOUNT:-shift=0,sleep=off}" -monitor none -serial stdio -serial "file:$folder.verdict"
	) </dev/null >"$folder.console" 2>&1 || status=$?
	rm "$folder.archive"
	return "$status"
}

# What a verdict may say; everything else does not exist.
verdict_lines() {
	head -c 65536 "$1" | tr -d '\r' |
		LC_ALL=C grep -aE '^part [a-z0-9/_-]+ (begin|pass|FAIL [ -~]{1,300})$' || true
}

# How the kernel died: what it said first, where it was, and which test had passed last.
death_words() {
	tr -d '\r' <"$1.console" | LC_ALL=C awk '
		/^pass / && !first { last = $0 }
		/Kernel panic|BUG:|Oops/ && !first { first = $0 }
		first && /^EIP: / && !eip { eip = $2 }
		END {
			print (first ? "the kernel panicked: " first (eip ? " in " eip : "") : "the machine ended in the middle") \
				(last ? "; the last test that passed: " substr(last, 6) : "")
		}' | one_line
}

# Why a machine ended in the middle, from QEMU's status and the console.
why_ended() {
	case $1 in
	124 | 137) echo "the machine did not end within $BOOT_SECONDS seconds" ;;
	152) echo "the machine hangs: no end after $BOOT_CPU seconds of processor time" ;;
	153) echo "the machine wrote more than $BOOT_KB kB" ;;
	0) death_words "$2" ;;
	*) echo "QEMU ended with status $1: $(tail -n 1 "$2.console" | one_line)" ;;
	esac
}

log_end() {
	echo "The console's last lines:"
	tail -n 12 "$1.console" | tr -d '\r' | LC_ALL=C tr -c '[:print:]\n' ' ' | cut -c -110 | sed 's/^/    /'
}

# The verdict on a part, from the lines of a boot: pass, FAIL and why, begun, or nothing.
verdict_on() {
	awk -v id="$1" '
		$2 != id { next }
		$3 == "begin" && !begun { begun = 1 }
		begun && !said && $3 != "begin" { said = $3; sub(/^part [^ ]* /, "") ; print }
		END { if (begun && !said) print "begun" }' "$2"
}

# usage: grade_parts KERNEL FOLDER RESULT <LINES.  script_for ID... is the caller's: it writes FOLDER/lab/script, which
# judges these parts in this order.
grade_parts() {
	local kernel=$1 folder=$2 result=$3 lines ids points id title said status deaths=0
	lines=$(cat)
	: >"$result"
	while [ -n "$lines" ]; do
		mapfile -t ids < <(awk '{ print $2 }' <<<"$lines")
		script_for "${ids[@]}" >"$folder/lab/script"
		chmod +x "$folder/lab/script"
		status=0
		# The shell would say which limit ended QEMU; why_ended does.
		boot "$kernel" "$folder" 2>/dev/null || status=$?
		verdict_lines "$folder.verdict" >"$folder.lines"
		# Until the part in which the machine ended; at least one.
		while read -r points id title; do
			said=$(verdict_on "$id" "$folder.lines")
			case $said in
			pass) printf '%s\t%s\t%s\t\n' "$id" "$points" "$points" >>"$result" ;;
			FAIL*) printf '%s\t0\t%s\t%s\n' "$id" "$points" "${said#FAIL }" >>"$result" ;;
			*)
				printf '%s\t0\t%s\t%s\n' "$id" "$points" "$(why_ended "$status" "$folder")" >>"$result"
				log_end "$folder" >"$folder.end-${id//\//-}"
				lines=$(tail -n +2 <<<"$lines")
				deaths=$((deaths + 1))
				break
				;;
			esac
			lines=$(tail -n +2 <<<"$lines")
		done <<<"$lines"
		[ "$deaths" -lt "$MAX_DEATHS" ] || break
	done
	[ -z "$lines" ] || while read -r points id title; do
		printf '%s\t0\t%s\t%s\n' "$id" "$points" "not tried: $deaths machines ended before" >>"$result"
	done <<<"$lines"
}

# usage: fail_parts WHY RESULT <LINES: no points for any part, for one reason, which is also in RESULT.whole.
fail_parts() {
	local points id title
	echo "$1" >"$2.whole"
	while read -r points id title; do printf '%s\t0\t%s\t%s\n' "$id" "$points" "$1"; done >"$2"
}

# Print a result as a table.  LINES on stdin; the titles are from there.  Fails unless all points were given.
show_result() {
	local result=$1 folder=$2 points id title got why
	while read -r points id title; do
		IFS=$'\t' read -r got why < <(awk -F '\t' -v id="$id" '$1 == id { print $2 "\t" $4 }' "$result")
		printf '%3d of %2d  %-12s %s\n' "$got" "$points" "${id##*/}" "${title#| }"
		[ -z "$why" ] || fold -s -w 88 <<<"$why" | sed 's/^/           /; s/ *$//'
		[ ! -s "$folder.end-${id//\//-}" ] || sed 's/^/           /' "$folder.end-${id//\//-}"
	done
	sum_of "$result" | {
		read -r got points
		echo "$got of $points points"
		[ "$got" = "$points" ]
	}
}

sum_of() {
	awk -F '\t' '{ got += $2; of += $3 } END { print got + 0, of + 0 }' "$1"
}
