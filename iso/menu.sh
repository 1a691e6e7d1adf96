#!/bin/bash
# usage: menu.sh
#
# Print isolinux's configuration: iso/menu.head, then iso/entries.list as its menu entries.
set -euo pipefail
cd "${0%/*}"

arguments=$(<arguments)
cat menu.head
while IFS='|' read -r name text extra more; do
	name=${name// /}
	case $name in '' | '#'*) continue ;; esac
	read -r extra <<<"$extra"
	read -r more <<<"$more"
	text=${text#"${text%%[! ]*}"}
	cat <<-END

		LABEL $name
		  MENU LABEL ${text%"${text##*[! ]}"}
		  KERNEL /boot/bzImage
		  INITRD /boot/initramfs.cpio${more:+,/boot/$more}
		  APPEND $arguments $extra
	END
done <entries.list
