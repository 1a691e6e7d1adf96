# shellcheck shell=bash
# For the tests that build and boot the series step by step (kernel/steps.mk).  Sourced after lib.sh and qemu.sh.

patches=(kernel/patches/*.patch)
# shellcheck disable=SC2034 # for the files that source this
last_step=${#patches[@]}

# Boot the kernel of STEP with the image's archive and those of FILE...: arguments for the kernel, then the FILEs.
# shellcheck disable=SC2034,SC2154 # scratch is lib.sh's; kernel and archive are for qemu.sh
step_boots() {
	local step=$1 append=$2
	shift 2
	kernel=build/series/$step/bzImage
	archive=$scratch/archive
	cat build/initramfs.cpio "$@" >"$archive"
	directly "$append" -m 128
}
