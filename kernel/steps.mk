# The series step by step: $B/series/N/bzImage is the kernel with the first N patches, $B/series/without/bzImage the
# one with all of them and the system call configured out.  Only tests boot them.  They are built in this order,
# because they share a folder: each step compiles what its patch makes necessary.

PATCHES := $(sort $(wildcard kernel/patches/*.patch))
LAST_STEP := $(words $(PATCHES))
STEP_FRAGMENTS := $(KERNEL_CONFIG) kernel/variants/kselftest.config

# $(call step,STEP,WHAT IT FOLLOWS ON): one step.
define step
$B/series/$1/bzImage: $2 $(STEP_FRAGMENTS) kernel/variants/without.config kernel/configure.sh \
		kernel/step.sh
	+@kernel/step.sh '$(KERNEL_TARBALL)' $(KERNEL_SOURCE) $1 $(STEP_FRAGMENTS)
endef

# It is as old as the source, whatever is patched in there later.
$(KERNEL_SOURCE)/.series/tarball: | $(KERNEL_SOURCE)/.series/applied ;

$(eval $(call step,0,$(KERNEL_SOURCE)/.series/tarball))
$(foreach n,$(shell seq $(LAST_STEP)),\
	$(eval $(call step,$n,$B/series/$(shell expr $n - 1)/bzImage $(word $n,$(PATCHES)))))
$(eval $(call step,without,$B/series/$(LAST_STEP)/bzImage))

.PHONY: series
series: $B/series/without/bzImage
