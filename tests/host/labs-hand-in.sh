#!/bin/bash
# labs --hand-in: a folder of answers, hostile ones among them, becomes a table; who is honest gets the points.
# labs-hand-in-short.sh is this file with short=1: without the kernels.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/copy.sh"

CASES="
600 strangers   | programs that hang, fork, fill, forge and kill get a message each, the others their points
120 sources     | sources that read the host's files, or never end, get none of it
120 names       | names with escape sequences, quotes and formulas; links, folders, pipes and what is no answer
900 kernels     | kernels: right, broken, panicking, and patches to what is not the lab's
60  nothing     | a folder with nothing handed in, no folder, no jail
"
# shellcheck disable=SC2034 # lib.sh's main reads it
[ -z "${short-}" ] || CASES=$(grep -v '^900 kernels' <<<"$CASES")

before_cases() {
	local log=build/log/labs-grader.log
	make_outputs build/labs/grader/grade-restart >"$log" 2>&1 || fail "$(tail -n 1 "$log")"
}

# The grader in the checkout, as build.sh starts it: alone with build/labs.
hand_in() {
	exec 8<build
	flock 8
	labs/lab.sh hand-in "$@" >"$scratch/said" 2>&1 8<&- || { cat "$scratch/said"; fail "it failed"; }
	exec 8<&-
	cat "$scratch/said"
	if LC_ALL=C grep -q '[^ -~]' "$scratch/said"; then fail "it printed what is not plain ASCII"; fi
}

# The row of a student is POINTS OF and has WHY (a regular expression).
row_is() {
	local row
	row=$(grep -aF -- "\"$1\",\"$2\"," "$scratch/in/points.csv" | tr -d '\r') || fail "$1 has no row"
	[[ $row == "\"$1\",\"$2\",\"$3\",\"$4\","* ]] || fail "not $3 of $4: $row"
	[[ $row =~ $5 ]] || fail "it does not say '$5': $row"
}

plain_table() {
	local lines
	if tr -d '\r' <"$scratch/in/points.csv" | LC_ALL=C grep -q '[^ -~]'; then fail "the table is not plain ASCII"; fi
	lines=$(tr -d '\r' <"$scratch/in/points.csv" | grep -cvE '^("([^"]|"")*",){4}"([^"]|"")*"$') || true
	[ "$lines" = 0 ] || fail "$lines lines are not a row of five fields"
}

answer() {
	cat >"$scratch/in/$1.c"
}

