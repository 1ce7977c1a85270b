// SPDX-License-Identifier: Apache-2.0
//! Blocks as a node would answer them, put together by hand and decoded offline.

use super::*;
use crate::event::Event;
use codec::{Compact, Encode};
use registry_primitives::SerialRange;
use std::sync::Arc;
use subxt::{
    client::{OfflineClient, OfflineClientAtBlock},
    config::polkadot::{PolkadotConfig, SpecVersionForRange},
    Metadata,
};

const CREDITS: u8 = 23;
const BLOCK_SPLIT: u8 = 1;
const CREDITS_TRANSFERRED: u8 = 2;
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

/// An event of the block, as in `System.Events`.
fn event(extrinsic: u32, pallet: u8, variant: u8, fields: impl Encode) -> Vec<u8> {
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
        H256::repeat_byte(7),
        &header,
        at.metadata(),
        &at.extrinsics().from_bytes(extrinsics).await,
        &at.events().from_bytes(bytes),
    )
}

#[tokio::test]
async fn a_block_is_its_extrinsics_and_the_registrys_events() {
    let signer = AccountId32([7; 32]);
    let (rest, taken) = (SerialRange { start: 1, end: 6 }, SerialRange { start: 7, end: 10 });
    let reference = Some(b"lot 7".to_vec());
    // `System.ExtrinsicSuccess` of a normal extrinsic that pays.
    let success = event(0, 0, 0, (Compact(1_u64), Compact(1_u64), 2_u8, 0_u8));
    let block = decode(
        vec![set_time(), remark(&signer)],
        &[
            success,
            event(1, CREDITS, BLOCK_SPLIT, (rest, taken)),
            event(
                1,
                CREDITS,
                CREDITS_TRANSFERRED,
                (3_u32, 4_u32, vec![taken], 4_u64, reference, signer),
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
                by: signer,
            },
        },
    ];
    assert_eq!(block.events, expected);
}

#[tokio::test]
async fn a_failed_extrinsic_has_the_code_and_the_sentence() {
    let signer = AccountId32([7; 32]);
    let not_the_owner = (3_u8, CREDITS, [4_u8, 0, 0, 0]);
    let failed = event(1, 0, 1, (not_the_owner, (Compact(1_u64), Compact(1_u64), 0_u8, 0_u8)));
    let block = decode(vec![set_time(), remark(&signer)], &[failed]).await.unwrap();
    assert_eq!(block.extrinsics[0].failure, None);
    let failure = block.extrinsics[1].failure.clone().unwrap();
    assert_eq!(failure.code, "Credits.NotTheOwner");
    assert_eq!(failure.sentence, "The block belongs to another organisation.");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_not_skipped() {
    let unknown = event(1, CREDITS, 200, ());
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
    let events = [event(0, CREDITS, BLOCK_SPLIT, (range, range))];
    assert!(decode(vec![set_time()], &events).await.is_ok());
    match decode_with(&newer, vec![set_time()], &events).await {
        Err(IndexerError::UnknownEvent { height: 7, pallet, name }) => {
            assert_eq!((pallet.as_str(), name.as_str()), ("Credits", "BlockMerge"));
        }
        other => panic!("{other:?}"),
    }
}
