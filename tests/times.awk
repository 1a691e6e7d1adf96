# What took how long, as a table: lines `MILLISECONDS MILLISECONDS WHAT', by the clock and of processor time (or `-'), of
# builds (build/...), files of tests and their cases (host/...), and suites in the machine (guest/...).
function section(title, pattern, without,   what, rows) {
	printf "%s\n%9s %9s\n", title, "seconds", "processor"
	fflush()
	rows = "sort -rn"
	for (what in clock)
		if (what ~ pattern && !(without != "" && what ~ without))
			printf "%9.1f %9s %s\n", clock[what] / 1000, what in used ? sprintf("%.1f", used[what] / 1000) : "-", what | rows
	close(rows)
	printf "\n"
}

{
	what = $0
	sub(/^[^ ]+ [^ ]+ /, "", what)
	clock[what] += $1
	if ($2 != "-") used[what] += $2
}

END {
	section("Builds:", "^build/", "")
	section("Files of tests:", "^host/", ": ")
	section("Suites in the machine, in all its shares:", "^guest/", "")
	section("Cases:", "^host/.*: ", "")
}
