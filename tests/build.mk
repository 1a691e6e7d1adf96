# The programs that test and measure in the guest; the host's tests need no building.

$(eval $(call program,$B/tests/guest/guest-tests,$(call objects,tests/guest)))
$(eval $(call program,$B/tests/bench/guest-bench,$(call objects,tests/bench)))
