// SPDX-License-Identifier: Apache-2.0
//! How the courier is set up.

use super::Schedule;
use crate::{mail, webhooks::address::Allowed};
use std::time::Duration;

/// How mails and webhooks are sent.
#[derive(clap::Args)]
pub struct Options {
    #[command(flatten)]
    pub mail: mail::Options,
    /// Lets webhooks lead to addresses that are not public, and without encryption: where receivers
    /// are on the registry's own network.
    #[arg(long, env = "WEBHOOK_ALLOW_PRIVATE")]
    webhook_allow_private: bool,
    /// Milliseconds before a delivery is tried the second time; each wait is thrice the one before.
    #[arg(long, default_value_t = 5_000, hide = true)]
    webhook_first_delay: u64,
    /// How often a delivery is tried.
    #[arg(long, default_value_t = 12, hide = true)]
    webhook_attempts: i32,
    /// Seconds after which a webhook that takes nothing is switched off: three days.
    #[arg(long, default_value_t = 259_200, hide = true)]
    webhook_off_after: u64,
    /// Milliseconds before a mail is tried the second time; each wait is thrice the one before.
    #[arg(long, default_value_t = 5_000, hide = true)]
    mail_first_delay: u64,
    /// How often a mail is tried.
    #[arg(long, default_value_t = 12, hide = true)]
    mail_attempts: i32,
}

impl Options {
    pub fn settings(&self) -> Settings {
        Settings {
            allowed: match self.webhook_allow_private {
                true => Allowed::Any,
                false => Allowed::Public,
            },
            webhooks: Schedule {
                first: Duration::from_millis(self.webhook_first_delay),
                attempts: self.webhook_attempts,
            },
            webhook_off_after: Duration::from_secs(self.webhook_off_after),
            mails: Schedule {
                first: Duration::from_millis(self.mail_first_delay),
                attempts: self.mail_attempts,
            },
        }
    }
}

/// What was made of the options.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Where webhooks may lead.
    pub allowed: Allowed,
    /// When a delivery is tried again.
    pub webhooks: Schedule,
    /// When a webhook is switched off that takes nothing.
    pub webhook_off_after: Duration,
    /// When a mail is tried again.
    pub mails: Schedule,
}
