# Checkpoint and restart, as a library: see cr/README.md for its rooms.

$(eval $(call archive,$B/cr/cr.a,$(call objects,$(wildcard cr/*))))
