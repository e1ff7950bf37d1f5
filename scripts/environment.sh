# Sets up the virtual environment; read by scripts/run, scripts/test and scripts/check, which say what is needed.
# shellcheck shell=sh
#
# A stamp in the environment names the lock, the project file and the place that were installed. It is written
# last, so a set-up that was broken off is done again, and one that is whole costs nothing.

venv=${MATSIDE_VENV:-$here/.venv}
bin=$venv/bin
[ -d "$venv/Scripts" ] && bin=$venv/Scripts

say() {
    echo "matside: $*" >&2
}

give_up() {
    say "$@"
    exit 1
}

# What a whole installation of a lock looks like. Runs two small programs and no Python: 3 ms.
stamp_of() {
    sum=$(cat "$here/requirements/$1.lock" "$here/pyproject.toml" | cksum)
    echo "$sum $here"
}

is_installed() {
    have=
    [ -x "$bin/python" ] && [ -r "$venv/.matside-$1" ] && read -r have <"$venv/.matside-$1"
    [ -n "$have" ] && [ "$have" = "$(stamp_of "$1")" ]
}

find_python() {
    for python in ${MATSIDE_PYTHON:-} python3.14 python3.13 python3.12 python3.11 python3 python; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            return 0
        fi
    done
    give_up "Python 3.11 or newer isn't there. Install it from your system (apt install python3, brew install python) or python.org."
}

# Install system packages where that needs no password. Says nothing and fails where it can't.
install_packages() {
    [ -z "${MATSIDE_NO_APT:-}" ] && command -v apt-get >/dev/null || return 1
    as_root=
    if [ "$(id -u)" != 0 ]; then
        sudo -n true >/dev/null 2>&1 || return 1
        as_root="sudo -n"
    fi
    say "installing $* ..."
    install="$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends"
    limited 300 $install "$@" >>"$log" 2>&1 </dev/null && return 0
    limited 120 $as_root apt-get update >>"$log" 2>&1 </dev/null
    limited 300 $install "$@" >>"$log" 2>&1 </dev/null
}

limited() {
    limit_s=$1
    shift
    if command -v timeout >/dev/null; then timeout "$limit_s" "$@"; else "$@"; fi
}

make_environment() {
    "$bin/python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && return 0
    find_python
    say "making an environment with $("$python" -V 2>&1) in $venv ..."
    "$python" -m venv --clear "$venv" >>"$log" 2>&1 ||
        { install_packages python3-venv && "$python" -m venv --clear "$venv" >>"$log" 2>&1; } ||
        { command -v virtualenv >/dev/null && virtualenv --clear -q -p "$python" "$venv" >>"$log" 2>&1; } ||
        give_up "$python can't make an environment. Install its venv module (apt install python3-venv), then run this again."
    [ -d "$venv/Scripts" ] && bin=$venv/Scripts
    return 0
}

# install LOCK [STAMP...]: install a lock and the project; it also counts as whole for the further stamps.
install() {
    lock=$1
    set_up_log=${TMPDIR:-/tmp}/matside-setup.$$.log
    log=$set_up_log
    # A variable of its own: $log may name something else, even /dev/null, by the time the trap runs.
    trap 'rm -f "$set_up_log"' EXIT
    trap 'say "set-up was interrupted; the same command goes on with it."; exit 130' INT TERM
    make_environment
    say "installing what matside needs ($lock); this takes a minute, once ..."
    "$bin/python" -m pip install --disable-pip-version-check --no-input -q --no-deps --require-hashes \
        -r "$here/requirements/$lock.lock" >>"$log" 2>&1 || tell_log
    case $lock in lint) ;; *)
        "$bin/python" -m pip install --disable-pip-version-check --no-input -q --no-deps -e "$here" >>"$log" 2>&1 || tell_log
    esac
    for name in "$@"; do
        stamp_of "$name" >"$venv/.matside-$name.new" && mv -f "$venv/.matside-$name.new" "$venv/.matside-$name"
    done
    trap - EXIT INT TERM
    rm -f "$set_up_log"
}

tell_log() {
    tail -n 12 "$log" >&2
    give_up "set-up failed, see above. Check the connection; the same command goes on where it was."
}

has_portaudio() {
    [ "$(uname -s)" != Linux ] ||
        "$bin/python" -c 'import ctypes.util, sys; sys.exit(not ctypes.util.find_library("portaudio"))' 2>/dev/null
}

has_alsa_plugin() {
    for file in /usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so /usr/lib*/alsa-lib/libasound_module_pcm_pulse.so; do
        [ -e "$file" ] && return 0
    done
    return 1
}
