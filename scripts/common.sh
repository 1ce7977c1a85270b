# SPDX-License-Identifier: Apache-2.0
# What every script here needs; sourced, not run.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Built files are kept outside the checkout, so that a fresh clone builds only what is new.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/carbon-registry/target}"
# Queries are checked against the committed descriptions, without a database.
export SQLX_OFFLINE="${SQLX_OFFLINE:-true}"
export PATH="$HOME/.cargo/bin:$PATH"

say() { printf '\033[1m%s\033[0m\n' "$*"; }
fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Name of the toolchain that scripts/setup links where rustup cannot download the wasm target.
WASM_TOOLCHAIN=carbon-registry-wasm

# Whether a toolchain can compile for the wasm target: by doing it.
builds_wasm() {
    local folder
    folder="$(mktemp -d)"
    printf '#![no_std]\nextern crate alloc;\npub fn one() -> alloc::vec::Vec<u8> { alloc::vec![1] }\n' >"$folder/probe.rs"
    rustc "+$1" --edition 2021 --crate-type lib --target wasm32v1-none \
        -o "$folder/probe.rlib" "$folder/probe.rs" >/dev/null 2>&1
    local result=$?
    rm -rf "$folder"
    return $result
}

# The runtime is compiled by the pinned toolchain if that has the wasm target, else by the linked one.
use_wasm_toolchain() {
    if builds_wasm "$(pinned_toolchain)"; then
        unset WASM_BUILD_TOOLCHAIN
    elif builds_wasm "$WASM_TOOLCHAIN"; then
        export WASM_BUILD_TOOLCHAIN="$WASM_TOOLCHAIN"
    else
        return 1
    fi
}

pinned_toolchain() { sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml; }
