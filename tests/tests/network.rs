// SPDX-License-Identifier: Apache-2.0
//! The permissioned chain in trouble: real validators in network namespaces, as root.

mod network {
    mod admission;
    mod bad_input;
    mod equivocation;
    mod finality;
    mod membership;
    mod upgrade;
}
