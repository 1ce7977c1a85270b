// SPDX-License-Identifier: Apache-2.0
//! What the tables have of what was looked for. Everything is found by a key or an index.

use super::{looks::Looks, Hit, Kind};
use crate::{
    answers::cut,
    db::Reader,
    list::{Listing, Question},
    organisations::Organisations,
    problem::Problem,
    projects::Projects,
};

/// Most results of a kind.
const MOST: i64 = 10;

/// Everything that a text can mean, and of which kinds there is more with its words.
pub async fn all(reader: &mut Reader, looks: &Looks) -> Result<(Vec<Hit>, Vec<Kind>), Problem> {
    let mut hits = Vec::new();
    if let Some(serial) = looks.serial {
        // Whether it was issued, and what is wrong with it if not, is told by its page.
        let id = serial.to_string();
        let address = format!("/credits/{id}");
        return Ok((
            vec![Hit { kind: Kind::Credits, id, title: None, address, exact: true }],
            Vec::new(),
        ));
    }
    if let Some(number) = looks.number {
        numbered(reader, number, &mut hits).await?;
        hits.extend(credits(reader, number, number).await?);
    }
    if let Some((one, other)) = looks.pair {
        hits.extend(credits(reader, one, other).await?);
        if let Ok(index) = i32::try_from(other) {
            placed(reader, one, index, &mut hits).await?;
        }
    }
    if let Some(name) = &looks.certificate {
        let genesis = sqlx::query_scalar!(
            r#"SELECT '0x' || encode(genesis_hash, 'hex') AS "hash!" FROM chain.cursor"#
        )
        .fetch_one(reader.connection())
        .await?;
        // Its page says what is wrong with a name whose check code does not fit, unless it was
        // meant as something else.
        if name.is_of(&genesis) || looks.pair.is_none() {
            let (id, address) = (name.number.to_string(), format!("/c/{name}"));
            hits.push(Hit { kind: Kind::Retirement, id, title: None, address, exact: true });
        }
    }
    if let Some(hash) = looks.hash {
        hashed(reader, &hash, &mut hits).await?;
    }
    if let Some(account) = &looks.account {
        signed(reader, account, &mut hits).await?;
    }
    let more = match looks.is_words() {
        true => named(reader, &looks.text, &mut hits).await?,
        false => Vec::new(),
    };
    Ok((hits, more))
}

/// The records, and the block, with a number.
async fn numbered(reader: &mut Reader, number: i64, hits: &mut Vec<Hit>) -> Result<(), Problem> {
    let rows = sqlx::query!(
        r#"SELECT 'project' AS "kind!", id AS "id!", title FROM chain.projects WHERE id = $1
           UNION ALL SELECT 'organisation', id, name FROM chain.organisations WHERE id = $1
           UNION ALL SELECT 'retirement', id, beneficiary FROM chain.retirements WHERE id = $1
           UNION ALL SELECT 'cancellation', id, NULL FROM chain.cancellations WHERE id = $1
           UNION ALL SELECT 'transfer_request', id, NULL FROM chain.transfer_requests WHERE id = $1
           UNION ALL
           SELECT 'retirement_request', id, NULL FROM chain.retirement_requests WHERE id = $1
           UNION ALL SELECT 'proposal', id, NULL FROM chain.proposals WHERE id = $1
           UNION ALL SELECT 'block', height, NULL FROM chain.finalised_blocks WHERE height = $1"#,
        number
    )
    .fetch_all(reader.connection())
    .await?;
    for row in rows {
        let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.as_str() == row.kind) else {
            continue;
        };
        let id = row.id;
        let address = match kind {
            Kind::Project => format!("/projects/{id}"),
            Kind::Organisation => format!("/organisations/{id}"),
            Kind::Retirement => format!("/retirements/{id}"),
            Kind::Cancellation => format!("/cancellations/{id}"),
            Kind::TransferRequest => format!("/requests/transfers/{id}"),
            Kind::RetirementRequest => format!("/requests/retirements/{id}"),
            Kind::Proposal => format!("/proposals/{id}"),
            _ => format!("/events?block={id}"),
        };
        hits.push(Hit { kind, id: id.to_string(), title: row.title, address, exact: true });
    }
    Ok(())
}

