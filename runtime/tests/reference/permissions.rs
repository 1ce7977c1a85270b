// SPDX-License-Identifier: Apache-2.0
//! The permission table as a page.

use registry_primitives::{
    permission::{Permission, PERMISSIONS},
    Action, MemberRole, OrganisationRole, Reach,
};
use std::fmt::Write;

const HEAD: &str = "\
# Permissions

Who may do what: the table that the pallets enforce, printed by a test of the runtime. Do not edit it;
change `PERMISSIONS` in `primitives/src/permission.rs` and run `scripts/update-reference`.

A cell names the roles of the members who may sign, and how far: *any* object; objects of projects
*within the scopes* of the ministry; or the organisation's *own* objects. A developer's own projects
are those that it owns a share of, a certifier's are those that it is assigned to, an owner's own
credits are those that it holds. What is not listed is not allowed; `ViewOnly` signs nothing.

*Four eyes* names the class of actions whose number of officers must agree, if that is more than one.
The calls behind each action are in [calls.md](calls.md).

";

/// Members of an organisation with this role who may do this.
fn row(action: Action, organisation: OrganisationRole) -> Option<&'static Permission> {
    PERMISSIONS.iter().find(|row| row.action == action && row.organisation == organisation)
}

/// How far, in words.
pub fn reach(reach: Reach) -> &'static str {
    match reach {
        Reach::Any => "any",
        Reach::WithinScopes => "within its scopes",
        Reach::Own => "own",
        Reach::No => "none",
    }
}

/// Member roles as the code names them.
pub fn members(of: &[MemberRole]) -> String {
    of.iter().map(|role| format!("{role:?}")).collect::<Vec<_>>().join(", ")
}

/// All who may do an action, in one line.
pub fn who_may(action: Action) -> String {
    let all: Vec<_> = PERMISSIONS
        .iter()
        .filter(|row| row.action == action)
        .map(|row| {
            let far = match row.reach {
                Reach::Any => String::new(),
                far => format!(", {}", reach(far)),
            };
            format!("{:?} ({}{far})", row.organisation, members(row.members))
        })
        .collect();
    all.join("; ")
}

pub fn render() -> String {
    let mut page = String::from(HEAD);
    let roles = OrganisationRole::ALL;
    let _ = write!(page, "| action |");
    for role in roles {
        let _ = write!(page, " {role:?} |");
    }
    let _ = writeln!(page, " four eyes |");
    let _ = writeln!(page, "|{}", "---|".repeat(roles.len() + 2));
    for action in Action::ALL {
        let _ = write!(page, "| `{action}` |");
        for role in roles {
            let cell = row(*action, *role).map_or("-".into(), |row| {
                format!("{}: {}", members(row.members), reach(row.reach))
            });
            let _ = write!(page, " {cell} |");
        }
        let class = action.class().map_or("-".into(), |class| format!("`{class}`"));
        let _ = writeln!(page, " {class} |");
    }
    page
}
