# shellcheck shell=bash
# The kernel lab's grader: build a kernel with changed files, boot it, and run the guest's suites of the call by
# sections.  Sourced after parts.sh.

# The sections, as grade_parts wants them.
call_parts() {
	sed -E '/^(#|	)/d' labs/call/parts
}

# The guest's suites and cases of a section, quoted for its shell.
tests_of() {
	awk -v id="$1" -v quote="'" '
		/^[0-9]/ { here = $2 == id }
		here && /^\t/ { name = substr($0, 2); gsub(quote, quote "\\" quote quote, name) }
		here && /^\t/ { printf " %s%s%s", quote, name, quote }' labs/call/parts
}

# What the machine runs.  Its kernel is a student's: it can say what it likes, and it is believed.
sections_script() {
	local id
	cat <<-'END'
		#!/bin/sh
		section() {
			id=$1
			shift
			echo "part $id begin" >&3
			rm -f /tmp/pipe
			mkfifo /tmp/pipe
			tee /tmp/said </tmp/pipe 3>&- &
			/tests/guest-tests --timeout=60 "$@" 3>&- >/tmp/pipe 2>&1
			status=$?
			# A process that a broken kernel cannot end keeps the pipe open: do not wait for that.
			sleep 1
			if [ $status = 0 ]; then
				echo "part $id pass" >&3
			else
				why=$(sed -n 's/^FAIL //p' /tmp/said | head -n 1)
				why=$(echo "${why:-the tests ended: $(tail -n 1 /tmp/said)}" | tr -c ' -~' ' ' | cut -c -280)
				echo "part $id FAIL $why" >&3
			fi
		}
	END
	for id; do echo "section $id$(tests_of "$id")"; done
	echo exit 0
}

# usage: build_kernel CHANGES LOG: the kernel with the files below CHANGES in place of the series', in build/labs.  With
# JAILED_MAKE, a program that runs make, it is in build/labs/jail.
build_kernel() {
	make -s -j"$(nproc)" labs-kernel "LABS_CHANGES=$1" ${JAILED_MAKE:+"JAILED_MAKE=$JAILED_MAKE"} >"$2" 2>&1
}

# The compiler's first error, with the file as it is called in the kernel's tree; or the last that was said.
first_kernel_error() {
	local line
	line=$(grep -a -m 1 -E '(^|[^a-z])(fatal )?error: |undefined reference|\*\*\* ' "$1" || tail -n 1 "$1")
	sed -E "s,^([^ ]*/)?build/labs/(jail/)?linux/,$2,; s,^\.\./,$2," <<<"$line" | one_line
}

# usage: grade_kernel FOLDER RESULT [KERNEL]; without KERNEL, what was built last.  Each section has a machine of its own:
# a kernel that leaks the numbers which one section uses loses that section, not what follows.
grade_kernel() {
	local folder=$1 result=$2 line
	rm -rf "$folder" "$folder".*
	mkdir -p "$folder/lab"
	: >"$result"
	# shellcheck disable=SC2317 # grade_parts calls it
	script_for() {
		sections_script "$@"
	}
	while read -r line; do
		grade_parts "${3-build/labs/kernel/arch/x86/boot/bzImage}" "$folder" "$folder.section" <<<"$line"
		cat "$folder.section" >>"$result"
	done < <(call_parts)
}
