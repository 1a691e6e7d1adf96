# The kernel's own selftests: built as they are, from the source that the kernel is built from, for a machine of their
# own.  They are not in the image: they come as an archive that is given to a boot behind the image's.

KSELFTEST := $B/kselftest
KSELFTEST_LIST := tests/kselftest/programs
kselftest_programs := $(shell awk '!/^\#/ && NF { print $$1 "/" $$2 }' $(KSELFTEST_LIST))
kselftest_folders := $(sort $(foreach program,$(kselftest_programs),$(firstword $(subst /, ,$(program)))))

# The C library is the cross compiler's own; clone3_cap_checkpoint_restore wants libcap besides, which is ours.
$(KSELFTEST)/lib/libcap.a: tests/kselftest/libcap/libcap.c tests/kselftest/libcap/sys/capability.h
	$(call say,  AR  $@)
	@mkdir -p $(@D)
	@$(CROSS_COMPILE)gcc -D_GNU_SOURCE -Os -Wall -Wextra $(if $(WERROR),-Werror) -Itests/kselftest/libcap -c -o $(@:.a=.o) $<
	@rm -f $@
	@$(CROSS_COMPILE)ar rcsD $@ $(@:.a=.o)

# The tests' own Makefiles build all programs of a folder, and know neither our libcap nor the kernel's headers, so it
# is done anew.  The archive takes the programs that are listed.
$(KSELFTEST)/archive.list: $(KSELFTEST_LIST) tests/kselftest/build.mk $(KSELFTEST)/lib/libcap.a \
		$(KERNEL_SOURCE)/.series/applied $(KERNEL_HEADERS)/linux/version.h
	$(call say,kselftest: compiling $(kselftest_folders))
	@rm -rf $(KSELFTEST)/kselftest
	+$(call logged,kselftest,$(MAKE) -C $(KERNEL_SOURCE)/tools/testing/selftests O=$(abspath $(KSELFTEST)) \
		TARGETS="$(kselftest_folders)" FORCE_TARGETS=1 KHDR_INCLUDES="-isystem $(abspath $(KERNEL_HEADERS))" \
		USERCFLAGS="-I$(abspath tests/kselftest/libcap)" \
		USERLDFLAGS="-static -s -L$(abspath $(KSELFTEST)/lib)")
	@{ \
	echo 'dir /kselftest 0755 0 0'; \
	echo 'file /kselftest/run tests/kselftest/run 0755 0 0'; \
	echo 'file /kselftest/programs $(KSELFTEST_LIST) 0644 0 0'; \
	printf 'dir /kselftest/%s 0755 0 0\n' $(kselftest_folders); \
	for program in $(kselftest_programs); do \
		echo "file /kselftest/$$program $(KSELFTEST)/kselftest/$$program 0755 0 0"; \
	done; } >$@.tmp
	@mv $@.tmp $@

$(KSELFTEST)/programs.cpio: $(KSELFTEST)/archive.list tests/kselftest/run $B/initramfs/gen_init_cpio
	@$B/initramfs/gen_init_cpio -t $(SOURCE_DATE_EPOCH) $< >$@.tmp
	@mv $@.tmp $@
