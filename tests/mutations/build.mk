# One wrong kernel: make mutant MUTATED=kernel MUTATION=NAME, or MUTATED=debug, or without MUTATION; see mutant.sh.

.PHONY: mutant
mutant: $B/$(MUTATED)/arch/x86/boot/bzImage
	+@tests/mutations/mutant.sh $(KERNEL_SOURCE) $B/$(MUTATED) $(MUTATION)
