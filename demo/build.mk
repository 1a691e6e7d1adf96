# The demonstration: the whole of demo/tour is one program, each source in demo/programs another.

# What stays small: code and data in the same pages of the file.
$B/demo/programs/%: USER_LDFLAGS += -Wl,-z,noseparate-code

$(foreach source,$(wildcard demo/programs/*.c),$(eval $(call program,$(source:%.c=$B/%),$(source:%.c=$B/%.o))))
$(eval $(call program,$B/demo/tour/tour,$(call objects,demo/tour) $B/cr/cr.a))
