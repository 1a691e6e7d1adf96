# What /kselftest/run reported, as one line for each test: PROGRAM, a tab, `ok', `not ok', `xfail' or `skip', a tab,
# the test's name.  `says' is the name of the file that lists the programs.
#
# The exit status of a program is a test, too, as it is for the kernel's own runner: 0 is ok, 4 means skipped.  A
# program from which a line for each test is expected, and which printed none, is no result at all: `none'.

FILENAME == says {
	if (NF && $1 !~ /^#/)
		kind[$1 "/" $2] = $4
	next
}

{ sub(/\r$/, "") }

$1 == "begin" {
	program = $2
	tests = 0
}

# A line in the test anything protocol: the number is dropped, what is after # says what became of it.
/^\| (not )?ok( |$)/ {
	line = substr($0, 3)
	result = line ~ /^not / ? "not ok" : "ok"
	sub(/^(not )?ok *[0-9]* *(- )?/, "", line)
	if (line ~ /# SKIP/)
		result = "skip"
	else if (line ~ /# XFAIL/)
		result = "xfail"
	print program "\t" result "\t" line
	tests++
}

$1 == "end" {
	if (kind[$2] == "tap" && !tests)
		print $2 "\tnone\tno line in the test anything protocol"
	result = $3 == 0 ? "ok" : $3 == 4 ? "skip" : "not ok"
	print $2 "\t" result "\texit status " $3
}
