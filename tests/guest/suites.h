/* SPDX-License-Identifier: GPL-2.0 */
/* Every suite, in the order in which they run.  A new one needs one line here. */
SUITE_ENTRY(arguments)
SUITE_ENTRY(order)
SUITE_ENTRY(pids)
SUITE_ENTRY(taken)
SUITE_ENTRY(levels)
SUITE_ENTRY(setns)
SUITE_ENTRY(capabilities)
