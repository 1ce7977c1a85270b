// SPDX-License-Identifier: Apache-2.0
//! Those who mean the portal no good: they send what no client sends, write code where names belong,
//! use credentials that are not theirs or not good any more, come slowly and in crowds, and pull the
//! database away. Nobody else notices, nothing is given away, and every refusal is a problem
//! document. Which operations there are is read from the API's own description.

mod common;
#[path = "hostile/world.rs"]
mod world;

#[path = "hostile/clients.rs"]
mod clients;
#[path = "hostile/credentials.rs"]
mod credentials;
#[path = "hostile/outage.rs"]
mod outage;
#[path = "hostile/requests.rs"]
mod requests;
#[path = "hostile/secrets.rs"]
mod secrets;
#[path = "hostile/text.rs"]
mod text;
