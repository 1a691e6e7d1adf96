# shellcheck shell=bash
# What ./build.sh test can be asked for by its name, and what a name means.  Sourced by run.sh, in the checkout.
#
# A guest suite is ROOM/SUITE, its file below tests/guest, and a host file host/FILE, its file below tests; SUITE and FILE
# alone will do.  A case is SUITE: CASE or FILE: CASE, and in a file FUNCTION may stand for the CASE.

# A program of the machine, to be asked what it has.  It is static and for i386: an x86 host runs it as it is, others by
# QEMU.
i386_program() {
	local runner
	for runner in '' qemu-i386 qemu-i386-static; do
		if ${runner:+command -v "$runner"} >/dev/null && $runner "$@" 2>/dev/null; then return; fi
	done
	echo "tests: $*: it failed, or this host does not run i386 programs; QEMU can: apt-get install qemu-user" >&2
	return 1
}

guest_tests() {
	i386_program build/tests/guest/guest-tests "$@"
}

# ROOM/SUITE: CASE, in the order in which they run, and host/FILE: CASE  [FUNCTION ARGUMENT...].
list_guest() {
	guest_tests --list --any-kernel
}

list_host() {
	local file
	for file in tests/host/*.sh; do
		[ ! -x "$file" ] || "$file" --list
	done
}

# meaning NAME: lines `guest SUITE', `guest SUITE: CASE', `host FILE' and `host FILE:CASE' of all that have that name.
meaning() {
	awk -v name="$1" '
		BEGIN {
			colon = index(name, ":")
			head = colon ? substr(name, 1, colon - 1) : name
			asked = colon ? substr(name, colon + 1) : ""
			sub(/^ +/, "", asked)
		}
		# What stands before the colon, with its room or without.
		function is_head(path) {
			return head == path || (head == substr(path, index(path, "/") + 1) && path ~ /^(host|[a-z]+)\//)
		}
		{
			split($0, part, ":")
			path = part[1]
			text = substr($0, length(path) + 3)
			if (!is_head(path)) next
			what = path ~ /^host\// ? "host" : "guest"
			own = what == "host" ? substr(path, 6) : path
			if (asked == "") { print what, own; next }
			if (what == "host") {
				call = text
				sub(/^.*  \[/, "", call)
				sub(/\]$/, "", call)
				sub(/  \[[^[]*\]$/, "", text)
				first = call
				sub(/ .*/, "", first)
				if (asked == text || asked == call || asked == first) print what, own ":" text
			} else if (asked == text) {
				print what, own ": " text
			}
		}' "$2" | sort -u
}

# similar NAME LIST: up to five that may have been meant.
similar() {
	awk -v name="$1" -f tests/similar.awk "$2" "$2" | sort -n | head -n 5 | cut -f 2
}
