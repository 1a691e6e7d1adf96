# The page: node boots the image under v86 and saves its states, esbuild bundles the scripts, and one file holds all.

C := $B/classroom
PAGE := $C/clone_with_pids.html
NPM := $C/node_modules
# npm writes this when all packages are there.
PACKAGES := $(NPM)/.package-lock.json
SEABIOS := /usr/share/seabios
CLASSROOM_SOURCES := $(foreach folder,feed lesson machine page make tests tests/browser,$(wildcard classroom/$(folder)/*.ts))

.PHONY: classroom classroom-qemu
classroom: $(PAGE) $C/handouts/teacher.html
classroom-qemu: $C/qemu.html

# Versions and checksums are those of package-lock.json; no package runs a script of its own.
$(PACKAGES): classroom/package.json classroom/package-lock.json
	$(call say,classroom: fetching the packages of package-lock.json)
	@mkdir -p $C
	@cp classroom/package.json classroom/package-lock.json $C
	$(call logged,classroom-npm,npm ci --prefix $C --ignore-scripts --no-audit --no-fund --no-update-notifier)

# $(call bundle,SOURCE,OUTPUT,OPTIONS): one script of a source and all that it imports.
bundle = @$(NPM)/.bin/esbuild $1 --bundle --outfile=$2 --tsconfig=classroom/tsconfig.json --log-level=warning $3

for_node := --platform=node --format=esm --target=node18

# v86 asks for some of node's modules by require(), which a module does not have by itself.
with_require := '--banner:js=import { createRequire } from "node:module"; const require = createRequire(import.meta.url);'

# What node runs.  Types are checked when the page is put together.
MACHINE_SOURCES := $(wildcard classroom/machine/*.ts classroom/feed/*.ts) classroom/make/driver.ts
$C/node/%.mjs: classroom/make/%.ts classroom/build.mk $(MACHINE_SOURCES) classroom/tsconfig.json $(PACKAGES)
	$(call bundle,$<,$@,$(for_node) $(with_require))

# The drivers of browsers and axe-core look for their own files.
$C/node/tests/%.mjs: classroom/tests/%.ts classroom/build.mk $(wildcard classroom/tests/browser/*.ts) $(MACHINE_SOURCES) classroom/tsconfig.json $(PACKAGES)
	$(call bundle,$<,$@,$(for_node) --external:playwright-core --external:puppeteer-core --external:axe-core)

# Types are checked for all scripts, those of the tests, too.
$C/page/checked: $(CLASSROOM_SOURCES) classroom/tsconfig.json $(PACKAGES)
	$(call say,classroom: checking types)
	@mkdir -p $(@D)
	@node $(NPM)/typescript/bin/tsc -p classroom
	@ls $(CLASSROOM_SOURCES) >$@

BROWSER := --format=iife --target=es2020 --minify --legal-comments=inline

# v86 asks for node's own modules where it finds node.
$C/page/page.js: classroom/build.mk $C/page/checked
	$(call bundle,classroom/page/main.ts,$@,$(BROWSER) --external:crypto --external:fs --external:perf_hooks --external:node:*)

$C/page/qemu.js: classroom/build.mk $C/page/checked
	$(call bundle,classroom/page/qemu.ts,$@,$(BROWSER))

$C/page/page.css: classroom/page/style.css $(PACKAGES)
	@mkdir -p $(@D)
	@cat $(NPM)/@xterm/xterm/css/xterm.css $< >$@.tmp
	@mv $@.tmp $@

MACHINE_FILES := bzImage=$B/bzImage archive=$B/initramfs.cpio bios=$(SEABIOS)/bios.bin \
	vgaBios=$(SEABIOS)/vgabios-stdvga.bin wasm=$(NPM)/v86/build/v86.wasm

# The tour is walked once, for all of them.
STATES := $(addprefix $C/states/,base.state places.pool places.list places.json)
$(STATES) &: $C/node/states.mjs $B/bzImage $B/initramfs.cpio $(SEABIOS)/bios.bin $(SEABIOS)/vgabios-stdvga.bin
	$(call say,classroom: walking the tour under v86 (a minute or two))
	@mkdir -p $C/states
	$(call logged,classroom-states,node $< $(MACHINE_FILES) out=$C/states)

$C/states/v86.wasm: $(PACKAGES)
	@mkdir -p $(@D)
	@cp $(NPM)/v86/build/v86.wasm $@

$C/states/%.zst: $C/states/%
	@zstd --quiet --force --ultra -22 --long=24 -T1 $< -o $@

$C/node/handouts.mjs: $(wildcard classroom/lesson/*.ts)

# And students.html beside it.
$C/handouts/teacher.html: $C/node/handouts.mjs $C/states/places.json
	@node $< states=$C/states out=$(@D)

PAGE_DATA := $(addsuffix .zst,$(STATES) $C/states/v86.wasm)

$(PAGE): $C/node/page.mjs $C/page/page.js $C/page/page.css classroom/page/index.html classroom/page/early.js $(PAGE_DATA)
	$(call say,classroom: putting $@ together)
	@node $< $(MACHINE_FILES) sources=classroom/page states=$C/states script=$C/page/page.js style=$C/page/page.css \
		packages=$(NPM) sysroot=$B/sysroot out=$@.tmp seabios=$$(dpkg-query -W -f '$${Version}' seabios) \
		$$(for deb in $B/debs/*_i386.deb; do dpkg-deb -f "$$deb" Package Version | \
			sed -n 's/^Package: \(busybox\|musl\).*/\1/p; s/^Version: /=/p' | tr -d '\n'; echo; done)
	@mv $@.tmp $@

# The page that looks at a machine in QEMU; iso/run.sh fills in its ports.
$C/qemu.html: $C/node/qemu.mjs $C/page/qemu.js $C/page/page.css classroom/page/index.html classroom/page/early.js
	@node $< sources=classroom/page script=$C/page/qemu.js style=$C/page/page.css packages=$(NPM) out=$@.tmp
	@mv $@.tmp $@
