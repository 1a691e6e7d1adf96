// SPDX-License-Identifier: GPL-2.0
/*
 * Files that no longer have a name come back with their holes, owner, mode and times, shared by all descriptors that
 * had them; one that never had a name can still be given one.  What cannot come back is refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "lib/report.h"
#include "roundtrip.h"

#define MIB ((off_t)1 << 20)

static int make_deleted(void)
{
	int fd = open("gone", O_RDWR | O_CREAT | O_EXCL, 0640);

	MUST(fd >= 0 && !unlink("gone"));
	return fd;
}

static void must_look_the_same(int fd, const struct stat *was)
{
	struct stat is;

	MUST(!fstat(fd, &is));
	SAME(is.st_nlink, 0);
	SAME(is.st_mode, was->st_mode);
	SAME(is.st_uid, was->st_uid);
	SAME(is.st_gid, was->st_gid);
	SAME(is.st_size, was->st_size);
	SAME(is.st_blocks, was->st_blocks);
	SAME(is.st_atim.tv_sec, was->st_atim.tv_sec);
	SAME(is.st_atim.tv_nsec, was->st_atim.tv_nsec);
	SAME(is.st_mtim.tv_sec, was->st_mtim.tv_sec);
	SAME(is.st_mtim.tv_nsec, was->st_mtim.tv_nsec);
}

/* Two pages of 2 GiB, zeros that were written, and an end in a hole; older than any clock, and younger than ours. */
static void holes(void)
{
	const off_t far = 2047 * MIB;
	int fd = make_deleted();
	char c = 0, zeros[4096] = "";
	struct stat was;

	MUST(pwrite(fd, "b", 1, 3 * 4096 + 5) == 1 && pwrite(fd, zeros, sizeof(zeros), MIB) == sizeof(zeros));
	MUST(pwrite(fd, "e", 1, far) == 1 && !ftruncate(fd, far + MIB));
	MUST(!fchown(fd, 1234, 4321) && !fchmod(fd, 06751));
	MUST(!futimens(fd, (struct timespec[2]){ { -1000000, 999999999 }, { 20000000000, 1 } }));
	MUST(!fstat(fd, &was));
	SAME(was.st_blocks, 3 * 8);
	record_here();
	must_look_the_same(fd, &was);
	SAME(lseek(fd, 0, SEEK_DATA), 3 * 4096);
	SAME(lseek(fd, 3 * 4096, SEEK_HOLE), 4 * 4096);
	SAME(lseek(fd, 4 * 4096, SEEK_DATA), MIB);
	SAME(lseek(fd, 2 * MIB, SEEK_DATA), far);
	MUST(pread(fd, &c, 1, 3 * 4096 + 5) == 1 && c == 'b');
	MUST(pread(fd, &c, 1, far) == 1 && c == 'e');
	MUST(pread(fd, &c, 1, far - MIB) == 1 && !c);
}

static void empty(void)
{
	int nothing = make_deleted(), hole = make_deleted();
	struct stat was, was_hole;

	MUST(!ftruncate(hole, 5000 * MIB) && !fchmod(nothing, 0) && !fstat(nothing, &was) && !fstat(hole, &was_hole));
	record_here();
	must_look_the_same(nothing, &was);
	must_look_the_same(hole, &was_hole);
}

/* Opened by two names, both of which are gone. */
static void two_names(void)
{
	int a = open("a", O_RDWR | O_CREAT | O_EXCL, 0600), b;
	struct stat st_a, st_b;
	char c;

	MUST(a >= 0 && !link("a", "b") && (b = open("b", O_RDONLY)) >= 0 && !unlink("a") && !unlink("b"));
	record_here();
	MUST(!fstat(a, &st_a) && !fstat(b, &st_b));
	SAME(st_a.st_ino, st_b.st_ino);
	MUST(write(a, "w", 1) == 1 && read(b, &c, 1) == 1 && c == 'w');
}

/* Which of the two file systems it is in is not asked here. */
static int link_to(int fd, const char *path)
{
	return linkat(fd, "", AT_FDCWD, path, AT_EMPTY_PATH);
}

/* A file that has had no name yet can be given one, and shows what it is. */
static void unnamed(void)
{
	int fd = open("/mnt", O_TMPFILE | O_WRONLY | O_APPEND, 0600), flags;
	struct stat st;

	MUST(fd >= 0 && write(fd, "first", 5) == 5);
	flags = fcntl(fd, F_GETFL) & ~O_LARGEFILE;
	record_here();
	SAME(fcntl(fd, F_GETFL) & ~O_LARGEFILE, flags);
	MUST(write(fd, "later", 5) == 5 && !fstat(fd, &st));
	SAME(st.st_size, 10);
	MUST(!link_to(fd, "/mnt/named") || !link_to(fd, "/tmp/named"));
	MUST(!fstat(fd, &st));
	SAME(st.st_nlink, 1);
	MUST(!unlink("/mnt/named") || !unlink("/tmp/named"));
}

static void other_name(void)
{
	int fd = open("one", O_RDWR | O_CREAT | O_EXCL, 0600);

	MUST(fd >= 0 && !link("one", "two") && !unlink("one"));
	record_here();
	MUST(!unlink("two"));
}

static void reserved(void)
{
	int fd = make_deleted();

	MUST(write(fd, "r", 1) == 1 && !fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, MIB));
	record_here();
}


static const struct subject_row subjects[] = {
	{ "holes, owner, mode and times", holes, EVERY_WAY },
	{ "nothing, and nothing but a hole", empty, 0 },
	{ "one file by two names", two_names, 0 },
	{ "a file that has had no name yet", unnamed, 0 },
};

static const struct refusal_row refusals[] = {
	{ "one of two names is left", other_name, "its name is gone" },
	{ "room reserved by fallocate()", reserved, "space reserved by fallocate()" },
};

/* What docs/checkpoint.md says of the file system of this image: there are none to lose. */
static void no_attributes(void)
{
	int fd;

	use_images();
	fd = open("file", O_RDWR | O_CREAT, 0600);
	if (fd < 0)
		broken("make a file");
	expect_errno(fsetxattr(fd, "user.a", "b", 1, 0) ? -errno : 0, EOPNOTSUPP, "fsetxattr() on tmpfs");
}

static const struct function_row functions[] = {
	{ "extended attributes there are none", no_attributes },
};

static const struct group restored_deleted_groups[] = { SUBJECTS(subjects), REFUSALS(refusals), FUNCTIONS(functions) };
SUITE(restored_deleted);
