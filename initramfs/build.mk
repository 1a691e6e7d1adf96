# The archives that the kernel unpacks into its first file system: the lesson's, with /init, busybox and our programs;
# and that of the tests, which only a machine that runs them is given.

$(eval $(call program,$B/initramfs/init,$(call objects,initramfs)))

# The C library, a checksum, busybox and keyboard layouts, as Debian has them for i386.  The dates in there are
# Debian's; the folder's is ours.
$B/sysroot: initramfs/build.mk initramfs/fetch-i386.sh initramfs/apt-i386.sh initramfs/run-i386.sh
	$(call say,initramfs: fetching musl and xxHash and busybox and keyboard layouts for i386)
	$(call logged,fetch,initramfs/fetch-i386.sh $@ $B/debs musl-dev libxxhash-dev busybox-static console-data)
	@sed -n '/^initramfs: /p' $B/log/fetch.log

# The same files give the same bytes.
reproducible_tar := --sort=name --mtime=@$(SOURCE_DATE_EPOCH) --format=ustar --owner=0 --group=0 --numeric-owner \
	--mode=a+rX,u+w,go-w

# The keyboard layouts as busybox loads them, as one file: seven small ones would make each boot longer.
KEYMAPS := $(shell awk '/^[a-z]/ { print $$1 }' initramfs/keymaps.list)
$B/initramfs/keymaps/%: initramfs/keymaps.list $B/sysroot
	@mkdir -p $(@D)
	@loadkeys -q -b $B/sysroot/usr/share/keymaps/i386/$$(awk '$$1 == "$*" { print $$3 }' $<).kmap.gz >$@.tmp
	@mv $@.tmp $@

$B/initramfs/keymaps.tar.gz: initramfs/build.mk $(addprefix $B/initramfs/keymaps/,$(KEYMAPS))
	@tar -C $B/initramfs/keymaps $(reproducible_tar) -cf - $(KEYMAPS) | gzip -9n >$@.tmp
	@mv $@.tmp $@

# The kernel's own tool writes the archive from a list; a node or an owner in a list needs no root.
$B/initramfs/gen_init_cpio: $(KERNEL_SOURCE)/.series/applied
	@mkdir -p $(@D)
	@gcc -O1 -o $@ $(KERNEL_SOURCE)/usr/gen_init_cpio.c

# The names by which busybox is called, one a line.
$B/initramfs/applets: initramfs/list-applets.sh initramfs/run-i386.sh $B/sysroot
	@mkdir -p $(@D)
	@initramfs/list-applets.sh $B/sysroot/usr/bin/busybox >$@.tmp
	@mv $@.tmp $@

# The labs of the shell, as one file that /bin/lab unpacks: a hundred small ones would make each boot longer.  The wrong
# solutions are for the tests.
lab_files := $(shell find labs/shell -name wrong -prune -o -print)
$B/initramfs/labs.tar.gz: initramfs/build.mk $(lab_files)
	@mkdir -p $(@D)
	@tar -C labs/shell --exclude=wrong --exclude=./lab $(reproducible_tar) -cf - . | gzip -9n >$@.tmp
	@mv $@.tmp $@

# $(call cpio,ARCHIVE,LIST): an archive of what LIST names, plain.  What goes in is what the list names; of Debian's
# files the whole folder is one target.
listed_files = $(filter-out $B/sysroot/%,$(subst $${BUILD},$B,$(shell awk '$$1 == "file" { print $$3 }' $1)))
define cpio
$1: export BUILD = $B
$1: initramfs/build.mk $2 $B/sysroot $B/initramfs/gen_init_cpio $(call listed_files,$2)
	$$(call say,initramfs: packing $$@)
	@mkdir -p $$(@D)
	@$B/initramfs/gen_init_cpio -t $(SOURCE_DATE_EPOCH) $2 >$$@.tmp
	@mv $$@.tmp $$@
endef

# Plain: to inflate it the kernel would spend as many instructions as on all else between its entry and /init, for a
# megabyte that the ISO has room for.
$(eval $(call cpio,$B/initramfs.cpio,initramfs/archive.list))

# Nobody waits for the tests' boot.
$(eval $(call cpio,$B/tests/archive.cpio,tests/archive.list))
$B/tests.cpio.gz: $B/tests/archive.cpio
	@gzip -9n <$< >$@.tmp
	@mv $@.tmp $@

# Both in one file, which boots every mode: for scripts and for other machines.  Stored (-0): see above.
$B/initramfs.cpio.gz: $B/initramfs.cpio $B/tests/archive.cpio
	@cat $^ | pigz -0 -n -p 1 >$@.tmp
	@mv $@.tmp $@
