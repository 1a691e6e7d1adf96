/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the grader tells the host, a line each, on file descriptor 3:
 *
 *	part ID begin
 *	part ID pass
 *	part ID FAIL why
 */
#ifndef VERDICT_H
#define VERDICT_H

#define VERDICT_FD 3
#define WHY_SIZE   280		/* longer reasons are cut off */

#endif
