# usage: awk -v rows=N [-v until=TEXT] -f terminal.awk CONSOLE
#
# What a terminal of N rows shows of what was written to it, to the end or until TEXT is there: its rows, without the
# blanks at their ends, and without empty ones at the end.  Lines are no longer than the terminal is wide, and of the
# escapes there are those that the lesson uses: go to a place, clear the screen, clear to the end of the line, colours.

BEGIN { row = column = 1 }

{
	rest = $0
	while (match(rest, /\033\[[0-9;?]*[A-Za-z]/)) {
		put(substr(rest, 1, RSTART - 1))
		obey(substr(rest, RSTART + 2, RLENGTH - 2))
		rest = substr(rest, RSTART + RLENGTH)
	}
	put(rest)
	new_line()
}

END { show() }

function put(text) {
	if (text == "") return
	screen[row] = sprintf("%-*s", column - 1, substr(screen[row], 1, column - 1)) text \
		substr(screen[row], column + length(text))
	column += length(text)
	if (until != "" && index(screen[row], until)) exit
}

function obey(escape,   place) {
	if (escape ~ /H$/) {
		split(escape, place, /[;H]/)
		row = place[1] ? place[1] : 1
		column = place[2] ? place[2] : 1
	} else if (escape == "2J") {
		split("", screen)
	} else if (escape == "K") {
		screen[row] = substr(screen[row], 1, column - 1)
	}
}

function new_line(   i) {
	column = 1
	if (row < rows) {
		row++
		return
	}
	for (i = 1; i < rows; i++) screen[i] = screen[i + 1]
	screen[rows] = ""
}

function show(   i, last) {
	for (i = 1; i <= rows; i++) {
		sub(/ +$/, "", screen[i])
		if (screen[i] != "") last = i
	}
	for (i = 1; i <= last; i++) print screen[i]
}
