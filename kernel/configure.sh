#!/bin/bash
# usage: configure.sh SOURCE OBJECTS FRAGMENT...
#
# Make OBJECTS/.config: the kernel's tinyconfig with the FRAGMENTs merged over it, of which a later one may redefine
# what an earlier one says.  An option whose dependency is missing vanishes without a word when kconfig settles the
# file, so every line asked for is looked up afterwards.
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

# Which lines of the fragments does the final configuration not say?
# `# CONFIG_X is not set` also holds for an option that does not exist for this machine.
vanished() {
	awk '
		/^CONFIG_/ { name = $1; sub(/=.*/, "", name) }
		/^# CONFIG_[A-Za-z0-9_]+ is not set$/ { name = $2 }
		!name { next }
		FILENAME == ARGV[1] { value[name] = $0 }
		FILENAME != ARGV[1] { asked[name] = $0; by[name] = FILENAME; sub(/.*\//, "", by[name]) }
		{ name = "" }
		END {
			for (name in asked)
				if (asked[name] ~ /^#/ ? value[name] ~ /=/ : value[name] != asked[name])
					print "    " asked[name] " (" by[name] "): it is " \
						(value[name] ? value[name] : "unknown there")
		}' "$KCONFIG_CONFIG" "$@" | sort
}

kconfig tinyconfig
"$source/scripts/kconfig/merge_config.sh" -m "$KCONFIG_CONFIG" "$@"
kconfig olddefconfig

missing=$(vanished "$@")
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
