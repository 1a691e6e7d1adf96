# Tables in Markdown of the lines `bench: AREA: WHAT: NUMBER UNIT'.

BEGIN { FS = ": " }

$2 == "calls" {
	split($3, what, ", ")
	level = substr(what[1], 7)
	split($4, number, " ")
	count[level, what[2], what[3], substr($4, length(number[1]) + 2)] = number[1]
	if (!(level in seen))
		levels[++n_levels] = level
	seen[level] = 1
}

$2 == "refusals" {
	split($4, number, " ")
	refused[++n_refusals] = $3
	cost[$3] = number[1]
}

$2 == "trees" {
	split($3, what, ", ")
	split($4, number, " ")
	size = what[1]
	sub(/ tasks/, "", size)
	tree[size, what[2]] = number[1]
	if (!(size in sized))
		sizes[++n_sizes] = size
	sized[size] = 1
}

function calls(where, title,   i, l, base, set) {
	printf "## One call%s\n\n", title
	print "Instructions of the best of 100 calls; the median in brackets; then the best by that of clone()."
	print "\n| level | clone() | clone3() | clone3(set_tid) | clone_with_pids(), no list | clone_with_pids() | of clone() | of clone3(set_tid) |"
	print "|---|---|---|---|---|---|---|---|"
	for (i = 1; i <= n_levels; i++) {
		l = levels[i]
		base = count[l, where, "clone", "best"]
		set = count[l, where, "clone3(set_tid)", "best"]
		printf "| %d | %s | %s | %s | %s | %s | %.4f | %.4f |\n", l, cell(l, where, "clone"), cell(l, where, "clone3"),
			cell(l, where, "clone3(set_tid)"), cell(l, where, "clone_with_pids(0)"),
			cell(l, where, "clone_with_pids"), count[l, where, "clone_with_pids", "best"] / base,
			count[l, where, "clone_with_pids", "best"] / set
	}
	print ""
}

function cell(l, where, method) {
	return count[l, where, method, "best"] " (" count[l, where, method, "median"] ")"
}

END {
	calls("neighbour", ", next to a live neighbour at every level")
	calls("alone", ", alone in an empty region of every pid table")

	print "## A refusal\n\n| answer | instructions, median of 100 |\n|---|---|"
	for (i = 1; i <= n_refusals; i++)
		printf "| %s | %d |\n", refused[i], cost[refused[i]]

	print "\n## Restoring a tree over three levels\n\nInstructions per task, the tasks' own first steps included.\n"
	print "| tasks | clone() | ns_last_pid and clone() | clone3(set_tid) | clone_with_pids() | of clone() |"
	print "|---|---|---|---|---|---|"
	for (i = 1; i <= n_sizes; i++) {
		s = sizes[i]
		printf "| %d | %d | %d | %d | %d | %.4f |\n", s, tree[s, "clone"], tree[s, "ns_last_pid"],
			tree[s, "clone3(set_tid)"], tree[s, "clone_with_pids"], tree[s, "clone_with_pids"] / tree[s, "clone"]
	}
	print "\n`ns_last_pid` chooses the pid in the youngest namespace only: with it, the pids at the older levels of these trees"
	print "are the kernel's choice.\n"
}
