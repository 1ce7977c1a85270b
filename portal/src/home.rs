// SPDX-License-Identifier: Apache-2.0
//! The national totals, and what happened last.

use crate::{
    answers::At,
    db::Reader,
    events::{self, Event},
    list::Question,
    page::{self, Layout},
    problem::{Problem, ProblemDocument},
    retirements::{Retirement, Retirements},
    server::App,
};
use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Events on the front page.
const EVENTS: i64 = 8;
/// Retirements on the front page.
const RETIREMENTS: i64 = 5;

/// Tonnes in the country's accounts: where credits end.
#[derive(Serialize, ToSchema)]
pub struct CountryAccounts {
    /// Retired for use in this country.
    pub domestic: i64,
    /// Retired for use in another country.
    pub international: i64,
    /// Cancelled for overall mitigation in global emissions.
    pub overall_mitigation: i64,
    /// Cancelled as the share of proceeds for adaptation.
    pub share_of_proceeds: i64,
}

impl CountryAccounts {
    pub async fn load(reader: &mut Reader) -> Result<Self, Problem> {
        let accounts = sqlx::query_as!(
            Self,
            r#"SELECT domestic AS "domestic!", international AS "international!",
                      overall_mitigation AS "overall_mitigation!",
                      share_of_proceeds AS "share_of_proceeds!"
               FROM chain.country_accounts"#
        )
        .fetch_one(reader.connection())
        .await?;
        Ok(accounts)
    }
}

/// Tonnes of the nation.
#[derive(Serialize, ToSchema)]
pub struct Totals {
    /// Authorised: may be issued.
    authorised: i64,
    /// Ever issued: the sum of held, on hold, reserved, retired, cancelled and buffer.
    issued: i64,
    /// Held by their owners.
    held: i64,
    /// On hold.
    on_hold: i64,
    /// Reserved for international retirements.
    reserved: i64,
    /// Retired.
    retired: i64,
    /// Cancelled.
    cancelled: i64,
    /// In the buffer against reversals.
    buffer: i64,
    /// First transferred under Article 6, whatever their status.
    first_transferred: i64,
    /// Where retired and deducted credits ended.
    accounts: CountryAccounts,
    /// Sum of all transfers; a tonne counts each time it is transferred.
    transferred: i64,
}

impl Totals {
    async fn load(reader: &mut Reader) -> Result<Self, Problem> {
        let accounts = CountryAccounts::load(reader).await?;
        let row = sqlx::query!(
            r#"SELECT authorised AS "authorised!", issued AS "issued!", held AS "held!",
                      on_hold AS "on_hold!", reserved AS "reserved!", retired AS "retired!",
                      cancelled AS "cancelled!", buffer AS "buffer!",
                      first_transferred AS "first_transferred!", transferred AS "transferred!"
               FROM chain.national_totals"#
        )
        .fetch_one(reader.connection())
        .await?;
        Ok(Self {
            authorised: row.authorised,
            issued: row.issued,
            held: row.held,
            on_hold: row.on_hold,
            reserved: row.reserved,
            retired: row.retired,
            cancelled: row.cancelled,
            buffer: row.buffer,
            first_transferred: row.first_transferred,
            accounts,
            transferred: row.transferred,
        })
    }
}

/// The front page.
#[derive(Serialize)]
struct Front {
    totals: Totals,
    latest: Vec<Event>,
    retirements: Vec<Retirement>,
}

impl Front {
    async fn load(reader: &mut Reader) -> Result<Self, Problem> {
        let totals = Totals::load(reader).await?;
        let latest = events::latest(reader, EVENTS).await?;
        let retirements = Question::<Retirements>::about(&[], RETIREMENTS)?.load(reader).await?.0;
        Ok(Self { totals, latest, retirements })
    }
}

#[derive(Template)]
#[template(path = "home.html")]
struct Page {
    l: Layout,
    front: Front,
}

/// `/`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let front = Front::load(&mut reader).await?;
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.t("home.title").to_owned();
    page::render(&Page { l, front })
}

/// `/index.json`
pub async fn json(mut reader: Reader) -> Result<Response, Problem> {
    let front = Front::load(&mut reader).await?;
    Ok(reader.json(front))
}

/// The national totals.
#[utoipa::path(
    get, path = "/api/v1/totals", tag = "registry",
    operation_id = "totals",
    responses(
        (status = OK, body = At<Totals>),
        (status = SERVICE_UNAVAILABLE, body = ProblemDocument),
    )
)]
pub async fn totals(mut reader: Reader) -> Result<Response, Problem> {
    let totals = Totals::load(&mut reader).await?;
    Ok(reader.json(totals))
}

/// One bar of the front page's picture: which part of what was issued has become what.
pub struct Share {
    /// Name of the status.
    status: &'static str,
    tonnes: i64,
    /// Thousandths of the whole before it, and its own.
    offset: i64,
    width: i64,
}

impl Front {
    /// What was issued, by status; nothing where nothing was.
    fn shares(&self) -> Vec<Share> {
        let Totals { issued, held, on_hold, reserved, retired, cancelled, buffer, .. } =
            self.totals;
        shares(
            issued,
            &[
                ("held", held),
                ("on_hold", on_hold),
                ("reserved", reserved),
                ("retired", retired),
                ("cancelled", cancelled),
                ("buffer", buffer),
            ],
        )
    }
}

fn shares(whole: i64, parts: &[(&'static str, i64)]) -> Vec<Share> {
    if whole <= 0 {
        return Vec::new();
    }
    // In i128, because a thousand times the largest total does not fit.
    let thousandths = |tonnes: i64| {
        i64::try_from(i128::from(tonnes) * 1000 / i128::from(whole)).unwrap_or_default()
    };
    let mut before = 0;
    let mut found = Vec::new();
    for (status, tonnes) in parts.iter().filter(|(_, tonnes)| *tonnes > 0) {
        let offset = thousandths(before);
        before += tonnes;
        found.push(Share { status, tonnes: *tonnes, offset, width: thousandths(before) - offset });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_fill_the_whole_without_gaps() {
        let shares = shares(3, &[("held", 1), ("on_hold", 0), ("retired", 1), ("buffer", 1)]);
        let seen: Vec<_> = shares.iter().map(|it| (it.status, it.offset, it.width)).collect();
        assert_eq!(seen, [("held", 0, 333), ("retired", 333, 333), ("buffer", 666, 334)]);
    }

    #[test]
    fn the_largest_totals_do_not_overflow_and_nothing_has_no_shares() {
        let most = (1 << 53) - 1;
        assert_eq!(shares(most, &[("held", most)])[0].width, 1000);
        assert!(shares(0, &[("held", 0)]).is_empty());
    }
}