strangers() {
	mkdir "$scratch/in"
	cp labs/c/reference.c "$scratch/in/zoe.c"
	answer hang <<<'int main(void) { for (;;) ; }'
	answer fork <<<'#include <unistd.h>
		int main(void) { for (;;) fork(); }'
	# A thief of ports, of the grader, and of files.
	answer forge <<-'END'
		#include <fcntl.h>
		#include <signal.h>
		#include <stdio.h>
		#include <string.h>
		#include <unistd.h>
		#include <sys/mount.h>
		#include <sys/stat.h>
		static const char all[] = "part clone_with_pids/one pass\npart clone_with_pids/family pass\n"
			"part clone3/one pass\ntest: ok\n";
		int main(void)
		{
			char path[64];
			int fd;
			puts(all);
			for (fd = 0; fd < 64; fd++)
				write(fd, all, strlen(all));
			mkdir("/tmp", 0777);
			mount("none", "/", "tmpfs", 0, NULL);
			mkdir("/dev", 0777), mkdir("/proc", 0777);
			mount("none", "/dev", "devtmpfs", 0, NULL);
			mount("none", "/proc", "proc", 0, NULL);
			chmod("/dev/ttyS1", 0666);
			mknod("/tty", S_IFCHR | 0666, 4 << 8 | 65);
			for (int i = 0; i < 3; i++)
				if ((fd = open((const char *[]){ "/dev/ttyS1", "/tty", "/dev/kmsg" }[i], O_WRONLY)) >= 0)
					write(fd, all, strlen(all)), fprintf(stderr, "REACHED %d\n", i);
			for (int pid = 1; pid < 400; pid++)
				for (int n = 0; n < 8; n++) {
					snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, n);
					if (pid != getpid() && (fd = open(path, O_WRONLY)) >= 0)
						write(fd, all, strlen(all));
				}
			kill(1, SIGKILL), kill(-1, SIGKILL);
			return 0;
		}
	END
	answer flood <<<'#include <stdio.h>
		int main(void) { for (;;) puts("\033]0;owned\007\033[2J all points"); }'
	answer fill <<-'END'
		#include <fcntl.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		#include <unistd.h>
		#include <sys/mount.h>
		int main(void)
		{
			static char page[65536] = "full";
			char name[16];
			mount("none", "/", "tmpfs", 0, "size=100%");
			chdir("/..");
			for (int n = 0; n < 100000; n++) {
				snprintf(name, sizeof(name), "f%d", n);
				int fd = open(name, O_CREAT | O_WRONLY, 0600);
				if (fd < 0 || write(fd, page, sizeof(page)) < 0)
					break;
				close(fd);
			}
			for (;;) { char *p = malloc(1 << 20); if (!p) fork(); else memset(p, 1, 1 << 20); }
		}
	END
	answer stops <<<'#include <signal.h>
		#include <unistd.h>
		int main(void) { kill(getppid(), SIGSTOP); kill(getppid(), SIGKILL); kill(-1, SIGSTOP); return 0; }'
	hand_in "$scratch/in"
	plain_table
	row_is zoe restart 200 200 ',""$'
	row_is hang restart 0 200 'expected restart to end when the tree is complete; it runs for ever'
	row_is fork restart 0 200 'it runs for ever|killed the one|the machine'
	row_is forge restart 0 200 .
	if grep -aq 'REACHED' "$scratch/in/points.csv" build/labs/hand-in/*.console; then fail "a port was reached"; fi
	row_is flood restart 0 200 'killed by signal 25'
	row_is fill restart 0 200 .
	row_is stops restart 0 200 .
}

sources() {
	mkdir "$scratch/in"
	echo 'the-secret-of-the-teacher' >"$scratch/secret"
	answer include <<<"#include \"$scratch/secret\""
	answer incbin <<<"__asm__(\".incbin \\\"$scratch/secret\\\"\"); int main(void) { return 0; }"
	answer environ <<<'__asm__(".incbin \"/proc/self/environ\""); int main(void) { return 0; }'
	answer etc <<<'#include "/etc/passwd"'
	answer large <<<'char a[3000000000u] = { 1 }; int main(void) { return 0; }'
	answer endless <<<'#define A(x) x x x x x x x x x x
		#define B(x) A(A(A(A(x))))
		const char *s[] = { B(B(B("many" ,))) }; int main(void) { return 0; }'
	cp labs/c/reference.c "$scratch/in/zoe.c"
	JAIL_SECONDS=10 hand_in "$scratch/in"
	plain_table
	row_is include restart 0 200 'restart.c:1:10: fatal error: .*No such file'
	row_is incbin restart 0 200 'does not compile.*file not found'
	row_is environ restart 0 200 'does not compile'
	row_is etc restart 0 200 'does not compile'
	row_is large restart 0 200 .
	row_is endless restart 0 200 'does not compile'
	row_is zoe restart 200 200 ',""$'
	if grep -rq 'the-secret-of-the' "$scratch/in/points.csv" build/labs/hand-in; then fail "the secret is out"; fi
}

names() {
	local evil=$'e\033[31mvil\n"x"'
	mkdir "$scratch/in" "$scratch/in/folder.c"
	echo 'int main(void) { return 0; }' >"$scratch/in/$evil.c"
	cp "$scratch/in/$evil.c" "$scratch/in/=cmd|calc.c"
	cp "$scratch/in/$evil.c" "$scratch/in/--version.c"
	cp "$scratch/in/$evil.c" "$scratch/in/report.txt"
	: >"$scratch/in/nothing.c"
	head -c 300000 /dev/zero >"$scratch/in/large.c"
	ln -s "$root/labs/c/reference.c" "$scratch/in/link.c"
	ln -s nowhere "$scratch/in/dangling.c"
	mkfifo "$scratch/in/pipe.c"
	echo mine >"$scratch/elsewhere"
	ln -s "$scratch/elsewhere" "$scratch/in/points.csv"
	hand_in "$scratch/in"
	plain_table
	[ "$(cat "$scratch/elsewhere")" = mine ] || fail "it wrote through a link"
	[ ! -L "$scratch/in/points.csv" ] || fail "the table is a link"
	row_is 'e?[31mvil?""x""' restart 0 200 'no task|reports none'
	row_is "'=cmd|calc" restart 0 200 'reports none'
	row_is "'--version" restart 0 200 'reports none'
	row_is nothing restart 0 200 'it is empty'
	row_is large restart 0 200 'it is larger than 262144 bytes'
	row_is link restart 0 200 'it is a link'
	row_is dangling restart 0 200 'it is a link'
	row_is pipe restart 0 200 'it is not a file'
	row_is folder restart 0 200 'it is not a file'
	row_is report.txt '' '' '' 'not graded: neither'
	echo 'seen, M.' >>"$scratch/in/points.csv"
	rm -r "$scratch/in/"*.c
	echo 'int main(void) { return 0; }' >"$scratch/in/a.c"
	hand_in "$scratch/in"
	grep -q 'seen, M.' "$scratch/in/points.csv.~"*"~" || fail "an older table was lost"
}

# usage: patch_of FILE COMMAND...: an answer that is the series, and then what COMMAND (sed's) makes of FILE.
patch_of() {
	local file
	rm -rf "$scratch/a" "$scratch/b"
	for file in kernel/{clone_with_pids,fork,pid}.c; do
		mkdir -p "$scratch/"{a,b}/kernel
		cp "build/linux/$file" "$scratch/a/$file"
		cp "build/linux/$file" "$scratch/b/$file"
	done
	patch -s -d "$scratch/a" -p1 <labs/call/skeleton.patch
	[ $# = 0 ] || sed -i "$2" "$scratch/b/$1"
	(cd "$scratch" && diff -ruN a b) || true
}

kernels() {
	mkdir "$scratch/in"
	patch_of >"$scratch/in/zoe.patch"
	patch_of kernel/clone_with_pids.c 's/^\tif (nr > level + 1)$/\tif (nr > levels)/' >"$scratch/in/broken.patch"
	patch_of kernel/pid.c 's/^int reserve_upids(/#include "\/etc\/passwd"\n&/' >"$scratch/in/include.patch"
	patch_of kernel/clone_with_pids.c \
		's/^\tif (nr > level + 1)$/\tif (nr == 2)\n\t\tpanic("\\033[31mpart order pass\\n");\n&/' >"$scratch/in/panics.patch"
	# shellcheck disable=SC2016 # make's
	{
		patch_of
		printf -- '--- /dev/null\n+++ b/Makefile\n@@ -0,0 +1 @@\n+$(shell touch %s)\n' "$scratch/broken-out"
	} >"$scratch/in/makefile.patch"
	{ patch_of; printf -- '--- /dev/null\n+++ b/../../../../out\n@@ -0,0 +1 @@\n+out\n'; } >"$scratch/in/outside.patch"
	printf '%s\n' 'diff --git a/kernel/x b/kernel/x' 'new file mode 120000' '--- /dev/null' '+++ b/kernel/x' \
		'@@ -0,0 +1 @@' '+/etc' '\ No newline at end of file' >"$scratch/in/symlink.patch"
	echo 'no patch at all' >"$scratch/in/garbage.patch"
	hand_in "$scratch/in"
	plain_table
	row_is zoe kernel 100 100 ',""$'
	row_is broken kernel 0 100 'it does not compile: kernel/clone_with_pids.c:[0-9]+:[0-9]+: error:'
	row_is include kernel 0 100 'it does not compile: kernel/pid.c:[0-9]+:[0-9]+: fatal error: /etc/passwd: No such file'
	grep -a '"panics","kernel"' "$scratch/in/points.csv" | grep -q 'the kernel panicked\|the machine ended' ||
		fail "the panic is not told"
	row_is makefile kernel 0 100 'changes what is not part of the lab: Makefile'
	row_is outside kernel 0 100 'does not apply|not part of the lab'
	row_is symlink kernel 0 100 'does not apply|not part of the lab'
	row_is garbage kernel 0 100 'does not apply'
	[ ! -e "$scratch/broken-out" ] || fail "a program of a stranger's has run here"
}

nothing() {
	mkdir "$scratch/in"
	expect_failure labs/lab.sh hand-in "$scratch/in"
	must_say 'nothing is handed in: there is no NAME.c .* and no NAME.patch'
	echo 'hello' >"$scratch/in/README"
	expect_failure labs/lab.sh hand-in "$scratch/in"
	must_say 'nothing is handed in'
	expect_failure labs/lab.sh hand-in "$scratch/no"
	must_say "there is no folder $scratch/no"
	expect_failure labs/lab.sh hand-in
	must_say 'name one folder'
	# Without a jail nothing is compiled.
	echo 'int main(void) { return 0; }' >"$scratch/in/a.c"
	path_without bwrap
	printf '#!/bin/sh\necho "bwrap: No permissions to create a new namespace" >&2; exit 1\n' >"$scratch/bin/bwrap"
	chmod +x "$scratch/bin/bwrap"
	exec 8<build
	flock 8
	PATH=$scratch/bin expect_failure labs/lab.sh hand-in "$scratch/in"
	must_say 'bwrap cannot make a jail here, and strangers. sources are compiled in no other way: bwrap: No permissions'
	[ ! -e "$scratch/in/points.csv" ] || fail "there is a table"
}

main "$@"
