#!/usr/bin/env bash
# One entry point for people and machines; `./setup.sh help` lists the verbs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly VENV=.venv
readonly SYSTEM_PICAMERA2=/usr/lib/python3/dist-packages/picamera2
# chromium and a Korean font for the page, libatomic1 for its driver; for the virtual dongle a C compiler and the
# programs that prove it: rtl_tcp, rtl_power, rtl_433.
readonly TEST_PACKAGES=(chromium fonts-nanum libatomic1 gcc libc6-dev rtl-sdr rtl-433)
readonly DEVICE_PACKAGES=(python3-venv python3-picamera2 python3-lgpio librtlsdr0)

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

is_root() { [ "$(id -u)" = 0 ]; }

# The oldest acceptable Python is the one of Debian 12.
find_python() {
    local candidate
    for candidate in python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

has_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

apt_install() {
    is_root || fail "needs these system packages, as root: apt-get install $*"
    command -v apt-get >/dev/null || fail "no apt-get here; install by hand: $*"
    say "installing $*"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# A virtual environment made before picamera2 was installed does not see it.
lacks_system_picamera2() {
    [ -d "$SYSTEM_PICAMERA2" ] && ! grep -qs '^include-system-site-packages = true' "$VENV/pyvenv.cfg"
}

make_venv() {
    local python
    if ! python=$(find_python) || ! has_venv "$python"; then
        apt_install python3 python3-venv
        python=$(find_python) || fail "Python 3.11 or newer is needed"
    fi
    # picamera2 and libcamera come from the system only: a virtual environment has to see them.
    if [ -d "$SYSTEM_PICAMERA2" ]; then
        "$python" -m venv --clear --system-site-packages "$VENV"
    else
        "$python" -m venv --clear "$VENV"
    fi
}

# Installs the project with an extra ('' or 'dev'), once per version of pyproject.toml; later calls need no network.
ensure_installed() {
    local extra=$1 stamp wanted
    if [ ! -x "$VENV/bin/python" ] || lacks_system_picamera2; then make_venv; fi
    stamp="$VENV/nunchi-installed${extra:+-$extra}"
    wanted=$(cksum pyproject.toml; "$VENV/bin/python" --version; pwd)
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        say "installing Python packages${extra:+ ($extra)} into $VENV"
        "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check -e ".${extra:+[$extra]}"
        printf '%s\n' "$wanted" | tee "$VENV/nunchi-installed" >"$stamp"  # an extra brings the base as well
    fi
}

# What the tests need from the system: with root it is installed, without it those tests skip and say why.
ensure_test_packages() {
    local package missing=()
    command -v dpkg-query >/dev/null || return 0
    for package in "${TEST_PACKAGES[@]}"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    if is_root && command -v apt-get >/dev/null; then
        apt_install "${missing[@]}" || say "could not install ${missing[*]}: the tests that need them skip"
    else
        say "not root: tests that need ${missing[*]} skip"
    fi
}

verb_run() {
    ensure_installed ''
    exec "$VENV/bin/nunchi" run "$@"
}

verb_test() {
    ensure_test_packages
    ensure_installed dev
    exec "$VENV/bin/python" -m pytest "$@"
}

verb_check() {
    ensure_installed dev
    "$VENV/bin/ruff" format --check --quiet . || fail "formatting: run $VENV/bin/ruff format ."
    "$VENV/bin/ruff" check --quiet .
    "$VENV/bin/mypy" --no-error-summary
    "$VENV/bin/lint-imports" --no-cache >/dev/null || "$VENV/bin/lint-imports" --no-cache
    "$VENV/bin/shellcheck" setup.sh .ci/run
    say "format, lint, types, import contracts, shell: fine"
}

verb_bench() {
    ensure_installed dev
    exec "$VENV/bin/nunchi" bench "$@"
}

verb_install() {
    is_root || fail "install changes the system: run it with sudo"
    grep -qs 'Raspberry Pi' /proc/device-tree/model || say "this is not a Raspberry Pi; installing all the same"
    apt_install "${DEVICE_PACKAGES[@]}"
    ensure_installed ''
    install -D -m 644 firmware/udev/60-nunchi.rules /etc/udev/rules.d/60-nunchi.rules
    install -D -m 644 firmware/udev/nunchi-blacklist.conf /etc/modprobe.d/nunchi-blacklist.conf
    groupadd --force --system gpio
    id -u nunchi >/dev/null 2>&1 || useradd --system --no-create-home --groups plugdev,video,gpio nunchi
    [ -e /etc/nunchi/config.toml ] || install -D -m 644 firmware/systemd/config.toml /etc/nunchi/config.toml
    sed "s|@ROOT@|$PWD|g" firmware/systemd/nunchi.service >/etc/systemd/system/nunchi.service
    udevadm control --reload
    systemctl daemon-reload
    runuser -u nunchi -- test -x "$VENV/bin/nunchi" || fail "user nunchi cannot reach $PWD: move this folder, to /opt say"
    systemctl enable nunchi.service
    systemctl restart nunchi.service
    say "installed; journalctl -u nunchi shows the address and the pairing code"
}

usage() {
    cat <<'TEXT'
./setup.sh run [nunchi run options]   set up what is missing and start the device (simulated hotel room by default)
./setup.sh test [pytest options]      install what the tests need and run them all
./setup.sh check                      format, lint, types, import contracts, shell lint
./setup.sh bench [--json]             benchmarks
sudo ./setup.sh install               on a Pi: system packages, udev rules, service, /etc/nunchi/config.toml
TEXT
}

case ${1:-help} in
    run | test | check | bench | install) verb=$1; shift; "verb_$verb" "$@" ;;
    help | -h | --help) usage ;;
    *) usage >&2; exit 2 ;;
esac
