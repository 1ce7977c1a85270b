// SPDX-License-Identifier: Apache-2.0
fn main() {
    // `sqlx::migrate!` does not see files that are added.
    println!("cargo:rerun-if-changed=migrations");
}
