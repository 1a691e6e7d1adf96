# shellcheck shell=bash
# Debian's i386 packages, by apt with a state of its own: the host needs no foreign architecture, its package lists stay
# as they are, and no root is needed.  The sources are the Debian ones among the host's (third parties seldom have
# i386), and the signatures are checked as on the host.
#
# Sourced.  The caller sets `state', the folder of that state, and has die().
# shellcheck disable=SC2154

# One line for each Debian source of the host's, for i386.
sources() {
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg signed=
	[ -r "$keyring" ] && signed=" signed-by=$keyring"
	apt-get indextargets --format "deb [arch=i386$signed] \$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
		"Identifier: Packages" "Origin: Debian" | sort -u
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
