# SPDX-License-Identifier: Apache-2.0
# Debian's packages, for scripts that install what is missing; sourced after common.sh.

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "Installing packages needs root: run $0 as root, or install sudo."
    fi
}

have_packages() { dpkg -s "$@" >/dev/null 2>&1; }

updated=
install_packages() {
    command -v apt-get >/dev/null || fail "Install these by hand, this is not Debian: $*"
    if [ -z "$updated" ]; then
        as_root apt-get update -qq || fail "The package lists cannot be fetched: is the network there?"
        updated=yes
    fi
    say "Installing $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
        fail "These packages cannot be installed: $*"
}

# Prints the path of a program of a package, which is unpacked and not installed: these packages would
# start a server, now and at every boot.
debian_tool() {
    local package="$1" program="$2" folder
    folder="${XDG_CACHE_HOME:-$HOME/.cache}/carbon-registry/tools/$package"
    if [ ! -x "$folder/usr/bin/$program" ]; then
        say "Unpacking $program of Debian's package $package" >&2
        mkdir -p "$folder"
        (
            cd "$folder"
            # Lists that are old name files that are gone.
            apt-get download -qq "$package" 2>/dev/null ||
                { as_root apt-get update -qq && apt-get download -qq "$package"; }
            dpkg -x ./*.deb . && rm ./*.deb
        ) >&2 || fail "Debian's package $package cannot be fetched: is the network there?"
    fi
    printf '%s' "$folder/usr/bin/$program"
}
