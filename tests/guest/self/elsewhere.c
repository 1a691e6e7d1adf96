// SPDX-License-Identifier: GPL-2.0
/* A suite that no kernel of ours is for: nobody hears of it, unless it is asked for by its name. */
#include "harness.h"

static void never(void)
{
	fail("it was run");
}

static const struct function_row functions[] = { { "never run here", never } };

static const struct group elsewhere_groups[] = { FUNCTIONS(functions) };

SUITE(elsewhere, .needs = "/proc/self/no-such-file");
