/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHELL_H
#define SHELL_H

/* Run a shell on the tour's terminal until it ends; errors are reported there. */
void run_shell(void);

#endif
