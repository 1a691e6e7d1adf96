// SPDX-License-Identifier: GPL-2.0
/*
 * After everything that the suites before did, the kernel has lost no memory: kmemleak, which looks for allocated
 * objects that no pointer leads to, finds none.  This suite is the last, and it is for the debugging kernel, which is
 * known by its debugfs.
 */
#include "harness.h"
#include "inject.h"
#include "kmemleak.h"

static const struct function_row functions[] = { { "no object of the kernel", kmemleak_is_silent } };

static const struct group lost_groups[] = { FUNCTIONS(functions) };

SUITE(lost, .needs = DEBUGFS);
