# The kernel: unpack and patch the source, configure, compile.

# The Linux release that the patches are for.
RELEASE := $(file <kernel/release)

# The installed source of that release; KERNEL_TARBALL=FILE takes another of the same release.  build.sh installs the
# package; a Debian that has none (Debian 14) takes that of Debian 13, which is fetched.
FETCHED_SOURCE := $B/source/linux-source-$(RELEASE).tar.xz
KERNEL_TARBALL ?= $(or $(wildcard /usr/src/linux-source-$(RELEASE).tar.xz),$(FETCHED_SOURCE))
CROSS_COMPILE := i686-linux-gnu-
KERNEL_SOURCE := $B/linux

# As many lines as a whole build of each kernel prints; only for saying how far it is.
STEPS_kernel := 1380
STEPS_pc := 1517
STEPS_debug := 1520
STEPS_gdb := 1387

# What the kernel records of its build is fixed, for the same bytes everywhere.
export ARCH := i386
export CROSS_COMPILE
export LOCALVERSION :=
export KBUILD_BUILD_TIMESTAMP := @$(SOURCE_DATE_EPOCH)
export KBUILD_BUILD_USER := clone_with_pids
export KBUILD_BUILD_HOST := lesson
export KBUILD_BUILD_VERSION := 1

# Optimizing for size, gcc inlines copies as `rep movsb' and `rep stosb'.  An emulator, which every class has, executes
# them byte by byte; words need a quarter of the steps, for 4 KB of code.  It is no bargain on every real processor: those
# since 2012 move bytes as fast as words, and start quicker with them (ERMS).
WORDWISE := -mstringop-strategy=rep_4byte
export KCFLAGS := $(WORDWISE)

# The source.  A file's date does not tell that another tarball is meant, so its identity is compared.
tarball_identity := $(shell stat -L -c '%n %s %.Y' "$$(realpath '$(KERNEL_TARBALL)')" 2>&1)
ifneq ($(tarball_identity),$(file <$(KERNEL_SOURCE)/.series/tarball))
$(KERNEL_SOURCE)/.series/applied: FORCE
endif

$(FETCHED_SOURCE):
	$(call say,kernel: fetching the source of Debian 13: this release has no linux-source-$(RELEASE))
	$(call logged,fetch-source,kernel/fetch-source.sh $@)

# The folder is listed because its date tells of a patch that is gone.
$(KERNEL_SOURCE)/.series/applied: kernel/patches $(wildcard kernel/patches/*.patch) kernel/unpack.sh \
		| $(filter $(FETCHED_SOURCE),$(KERNEL_TARBALL))
	@kernel/unpack.sh '$(KERNEL_TARBALL)' $(KERNEL_SOURCE)

# $(call kernel,NAME,FRAGMENTS): a kernel configured by FRAGMENTS, built from that source in $B/NAME; $(STEPS_NAME)
# steps, if that is set.
# The three steps run in this order because they share that folder.
define kernel
$B/$1/.config: $(KERNEL_SOURCE)/.series/applied $2 kernel/configure.sh
	$$(call say,$1: configuring)
	+$$(call logged,$1-config,kernel/configure.sh $(KERNEL_SOURCE) $B/$1 $2)

$B/$1/usr/include/linux/version.h: $B/$1/.config
	$$(call say,$1: making the headers for programs)
	+$$(call logged,$1-headers,$(MAKE) -C $(KERNEL_SOURCE) O=$$(abspath $B/$1) headers)
	@touch $$@

$B/$1/arch/x86/boot/bzImage: $B/$1/.config $B/$1/usr/include/linux/version.h kernel/build.mk
	$$(call say,$1: compiling; the details are in $B/log/$1.log)
	+@$(MAKE) -C $(KERNEL_SOURCE) O=$$(abspath $B/$1) bzImage 2>&1 | \
	kernel/progress.sh $B/log/$1.log $$(if $$(wildcard $B/$1/vmlinux),0,$(or $(STEPS_$1),0)) || \
	{ $$(call show_log,$1); exit 1; }
	@touch $$@
endef

KERNEL_CONFIG := $(sort $(wildcard kernel/config/*.config))

$(eval $(call kernel,kernel,$(KERNEL_CONFIG)))

# The kernel for PCs: UEFI boots it, and the BIOS menu can.
$(eval $(call kernel,pc,$(KERNEL_CONFIG) kernel/variants/acpi.config kernel/variants/pc.config))

# The kernels that only tests boot.
$(eval $(call kernel,debug,$(KERNEL_CONFIG) kernel/variants/acpi.config kernel/variants/debug.config))

.PHONY: debug-kernel
debug-kernel: $B/debug/arch/x86/boot/bzImage

# The kernel that gdb knows, and the kernel's own commands for gdb; see ./build.sh run --gdb.
$(eval $(call kernel,gdb,$(KERNEL_CONFIG) kernel/variants/gdb.config))

$B/gdb/vmlinux-gdb.py: $B/gdb/arch/x86/boot/bzImage
	+$(call logged,gdb-scripts,$(MAKE) -C $(KERNEL_SOURCE) O=$(abspath $B/gdb) scripts_gdb)
	@touch $@

.PHONY: gdb-kernel
gdb-kernel: $B/gdb/vmlinux-gdb.py

KERNEL_HEADERS := $B/kernel/usr/include

$B/bzImage: $B/kernel/arch/x86/boot/bzImage
$B/bzImage-pc: $B/pc/arch/x86/boot/bzImage
$B/bzImage $B/bzImage-pc:
	@cp $< $@.tmp
	@mv $@.tmp $@
