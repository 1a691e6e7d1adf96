// SPDX-License-Identifier: GPL-2.0
/* Random numbers that a seed reproduces: splitmix64. */
#include "fuzz.h"

static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

struct rng rng_for(uint64_t seed, int worker, unsigned int what)
{
	return (struct rng){ mix(mix(seed + 0x9e3779b97f4a7c15ULL) ^ ((uint64_t)(worker + 1) << 40) ^ what) };
}

uint32_t rng_next(struct rng *r)
{
	r->state += 0x9e3779b97f4a7c15ULL;
	return mix(r->state) >> 32;
}

uint32_t below(struct rng *r, uint32_t n)
{
	return (uint64_t)rng_next(r) * n >> 32;
}

bool one_in(struct rng *r, uint32_t n)
{
	return !below(r, n);
}
