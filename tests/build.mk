# The program with the guest's tests; the host's tests need no building.

$(eval $(call program,$B/tests/guest/guest-tests,$(call objects,tests/guest)))
