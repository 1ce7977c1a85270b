// SPDX-License-Identifier: Apache-2.0
//! The tables of the bridge to the ITMO platform as JSON.

use super::Tables;
use crate::error::IndexerError;
use serde_json::Value;
use sqlx::PgConnection;

/// Queries by their tables; each gives the key of a row and the row.
const QUERIES: [(&str, &str); 7] = [
    (
        "bridge_operators",
        r#"SELECT account, jsonb_build_object(
               'place', row_number() OVER (ORDER BY height, index) - 1,
               'key', '0x' || encode(key, 'hex'),
               'last', CASE WHEN last_round IS NOT NULL THEN
                   jsonb_build_array(last_round, last_height) END,
               'silent', silent, 'contradicted', contradicted, 'failure', failure)
           FROM chain.bridge_operators"#,
    ),
    (
        "bridge_rounds",
        r#"SELECT 'last', jsonb_build_object('number', MAX(number))
           FROM chain.bridge_rounds HAVING MAX(number) IS NOT NULL"#,
    ),
    (
        "bridge_events",
        r#"SELECT platform || '/' || external_id || '/' || event, jsonb_build_object(
               'hash', '0x' || encode(hash, 'hex'), 'round', round, 'outcome', outcome,
               'project', project)
           FROM chain.bridge_events"#,
    ),
    (
        "bridge_cases",
        r#"SELECT number::text, jsonb_build_object(
               'event', platform || '/' || external_id || '/' || event, 'round', round,
               'cause', cause, 'closure', closure)
           FROM chain.bridge_cases"#,
    ),
    (
        "bridge_companies",
        r#"SELECT company, jsonb_build_object('organisation', organisation)
           FROM chain.bridge_companies"#,
    ),
    (
        "bridge_pauses",
        r#"SELECT 'in force', jsonb_build_object('reason', reason)
           FROM chain.bridge_pauses WHERE until IS NULL"#,
    ),
    (
        "bridge_settings",
        r#"SELECT 'in force', jsonb_build_object(
               'estimate', estimate, 'issuance', issuance, 'interval', interval_blocks,
               'window', window_blocks)
           FROM chain.bridge_settings ORDER BY height DESC, index DESC LIMIT 1"#,
    ),
];

pub async fn tables(connection: &mut PgConnection) -> Result<Tables, IndexerError> {
    let mut tables = Tables::new();
    for (table, query) in QUERIES {
        let rows: Vec<(String, Value)> = sqlx::query_as(query).fetch_all(&mut *connection).await?;
        tables.insert(table, rows.into_iter().collect());
    }
    Ok(tables)
}
