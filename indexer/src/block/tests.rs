// SPDX-License-Identifier: Apache-2.0
//! Blocks as a node would answer them, put together by hand and decoded offline.

use super::*;
use crate::event::{CallName, Contact, Event, ProposedCall, FOREIGN};
use codec::{Compact, Encode};
use registry_client::Call;
use registry_primitives::{Action, SerialRange};
use std::sync::Arc;
use subxt::{
    client::{OfflineClient, OfflineClientAtBlock},
    config::polkadot::{PolkadotConfig, SpecVersionForRange},
    Metadata,
};

const NOW: u64 = 1_700_000_003_000;

const METADATA: &[u8] = include_bytes!("../../../chain-specs/metadata.scale");

fn offline(metadata: &[u8]) -> OfflineClientAtBlock<PolkadotConfig> {
    let metadata = Metadata::decode(&mut &*metadata).unwrap();
    let config = PolkadotConfig::builder()
        .set_metadata_for_spec_versions([(1, Arc::new(metadata))])
        .set_spec_version_for_block_ranges([SpecVersionForRange {
            block_range: 0..1_000,
            spec_version: 1,
            transaction_version: 1,
        }])
        .build();
    OfflineClient::new_with_config(config).at_block(7_u64).unwrap()
}

fn metadata() -> Metadata {
    Metadata::decode(&mut &*METADATA).unwrap()
}

/// The number of a pallet in events and errors.
fn pallet(name: &str) -> u8 {
    metadata().pallet_by_name(name).unwrap().event_index()
}

/// The number of an error of a pallet.
fn error(pallet: &str, name: &str) -> u8 {
    let metadata = metadata();
    let errors = metadata.pallet_by_name(pallet).unwrap().error_variants().unwrap();
    errors.iter().find(|error| error.name == name).unwrap().index
}

/// An event of the block, as in `System.Events`.
fn event(extrinsic: u32, pallet: &str, name: &str, fields: impl Encode) -> Vec<u8> {
    let metadata = metadata();
    let pallet = metadata.pallet_by_name(pallet).unwrap();
    let events = pallet.event_variants().unwrap();
    let variant = events.iter().find(|event| event.name == name).unwrap().index;
    numbered(extrinsic, pallet.event_index(), variant, fields)
}

fn numbered(extrinsic: u32, pallet: u8, variant: u8, fields: impl Encode) -> Vec<u8> {
    (0_u8, extrinsic, pallet, variant, fields, Vec::<H256>::new()).encode()
}

fn extrinsic(body: &[u8]) -> Vec<u8> {
    [Compact(body.len() as u32).encode(), body.to_vec()].concat()
}

fn set_time() -> Vec<u8> {
    extrinsic(&[&[0x05, 1, 0][..], &Compact(NOW).encode()].concat())
}

/// `System.remark` of nothing, signed by an account; the signature is not checked here.
fn remark(signer: &AccountId32) -> Vec<u8> {
    // Format 4, signed; an account; a signature of sr25519; immortal, first transaction, no hash
    // of the metadata.
    let signed = [&[0x84, 0][..], &signer.0, &[1], &[0; 64], &[0, 0, 0]].concat();
    extrinsic(&[&signed[..], &[0, 0, 0]].concat())
}

async fn decode(extrinsics: Vec<Vec<u8>>, events: &[Vec<u8>]) -> Result<Block, IndexerError> {
    decode_with(METADATA, extrinsics, events).await
}

async fn decode_with(
    metadata: &[u8],
    extrinsics: Vec<Vec<u8>>,
    events: &[Vec<u8>],
) -> Result<Block, IndexerError> {
    let at = offline(metadata);
    let header = SubstrateHeader {
        parent_hash: H256::repeat_byte(6),
        number: 7,
        state_root: H256::zero(),
        extrinsics_root: H256::zero(),
        digest: Default::default(),
    };
    let bytes = [Compact(events.len() as u32).encode(), events.concat()].concat();
    Block::decode(
        &at,
        H256::repeat_byte(7),
        &header,
        &at.extrinsics().from_bytes(extrinsics).await,
        &at.events().from_bytes(bytes),
    )
}

