# The archive that the kernel unpacks into its first file system: busybox, our programs, /init.

$(eval $(call program,$B/initramfs/init,$(call objects,initramfs)))

# The C library, a checksum and busybox, as Debian has them for i386.  The dates in there are Debian's; the folder's is
# ours.
$B/sysroot: initramfs/build.mk initramfs/fetch-i386.sh initramfs/apt-i386.sh initramfs/run-i386.sh
	$(call say,initramfs: fetching musl and xxHash and busybox for i386)
	$(call logged,fetch,initramfs/fetch-i386.sh $@ $B/debs musl-dev libxxhash-dev busybox-static)
	@sed -n '/^initramfs: /p' $B/log/fetch.log

# The kernel's own tool writes the archive from a list; a node or an owner in a list needs no root.
$B/initramfs/gen_init_cpio: $(KERNEL_SOURCE)/.series/applied
	@mkdir -p $(@D)
	@gcc -O1 -o $@ $(KERNEL_SOURCE)/usr/gen_init_cpio.c

$B/initramfs/archive.list: initramfs/archive.list initramfs/list-applets.sh initramfs/run-i386.sh $B/sysroot
	@mkdir -p $(@D)
	@{ cat $< && initramfs/list-applets.sh $B/sysroot/usr/bin/busybox $<; } >$@.tmp
	@mv $@.tmp $@

# What goes in is what the list names; of Debian's files the whole folder is one target.
archive_files := $(filter-out $B/sysroot/%,\
	$(subst $${BUILD},$B,$(shell awk '$$1 == "file" { print $$3 }' initramfs/archive.list)))

# Stored, not compressed (-0): to inflate it the kernel would spend 60 million instructions, as many as on all else
# between start_kernel() and /init, for a megabyte that the ISO has room for.
$B/initramfs.cpio.gz: export BUILD = $B
$B/initramfs.cpio.gz: initramfs/build.mk $B/initramfs/archive.list $B/initramfs/gen_init_cpio $(archive_files)
	$(call say,initramfs: packing $@)
	@$B/initramfs/gen_init_cpio -t $(SOURCE_DATE_EPOCH) $B/initramfs/archive.list >$B/initramfs/archive.cpio
	@pigz -0 -n -p 1 <$B/initramfs/archive.cpio >$@.tmp
	@mv $@.tmp $@
