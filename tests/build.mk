# The programs that test and measure in the guest; most of the host's tests need no building.

# A suite includes what suites share by its name alone.
$B/tests/guest/%.o: USER_CFLAGS += -Itests/guest/support

$(eval $(call program,$B/tests/guest/guest-tests,$(call objects,$(wildcard tests/guest/*)) $B/cr/cr.a))
$(eval $(call program,$B/tests/bench/guest-bench,$(call objects,tests/bench) $B/cr/cr.a))
$(eval $(call program,$B/tests/fuzz/guest-fuzz,$(call objects,tests/fuzz) $B/tests/guest/support/parked.o))

# What ./build.sh bench measures beside the lesson's kernel: the least Linux that starts PID 1, and Debian's.
$(eval $(call kernel,floor,kernel/variants/floor.config))

$B/stock/bzImage: tests/bench/fetch-stock.sh initramfs/apt-i386.sh
	$(call say,stock: fetching the kernel that Debian has for i386)
	$(call logged,stock,tests/bench/fetch-stock.sh $(@D))

$(eval $(call iso,$B/floor/clone_with_pids.iso,$B/floor/arch/x86/boot/bzImage))
$(eval $(call iso,$B/stock/clone_with_pids.iso,$B/stock/bzImage))

# What tests/host/firmware.sh needs: UEFI for QEMU, and a program that reads a picture of the screen, with the kernel's
# fonts in it.
$B/ovmf: tests/firmware/fetch-ovmf.sh initramfs/apt-i386.sh
	$(call say,tests: fetching UEFI for QEMU)
	$(call logged,ovmf,tests/firmware/fetch-ovmf.sh $@)

FONTS := $(patsubst %,$(KERNEL_SOURCE)/lib/fonts/font_%.c,8x8 8x16 10x18 sun12x22 ter16x32)

$B/tests/firmware/read_screen: tests/firmware/read_screen.c $(KERNEL_SOURCE)/.series/applied
	@mkdir -p $(@D)/linux
	@cp $(KERNEL_SOURCE)/include/linux/font.h $(@D)/linux
	@gcc -O2 -Wall -Wextra $(if $(WERROR),-Werror) -I$(@D) '-D__packed=__attribute__((packed))' \
		'-DEXPORT_SYMBOL(x)=struct font_desc' -o $@ $< $(FONTS)