#[tokio::test]
async fn a_block_is_its_extrinsics_and_the_registrys_events() {
    let signer = AccountId32([7; 32]);
    let (rest, taken) = (SerialRange { start: 1, end: 6 }, SerialRange { start: 7, end: 10 });
    let reference = Some(b"lot 7".to_vec());
    // Of a normal extrinsic that pays.
    let success =
        event(0, "System", "ExtrinsicSuccess", (Compact(1_u64), Compact(1_u64), 2_u8, 0_u8));
    let block = decode(
        vec![set_time(), remark(&signer)],
        &[
            success,
            event(1, "Credits", "BlockSplit", (rest, taken)),
            event(
                1,
                "Credits",
                "CreditsTransferred",
                (3_u32, 4_u32, vec![taken], 4_u64, reference, Some(9_u64), signer),
            ),
        ],
    )
    .await
    .unwrap();

    assert_eq!((block.height, block.parent), (7, H256::repeat_byte(6)));
    assert_eq!(block.time.timestamp_millis(), NOW as i64);
    let names: Vec<_> = block
        .extrinsics
        .iter()
        .map(|each| (each.pallet.as_str(), each.name.as_str(), each.signer))
        .collect();
    assert_eq!(names, [("Timestamp", "set", None), ("System", "remark", Some(signer))]);
    assert!(block.extrinsics.iter().all(|each| each.failure.is_none()));
    let expected = [
        BlockEvent { index: 1, extrinsic: Some(1), event: Event::BlockSplit { rest, taken } },
        BlockEvent {
            index: 2,
            extrinsic: Some(1),
            event: Event::CreditsTransferred {
                from: 3,
                to: 4,
                blocks: vec![taken],
                quantity: 4,
                reference: Some("lot 7".into()),
                request: Some(9),
                by: signer,
            },
        },
    ];
    assert_eq!(block.events, expected);
}

/// `Credits.NotTheOwner` as a `DispatchError`.
fn not_the_owner() -> impl Encode {
    (3_u8, pallet("Credits"), [error("Credits", "NotTheOwner"), 0, 0, 0])
}

#[tokio::test]
async fn a_failed_extrinsic_has_the_code_and_the_sentence() {
    let signer = AccountId32([7; 32]);
    let info = (Compact(1_u64), Compact(1_u64), 0_u8, 0_u8);
    let failed = event(1, "System", "ExtrinsicFailed", (not_the_owner(), info));
    let block = decode(vec![set_time(), remark(&signer)], &[failed]).await.unwrap();
    assert_eq!(block.extrinsics[0].failure, None);
    let failure = block.extrinsics[1].failure.clone().unwrap();
    assert_eq!(failure.code, "Credits.NotTheOwner");
    assert_eq!(failure.sentence, "The block belongs to another organisation.");
}

/// `Credits.resume_transfers`, encoded.
fn resume_transfers() -> Vec<u8> {
    let metadata = metadata();
    let credits = metadata.pallet_by_name("Credits").unwrap();
    vec![credits.call_index(), credits.call_variant_by_name("resume_transfers").unwrap().index]
}

