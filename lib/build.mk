# How C becomes a small static i386 program; and the library that every program shares.  The other folders with C in
# them use the same rules.  An include names its folder, from the top: "lib/report.h", unless it is in the same one.

# musl and the kernel's headers, and nothing of the host's: -nostdinc.  musl's own come first.
MUSL_INCLUDE := $B/sysroot/usr/include/i386-linux-musl
MUSL_LIB := $B/sysroot/usr/lib/i386-linux-musl

# A newer compiler than ours has new warnings, which must not stop a user's build.  WERROR=1 (./build.sh --werror) makes
# them errors, for CI and for who works on the programs; what is compiled already is not compiled again for that.
USER_CC := $(CROSS_COMPILE)gcc
USER_CFLAGS := -std=gnu11 -D_GNU_SOURCE -Os -g -march=i686 $(WORDWISE) -fno-pie -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	-ffile-prefix-map=$(CURDIR)/= \
	-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes $(if $(WERROR),-Werror) \
	-nostdinc -isystem $(MUSL_INCLUDE) -isystem $(KERNEL_HEADERS) \
	-isystem $(shell $(USER_CC) -print-file-name=include 2>/dev/null) \
	-I.
USER_LDFLAGS := -static -no-pie -nostdlib -Wl,--gc-sections -Wl,--build-id=none

# The folders with C in them.
ROOMS := lib labs/c labs/grader $(wildcard cr/*) tools demo/programs demo/tour initramfs $(wildcard tests/guest/*) tests/bench tests/fuzz

# An object depends on every header that it was made from (-MD); at first it needs them all to be there.
$B/%.o: %.c lib/build.mk $B/sysroot | $(KERNEL_HEADERS)/linux/version.h
	$(call say,  CC  $<)
	@mkdir -p $(@D)
	@$(USER_CC) $(USER_CFLAGS) -MD -MP -c -o $@ $<

-include $(wildcard $(patsubst %,$B/%/*.d,$(ROOMS)))

# $(call objects,FOLDER...): the objects of all sources in the folders.
objects = $(patsubst %.c,$B/%.o,$(sort $(wildcard $(addsuffix /*.c,$1))))

# $(call archive,LIBRARY,OBJECTS): members are known by their paths (P), as folders have files of the same name.
define archive
$1: $2
	$$(call say,  AR  $$@)
	@rm -f $$@
	@$(CROSS_COMPILE)ar rcsDP $$@ $$^
endef

$(eval $(call archive,$B/lib/lib.a,$(call objects,lib)))

# $(call program,PROGRAM,OBJECTS AND LIBRARIES): link PROGRAM from these, of libraries what it needs; and PROGRAM.debug,
# the same with symbols, for gdb.  Linked twice, because strip does not write the bytes that ld -s does.
define program
$1: $2 $B/lib/lib.a
	$$(call say,  LD  $1)
	@mkdir -p $$(@D)
	@for output in '$$@.debug' '$$@ -s'; do \
		$(USER_CC) $$(USER_LDFLAGS) -o $$$$output $(MUSL_LIB)/crt1.o $(MUSL_LIB)/crti.o $2 $B/lib/lib.a \
			$(MUSL_LIB)/libc.a $$$$($(USER_CC) -print-libgcc-file-name) $(MUSL_LIB)/crtn.o; \
	done
endef
