// SPDX-License-Identifier: GPL-2.0
/* Pseudoterminals whose masters are in the tree. */
#include "cr/image/unsound.h"
#include "image.h"

static void code(struct coder *c, struct open *o)
{
	code_u32(c, &o->pty.pty);
}

void code_pty(struct coder *c, void *element)
{
	struct pty *p = element;

	code_u32(c, &p->index);
	code_i32(c, &p->mounts);
	code_bool(c, &p->locked);
	code_bool(c, &p->packet);
	code_bool(c, &p->hung_up);
	code_bytes(c, p->termios, sizeof(p->termios));
	code_u16(c, &p->rows);
	code_u16(c, &p->columns);
	code_u16(c, &p->xpixel);
	code_u16(c, &p->ypixel);
	code_u32(c, &p->uid);
	code_u32(c, &p->gid);
	code_u32(c, &p->mode);
	code_i32(c, &p->session);
	code_i32(c, &p->foreground);
}

static bool sound(const struct image *image, uint32_t i)
{
	return image->opens[i].pty.pty < image->n_ptys;
}

static int check(const struct image *image)
{
	static unsigned char seen[PTYS_MAX];

	for (uint32_t i = 0; i < PTYS_MAX; i++)
		seen[i] = 0;
	for (uint32_t i = 0; i < image->n_ptys; i++) {
		const struct pty *p = &image->ptys[i];

		if (p->index >= PTYS_MAX || seen[p->index]++)
			return image_refuse("terminal", i, "/dev/pts/%u is twice there, or cannot be", p->index);
		if (!is_in_or_none(p->mounts, image->n_mountss))
			return image_refuse("terminal", i, "its mount namespace is not there");
		if (p->uid == ~0U || p->gid == ~0U || p->mode > 07777)
			return image_refuse("terminal", i, "nobody can be its owner, or have its permissions");
		if (!is_in_or_none(p->session, image->n_tasks) || !is_in_or_none(p->foreground, image->n_tasks))
			return image_refuse("terminal", i, "its session or foreground group is not there");
	}
	return 0;
}

const struct kind_image pty_master_image = { .code = code, .sound = sound, .check = check };
const struct kind_image pty_slave_image = { .code = code, .sound = sound };
