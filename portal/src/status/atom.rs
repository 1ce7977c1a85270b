// SPDX-License-Identifier: Apache-2.0
//! Incidents as a feed (Atom, RFC 4287), for who wants to be told and not to look.

use super::{
    incidents::{self, Incident},
    record::KEEP_DAYS,
};
use crate::{
    i18n::Language,
    page::text,
    problem::{Message, Problem},
    server::App,
    site::Site,
};
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use std::fmt::Write;

/// Entries of the feed.
const ENTRIES: i64 = 50;

/// `/status.atom`
pub async fn feed(State(app): State<App>) -> Result<Response, Problem> {
    if !app.directory.is_prepared() {
        return Err(Problem::unavailable(Message::new("problem.no_directory")));
    }
    let now = Utc::now();
    let incidents = incidents::between(&app.directory, now - KEEP_DAYS, now, ENTRIES).await?;
    let body = write(&incidents, &app.site, now);
    let headers = [
        (header::CONTENT_TYPE, "application/atom+xml; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, body).into_response())
}

fn write(incidents: &[Incident], site: &Site, now: DateTime<Utc>) -> String {
    let language = Language::current();
    let url = text(site.url());
    let newest = incidents.iter().map(|it| it.seen_until.0).max().unwrap_or(now);
    let title = text(&format!("{} – {}", language.t("site.name"), language.t("status.incidents")));
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n\
         <id>{url}/status.atom</id>\n\
         <title>{title}</title>\n\
         <updated>{}</updated>\n\
         <author><name>{}</name></author>\n\
         <link rel=\"self\" type=\"application/atom+xml\" href=\"{url}/status.atom\"/>\n\
         <link rel=\"alternate\" type=\"text/html\" href=\"{url}/status\"/>\n",
        language.tag(),
        stamp(newest),
        text(language.t("site.name")),
    );
    for incident in incidents {
        let part = language.label("part", incident.part.as_str());
        let condition = language.label("condition", incident.condition.as_str());
        let title = text(&format!("{part}: {condition}"));
        // Writing to a string cannot fail.
        let _ = write!(
            feed,
            "<entry>\n<id>{url}/status#incident-{}</id>\n<title>{title}</title>\n\
             <published>{}</published>\n<updated>{}</updated>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"{url}/status#incident-{}\"/>\n\
             <summary>{}</summary>\n</entry>\n",
            incident.id,
            stamp(incident.began.0),
            stamp(incident.seen_until.0),
            incident.id,
            text(&summary(language, incident)),
        );
    }
    feed + "</feed>\n"
}

fn summary(language: Language, incident: &Incident) -> String {
    let arguments = [
        ("from", language.date_time(incident.began.0)),
        ("to", language.date_time(incident.seen_until.0)),
        ("duration", language.duration(incident.seconds())),
    ];
    let key = match (incident.ended, incident.then_unknown) {
        (None, _) => "status.feed_lasts",
        (Some(_), true) => "status.feed_unknown",
        (Some(_), false) => "status.feed_over",
    };
    language.fill(key, &arguments)
}

fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::part::{Condition, Part};

    #[test]
    fn an_incident_is_an_entry_that_keeps_its_name() {
        let at = |minute: i64| DateTime::from_timestamp(1_700_000_040 + minute * 60, 0).unwrap();
        let incident = Incident {
            id: 7,
            part: Part::Node,
            condition: Condition::Down,
            began: at(0).into(),
            ended: None,
            seen_until: at(3).into(),
            then_unknown: false,
        };
        let site: Site = "https://registry.gov.example".parse().unwrap();
        let lasting = write(std::slice::from_ref(&incident), &site, at(9));
        assert!(lasting.contains("<id>https://registry.gov.example/status#incident-7</id>"));
        assert!(lasting.contains("<updated>2023-11-14T22:17:00Z</updated>"), "{lasting}");
        let over = Incident { ended: Some(at(3).into()), ..incident };
        let over = write(&[over], &site, at(9));
        assert_ne!(over, lasting);
        assert!(over.contains("3 minutes"), "{over}");
        assert!(write(&[], &site, at(9)).contains("<updated>2023-11-14T22:23:00Z</updated>"));
    }
}
