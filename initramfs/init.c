// SPDX-License-Identifier: GPL-2.0
/*
 * PID 1 of the lesson's machine.
 *
 * It mounts what programs expect, gives the lesson a terminal, runs what the kernel command line asks for, and switches
 * the machine off.  It reaps every orphan, and must not die: then the kernel panics, which ends QEMU without a verdict.
 *
 * The command line: mode=guided|auto|shell|test|bench, demo=PATH, limit=SECONDS, keymap=NAME for the keyboard's layout,
 * and feed=ttyS1, which sends a report of all tasks to that port (docs/feed.md).
 *
 * With nobody at the keyboard (auto, test, bench), the last line on the console, and on the second serial port if there
 * is one, is the verdict: `demo: ok', or `demo: FAILED: ' and why.  Any error here ends in FAILED and power off.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <linux/serial.h>

#include "applets.h"
#include "child.h"
#include "console.h"
#include "lib/feed.h"
#include "modes.h"
#include "lib/report.h"
#include "lib/wait.h"
#include "person.h"
#include "rescue.h"
#include "surroundings.h"

#define VERDICT_DEVICE "/dev/ttyS1"
/* Where the second archive, which not every boot loads, has all that it has. */
#define TESTS "/tests"
/* Time for a person to read why the machine goes off. */
#define READING_TIME_MS 5000

/* All of PID 1's state. */
static struct {
	struct options options;
	pid_t console;
	pid_t feed;
	int verdict_fd;
} machine = { .verdict_fd = -1 };

/* Power off, halt or reboot the machine. */
static void end_machine(int how) __attribute__((noreturn));

/* The verdict must be the last line: keep the kernel from printing "Power down" after it. */
static void silence_kernel(void)
{
	int fd = open("/proc/sys/kernel/printk", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "0", 1) != 1)
		report(errno, "silence the kernel");
	close(fd);
}

/* The kernel's ways to switch the power off, APM and ACPI, show themselves where they are. */
static void say_if_power_stays(void)
{
	if (!access("/proc/apm", F_OK) || !access("/sys/firmware/acpi", F_OK))
		return;
	fputs("Nothing here can switch the power off: when the machine has halted, switch it off by hand.\n", stdout);
	fflush(stdout);
}

static void end_machine(int how)
{
	if (how == RB_POWER_OFF && (!machine.options.mode || !machine.options.mode->verdict))
		say_if_power_stays();
	silence_kernel();
	console_finish(machine.console);
	if (machine.verdict_fd >= 0)
		tcdrain(machine.verdict_fd);
	feed_drain();
	sync();
	kill(-1, SIGKILL);
	reboot(how);
	report(errno, "switch the machine off");
	for (;;)
		pause();
}

/* Print the verdict, if the mode has one.  why is NULL if all is well. */
static void say_verdict(const char *why)
{
	const char *what = machine.options.mode ? machine.options.mode->verdict : "demo";
	char line[512];

	if (why)
		snprintf(line, sizeof(line), "%s: FAILED: %s\n", what, why);
	else
		snprintf(line, sizeof(line), "%s: ok\n", what);
	fflush(NULL);
	say_if_power_stays();
	fputs(line, stdout);
	fflush(stdout);
	if (machine.verdict_fd >= 0 && write(machine.verdict_fd, line, strlen(line)) < 0)
		report(errno, "write the verdict");
	line[strlen(line) - 1] = '\0';
	feed_text_event("verdict", "text", line, ",\"ok\":%s", why ? "false" : "true");
}

