# The tools that a user types: each source is a program.

$(foreach source,$(wildcard tools/*.c),$(eval $(call program,$(source:%.c=$B/%),$(source:%.c=$B/%.o) $B/cr/cr.a)))
