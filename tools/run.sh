#!/bin/sh
# Opens the window; where there is no display, renders what the window would show into two files.
set -eu

files='layerscope-demo.mp4 and layerscope-demo.png'
if [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    echo "There is no display here: rendering gradient descent to $files instead."
else
    code=0
    .venv/bin/layerscope || code=$?
    [ "$code" = 2 ] || exit "$code" # what it is has been said: the display does not answer
    echo "Rendering gradient descent to $files instead."
    unset DISPLAY WAYLAND_DISPLAY
fi
.venv/bin/layerscope export gradient-descent -o layerscope-demo.mp4
exec .venv/bin/layerscope export gradient-descent -o layerscope-demo.png
