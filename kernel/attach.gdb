# From the top of the checkout, while ./build.sh run --gdb runs in another terminal:
#   gdb -x kernel/attach.gdb
# The machine stops while gdb attaches; `continue' lets it run.  `apropos lx' lists the kernel's own commands.
add-auto-load-safe-path .
file build/gdb/vmlinux
target remote build/gdb/stub
