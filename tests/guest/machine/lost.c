// SPDX-License-Identifier: GPL-2.0
/*
 * After all earlier suites, the kernel has leaked no memory: kmemleak, which looks for allocated objects to which no
 * pointer leads, finds none.  This suite is the last one.  It needs the debugging kernel, recognised by its debugfs.
 */
#include "harness.h"
#include "inject.h"
#include "kmemleak.h"

static const struct function_row functions[] = { { "no object of the kernel", kmemleak_is_silent } };

static const struct group lost_groups[] = { FUNCTIONS(functions) };

SUITE(lost, .needs = DEBUGFS);
