# What tests/host/series.sh runs on the kernel without the system call: an archive for a boot of its own.

$(eval $(call program,$B/tests/series/without,$(call objects,tests/series)))
-include $(wildcard $B/tests/series/*.d)

$B/series/archive.cpio: $B/tests/series/without tests/series/build.mk $B/initramfs/gen_init_cpio
	@mkdir -p $(@D)
	@printf '%s\n' 'dir /series 0755 0 0' 'file /series/without $< 0755 0 0' >$B/series/archive.list
	@$B/initramfs/gen_init_cpio -t $(SOURCE_DATE_EPOCH) $B/series/archive.list >$@.tmp
	@mv $@.tmp $@
