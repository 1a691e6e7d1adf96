# The program that grades in the machine; the lab's own reader of images is in it.  build.sh's lab adds it to the archive.

$(eval $(call program,$B/labs/grader/grade-restart,$(call objects,labs/grader) $B/labs/c/given.o))

# The kernel of the other lab, of the series with the files below LABS_CHANGES in place of its own: $B/labs/kernel.  One
# that is made in the jail has a folder of its own, $B/labs/jail/kernel: its make sees other tools, and would compile
# everything anew, as the other one would afterwards.
.PHONY: labs-kernel
labs-kernel: $B/kernel/arch/x86/boot/bzImage
	+@kernel/changed.sh $(KERNEL_SOURCE) $B/kernel $B/labs$(if $(JAILED_MAKE),/jail) $(LABS_CHANGES)
