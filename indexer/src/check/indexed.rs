// SPDX-License-Identifier: Apache-2.0
//! The tables as JSON: times in milliseconds, hashes as `0x…`, as the chain's types write them.

use super::Tables;
use crate::error::IndexerError;
use sqlx::PgConnection;

/// Runs one query for each table; each gives the key of a row and the row.
macro_rules! tables {
    ($connection:expr, { $($table:literal: $query:literal,)* }) => {{
        let mut tables = Tables::new();
        $(
            let rows = sqlx::query!($query).fetch_all(&mut *$connection).await?;
            let rows = rows.into_iter().map(|row| (row.key, row.row)).collect();
            tables.insert($table, rows);
        )*
        tables
    }};
}

pub async fn tables(connection: &mut PgConnection) -> Result<Tables, IndexerError> {
    Ok(tables!(connection, {
        "organisations": r#"
            SELECT id::text AS "key!", jsonb_build_object(
                'role', role, 'name', name, 'tax_id', tax_id, 'country', country,
                'sectoral_scopes', sectoral_scopes, 'profile', '0x' || encode(profile, 'hex'),
                'status', status,
                'created_at', (extract(epoch FROM created_at) * 1000)::bigint) AS "row!"
            FROM chain.organisations"#,
        "members": r#"
            SELECT account AS "key!", jsonb_build_object(
                'organisation', organisation, 'role', role) AS "row!"
            FROM chain.members"#,
        "projects": r#"
            SELECT id::text AS "key!", jsonb_build_object(
                'title', title, 'external_id', external_id, 'sector', sector,
                'sectoral_scope', sectoral_scope, 'mitigation_type', mitigation_type,
                'gases', gases,
                'crediting_start', (extract(epoch FROM crediting_start) * 1000)::bigint,
                'crediting_end', (extract(epoch FROM crediting_end) * 1000)::bigint,
                'estimated_cost_usd', estimated_cost_usd, 'estimate', estimate,
                'details', '0x' || encode(details, 'hex'), 'stage', stage,
                'validated_estimate', validated_estimate, 'authorised', authorised,
                'article6', article6, 'buffer_rate', buffer_rate, 'issued', issued,
                'documents',
                (SELECT count(*) FROM chain.documents d WHERE d.project = p.id),
                'monitoring_periods',
                (SELECT count(*) FROM chain.monitoring_periods m WHERE m.project = p.id),
                'created_at', (extract(epoch FROM created_at) * 1000)::bigint) AS "row!"
            FROM chain.projects p"#,
        "proponents": r#"
            SELECT project || '/' || position AS "key!", jsonb_build_object(
                'organisation', organisation, 'share_ppm', share_ppm) AS "row!"
            FROM chain.proponents"#,
        "certifiers": r#"
            SELECT project || '/' || organisation AS "key!", '{}'::jsonb AS "row!"
            FROM chain.certifiers"#,
        "locations": r#"
            SELECT project || '/' || position AS "key!", jsonb_build_object(
                'region', region, 'latitude', latitude, 'longitude', longitude) AS "row!"
            FROM chain.locations"#,
        "documents": r#"
            SELECT project || '/' || document AS "key!", jsonb_build_object(
                'kind', kind, 'hash', '0x' || encode(hash, 'hex'), 'size', size,
                'version', version, 'uploader', uploader, 'status', status,
                'reviewer', reviewer, 'remark', '0x' || encode(remark, 'hex'),
                'submitted_at', (extract(epoch FROM submitted_at) * 1000)::bigint) AS "row!"
            FROM chain.documents"#,
        "monitoring_periods": r#"
            SELECT project || '/' || period AS "key!", jsonb_build_object(
                'starts', (extract(epoch FROM starts) * 1000)::bigint,
                'ends', (extract(epoch FROM ends) * 1000)::bigint,
                'report', '0x' || encode(report, 'hex'), 'stage', stage, 'verifier', verifier,
                'verification', '0x' || encode(verification, 'hex')) AS "row!"
            FROM chain.monitoring_periods"#,
        "monitoring_vintages": r#"
            SELECT project || '/' || period || '/' || vintage AS "key!", jsonb_build_object(
                'reported', reported, 'verified', verified) AS "row!"
            FROM chain.monitoring_vintages"#,
        "credit_blocks": r#"
            SELECT start_serial::text AS "key!", jsonb_build_object(
                'end', end_serial, 'project', project, 'vintage', vintage, 'owner', owner,
                'status', status, 'status_reason', status_reason, 'retirement', retirement,
                'first_transferred', first_transferred, 'parent', parent) AS "row!"
            FROM chain.credit_blocks"#,
        "retirements": r#"
            SELECT id::text AS "key!", jsonb_build_object(
                'height', height, 'owner', owner, 'purpose', purpose,
                'purpose_details', purpose_details, 'beneficiary', beneficiary,
                'beneficiary_country', beneficiary_country, 'on_behalf_of', on_behalf_of,
                'reason', reason, 'reference', reference, 'quantity', quantity,
                'at', (extract(epoch FROM at) * 1000)::bigint) AS "row!"
            FROM chain.retirements"#,
        "retirement_parts": r#"
            SELECT retirement || '/' || position AS "key!", jsonb_build_object(
                'start', start_serial, 'end', end_serial, 'project', project,
                'vintage', vintage) AS "row!"
            FROM chain.retirement_parts"#,
        "vintage_totals": r#"
            SELECT project || '/' || vintage AS "key!", jsonb_build_object(
                'issued', issued, 'held', held, 'on_hold', on_hold, 'reserved', reserved,
                'retired', retired, 'cancelled', cancelled, 'buffer', buffer) AS "row!"
            FROM chain.vintage_totals"#,
        "national_totals": r#"
            SELECT 'nation' AS "key!", jsonb_build_object(
                'issued', issued, 'held', held, 'on_hold', on_hold, 'reserved', reserved,
                'retired', retired, 'cancelled', cancelled, 'buffer', buffer,
                'authorised', authorised,
                'last_serial',
                (SELECT COALESCE(MAX(end_serial), 0) FROM chain.credit_blocks)) AS "row!"
            FROM chain.national_totals"#,
    }))
}
