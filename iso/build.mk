# The medium: boot loaders and their menus, the kernels and the archive, for CDs and for USB sticks (hybrid).

ISOLINUX := /usr/lib/ISOLINUX
SYSLINUX := /usr/lib/syslinux/modules/bios
LOADER := $(ISOLINUX)/isolinux.bin $(addprefix $(SYSLINUX)/,ldlinux.c32 menu.c32 libutil.c32)

MENU := iso/menu.sh iso/menu.head iso/entries.list iso/arguments initramfs/keymaps.list

$B/iso/menu: $(MENU)
	@rm -rf $@.tmp
	@mkdir -p $@.tmp
	@iso/menu.sh --pages $@.tmp
	@rm -rf $@
	@mv $@.tmp $@

$B/iso/grub.cfg: $(MENU)
	@mkdir -p $(@D)
	@iso/menu.sh --grub >$@.tmp
	@mv $@.tmp $@

$B/iso/grub: iso/efi.sh iso/grub.start initramfs/fetch-i386.sh initramfs/apt-i386.sh
	@mkdir -p $(@D)
	$(call say,iso: making the boot loader for UEFI)
	$(call logged,efi,iso/efi.sh $@ $B/debs)

# $(call iso,ISO,KERNEL): the medium with that kernel, for a BIOS.
# $(call iso,ISO,KERNEL,GRUB,FILES): for UEFI, too, with FILES and with the boot loader in GRUB.
define iso
$1: iso/build.mk iso/pack.sh $(LOADER) $(ISOLINUX)/isohdpfx.bin $B/iso/menu $2 $B/initramfs.cpio $B/tests.cpio.gz $3 $4
	$$(call say,iso: writing $$@)
	$$(call logged,iso,iso/pack.sh $$@ $(ISOLINUX)/isohdpfx.bin "$(if $3,boot/grub/efi.img)" \
		isolinux: $(LOADER) $B/iso/menu/*.cfg boot: $2 $B/initramfs.cpio $B/tests.cpio.gz $(filter-out %.cfg,$4) \
		$(if $3,boot/grub: $(filter %.cfg,$4) $3/efi.img \
			boot/grub/x86_64-efi: $3/x86_64-efi/*.mod boot/grub/i386-efi: $3/i386-efi/*.mod))
endef

$(eval $(call iso,$B/clone_with_pids.iso,$B/bzImage,$B/iso/grub,$B/bzImage-pc $B/iso/grub.cfg))
