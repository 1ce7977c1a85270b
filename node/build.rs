// SPDX-License-Identifier: Apache-2.0

fn main() {
    // The commit in `--version`; `SUBSTRATE_CLI_GIT_COMMIT_HASH` overrides it where git is absent.
    substrate_build_script_utils::generate_cargo_keys();
    substrate_build_script_utils::rerun_if_git_head_changed();
}
