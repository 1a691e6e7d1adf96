#!/bin/bash
# usage: configure.sh SOURCE OBJECTS FRAGMENT...
#
# Make OBJECTS/.config: the kernel's tinyconfig with the FRAGMENTs merged over it.  An option whose dependency is
# missing vanishes without a word when kconfig settles the file, so every line asked for is looked up afterwards.
# ARCH and CROSS_COMPILE come from the environment.
set -euo pipefail
export LC_ALL=C

source=$(realpath "$1")
mkdir -p "$2"
objects=$(realpath "$2")
shift 2

# Until it is verified it has another name.
export KCONFIG_CONFIG=$objects/.config.new

kconfig() {
	"${MAKE:-make}" -s -C "$source" O="$objects" "$@"
}

# Which lines of a fragment does the final configuration not say?
# `# CONFIG_X is not set` also holds for an option that does not exist for this machine.
vanished() {
	awk -v fragment="${1##*/}" '
		{ name = $1; sub(/=.*/, "", name) }
		$1 == "#" { name = $2 }
		FNR == NR { value[name] = $0; next }
		/^CONFIG_/ && value[name] != $0 ||
		/^# CONFIG_[A-Za-z0-9_]+ is not set$/ && value[name] ~ /=/ {
			print "    " $0 " (" fragment "): it is " (value[name] ? value[name] : "unknown there")
		}' "$KCONFIG_CONFIG" "$1"
}

kconfig tinyconfig
"$source/scripts/kconfig/merge_config.sh" -m "$KCONFIG_CONFIG" "$@"
kconfig olddefconfig

missing=$(for fragment; do vanished "$fragment"; done)
if [ -n "$missing" ]; then
	printf 'kernel: configure: these lines of the fragments are not in the final .config:\n%s\n' "$missing" >&2
	exit 1
fi
if cmp -s "$KCONFIG_CONFIG" "$objects/.config"; then
	rm "$KCONFIG_CONFIG"
	touch "$objects/.config"
else
	mv "$KCONFIG_CONFIG" "$objects/.config"
fi
