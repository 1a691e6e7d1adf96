#!/bin/bash
# usage: container.sh PACKAGES ARGUMENT...
#
# Run ./build.sh with the ARGUMENTs in a container of Debian 13 that has the PACKAGES, with podman or docker, whichever
# is there.  The checkout is at its own path in there, so that build/ is left here, and a later build goes on with it.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")"

die() {
	echo "build.sh: --container: $*" >&2
	exit 1
}

packages=$1
shift
engine=$(command -v podman || command -v docker) || die "there is neither podman nor docker here"

# The engine keeps the image, and makes it anew only if the list is another one.
image=clone_with_pids-build
mkdir -p build/container
"$engine" build -t "$image" -f - build/container >&2 <<-END || die "$engine build failed; what it said is above"
	FROM docker.io/library/debian:13
	RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages
END

options=(--rm -i --security-opt label=disable -v "$PWD:$PWD" -w "$PWD")
[ ! -t 0 ] || options+=(-t -e "TERM=${TERM-dumb}")
for name in http_proxy https_proxy no_proxy; do
	[ -z "${!name-}" ] || options+=(-e "$name=${!name}")
done
if [ -n "${KERNEL_TARBALL-}" ]; then
	tarball=$(realpath "$KERNEL_TARBALL")
	options+=(-v "$tarball:$tarball:ro" -e "KERNEL_TARBALL=$tarball")
fi

# Whoever is root in there, build/ belongs to the checkout's owner in the end.
# shellcheck disable=SC2016 # the shell in the container expands this
exec "$engine" run "${options[@]}" "$image" bash -c '
	trap "chown -R --reference=. build" EXIT
	./build.sh --no-install "$@"' - "$@"
