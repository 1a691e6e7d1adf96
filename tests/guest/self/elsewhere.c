// SPDX-License-Identifier: GPL-2.0
/* A suite that none of our kernels can run: it is not mentioned unless somebody asks for it by name. */
#include "harness.h"

static void never(void)
{
	fail("it was run");
}

static const struct function_row functions[] = { { "never run here", never } };

static const struct group elsewhere_groups[] = { FUNCTIONS(functions) };

SUITE(elsewhere, .needs = "/proc/self/no-such-file");
