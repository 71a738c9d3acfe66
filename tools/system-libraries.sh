#!/bin/sh
# Sees to the system libraries that Qt and OpenGL load on Linux: says nothing if all are there,
# installs what is missing with apt where that needs no password, else prints the one line to run.
# Never fails: a machine that is set up in another way may well do without.
#
# usage: tools/system-libraries.sh [screen]      with `screen`, also a virtual screen for the tests
set -u

[ "$(uname -s)" = Linux ] || exit 0

# library, and the Debian package that brings it
needed='
libEGL.so.1             libegl1
libGL.so.1              libgl1
libOpenGL.so.0          libopengl0
libEGL_mesa.so.0        libegl-mesa0
libGLX_mesa.so.0        libglx-mesa0
libglib-2.0.so.0        libglib2.0-0
libfontconfig.so.1      libfontconfig1
libfreetype.so.6        libfreetype6
libdbus-1.so.3          libdbus-1-3
libX11-xcb.so.1         libx11-xcb1
libxkbcommon.so.0       libxkbcommon0
libxkbcommon-x11.so.0   libxkbcommon-x11-0
libxcb-cursor.so.0      libxcb-cursor0
libxcb-icccm.so.4       libxcb-icccm4
libxcb-image.so.0       libxcb-image0
libxcb-keysyms.so.1     libxcb-keysyms1
libxcb-randr.so.0       libxcb-randr0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0       libxcb-shape0
libxcb-sync.so.1        libxcb-sync1
libxcb-xfixes.so.0      libxcb-xfixes0
libxcb-xkb.so.1         libxcb-xkb1
libwayland-client.so.0  libwayland-client0
libwayland-cursor.so.0  libwayland-cursor0
libwayland-egl.so.1     libwayland-egl1
'

PATH=$PATH:/usr/sbin:/sbin # where Debian keeps ldconfig from ordinary users
command -v ldconfig >/dev/null || exit 0
present=$(ldconfig -p)
libraries= packages=
set -f
set -- "${1:-}" $needed
screen=$1
shift
while [ $# -gt 0 ]; do
    case $present in
    *"	$1 "*) ;;
    *) libraries="$libraries $1" packages="$packages $2" ;;
    esac
    shift 2
done
if [ "$screen" = screen ] && ! command -v xvfb-run >/dev/null; then
    libraries="$libraries xvfb-run" packages="$packages xvfb xauth"
fi
[ -n "$packages" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "Qt and OpenGL need these, which are not here; install them with your package manager:$libraries"
    exit 0
fi
if [ "$(id -u)" = 0 ]; then
    as_root=
elif sudo -n true 2>/dev/null; then
    as_root='sudo -n'
else
    echo "Some system libraries are missing. Run this once: sudo apt-get install$packages"
    exit 0
fi

echo "Installing the system libraries that Qt and OpenGL need:$packages"
log=$(mktemp)
$as_root apt-get update -qq >"$log" 2>&1
if ! $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq --no-install-recommends $packages >>"$log" 2>&1 </dev/null; then
    tail -n 5 "$log"
    echo "That did not work. Run this once, where it can: apt-get install$packages"
fi
rm -f "$log"
