// SPDX-License-Identifier: GPL-2.0
/* guest-tests: check, on the kernel of this image, what it promises. */
#include "harness.h"

#define SUITE_ENTRY(room, id) extern const struct suite id##_suite;
#define LONG_SUITE_ENTRY(room, id) SUITE_ENTRY(room, id)
#include "suites.h"
#undef SUITE_ENTRY
#undef LONG_SUITE_ENTRY

#define SUITE_ENTRY(room, id) { #room, &id##_suite, false },
#define LONG_SUITE_ENTRY(room, id) { #room, &id##_suite, true },
static const struct suite_entry suites[] = {
#include "suites.h"
};

int main(int argc, char **argv)
{
	return run_suites(argc, argv, suites, ARRAY_SIZE(suites));
}
