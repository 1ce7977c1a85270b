// SPDX-License-Identifier: Apache-2.0
//! What calls and accesses cost: measured by scripts/weights, never written by hand; but for those of
//! the bridge, which are estimates until they are, and say so.

pub mod admission;
pub mod database;
pub mod frame_system;
pub mod frame_system_extensions;
pub mod pallet_approvals;
pub mod pallet_calculator;
pub mod pallet_credits;
pub mod pallet_governance;
pub mod pallet_itmo_bridge;
pub mod pallet_organisations;
pub mod pallet_projects;
pub mod pallet_timestamp;
pub mod pallet_validators;
