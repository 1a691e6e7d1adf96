# usage: awk -f apply.awk NAME.mutation SOURCE
#
# Print SOURCE with the mutation's change.  Its lines that begin with a blank or `-' are looked for, one after the
# other as they stand there, and must be found exactly once; those that begin with a blank or `+' take their place.

FNR == NR && /^[ -]/ { old[++n_old] = substr($0, 2) }
FNR == NR && /^[ +]/ { new[++n_new] = substr($0, 2) }
FNR != NR { line[++n] = $0 }

function is_at(start,	i) {
	for (i = 1; i <= n_old; i++)
		if (line[start + i - 1] != old[i])
			return 0
	return 1
}

END {
	for (i = 1; i <= n - n_old + 1; i++)
		if (is_at(i)) {
			found++
			at = i
		}
	if (!n_old || found != 1) {
		printf "%s: its %d lines are %d times in %s, not once\n", ARGV[1], n_old, found, ARGV[2] >"/dev/stderr"
		exit 1
	}
	for (i = 1; i < at; i++)
		print line[i]
	for (i = 1; i <= n_new; i++)
		print new[i]
	for (i = at + n_old; i <= n; i++)
		print line[i]
}
