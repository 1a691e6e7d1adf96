# What tests/host/series.sh runs on the kernel without the system call: an archive for a boot of its own.

$(eval $(call program,$B/tests/series/without,$(call objects,tests/series)))
-include $(wildcard $B/tests/series/*.d)

# Packed, if only stored: behind an archive of any length the kernel finds a packed one only.
$B/series/archive.cpio.gz: $B/tests/series/without tests/series/build.mk $B/initramfs/gen_init_cpio
	@mkdir -p $(@D)
	@printf '%s\n' 'dir /series 0755 0 0' 'file /series/without $< 0755 0 0' >$B/series/archive.list
	@$B/initramfs/gen_init_cpio -t $(SOURCE_DATE_EPOCH) $B/series/archive.list >$B/series/archive.cpio
	@pigz -0 -n -p 1 <$B/series/archive.cpio >$@.tmp
	@mv $@.tmp $@
