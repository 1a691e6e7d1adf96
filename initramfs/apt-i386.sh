# shellcheck shell=bash
# Debian's packages for i386 (and those for all machines), by apt with a state of its own: the host needs no foreign
# architecture, its package lists stay as they are, and no root is needed.  The sources are the Debian ones among the
# host's (third parties seldom have i386), and the signatures are checked as on the host.
#
# Sourced.  The caller sets `state', the folder of that state, and has die().
# shellcheck disable=SC2154

# One line for each Debian source of the host's.  Where apt's lists are empty, apt does not know whose a source is: then
# all are tried, and another's is refused, because Debian did not sign it.
targets() {
	apt-get indextargets --format "$1" "Identifier: Packages" "Origin: Debian" | grep . ||
		apt-get indextargets -o APT::Get::IndexTargets::ReleaseInfo=false --format "$1" "Identifier: Packages"
}

# One line for each of them, for i386.  With `suites' set, these are taken in place of the host's own release.
sources() {
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg signed='' suite
	[ -r "$keyring" ] && signed=" signed-by=$keyring"
	if [ -z "${suites-}" ]; then
		targets "deb [arch=i386$signed] \$(REPO_URI) \$(RELEASE) \$(COMPONENT)"
	else
		for suite in $suites; do
			targets "deb [arch=i386$signed] \$(REPO_URI) $suite main"
		done
	fi | sort -u
}

# apt reads this file last.  The hooks cleared here would act on the host's own files.
configuration() {
	cat <<-END
		#clear APT::Architectures;
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		APT::Architecture "i386";
		APT::Architectures { "i386"; };
		APT::Install-Recommends "false";
		Acquire::Languages "none";
		Acquire::Retries "3";
		Dir::State "$state/state";
		Dir::State::lists "$state/lists";
		Dir::State::status "$state/status";
		Dir::Cache "$state/cache";
		Dir::Etc::sourcelist "$state/sources.list";
		Dir::Etc::sourceparts "$state/none";
		Dir::Etc::preferencesparts "$state/none";
		Dir::Etc::preferences "$state/none";
	END
}

# apt_i386 PROGRAM ARGUMENT...: apt-get or apt-cache, in that state.
apt_i386() {
	local program=$1
	shift
	"$program" -q -c "$state/apt.conf" "$@"
}

# Make the state, with today's indexes.  An index that cannot be fetched (a mirror in the middle of an update) is not
# yet a failure: the package may come from another one, and what is downloaded is checked in any case.
apt_i386_update() {
	mkdir -p "$state"/{state,none,lists/partial,cache/archives/partial}
	: >"$state/status"
	configuration >"$state/apt.conf"
	sources >"$state/sources.list"
	[ -s "$state/sources.list" ] || die "apt has no Debian source configured (see apt-get indextargets)"
	apt_i386 apt-get update || echo "warning: apt-get update failed in part; going on with the indexes it has"
}

# apt_i386_download FOLDER PACKAGE...: all of them are in FOLDER then, or none.
apt_i386_download() {
	local folder=$1
	shift
	rm -rf "$folder.tmp"
	mkdir "$folder.tmp"
	(cd "$folder.tmp" && apt_i386 apt-get download "$@") ||
		die "fetch $*${suites:+ of ${suites%% *}}: apt-get download failed; is the network there?"
	mv "$folder.tmp"/*.deb "$folder"
	rmdir "$folder.tmp"
}

# The same of Debian 13, the newest release that has all that is needed, from the host's mirrors.
apt_i386_download_13() {
	local suites="trixie trixie-security"
	apt_i386_update
	apt_i386_download "$@"
}