/// The credits with some numbers, if all of them were issued.
async fn credits(reader: &mut Reader, start: i64, end: i64) -> Result<Option<Hit>, Problem> {
    if start < 1 || start > end {
        return Ok(None);
    }
    let row = sqlx::query!(
        r#"SELECT b.project, b.vintage, p.sectoral_scope
           FROM (SELECT * FROM chain.credit_blocks WHERE start_serial <= $1
                 ORDER BY start_serial DESC LIMIT 1) b
           JOIN chain.projects p ON p.id = b.project
           WHERE $2 <= (SELECT MAX(l.end_serial)
                        FROM (SELECT end_serial FROM chain.credit_blocks
                              ORDER BY start_serial DESC LIMIT 1) l)"#,
        start,
        end
    )
    .fetch_optional(reader.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let serial = reader.origin(row.sectoral_scope, row.project, row.vintage).serial(start, end)?;
    let (id, address) = (serial.to_string(), format!("/credits/{start}-{end}"));
    Ok(Some(Hit { kind: Kind::Credits, id, title: None, address, exact: true }))
}

/// The event and the transaction at a place in a block.
async fn placed(
    reader: &mut Reader,
    block: i64,
    index: i32,
    hits: &mut Vec<Hit>,
) -> Result<(), Problem> {
    let rows = sqlx::query!(
        r#"SELECT TRUE AS "is_event!", pallet AS "pallet!", name AS "name!" FROM chain.events
           WHERE height = $1 AND index = $2
           UNION ALL
           SELECT FALSE, pallet, name FROM chain.extrinsics WHERE height = $1 AND index = $2"#,
        block,
        index
    )
    .fetch_all(reader.connection())
    .await?;
    hits.extend(rows.into_iter().map(|row| {
        let id = format!("{block}-{index}");
        let title = Some(format!("{}.{}", row.pallet, row.name));
        let (kind, address) = match row.is_event {
            true => (Kind::Event, format!("/events/{id}")),
            false => (Kind::Transaction, transaction(block, index)),
        };
        Hit { kind, id, title, address, exact: true }
    }));
    Ok(())
}

/// What a transaction did.
fn transaction(block: i64, index: i32) -> String {
    format!("/events?block={block}&extrinsic_index={index}")
}

/// What has a hash: transactions, a block, documents.
async fn hashed(reader: &mut Reader, hash: &[u8], hits: &mut Vec<Hit>) -> Result<(), Problem> {
    let transactions = sqlx::query!(
        "SELECT height, index, pallet, name FROM chain.extrinsics WHERE hash = $1
         ORDER BY height LIMIT $2",
        hash,
        MOST
    )
    .fetch_all(reader.connection())
    .await?;
    hits.extend(transactions.into_iter().map(|row| Hit {
        kind: Kind::Transaction,
        id: format!("{}-{}", row.height, row.index),
        title: Some(format!("{}.{}", row.pallet, row.name)),
        address: transaction(row.height, row.index),
        exact: true,
    }));
    let block =
        sqlx::query_scalar!("SELECT height FROM chain.finalised_blocks WHERE hash = $1", hash)
            .fetch_optional(reader.connection())
            .await?;
    hits.extend(block.map(|height| Hit {
        kind: Kind::Block,
        id: height.to_string(),
        title: None,
        address: format!("/events?block={height}"),
        exact: true,
    }));
    let documents = sqlx::query!(
        "SELECT d.project, d.document, p.title FROM chain.documents d
         JOIN chain.projects p ON p.id = d.project
         WHERE d.hash = $1 ORDER BY d.project, d.document LIMIT $2",
        hash,
        MOST
    )
    .fetch_all(reader.connection())
    .await?;
    hits.extend(documents.into_iter().map(|row| Hit {
        kind: Kind::Document,
        id: format!("{}/{}", row.project, row.document),
        title: Some(row.title),
        address: format!("/projects/{}#documents", row.project),
        exact: true,
    }));
    Ok(())
}

/// Whose an account is, and what it signed.
async fn signed(reader: &mut Reader, account: &str, hits: &mut Vec<Hit>) -> Result<(), Problem> {
    let row = sqlx::query!(
        r#"SELECT o.id AS "id?", o.name AS "name?",
                  EXISTS (SELECT FROM chain.extrinsics WHERE signer = $1) AS "signed!"
           FROM (VALUES (1)) one
           LEFT JOIN chain.members m ON m.account = $1
           LEFT JOIN chain.organisations o ON o.id = m.organisation"#,
        account
    )
    .fetch_one(reader.connection())
    .await?;
    if row.signed {
        hits.push(Hit {
            kind: Kind::Account,
            id: account.to_owned(),
            title: row.name.clone(),
            address: format!("/events?actor={account}"),
            exact: true,
        });
    }
    hits.extend(row.id.map(|id| Hit {
        kind: Kind::Organisation,
        id: id.to_string(),
        title: row.name,
        address: format!("/organisations/{id}"),
        exact: true,
    }));
    Ok(())
}

/// Projects, organisations and retirements with some words in their titles, in their names, and in
/// what was said of them; and of which kinds there are more.
async fn named(reader: &mut Reader, text: &str, hits: &mut Vec<Hit>) -> Result<Vec<Kind>, Problem> {
    let lower = text.to_lowercase();
    let same = |other: &str| other.to_lowercase() == lower;
    let (projects, more_projects) = worded::<Projects>(reader, text).await?;
    hits.extend(projects.into_iter().map(|it| Hit {
        kind: Kind::Project,
        id: it.id.to_string(),
        address: format!("/projects/{}", it.id),
        exact: same(&it.title) || same(&it.external_id),
        title: Some(it.title),
    }));
    let (organisations, more_organisations) = worded::<Organisations>(reader, text).await?;
    hits.extend(organisations.into_iter().map(|it| Hit {
        kind: Kind::Organisation,
        id: it.id.to_string(),
        address: format!("/organisations/{}", it.id),
        exact: same(&it.name),
        title: Some(it.name),
    }));
    let by_tax_id = sqlx::query!(
        "SELECT id, name FROM chain.organisations WHERE tax_id IN ($1, upper($1))
         ORDER BY tax_id = $1 DESC LIMIT 1",
        text
    )
    .fetch_optional(reader.connection())
    .await?;
    hits.extend(by_tax_id.map(|row| Hit {
        kind: Kind::Organisation,
        id: row.id.to_string(),
        title: Some(row.name),
        address: format!("/organisations/{}", row.id),
        exact: true,
    }));
    let (retirements, more_retirements) = retired(reader, text).await?;
    hits.extend(retirements.into_iter().map(|(id, beneficiary)| Hit {
        kind: Kind::Retirement,
        id: id.to_string(),
        address: format!("/retirements/{id}"),
        exact: same(&beneficiary),
        title: Some(beneficiary),
    }));
    // What is found twice, by itself and in a name, is kept as what it is exactly.
    hits.sort_by_key(|hit| !hit.exact);
    let mut seen = std::collections::BTreeSet::new();
    hits.retain(|hit| seen.insert((hit.kind, hit.id.clone())));
    let more = [
        (more_projects, Kind::Project),
        (more_organisations, Kind::Organisation),
        (more_retirements, Kind::Retirement),
    ];
    Ok(more.into_iter().filter(|(more, _)| *more).map(|(_, kind)| kind).collect())
}

/// The first of a list with some words, and whether there are more.
async fn worded<L: Listing>(
    reader: &mut Reader,
    text: &str,
) -> Result<(Vec<L::Item>, bool), Problem> {
    let question = Question::<L>::asked(&[("text", text), ("limit", &MOST.to_string())])?;
    let (items, next) = question.load(reader).await?;
    Ok((items, next.is_some()))
}

/// How many retirements are looked at before the index is.
const NEWEST: i64 = 10_000;

/// Numbers and beneficiaries of the newest retirements with some words, and whether there are more.
///
/// Common words are soon found among the newest of all, while the index would first gather
/// everything that has them. Words that are not found there are rare, and the index has them at once.
async fn retired(reader: &mut Reader, text: &str) -> Result<(Vec<(i64, String)>, bool), Problem> {
    let rows = sqlx::query_as(
        // All that are rare are taken before they are sorted. Asked for the newest of them, Postgres
        // might read on from the last number until it has enough, which for these is everything.
        "WITH newest AS MATERIALIZED (
             SELECT id, beneficiary
             FROM (SELECT id, beneficiary, words FROM chain.retirements
                   ORDER BY id DESC LIMIT $3) r
             WHERE words LIKE chain.with_words($1) ORDER BY id DESC LIMIT $2
         ), all_of_them AS MATERIALIZED (
             SELECT id, beneficiary FROM chain.retirements
             WHERE words LIKE chain.with_words($1) AND (SELECT COUNT(*) FROM newest) < $2
         )
         SELECT id, beneficiary FROM newest WHERE NOT EXISTS (SELECT FROM all_of_them)
         UNION ALL SELECT id, beneficiary FROM all_of_them
         ORDER BY id DESC LIMIT $2",
    )
    .bind(text)
    .bind(MOST + 1)
    .bind(NEWEST)
    // The best plan for a rare word is not that for a common one.
    .persistent(false)
    .fetch_all(reader.connection())
    .await?;
    let (rows, last) = cut(rows, MOST, |_| ());
    Ok((rows, last.is_some()))
}
