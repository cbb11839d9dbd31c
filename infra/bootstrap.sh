#!/usr/bin/env bash
# Installs what is missing: `infra/bootstrap.sh run` for the services, `test` for the tests too. Does nothing the second time.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose="${1:-run}"

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# System packages. The distribution starts a broker of its own on 1883; ours has another port and other files.
wanted=()
PATH="$PATH:/usr/sbin:/usr/local/sbin"
command -v mosquitto >/dev/null || wanted+=(mosquitto)
command -v make >/dev/null || wanted+=(make)
# The PDF of the report pack: text layout, subsets of fonts, and the one font that every machine then has.
has_library() { ldconfig -p | grep "$1" >/dev/null; }
has_library libpangoft2-1.0.so.0 || wanted+=(libpango-1.0-0 libpangoft2-1.0-0)
has_library libharfbuzz-subset.so.0 || wanted+=(libharfbuzz-subset0)
[ -d /usr/share/fonts/opentype/inter ] || wanted+=(fonts-inter)
if [ "$purpose" = test ]; then
    command -v chromium >/dev/null || wanted+=(chromium)
fi
# The newest Python that runs and fits: a name on PATH may be a shim without a Python behind it.
find_python() {
    local name
    for name in python3.13 python3.12 python3.11 python3; do
        if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
}
python="$(find_python)"
if [ -z "$python" ]; then
    wanted+=(python3 python3-venv)
elif [ ! -x .venv/bin/python ] && ! "$python" -c 'import ensurepip' 2>/dev/null; then
    wanted+=(python3-venv)
fi
if [ "${#wanted[@]}" -gt 0 ]; then
    echo "· installing ${wanted[*]}" >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
    python="$(find_python)"
fi
if [ -z "$python" ]; then
    echo "✗ no Python 3.11 to 3.13 here; install one of these" >&2
    exit 1
fi

# The locked environment. The stamp is what it was made from.
stamp="$(cat requirements.lock infra/bootstrap.sh | sha256sum | cut -d' ' -f1)"
if [ "$(cat .venv/stamp 2>/dev/null || true)" != "$stamp" ]; then
    echo "· installing the locked environment" >&2
    uv="$(command -v uv || true)"
    if [ -z "$uv" ] || ! "$uv" --version >/dev/null 2>&1; then
        # uv in a place of its own: what syncs an environment must not be a part of it.
        [ -x .uv/bin/uv ] || { "$python" -m venv .uv; .uv/bin/pip install --quiet --disable-pip-version-check uv; }
        uv=.uv/bin/uv
    fi
    [ -x .venv/bin/python ] || "$uv" venv --quiet --python "$python" .venv
    # Compiled now: where Python may not write bytecode (PYTHONDONTWRITEBYTECODE), every process would compile it again.
    "$uv" pip sync --quiet --compile-bytecode --require-hashes requirements.lock --python .venv/bin/python
    # The checkout itself: importable, and the command `bruk`, without building a wheel.
    site="$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
    pwd > "$site/bruk-checkout.pth"
    printf '#!%s/.venv/bin/python\nfrom bruk.cli import main\n\nmain()\n' "$(pwd)" > .venv/bin/bruk
    chmod +x .venv/bin/bruk
    echo "$stamp" > .venv/stamp
fi
