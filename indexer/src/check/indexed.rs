// SPDX-License-Identifier: Apache-2.0
//! The tables as JSON: times in milliseconds, hashes as `0x…`, as the chain's types write them.

mod bridge;

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
    let mut tables = tables!(connection, {
        "organisations": r#"
            SELECT id::text AS "key!", jsonb_build_object(
                'role', role, 'name', name, 'tax_id', tax_id, 'country', country,
                'sectoral_scopes', sectoral_scopes, 'profile', '0x' || encode(profile, 'hex'),
                'status', status, 'suspensions', suspensions,
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
                'first_transferred', first_transferred,
                'documents',
                (SELECT count(*) FROM chain.documents d WHERE d.project = p.id),
                'monitoring_periods',
                (SELECT count(*) FROM chain.monitoring_periods m WHERE m.project = p.id),
                'proponent_changes',
                (SELECT count(*) FROM chain.proponent_changes c WHERE c.project = p.id),
                'created_at', (extract(epoch FROM created_at) * 1000)::bigint) AS "row!"
            FROM chain.projects p"#,
        "proponents": r#"
            SELECT project || '/' || position AS "key!", jsonb_build_object(
                'organisation', organisation, 'share_ppm', share_ppm) AS "row!"
            FROM chain.proponents"#,
        "proponent_changes": r#"
            SELECT project::text AS "key!", jsonb_build_object(
                'number', number,
                'proponents',
                (SELECT jsonb_agg(jsonb_build_array(organisation, share_ppm) ORDER BY position)
                 FROM chain.proponent_change_shares s
                 WHERE s.project = c.project AND s.number = c.number),
                'consents',
                (SELECT jsonb_agg(organisation ORDER BY organisation)
                 FROM chain.proponent_change_consents s
                 WHERE s.project = c.project AND s.number = c.number)) AS "row!"
            FROM chain.proponent_changes c WHERE status = 'open'"#,
        "certifications": r#"
            SELECT project || '/' || certifier AS "key!", jsonb_build_object(
                'certified_at', (extract(epoch FROM certified_at) * 1000)::bigint,
                'suspensions', suspensions) AS "row!"
            FROM chain.certifications WHERE revoked_at IS NULL"#,
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
                'verification', '0x' || encode(verification, 'hex'),
                'remark', '0x' || encode(remark, 'hex')) AS "row!"
            FROM chain.monitoring_periods"#,
        "monitoring_vintages": r#"
            SELECT project || '/' || period || '/' || vintage AS "key!", jsonb_build_object(
                'reported', reported, 'verified', verified) AS "row!"
            FROM chain.monitoring_vintages"#,
        "credit_blocks": r#"
            SELECT start_serial::text AS "key!", jsonb_build_object(
                'end', end_serial, 'project', project, 'vintage', vintage, 'owner', owner,
                'status', status, 'status_reason', status_reason, 'request', request,
                'retirement', retirement, 'cancellation', cancellation,
                'first_transferred', first_transferred, 'parent', parent) AS "row!"
            FROM chain.credit_blocks"#,
        "holdings": r#"
            SELECT project || '/' || vintage || '/' || owner AS "key!", jsonb_build_object(
                'held', held, 'on_hold', on_hold, 'reserved', reserved, 'retired', retired,
                'cancelled', cancelled, 'buffer', buffer) AS "row!"
            FROM chain.holdings
            -- Of what was given away, rows stay.
            WHERE held + on_hold + reserved + retired + cancelled + buffer > 0"#,
        "stocks": r#"
            SELECT project || '/' || vintage || '/' || organisation || '/' || m.status AS "key!",
                   jsonb_build_object('tonnes', SUM(m.change)::bigint) AS "row!"
            FROM chain.spans('all', NULL, NULL) s
            JOIN chain.flows f ON f.grain = 'owner_project' AND f.span = s.span
                                  AND f.starts BETWEEN s.starts AND s.ends
            CROSS JOIN LATERAL (VALUES (f.to_status, f.tonnes::bigint, 'sent'),
                                       (f.from_status, -f.tonnes::bigint, 'received'))
                               AS m (status, change, but)
            WHERE m.status <> '' AND f.side <> m.but
            GROUP BY project, vintage, organisation, m.status HAVING SUM(m.change) <> 0"#,
        "flows": r#"
            SELECT f.grain || '/' || m.status AS "key!",
                   jsonb_build_object('tonnes', SUM(m.change)::bigint) AS "row!"
            FROM chain.spans('all', NULL, NULL) s
            JOIN chain.flows f ON f.span = s.span AND f.starts BETWEEN s.starts AND s.ends
            CROSS JOIN LATERAL (VALUES (f.to_status, f.tonnes::bigint, 'sent'),
                                       (f.from_status, -f.tonnes::bigint, 'received'))
                               AS m (status, change, but)
            WHERE m.status <> '' AND f.side <> m.but
            GROUP BY f.grain, m.status HAVING SUM(m.change) <> 0"#,
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
        "cancellations": r#"
            SELECT id::text AS "key!", jsonb_build_object(
                'height', height, 'owner', owner, 'reason', reason, 'corrects', corrects,
                'corrects_project', corrects_project, 'corrects_period', corrects_period,
                'corrects_retirement', corrects_retirement, 'statement', statement,
                'quantity', quantity,
                'at', (extract(epoch FROM at) * 1000)::bigint) AS "row!"
            FROM chain.cancellations"#,
        "cancellation_parts": r#"
            SELECT cancellation || '/' || position AS "key!", jsonb_build_object(
                'start', start_serial, 'end', end_serial, 'project', project,
                'vintage', vintage) AS "row!"
            FROM chain.cancellation_parts"#,
        "transfer_requests": r#"
            SELECT id::text AS "key!", jsonb_build_object(
                'project', project, 'vintage', vintage, 'quantity', quantity,
                'from', from_owner, 'to', to_owner, 'initiator', initiator,
                'reference', reference,
                'requested_at', (extract(epoch FROM requested_at) * 1000)::bigint) AS "row!"
            FROM chain.transfer_requests WHERE status = 'open'"#,
        "retirement_requests": r#"
            SELECT id::text AS "key!", jsonb_build_object(
                'owner', owner, 'purpose', purpose,
                'purpose_details', purpose_details, 'beneficiary', beneficiary,
                'beneficiary_country', beneficiary_country, 'on_behalf_of', on_behalf_of,
                'reason', reason, 'reference', reference, 'quantity', quantity,
                'at', (extract(epoch FROM requested_at) * 1000)::bigint) AS "row!"
            FROM chain.retirement_requests WHERE status = 'open'"#,
        "retirement_request_parts": r#"
            SELECT request || '/' || position AS "key!", jsonb_build_object(
                'start', start_serial, 'end', end_serial, 'project', project,
                'vintage', vintage) AS "row!"
            FROM chain.retirement_request_parts p
            WHERE EXISTS (SELECT FROM chain.retirement_requests r
                          WHERE r.id = p.request AND r.status = 'open')"#,
        "vintage_totals": r#"
            SELECT project || '/' || vintage AS "key!", jsonb_build_object(
                'issued', issued, 'held', held, 'on_hold', on_hold, 'reserved', reserved,
                'retired', retired, 'cancelled', cancelled, 'buffer', buffer,
                'first_transferred', first_transferred) AS "row!"
            FROM chain.vintage_totals"#,
        "national_totals": r#"
            SELECT 'nation' AS "key!", jsonb_build_object(
                'issued', issued, 'held', held, 'on_hold', on_hold, 'reserved', reserved,
                'retired', retired, 'cancelled', cancelled, 'buffer', buffer,
                'first_transferred', first_transferred,
                'authorised', authorised,
                'last_serial',
                (SELECT COALESCE(MAX(end_serial), 0) FROM chain.credit_blocks)) AS "row!"
            FROM chain.national_totals"#,
        "country_accounts": r#"
            SELECT 'nation' AS "key!", jsonb_build_object(
                'domestic', domestic, 'international', international,
                'overall_mitigation', overall_mitigation,
                'share_of_proceeds', share_of_proceeds) AS "row!"
            FROM chain.country_accounts"#,
        "pauses": r#"
            SELECT 'in force' AS "key!", jsonb_build_object(
                'reason', reason,
                'since', (extract(epoch FROM since) * 1000)::bigint) AS "row!"
            FROM chain.pauses WHERE until IS NULL"#,
        "deductions": r#"
            SELECT 'in force' AS "key!", jsonb_build_object(
                'share_of_proceeds', share_of_proceeds,
                'overall_mitigation', overall_mitigation) AS "row!"
            FROM chain.deductions ORDER BY height DESC, index DESC LIMIT 1"#,
        "thresholds": r#"
            SELECT class AS "key!", jsonb_build_object('officers', officers) AS "row!"
            FROM chain.thresholds"#,
        "proposals": r#"
            SELECT id::text AS "key!", jsonb_build_object(
                'organisation', organisation, 'action', action,
                'call', '0x' || encode(call, 'hex'), 'proposer', proposer,
                'approvals',
                (SELECT jsonb_agg(account ORDER BY position) FROM chain.proposal_approvals a
                 WHERE a.proposal = p.id AND lapsed_at IS NULL),
                'proposed_at', height, 'expires_at', expires_height) AS "row!"
            FROM chain.proposals p WHERE status = 'open'"#,
        "calculator_constants": r#"
            SELECT version::text AS "key!", jsonb_build_object(
                'constants', constants,
                'set_at', (extract(epoch FROM set_at) * 1000)::bigint,
                'by', organisation) AS "row!"
            FROM chain.calculator_constants"#,
        "runtime_versions": r#"
            SELECT 'in force' AS "key!", jsonb_build_object(
                'spec_version', spec_version) AS "row!"
            FROM chain.runtime_versions ORDER BY height DESC LIMIT 1"#,
        "validators": r#"
            SELECT account AS "key!", jsonb_build_object(
                'place', row_number() OVER (ORDER BY height, index) - 1,
                'admission', jsonb_build_object(
                    'organisation', organisation, 'operator', operator, 'peer_id', peer_id,
                    'address', address, 'since', height,
                    'flag', CASE WHEN flag_session IS NOT NULL THEN jsonb_build_array(
                        flag_session, flag_height, flag_reports) END)) AS "row!"
            FROM chain.validators"#,
        "validator_departures": r#"
            SELECT number::text AS "key!", jsonb_build_object(
                'account', account, 'reason', reason, 'at', height,
                'admission', jsonb_build_object(
                    'organisation', organisation, 'operator', operator, 'peer_id', peer_id,
                    'address', address, 'since', appointed_height,
                    'flag', CASE WHEN flag_session IS NOT NULL THEN jsonb_build_array(
                        flag_session, flag_height, flag_reports) END)) AS "row!"
            FROM chain.validator_departures"#,
        "validator_minimums": r#"
            SELECT 'in force' AS "key!", jsonb_build_object('minimum', minimum) AS "row!"
            FROM chain.validator_minimums ORDER BY height DESC, index DESC LIMIT 1"#,
        "equivocations": r#"
            SELECT 'all' AS "key!", jsonb_build_object('reports', count(*)) AS "row!"
            FROM chain.equivocations"#,
        "council_members": r#"
            SELECT account AS "key!", '{}'::jsonb AS "row!" FROM chain.council_members"#,
        "council_motions": r#"
            SELECT number::text AS "key!", jsonb_build_object(
                'hash', '0x' || encode(hash, 'hex'), 'threshold', threshold,
                'ayes',
                (SELECT COALESCE(jsonb_agg(account ORDER BY account COLLATE "C"), '[]')
                 FROM chain.council_votes v WHERE v.motion = m.number AND approves),
                'nays',
                (SELECT COALESCE(jsonb_agg(account ORDER BY account COLLATE "C"), '[]')
                 FROM chain.council_votes v WHERE v.motion = m.number AND NOT approves)) AS "row!"
            FROM chain.council_motions m WHERE status = 'open'"#,
        "paused_calls": r#"
            SELECT pallet || '.' || call AS "key!", '{}'::jsonb AS "row!"
            FROM chain.paused_calls"#,
        "safe_modes": r#"
            SELECT 'in force' AS "key!", jsonb_build_object('until', until_height) AS "row!"
            FROM chain.safe_modes WHERE ended_at IS NULL"#,
    });
    tables.extend(bridge::tables(connection).await?);
    Ok(tables)
}
