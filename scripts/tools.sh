# Sourced by the other scripts: where we are, and how what is missing gets installed.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"

say() { printf '%s\n' "$*" >&2; }

# need_packages NAME…: installs the Debian packages that are missing, or says in one sentence what to install.
need_packages() {
    local missing=()
    for name in "$@"; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { say "Please install these packages, then run this again: ${missing[*]}"; exit 69; }
        as_root=(sudo)
    fi
    say "Installing ${missing[*]} …"
    if ! { "${as_root[@]}" apt-get -qq -o DPkg::Lock::Timeout=300 update &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}"; } \
        >.build-packages.log 2>&1; then
        say "These packages could not be installed: ${missing[*]}. The installer's own words are in .build-packages.log."
        exit 69
    fi
}

need_swift() {
    command -v swift >/dev/null && return
    say "Switchboard is built with Swift 6.3 or later, which is not on the PATH: see https://www.swift.org/install/linux/"
    exit 69
}

# What the program is built from.
need_build() {
    need_swift
    need_packages libsqlite3-dev libsodium-dev libmariadb-dev zlib1g-dev pkg-config
}

# stamp_commit: tells the build what it is made from, and touches nothing when that is known already.
stamp_commit() {
    local commit dirty=0 stamp=Sources/CLinux/commit.h
    commit=$(git rev-parse HEAD 2>/dev/null || echo unknown)
    [ -z "$(git status --porcelain 2>/dev/null)" ] || dirty=1
    printf '#define SWITCHBOARD_COMMIT "%s"\n#define SWITCHBOARD_DIRTY %s\n#define SWITCHBOARD_COMPILER "%s"\n' "$commit" "$dirty" \
        "$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([^ ]*\).*/\1/p' | head -1)" >"$stamp.new"
    if cmp -s "$stamp.new" "$stamp"; then rm "$stamp.new"; else mv "$stamp.new" "$stamp"; fi
}

# What tests in Python and in the browser need: a virtual environment of its own, kept between runs.
need_python() {
    need_packages python3 python3-venv
    if [ ! -x .venv/bin/python ]; then python3 -m venv .venv; fi
    python_packages Tests/requirements.txt
    python_packages Tests/clients.txt || say "The real clients could not be installed: their tests are skipped."
    python_packages Tests/servers.txt || say "Valkey could not be installed: what is tested with it is left out."
}

# python_packages FILE: installs what the file lists, once.
python_packages() {
    local wanted
    wanted=$(sha256sum "$1" | cut -c1-16)
    [ -f ".venv/installed-$wanted" ] && return
    say "Installing the packages of $1 …"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$1" && touch ".venv/installed-$wanted"
}

# release_build: the program as it is shipped, in .build-release, which stays between runs.
release_build() {
    need_build
    stamp_commit
    swift build -c release --static-swift-stdlib --scratch-path .build-release --product switchboard 1>&2
}
release_program=.build-release/release/switchboard

# minimal_build: the program without its optional features, for tests, in .build-minimal; it needs no libmariadb.
minimal_build() {
    need_swift
    need_packages libsqlite3-dev libsodium-dev zlib1g-dev pkg-config
    stamp_commit
    swift build --disable-default-traits --scratch-path .build-minimal --product switchboard 1>&2
}
