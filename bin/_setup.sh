# Sourced by the scripts of this folder: installs what is missing, once per lock file. POSIX sh.
# shellcheck shell=sh

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
python=$root/.venv/bin/python
uv_version=0.13.9

# pip's own notices and the compiled caches have no place in a clone.
export PIP_DISABLE_PIP_VERSION_CHECK=1
export PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}"
# ldconfig stands in /sbin, which an ordinary user's PATH may lack.
PATH=$PATH:/usr/sbin:/sbin

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# install_packages WHY PACKAGE… : by apt as root, else print the exact line and return 1.
install_packages() {
    why=$1; shift
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "Installation de $* ($why)…"
        DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 || say "apt-get update a échoué, on continue."
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null </dev/null && return 0
    fi
    say "À installer ($why) : sudo apt-get install --no-install-recommends $*"
    return 1
}

have_libraries() {
    known=$(ldconfig -p 2>/dev/null)
    for library in libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0; do
        case $known in *"$library"*) ;; *) return 1 ;; esac
    done
}

# Pass to uv the index pip is set to use: uv reads neither pip's variables nor its configuration.
pip_setting() { "$python" -m pip config get "global.$1" 2>/dev/null || true; }
use_index_of_pip() {
    export UV_SYSTEM_CERTS=1
    UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-$(pip_setting index-url)}}
    UV_INDEX=${UV_INDEX:-${PIP_EXTRA_INDEX_URL:-$(pip_setting extra-index-url)}}
    UV_FIND_LINKS=${UV_FIND_LINKS:-${PIP_FIND_LINKS:-$(pip_setting find-links)}}
    # Every file is checked against the lock's hash: any index may serve it.
    UV_INDEX_STRATEGY=unsafe-best-match
    for name in UV_DEFAULT_INDEX UV_INDEX UV_FIND_LINKS; do
        eval "value=\$$name"
        if [ -n "$value" ]; then
            # uv separates several addresses by spaces or commas, pip by spaces or new lines
            # shellcheck disable=SC2086
            set -- $value
            if [ "$name" = UV_FIND_LINKS ]; then value=$(IFS=,; printf '%s' "$*"); else value=$*; fi
            eval "$name=\$value; export $name"
        else
            unset "$name"
        fi
    done
    export UV_INDEX_STRATEGY
}

make_environment() {
    command -v python3 >/dev/null || install_packages 'Python' python3 || exit 1
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail 'Il faut Python 3.11 ou plus récent.'
    if [ ! -x "$python" ] || ! "$python" -c 'import pip' 2>/dev/null; then
        python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages 'environnement Python' python3-venv || exit 1
        python3 -m venv --clear "$root/.venv" || fail "L’environnement $root/.venv n’a pas pu être créé."
    fi
    use_index_of_pip
    if [ ! -x "$root/.venv/bin/uv" ]; then
        "$python" -m pip install --quiet "uv==$uv_version" >&2 || say 'uv manque, pip installera les paquets.'
    fi
}

stamp_of() { printf '%s/.venv/.installed-%s-%s' "$root" "$1" "$(sha256sum "$root/requirements-$1.lock" | cut -c1-16)"; }

# install_python demo|dev : the packages of that lock, by uv, else by pip with the same lock. dev contains demo.
install_python() {
    if [ -e "$(stamp_of dev)" ] || { [ "$1" = demo ] && [ -e "$(stamp_of demo)" ]; }; then
        [ -x "$python" ] && return 0
    fi
    mkdir -p "$root/.run" && : >>"$root/.run/install.lock" || fail "Le dossier $root n’est pas inscriptible."
    # Two scripts started together install once: the second waits, then finds the first one's stamp.
    (
        if command -v flock >/dev/null; then flock 9; fi
        if [ -e "$(stamp_of "$1")" ] && [ -x "$python" ]; then exit 0; fi
        make_environment
        say "Installation des paquets Python de requirements-$1.lock…"
        lock=$root/requirements-$1.lock
        "$root/.venv/bin/uv" pip install --quiet --python "$python" --require-hashes -r "$lock" >&2 9>&- ||
            "$python" -m pip install --quiet --no-deps --require-hashes -r "$lock" >&2 9>&- ||
            fail "Les paquets de requirements-$1.lock n’ont pas pu être installés."
        rm -f "$root"/.venv/.installed-*  # they told what the environment held before
        : >"$(stamp_of "$1")"
    ) 9>"$root/.run/install.lock" || exit 1
}

install_libraries() {
    have_libraries || install_packages 'rapports PDF' libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
}

# find_browser : sets BOUCLES_CHROMIUM to a Chromium of the machine, returns 1 when there is none.
find_browser() {
    for candidate in "${BOUCLES_CHROMIUM:-}" chromium chromium-headless-shell chromium-browser google-chrome; do
        [ -n "$candidate" ] || continue
        BOUCLES_CHROMIUM=$(command -v "$candidate") && { export BOUCLES_CHROMIUM; return 0; }
    done
    unset BOUCLES_CHROMIUM
    return 1
}