/* End the machine: something that PID 1 needs has failed. */
static void give_up(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

static void give_up(const char *format, ...)
{
	char why[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, sizeof(why), format, ap);
	va_end(ap);
	if (!machine.options.mode || !machine.options.mode->verdict) {
		printf("The machine cannot go on, and goes off: %s\n", why);
		fflush(stdout);
		sleep_ms(READING_TIME_MS);
	}
	if (!machine.options.mode || machine.options.mode->verdict)
		say_verdict(why);
	end_machine(RB_POWER_OFF);
}

/* open() succeeds even on a serial port that does not exist; the port's type tells. */
static int open_port(const char *path)
{
	int fd = open_raw(path);
	struct serial_struct port;

	if (fd >= 0 && (ioctl(fd, TIOCGSERIAL, &port) || port.type == PORT_UNKNOWN)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Reserve the port for the feed: a verdict there becomes one of the feed's lines. */
static void prepare_feed(void)
{
	int fd;

	if (!machine.options.feed[0])
		return;
	fd = open_port(machine.options.feed);
	if (fd < 0) {
		report(0, "feed=%s: there is no such serial port", machine.options.feed + strlen("/dev/"));
		return;
	}
	close(fd);
	setenv("FEED", machine.options.feed, 1);
	if (!strcmp(machine.options.feed, VERDICT_DEVICE) && machine.verdict_fd >= 0) {
		close(machine.verdict_fd);
		machine.verdict_fd = -1;
	}
}

/* Start the feed, or start it again: whatever ends all programs ends the feed, too. */
static void keep_feed(void)
{
	if (!getenv("FEED") || (machine.feed > 0 && !kill(machine.feed, 0)))
		return;
	machine.feed = fork();
	if (machine.feed)
		return;
	setsid();
	execl("/bin/feed", "feed", getenv("FEED"), (char *)NULL);
	report(errno, "run /bin/feed");
	_exit(EXIT_FAILED);
}

/* Handle those ends of a run that do not depend on what ran. */
static void obey(enum end end)
{
	switch (end) {
	case END_HALT:
		end_machine(RB_HALT_SYSTEM);
	case END_POWEROFF:
		end_machine(RB_POWER_OFF);
	case END_REBOOT:
		end_machine(RB_AUTOBOOT);
	case END_CONSOLE:
		machine.console = 0;
		use_as_stdio("/dev/console");
		give_up("the console's process died");
	default:
		break;
	}
}

static bool is_test(const struct run *run)
{
	return !strncmp(run->program[0], TESTS "/", strlen(TESTS "/"));
}

static void describe_end(const struct run *run, enum end end, char *buf, size_t size)
{
	char words[128];

	if (end == END_NOT_RUN)
		snprintf(buf, size, "run %s: %s%s", run->program[0], strerror(run->error),
			 is_test(run) && access(TESTS, F_OK) ? "; the tests are in tests.cpio.gz" : "");
	else if (end == END_LIMIT)
		snprintf(buf, size, "%s took longer than %d seconds", run->program[0], run->limit);
	else if (run->last_line[0] && WIFEXITED(run->status))
		snprintf(buf, size, "%s", run->last_line);
	else
		snprintf(buf, size, "%s: %s", run->program[0],
			 status_words(run->status, words, sizeof(words)));
}

/* Run the program, print the verdict, and end the machine. */
static void run_unattended(struct run *run) __attribute__((noreturn));
static void run_attended(struct run *run) __attribute__((noreturn));

static void run_unattended(struct run *run)
{
	char why[512];
	enum end end;

	keep_feed();
	run->verdict_fd = machine.verdict_fd >= 0 ? machine.verdict_fd : open("/dev/null", O_WRONLY | O_CLOEXEC);
	end = run_program(run);
	if (end != END_EXITED && end != END_NOT_RUN && end != END_LIMIT)
		say_verdict("the machine was told to end");
	obey(end);
	if (end == END_EXITED && status_ok(run->status)) {
		say_verdict(NULL);
	} else {
		describe_end(run, end, why, sizeof(why));
		say_verdict(why);
	}
	end_machine(RB_POWER_OFF);
}

/*
 * Run the tour until its viewer leaves it; then the machine goes off.  If the tour fails, run a shell; any shell leads
 * back to the tour.
 */
static void run_attended(struct run *run)
{
	for (;;) {
		bool shell = run->program == shell_program;
		char why[512];
		enum end end;

		keep_feed();
		end = run_program(run);

		obey(end);
		if (shell && end == END_NOT_RUN)
			give_up("run %s: %s", run->program[0], strerror(run->error));
		if (!shell && end == END_EXITED && status_ok(run->status))
			end_machine(RB_POWER_OFF);
		if (shell) {
			bool killed = end == END_EXITED && WIFSIGNALED(run->status);

			/* By the kernel, for instance, if the memory is gone. */
			if (killed)
				printf("\n\033[0mThe shell was %s.  Here is another.\n\n",
				       status_words(run->status, why, sizeof(why)));
			run->program = killed ? shell_program : tour_program;
			continue;
		}
		describe_end(run, end, why, sizeof(why));
		printf("\n\033[0mThe tour ended before its time: %s\n"
		       "Here is a shell.  `exit' starts the tour again, `poweroff' switches the machine off.\n\n",
		       why);
		run->program = shell_program;
	}
}

int main(void)
{
	const char *demo[2] = { NULL, NULL };
	const char *failed;
	struct run run = { .verdict_fd = -1 };

	report_program("init");
	failed = surroundings_mount();
	if (failed)
		give_up("mount %s: %s", failed, strerror(errno));
	applets_link();
	read_options(&machine.options);
	take_signals();
	rescue_protect();
	machine.verdict_fd = open_port(VERDICT_DEVICE);
	machine.console = console_start();
	if (machine.console < 0)
		give_up("start the console: %s", strerror(errno));
	if (!machine.options.mode)
		give_up("mode=%s is none of guided, auto, shell, test, bench", machine.options.mode_name);
	surroundings_name();
	person_prepare(machine.options.keymap);
	prepare_feed();

	run.program = machine.options.mode->program;
	run.limit = machine.options.limit ? machine.options.limit : machine.options.mode->limit;
	run.console = machine.console;
	if (machine.options.demo[0]) {
		demo[0] = machine.options.demo;
		run.program = demo;
	}
	if (machine.options.mode->verdict)
		run_unattended(&run);
	rescue_limit_tasks();
	person_let_read();
	run_attended(&run);
}
