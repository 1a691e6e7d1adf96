# The programs: how C becomes a small static i386 program, and which programs there are.  The other folders with C
# in them use the same rules.

# musl and the kernel's headers, and nothing of the host's: -nostdinc.  musl's own come first.
MUSL_INCLUDE := $B/sysroot/usr/include/i386-linux-musl
MUSL_LIB := $B/sysroot/usr/lib/i386-linux-musl

# A newer compiler than ours has new warnings, which must not stop a user's build.  WERROR=1 (./build.sh --werror) makes
# them errors, for CI and for who works on the programs; what is compiled already is not compiled again for that.
USER_CC := $(CROSS_COMPILE)gcc
USER_CFLAGS := -std=gnu11 -D_GNU_SOURCE -Os -march=i686 -fno-pie -ffunction-sections -fno-asynchronous-unwind-tables \
	-ffile-prefix-map=$(CURDIR)/= \
	-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes $(if $(WERROR),-Werror) \
	-nostdinc -isystem $(MUSL_INCLUDE) -isystem $(KERNEL_HEADERS) \
	-isystem $(shell $(USER_CC) -print-file-name=include 2>/dev/null) \
	-Idemo/lib -Idemo/cr
USER_LDFLAGS := -static -no-pie -nostdlib -s -Wl,--gc-sections -Wl,--build-id=none

# An object depends on every header that it was made from (-MD); at first it needs them all to be there.
$B/%.o: %.c demo/build.mk $B/sysroot | $(KERNEL_HEADERS)/linux/version.h
	$(call say,  CC  $<)
	@mkdir -p $(@D)
	@$(USER_CC) $(USER_CFLAGS) -MD -MP -c -o $@ $<

-include $(wildcard $(patsubst %,$B/%/*.d,demo/lib demo/cr demo/tools demo/programs demo/tour initramfs tests/guest tests/bench tests/fuzz))

# $(call objects,FOLDER): the objects of all the folder's sources.
objects = $(patsubst %.c,$B/%.o,$(sort $(wildcard $1/*.c)))

# $(call program,PROGRAM,OBJECTS): link PROGRAM from OBJECTS and the demonstration's library.
define program
$1: $2 $B/demo/libdemo.a
	$$(call say,  LD  $1)
	@$(USER_CC) $$(USER_LDFLAGS) -o $$@ $(MUSL_LIB)/crt1.o $(MUSL_LIB)/crti.o $2 $B/demo/libdemo.a \
		$(MUSL_LIB)/libc.a $$$$($(USER_CC) -print-libgcc-file-name) $(MUSL_LIB)/crtn.o
endef

$B/demo/libdemo.a: $(call objects,demo/lib) $(call objects,demo/cr)
	$(call say,  AR  $@)
	@rm -f $@
	@$(CROSS_COMPILE)ar rcsD $@ $^

# What stays small: code and data in the same pages of the file.
$B/demo/programs/%: USER_LDFLAGS += -Wl,-z,noseparate-code

# Each source in demo/tools and demo/programs is a program, the whole of demo/tour is one.
$(foreach source,$(wildcard demo/tools/*.c demo/programs/*.c),\
	$(eval $(call program,$(source:%.c=$B/%),$(source:%.c=$B/%.o))))
$(eval $(call program,$B/demo/tour/tour,$(call objects,demo/tour)))
