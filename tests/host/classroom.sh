#!/bin/bash
# The classroom's page: its parts in node, and the built file in a browser without a network.  Pictures of it are left in
# build/classroom/pictures, for a person to look at.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
30  units                          | the feed's reader takes broken lines, the picture's model loses no task, states come back
300 auto                           | mode=auto comes to demo: ok under v86
60  inside                         | the page names no other host and says what it holds
60  browser opens                  | from file:// without a network, to the first screen and its picture
300 browser goes_on_by_buttons     | through every chapter by buttons
120 browser goes_by_keys           | through the chapters by keys, and to all else
300 browser draws_what_pidtable_prints | each box and number is what pidtable prints in the same machine
120 browser jumps_and_goes_back    | to places, back with the machine, and to the start
60  browser compares_before_and_now | what is equal after a restart, and what is not
60  browser predicts               | predictions, right and wrong, and what came
60  browser marks_signals          | signals as marks at the tasks, also where they go astray
120 browser follows_the_kernel     | how far the picture is behind the kernel
120 browser solves_a_lab           | a lab is solved by typing, and its progress is in the place that is saved
60  browser prints                 | sheets for students and the teacher, and the picture, on paper
60  browser pastes                 | 500 characters, pasted into the shell
120 browser saves_and_loads        | a place in a file: it comes back, and what is damaged or another build's does not
120 browser fits_a_projector       | all in sight at 1280x720 and 1920x1080
60  browser is_accessible          | axe-core finds nothing serious
180 qemu                           | a machine in QEMU: the ISO, its terminal and picture in a page; when it is taken, and gone
120 firefox                        | in Firefox: opened, to chapter 4, on from there, all pids equal
60  browser opened_twice           | a page that is open twice says so
60  browser sleeps_while_hidden    | the machine stops while the page is hidden
60  browser without_webassembly    | without WebAssembly: a sentence
60  browser in_an_old_browser      | in a browser that is too old: a sentence
60  browser of_a_damaged_file      | a page that was cut or changed: a sentence
"

C=build/classroom
page=$C/clone_with_pids.html

before_cases() {
	make_outputs classroom classroom-qemu $C/node/auto.mjs $C/node/tests/{feed.test,pool.test,browser,firefox}.mjs >build/log/test-classroom-build.log 2>&1 ||
		echo "FAIL classroom: the page is not built; see build/log/test-classroom-build.log"
	rm -rf $C/pictures
	mkdir -p $C/pictures
}

units() {
	node --test $C/node/tests/{feed,pool}.test.mjs
}

# As in node 18, which has no global crypto.
auto() {
	node --import 'data:text/javascript,delete globalThis.crypto' $C/node/auto.mjs bzImage=build/bzImage \
		archive=build/initramfs.cpio bios=/usr/share/seabios/bios.bin vgaBios=/usr/share/seabios/vgabios-stdvga.bin \
		wasm=$C/node_modules/v86/build/v86.wasm
}

# In the page's own words, that is not in the licences or the libraries.
inside() {
	local file
	grep -q "default-src 'none'" $page || fail "there is no policy that forbids all else"
	for file in build/bzImage build/initramfs.cpio; do
		grep -q "$(sha256sum $file | cut -d ' ' -f 1)" $page || fail "the page does not name $file by its sum"
	done
	for file in students teacher; do
		grep -q '<table>' $C/handouts/$file.html || fail "there is no table in the sheet for $file"
	done
	grep -q '<noscript><p class="trouble">[^<]*needs JavaScript' $page || fail "there is no sentence for a browser without JavaScript"
	! grep -q '"resolved"' classroom/package-lock.json || fail "the lock file names hosts"
	! grep -oE '<(script|link|img|iframe)[^>]* (src|href)=[^>]*' $page || fail "the page loads something"
}

browser() {
	timeout -k 5 280 node $C/node/tests/browser.mjs page=$page chromium="$(command -v chromium)" pictures=$C/pictures case="$1"
}

# What `run --classroom' says is what is opened.
qemu() {
	local file
	iso/run.sh --classroom >"$scratch/said" &
	machine=$!
	trap 'kill "$machine" 2>/dev/null || true; rm -rf "$scratch"' EXIT
	until file=$(sed -n 's/.*: file:\/\///p' "$scratch/said") && [ -n "$file" ]; do
		kill -0 "$machine" || fail "it has ended: $(cat "$scratch/said")"
		sleep 0.1
	done
	timeout -k 5 400 node $C/node/tests/browser.mjs page="$file" chromium="$(command -v chromium)" pictures=$C/pictures \
		case=looks_at_qemu qemu="$machine"
}

firefox() {
	timeout -k 5 280 node $C/node/tests/firefox.mjs page=$page firefox="$(command -v firefox-esr)" pictures=$C/pictures
}

main "$@"
