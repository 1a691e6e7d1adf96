# Tables in Markdown of the lines `bench: AREA: WHAT: NUMBER KIND'; KIND is best or median.

BEGIN {
	FS = ": "
	n_methods = split("clone|clone3|clone3(set_tid)|clone_with_pids(0)|clone_with_pids", methods, "|")
	n_ways = split("clone|ns_last_pid|clone3(set_tid)|clone_with_pids", ways, "|")
	clone_with_pids = "clone_with_pids"
	set_tid = "clone3(set_tid)"
}

{ split($4, number, " ") }

# Remember the first word of WHAT, in the order in which they come.
function noted(what,   word) {
	split(what, word, /, | tasks, /)
	if (!(($2, word[1]) in seen))
		names[$2, ++n[$2]] = word[1]
	seen[$2, word[1]] = 1
}

$2 == "calls" {
	sub(/^level /, "", $3)
	noted($3)
	count[$3, number[2]] = number[1]
}

$2 == "trees" {
	noted($3)
	sub(/ tasks/, "", $3)
	count[$3, number[2]] = number[1]
}

$2 == "checkpoint" {
	split($3, tree, ", ")
	noted(tree[1])
	count[$3, number[2]] = number[1]
}

$2 == "refusals" && number[2] == "best" {
	refused[++n_refusals] = $3
	cost[$3] = number[1]
}

# Best by best, and in brackets median by median.
function ratio(what, base) {
	return sprintf("%.3f (%.3f)", count[what, "best"] / count[base, "best"],
		count[what, "median"] / count[base, "median"])
}

# A cell: best and median; then, if it is compared with another, both by those.
function cell(what, base) {
	return count[what, "best"] " (" count[what, "median"] ")" (what == base ? "" : ", " ratio(what, base))
}

function calls(where, title,   i, m, at) {
	printf "## One call%s\n\n", title
	print "| level | clone() | clone3() | clone3(set_tid) | clone_with_pids(), no list | clone_with_pids() | of clone3(set_tid) |"
	print "|---|---|---|---|---|---|---|"
	for (i = 1; i <= n["calls"]; i++) {
		at = names["calls", i] ", " where ", "
		printf "| %s |", names["calls", i]
		for (m = 1; m <= n_methods; m++)
			printf " %s |", cell(at methods[m], at methods[1])
		printf " %s |\n", ratio(at clone_with_pids, at set_tid)
	}
	print ""
}

function trees(   i, m, at, small, large) {
	print "| tasks | clone() | ns_last_pid and clone() | clone3(set_tid) | clone_with_pids() | of clone3(set_tid) |"
	print "|---|---|---|---|---|---|"
	for (i = 1; i <= n["trees"]; i++) {
		at = names["trees", i] ", "
		printf "| %s |", names["trees", i]
		for (m = 1; m <= n_ways; m++)
			printf " %s |", cell(at ways[m], at ways[1])
		printf " %s |\n", ratio(at clone_with_pids, at set_tid)
	}
	small = names["trees", 2] ", "
	large = names["trees", n["trees"]] ", "
	printf "| %s by %s |", names["trees", n["trees"]], names["trees", 2]
	for (m = 1; m <= n_ways; m++)
		printf " %s |", ratio(large ways[m], small ways[m])
	print " |"
}

function best(tree, what) {
	return count[tree ", " what, "best"]
}

# Of one tree by another, or of a larger memory by a smaller one in MiB.
function by(what, tree, other) {
	return sprintf("%.2f", best(tree, what) / best(other, what))
}

function per_mib(what,   more) {
	more = best(large, "bytes of pages") - best(small, "bytes of pages")
	return sprintf("%d", (best(large, what) - best(small, what)) * 1048576 / more)
}

function checkpoints(   i, tree) {
	print "| tasks | checkpoint | restart | image, bytes | pages in it, bytes | image by pages | create with pids by without |"
	print "|---|---|---|---|---|---|---|"
	for (i = 1; i <= n["checkpoint"]; i++) {
		tree = names["checkpoint", i]
		printf "| %s | %d | %d | %d | %d | %.3f |", tree, best(tree, "checkpoint"), best(tree, "restart"),
			best(tree, "bytes of image"), best(tree, "bytes of pages"),
			best(tree, "bytes of image") / best(tree, "bytes of pages")
		if (best(tree, "create with pids"))
			printf " %d by %d, %.4f |\n", best(tree, "create with pids"), best(tree, "create without pids"),
				best(tree, "create with pids") / best(tree, "create without pids")
		else
			print " |"
	}
	small = "10 tasks of 32 KiB"
	large = "1000 tasks of 32 KiB"
	printf "| 1000 by 10 | %s | %s | | | | |\n", by("checkpoint", large, small), by("restart", large, small)
	small = "100 tasks of 32 KiB"
	large = "100 tasks of 1 MiB"
	printf "| per MiB more | %s | %s | %s | 1048576 | | |\n\n", per_mib("checkpoint"), per_mib("restart"),
		per_mib("bytes of image")
}

END {
	print "A cell with brackets has the best of many counts, with the median in brackets; then both as ratios to those of `clone()`"
	print "in the same row. The last column has the ratios to `clone3(set_tid)`.\n"
	calls("neighbour", ", next to a live neighbour at every level")
	calls("alone", ", alone in an empty region of every pid table")

	print "## A refusal\n\n| answer | instructions, best of many | of a success |\n|---|---|---|"
	for (i = 1; i <= n_refusals; i++)
		printf "| %s | %d | %.3f |\n", refused[i], cost[refused[i]], cost[refused[i]] / cost["success"]

	print "\n## Restoring a tree over three levels\n\nPer task, the tasks' own first steps included.\n"
	trees()
	print "\n`ns_last_pid` chooses the pid in the youngest namespace only. The kernel chooses the pids at the older levels of these"
	print "trees, and those of each namespace's init outside its namespace. Nor does it reserve anything: a fork by another task"
	print "between the write and the clone() takes the pid.\n"

	print "## Checkpoint and restart\n\nPer task, of the whole machine from a tool's start to its end; the time in which nobody runs does not count. The memory is"
	print "what each task has written to beyond what any program needs.\n"
	checkpoints()
}
