# usage: awk -v name=NAME -f similar.awk LIST LIST
#
# Which names of the LIST (names.sh) may have been meant by NAME: lines `HOW-FAR<tab>NAME'.  Of a suite or a file that is
# there, cases with the same words; else suites and files.  A few letters may be wrong.

# How many letters must be changed, put in or left out to make the one of the other.
function distance(a, b,   i, j, least, row, last) {
	for (j = 0; j <= length(b); j++) last[j] = j
	for (i = 1; i <= length(a); i++) {
		row[0] = i
		for (j = 1; j <= length(b); j++) {
			least = last[j - 1] + (substr(a, i, 1) != substr(b, j, 1))
			if (last[j] + 1 < least) least = last[j] + 1
			if (row[j - 1] + 1 < least) least = row[j - 1] + 1
			row[j] = least
		}
		for (j = 0; j <= length(b); j++) last[j] = row[j]
	}
	return last[length(b)]
}

# A part of it, or nearly it; -1: neither.
function how_far(word, candidate,   far) {
	if (index(candidate, word)) return 0
	far = distance(word, candidate)
	return far <= length(word) / 3 ? far : -1
}

# Each of the words is nearly one of the candidate's.
function how_far_words(words, candidate,   n, m, i, j, w, c, far, least, sum) {
	n = split(words, w, /[^a-z0-9]+/)
	m = split(candidate, c, /[^a-z0-9]+/)
	for (i = 1; i <= n; i++) {
		if (w[i] == "") continue
		least = -1
		for (j = 1; j <= m; j++) {
			far = how_far(w[i], c[j])
			if (far >= 0 && (least < 0 || far < least)) least = far
		}
		if (least < 0) return -1
		sum += least
	}
	return sum + 0
}

function say(far, candidate) {
	if (far >= 0 && !(candidate in said)) printf "%d\t%s\n", far, candidate
	said[candidate] = 1
}

BEGIN {
	colon = index(name, ":")
	head = colon ? substr(name, 1, colon - 1) : name
	asked = tolower(colon ? substr(name, colon + 1) : "")
}

{
	path = substr($0, 1, index($0, ":") - 1)
	suite = substr(path, index(path, "/") + 1)
	text = substr($0, length(path) + 3)
	is_head = head == path || head == suite
}

FNR == NR {
	known += is_head
	next
}

# In brackets is a host case's function.
known && is_head {
	call = text
	sub(/  \[[^[]*\]$/, "", text)
	say(how_far_words(asked, tolower(call)), suite ": " text)
}

!known { say(how_far(tolower(head), head ~ /\// ? path : suite), head ~ /\// ? path : suite) }
