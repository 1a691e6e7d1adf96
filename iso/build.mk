# The medium: isolinux, its menu, the kernel and the archive, for CDs and for USB sticks (hybrid).

ISOLINUX := /usr/lib/ISOLINUX
SYSLINUX := /usr/lib/syslinux/modules/bios
LOADER := $(ISOLINUX)/isolinux.bin $(addprefix $(SYSLINUX)/,ldlinux.c32 menu.c32 libutil.c32)

$B/iso/isolinux.cfg: iso/menu.sh iso/menu.head iso/entries.list iso/arguments
	@mkdir -p $(@D)
	@iso/menu.sh >$@.tmp
	@mv $@.tmp $@

# $(call iso,ISO,KERNEL): the medium with that kernel.
define iso
$1: iso/build.mk iso/pack.sh $(LOADER) $(ISOLINUX)/isohdpfx.bin $B/iso/isolinux.cfg $2 $B/initramfs.cpio $B/tests.cpio.gz
	$$(call say,iso: writing $$@)
	$$(call logged,iso,iso/pack.sh $$@ $(ISOLINUX)/isohdpfx.bin \
		isolinux: $(LOADER) $B/iso/isolinux.cfg boot: $2 $B/initramfs.cpio $B/tests.cpio.gz)
endef

$(eval $(call iso,$B/clone_with_pids.iso,$B/bzImage))
