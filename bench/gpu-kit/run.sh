#!/bin/sh
# ./run.sh [webgpu | tensorflow] [--scale S] [--no-speed]: checks and times Recograph on this machine's GPU.
# tensorflow needs what "recograph runtime install --gpu" made, in RECOGRAPH_RUNTIME_DIR or the user's cache folder.
cd "$(dirname "$0")" || exit 1
# The machine's own loaders go first.
LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}/usr/lib/x86_64-linux-gnu:/usr/lib64:$PWD/lib"
export LD_LIBRARY_PATH
exec ./node kit.mjs "$@"
