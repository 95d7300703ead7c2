# Sourced by the scripts: makes .venv from the hashed locks, with uv where it is there, else with pip, else, on a bare
# Debian or Ubuntu as root, after installing the distribution's python3-venv. Safe to run twice; quick the second time.

_say() { printf '%s\n' "$*" >&2; }

_python() {
    local candidate
    for candidate in python3.13 python3.12 python3.11 python3.14 python3 python; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

_apt() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        _say "setup: installing $* with apt-get …"
        DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 &&
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
    else
        return 1
    fi
}

# A uv to work with: the one on PATH, or one in .venv/uv.
_uv() {
    if command -v uv >/dev/null 2>&1; then
        command -v uv
        return
    fi
    local own=.venv-tools/bin/uv python=$1
    if [ ! -x "$own" ]; then
        _say "setup: fetching uv …"
        rm -rf .venv-tools
        "$python" -m venv .venv-tools >/dev/null 2>&1 ||
            { _apt python3-venv && "$python" -m venv .venv-tools >/dev/null; } ||
            { _say "setup: no uv, and $python cannot make environments; install uv, or your system's python3-venv"; return 1; }
        .venv-tools/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt >&2 ||
            return 1
    fi
    printf '%s\n' "$PWD/$own"
}

# setup gate|dev: an environment with what is locked in requirements/<name>.txt, and the project itself in it.
setup() {
    local lock=requirements/$1.txt stamp=.venv/.made-from python uv want
    want=$(cat "$lock" pyproject.toml | sha256sum | cut -d' ' -f1)
    if [ -x .venv/bin/gate ] && grep -qx "$want" "$stamp" 2>/dev/null; then
        return
    fi
    python=$(_python) || { _apt python3 python3-venv && python=$(_python); } ||
        { _say "setup: Python 3.11 or newer is needed and none was found; install python3"; return 1; }
    uv=$(_uv "$python") || return 1
    _say "setup: making .venv from $lock …"
    [ -x .venv/bin/python ] || "$uv" venv -q --python "$python" .venv
    "$uv" pip install -q --compile-bytecode --python .venv/bin/python --require-hashes -r "$lock"
    "$uv" pip install -q --python .venv/bin/python --no-deps --no-build-isolation --offline -e .
    # dev holds everything that gate holds, so it serves both
    { [ "$1" = dev ] && cat requirements/gate.txt pyproject.toml | sha256sum | cut -d' ' -f1; printf '%s\n' "$want"; } >"$stamp"
}
