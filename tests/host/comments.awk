# usage: awk -f comments.awk FILE...
#
# Print FILE:LINE NAME for each file that a comment of these C sources names; what stands in <> is a header of the C library.
FNR == 1 { inside = 0 }
{
	line = $0
	text = ""
	while (line != "") {
		if (inside) {
			end = index(line, "*/")
			if (!end) { text = text " " line; break }
			text = text " " substr(line, 1, end - 1)
			line = substr(line, end + 2)
			inside = 0
		} else if (match(line, /\/\*|\/\/|"([^"\\]|\\.)*"/)) {
			what = substr(line, RSTART, 2)
			rest = substr(line, RSTART + RLENGTH)
			if (what == "//") { text = text " " rest; break }
			if (what == "/*") inside = 1
			line = rest
		} else break
	}
	while (match(text, /[A-Za-z0-9_.\/-]*[A-Za-z0-9_]\.(c|h|S|sh|awk|exp|config|mk|md|patch|list)([^A-Za-z0-9_]|$)/)) {
		name = substr(text, RSTART, RLENGTH)
		before = RSTART > 1 ? substr(text, RSTART - 1, 1) : ""
		sub(/[^A-Za-z0-9_]$/, "", name)
		if (before != "<") print FILENAME ":" FNR " " name
		text = substr(text, RSTART + RLENGTH)
	}
}