#[tokio::test]
async fn a_proposed_call_is_told_in_bytes_and_in_words() {
    let by = AccountId32([7; 32]);
    let proposed = |call: Vec<u8>| {
        let action = Action::PauseTransfers;
        let fields = (1_u32, 0_u32, action, call, by, 2_u32, 99_u32);
        event(1, "Approvals", "Proposed", fields)
    };
    let strange = vec![255, 1];
    let events = [proposed(resume_transfers()), proposed(strange.clone())];
    let block = decode(vec![set_time(), remark(&by)], &events).await.unwrap();
    let calls: Vec<_> = block
        .events
        .iter()
        .map(|each| match &each.event {
            Event::Proposed { call, .. } => call.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    let known = ProposedCall { bytes: resume_transfers(), decoded: Some(Call::ResumeTransfers {}) };
    // One that this indexer cannot read is no reason to stop: its bytes say it all.
    assert_eq!(calls, [known, ProposedCall { bytes: strange, decoded: None }]);
    let json = serde_json::to_value(&calls[1]).unwrap();
    assert_eq!(json, serde_json::json!({ "bytes": "0xff01", "decoded": null }));
}

#[tokio::test]
async fn an_approved_call_that_failed_has_the_code_and_the_sentence() {
    let by = AccountId32([7; 32]);
    let executed =
        |result: Result<(), _>| event(1, "Approvals", "Executed", (1_u32, vec![by], result));
    let events = [executed(Err(not_the_owner())), executed(Ok(()))];
    let block = decode(vec![set_time(), remark(&by)], &events).await.unwrap();
    let results: Vec<_> = block
        .events
        .iter()
        .map(|each| match &each.event {
            Event::Executed { result, .. } => result.clone().map_err(|error| error.code),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(results, [Err("Credits.NotTheOwner".to_owned()), Ok(())]);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_not_skipped() {
    let unknown = numbered(1, pallet("Credits"), 200, ());
    let refused = decode(vec![set_time()], &[unknown]).await;
    assert!(matches!(refused, Err(IndexerError::Undecodable { height: 7, .. })), "{refused:?}");
    let timeless = decode(vec![], &[]).await;
    assert!(matches!(timeless, Err(IndexerError::Undecodable { height: 7, .. })));
}

#[tokio::test]
async fn an_event_of_a_newer_runtime_is_refused_by_its_name() {
    let (old, new) = (b"BlockSplit", b"BlockMerge");
    let mut newer = METADATA.to_vec();
    for start in 0..newer.len() - old.len() {
        if newer[start..].starts_with(old) {
            newer[start..start + new.len()].copy_from_slice(new);
        }
    }
    let range = SerialRange { start: 1, end: 6 };
    let events = [event(0, "Credits", "BlockSplit", (range, range))];
    assert!(decode(vec![set_time()], &events).await.is_ok());
    match decode_with(&newer, vec![set_time()], &events).await {
        Err(IndexerError::UnknownEvent { height: 7, pallet, name }) => {
            assert_eq!((pallet.as_str(), name.as_str()), ("Credits", "BlockMerge"));
        }
        other => panic!("{other:?}"),
    }
}

/// What the indexer does not know stops it, so it must know what this version of the chain can say.
#[test]
fn every_event_of_the_metadata_is_known_or_foreign() {
    // Nobody can place a deposit: `ForceDepositOrigin`, `EnterDepositAmount` and
    // `ExtendDepositAmount` of the runtime.
    const NEVER: &[(&str, &str)] = &[
        ("SafeMode", "DepositPlaced"),
        ("SafeMode", "DepositReleased"),
        ("SafeMode", "DepositSlashed"),
        ("SafeMode", "CannotDeposit"),
        ("SafeMode", "CannotRelease"),
    ];
    let mut unknown = Vec::new();
    for pallet in metadata().pallets().filter(|pallet| !FOREIGN.contains(&pallet.name())) {
        for event in pallet.event_variants().unwrap_or_default() {
            let name = (pallet.name(), event.name.as_str());
            if !Event::KNOWN.contains(&name) && !NEVER.contains(&name) {
                unknown.push(format!("{}.{}", name.0, name.1));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[tokio::test]
async fn an_event_of_a_pallet_that_a_newer_runtime_adds_is_refused() {
    // Its name is as long as the other's, which the metadata writes in many places.
    let (old, new) = (b"Governance", b"Permanence");
    let mut newer = METADATA.to_vec();
    for start in 0..newer.len() - old.len() {
        if newer[start..].starts_with(old) {
            newer[start..start + new.len()].copy_from_slice(new);
        }
    }
    let enacted = event(1, "Governance", "Enacted", (H256::repeat_byte(1), "Agreed".as_bytes()));
    let events = [enacted];
    assert!(decode(vec![set_time()], &events).await.is_ok());
    match decode_with(&newer, vec![set_time()], &events).await {
        Err(IndexerError::UnknownEvent { height: 7, pallet, name }) => {
            assert_eq!((pallet.as_str(), name.as_str()), ("Permanence", "Enacted"));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_the_council_decides_and_whom_it_appoints_is_read() {
    let account = AccountId32([7; 32]);
    let contact = ("Energy Office", "12D3KooWPeer", "/dns/v.gov.vu/tcp/30333");
    let hash = H256::repeat_byte(5);
    let failed: Result<(), _> = Err(not_the_owner());
    let events = [
        event(1, "Validators", "ValidatorAdded", (account, 3_u32, contact)),
        event(1, "RegistryCouncil", "Executed", (hash, failed)),
        event(1, "TxPause", "CallPaused", ((b"Credits".to_vec(), b"transfer".to_vec()),)),
        event(1, "SafeMode", "Exited", 1_u8),
        event(1, "Governance", "CouncilSet", (vec![account],)),
    ];
    let block = decode(vec![set_time(), remark(&account)], &events).await.unwrap();
    let read: Vec<_> = block.events.iter().map(|each| &each.event).collect();
    let texts = |(operator, peer_id, address): (&str, &str, &str)| Contact {
        operator: operator.to_owned(),
        peer_id: peer_id.to_owned(),
        address: address.to_owned(),
    };
    let refused = Refused {
        code: "Credits.NotTheOwner".to_owned(),
        sentence: "The block belongs to another organisation.".to_owned(),
    };
    let paused = CallName { pallet: "Credits".to_owned(), call: "transfer".to_owned() };
    let expected = [
        Event::ValidatorAdded { account, organisation: 3, contact: texts(contact) },
        Event::MotionExecuted { proposal_hash: hash, result: Err(refused) },
        Event::CallPaused { full_name: paused },
        Event::SafeModeExited { reason: "force".to_owned() },
        Event::CouncilSet { members: vec![account] },
    ];
    assert_eq!(read, expected.iter().collect::<Vec<_>>());
}
