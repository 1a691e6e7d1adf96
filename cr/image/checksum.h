/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CHECKSUM_H
#define CHECKSUM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/* xxHash32 with seed 0: it finds damage at a fraction of the cost of a CRC, and does not protect against forgery. */
uint32_t checksum(const void *data, size_t size);

/* The same of n parts, one after the other. */
uint32_t checksum_of_parts(const struct iovec *part, size_t n);

#endif
