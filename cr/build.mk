# Checkpoint and restart, as a library: see cr/README.md for its rooms.

$(eval $(call archive,$B/cr/cr.a,$(call objects,$(wildcard cr/*))))

# The one file that is worth being fast: every byte of an image goes through it twice.
$B/cr/image/checksum.o: USER_CFLAGS += -O2 -isystem $B/sysroot/usr/include
