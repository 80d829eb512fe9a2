# shellcheck shell=bash disable=SC2034  # the variables are for the scripts
# What the scripts share. Each sources it first, from any folder:
#     . "$(dirname -- "$0")/lib.sh"
# It goes to the project's folder. Plain enough for the bash 3.2 of macOS.

set -u
me=$(basename -- "$0")
cd -P -- "$(dirname -- "$0")/.." >/dev/null || exit 1
py=.venv/bin/python

say() { printf '%s: %s\n' "$me" "$*"; }
die() {
    printf '%s: %s\n' "$me" "$*" >&2
    exit 1
}

# as_root COMMAND: only where no password has to be asked for.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -n "$@"
    else
        return 1
    fi
}

may_apt() { command -v apt-get >/dev/null && as_root true 2>/dev/null; }

# apt_install PACKAGE...: false when it may not, or when apt fails.
# --no-remove: a server that the developer uses must never make room for ours.
apt_install() {
    may_apt || return 1
    mkdir -p .cache
    say "installing $* with apt"
    # Through env, because sudo drops the environment.
    { as_root apt-get update -qq &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
            --no-install-recommends --no-remove "$@"; } >.cache/apt.log 2>&1 </dev/null ||
        {
            tail -n 5 .cache/apt.log >&2
            return 1
        }
}

# install_line APT DNF BREW: what to type, for the tool of this machine or for all.
install_line() {
    if command -v apt-get >/dev/null; then
        echo "    sudo apt-get install $1"
    elif command -v dnf >/dev/null; then
        echo "    sudo dnf install $2"
    elif command -v brew >/dev/null; then
        echo "    brew install $3"
    else
        printf '    %s\n' "sudo apt-get install $1" "sudo dnf install $2" "brew install $3"
    fi
}

# end PID...: ask these children to end, and after ten seconds no longer ask.
end() {
    local pid tries=0
    kill -TERM "$@"
    for pid in "$@"; do
        while kill -0 "$pid"; do
            [ $((tries += 1)) -le 100 ] || kill -KILL "$pid"
            sleep 0.1
        done
        wait "$pid"
    done
} 2>/dev/null

python_fits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# Sets $base_python to a Python that may make the venv, or stops.
find_python() {
    local name
    for name in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
        base_python=$(command -v "$name") && python_fits "$base_python" && return
    done
    die "Python 3.11 or newer is needed and none was found. Install it, then run this again:
$(install_line "python3 python3-venv" "python3.12" "python@3.12")"
}

# Sets $mariadbd and $mariadb_install_db, installing them when that is allowed.
# Only the -core packages: they bring the programs, but start no server.
find_mariadb() {
    _look_for_mariadb && return
    apt_install mariadb-server-core mariadb-client-core && _look_for_mariadb && return
    why="MariaDB's server is missing. Install it:
$(install_line "mariadb-server-core mariadb-client-core" "mariadb-server" "mariadb")"
    return 1
}
_look_for_mariadb() {
    # A server's programs are not on everybody's PATH.
    local PATH="$PATH:/usr/sbin:/usr/local/sbin:/usr/libexec"
    mariadbd=$(command -v mariadbd) && mariadb_install_db=$(command -v mariadb-install-db)
}

# Sets $CHROMIUM, installing it and a font with Chinese when that is allowed.
find_chromium() {
    _look_for_chromium && _look_for_font && return
    apt_install chromium fonts-noto-cjk
    if _look_for_chromium; then
        _look_for_font || say "no font with Chinese was found (fonts-noto-cjk): pages will show boxes"
        return 0
    fi
    why="Chromium is missing. Install it:
$(install_line "chromium fonts-noto-cjk" "chromium google-noto-sans-cjk-fonts" "--cask chromium")"
    return 1
}
_look_for_chromium() {
    local name
    for name in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome; do
        CHROMIUM=$(command -v "$name") && return
    done
    return 1
}
_look_for_font() { [ -n "$(fc-list :lang=zh family 2>/dev/null | head -n 1)" ]; }

# Gettext makes the message catalogues; running the shop does not need it.
find_gettext() {
    command -v xgettext >/dev/null && return
    apt_install gettext && return
    why="gettext is missing. Install it:
$(install_line gettext gettext gettext)"
    return 1
}
