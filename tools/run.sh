#!/bin/sh
# Opens the window; where there is no display, renders what the window would show into two files.
set -eu

if [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    echo "There is no display here: rendering gradient descent to layerscope-demo.mp4 and layerscope-demo.png instead."
    .venv/bin/layerscope export gradient-descent -o layerscope-demo.mp4
    exec .venv/bin/layerscope export gradient-descent -o layerscope-demo.png
fi
exec .venv/bin/layerscope
