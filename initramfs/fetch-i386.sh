#!/bin/bash
# usage: fetch-i386.sh SYSROOT DEBS PACKAGE...
#
# Unpack Debian's i386 PACKAGEs into SYSROOT; what is not in the folder DEBS yet is downloaded to there.  apt does
# it, with a state of its own: the host needs no foreign architecture, its package lists stay as they are, and no
# root is needed.  The sources are the Debian ones among the host's (third parties seldom have i386), and the
# signatures are checked as on the host.
set -euo pipefail
export LC_ALL=C

sysroot=$1
debs=$2
shift 2
mkdir -p "$sysroot.apt" "$debs"
state=$(realpath "$sysroot.apt")

die() {
	echo "initramfs: $*" >&2
	exit 1
}

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

apt_i386() {
	apt-get -q -c "$state/apt.conf" "$@"
}

# An index that cannot be fetched (a mirror in the middle of an update) is not yet a failure: the package may come
# from another one, and what is downloaded is checked in any case.
fetch() {
	mkdir -p "$state"/{state,none,lists/partial,cache/archives/partial}
	: >"$state/status"
	configuration >"$state/apt.conf"
	sources >"$state/sources.list"
	[ -s "$state/sources.list" ] || die "fetch $*: apt has no Debian source configured (see apt-get indextargets)"
	apt_i386 update || echo "initramfs: warning: apt-get update failed in part; going on with the indexes it has"
	rm -rf "$debs.tmp"
	mkdir "$debs.tmp"
	(cd "$debs.tmp" && apt_i386 download "$@") ||
		die "fetch $*: apt-get download failed; is the network there?"
	mv "$debs.tmp"/*.deb "$debs"
	rmdir "$debs.tmp"
}

# The package's file, if it is there.
deb_of() {
	compgen -G "$debs/$1_*_i386.deb" | tail -n 1
}

absent=()
for package; do
	deb_of "$package" >/dev/null || absent+=("$package")
done
[ "${#absent[@]}" = 0 ] || fetch "${absent[@]}"

rm -rf "$sysroot" "$sysroot.tmp"
mkdir "$sysroot.tmp"
for package; do
	deb=$(deb_of "$package")
	dpkg-deb -x "$deb" "$sysroot.tmp" || die "unpack $deb: dpkg-deb failed; remove it to have it fetched again"
done
touch "$sysroot.tmp"
mv "$sysroot.tmp" "$sysroot"
rm -rf "$state"
