// SPDX-License-Identifier: Apache-2.0
//! Measures what one read and one write of the chain's state cost in the node's database, and
//! writes them as the runtime's `DbWeight`. Run by scripts/weights.
//!
//! The state has as many entries as the first argument says (a million), as long as the registry's
//! own: keys of 50 bytes under 24 prefixes, values of 50. The node has no trie cache
//! (`--trie-cache-size 0`, as validators run it). A read is one entry at random. A write is one of the
//! changed entries of a full block, ten thousand: its share of the new state root and of the commit.
//! What the same costs with the SDK's cache is printed beside, after every entry was read once.

use registry_runtime::{opaque::Block, Hash, Header, SLOT_DURATION};
use sc_client_api::{Backend as _, BlockImportOperation, NewBlockState, TrieCacheContext};
use sc_client_db::{Backend, BlocksPruning, DatabaseSettings, DatabaseSource, PruningMode};
use sp_io::hashing::{blake2_256, twox_128};
use sp_runtime::{traits::Header as _, StateVersion};
use sp_state_machine::Backend as _;
use std::time::{Duration, Instant};

/// The node's.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

type Entry = (Vec<u8>, Vec<u8>);

const PREFIXES: u64 = 24;
const CHANGES_OF_A_BLOCK: usize = 10_000;
const BLOCKS: u64 = 20;
const READS: u64 = 100_000;
/// What `--trie-cache-size` is by default.
const CACHE: usize = 1024 * 1024 * 1024;

/// The entry with this number; `age` changes the value, as a transaction would.
fn entry(number: u64, age: u64) -> Entry {
    let item = twox_128(&(number % PREFIXES).to_le_bytes());
    let hash = blake2_256(&number.to_le_bytes());
    let value = blake2_256(&[number.to_le_bytes(), age.to_le_bytes()].concat());
    let key = [&item[..], &item[..], &hash[..18]].concat();
    (key, [&value[..], &value[..18]].concat())
}

/// A number that looks random, always the same for the same `index`.
fn random(index: u64, below: u64) -> u64 {
    let hash = blake2_256(&(index ^ 0x5eed_5eed).to_le_bytes());
    u64::from_le_bytes(hash[..8].try_into().expect("eight bytes")) % below
}

/// Commits a block with these changes, and returns its hash and how long it took.
fn commit(
    backend: &Backend<Block>,
    parent: Option<(Hash, u32)>,
    changes: Vec<Entry>,
) -> Result<(Hash, Duration), Box<dyn std::error::Error>> {
    let number = parent.map_or(0, |(_, number)| number + 1);
    let parent_hash = parent.map_or_else(Hash::zero, |(hash, _)| hash);
    let start = Instant::now();
    let mut operation = backend.begin_operation()?;
    let state_root = match parent {
        None => {
            let top = changes.into_iter().collect();
            let storage = sp_core::storage::Storage { top, children_default: Default::default() };
            operation.set_genesis_state(storage, true, StateVersion::V1)?
        }
        Some((hash, _)) => {
            backend.begin_state_operation(&mut operation, hash)?;
            let delta = changes.iter().map(|(key, value)| (&key[..], Some(&value[..])));
            let (root, transaction) = backend
                .state_at(hash, TrieCacheContext::Trusted)?
                .storage_root(delta, StateVersion::V1);
            operation.update_db_storage(transaction)?;
            let changes = changes.into_iter().map(|(key, value)| (key, Some(value))).collect();
            operation.update_storage(changes, Default::default())?;
            root
        }
    };
    let header = Header::new(number, Hash::zero(), state_root, parent_hash, Default::default());
    let hash = header.hash();
    operation.set_block_data(header, Some(Vec::new()), None, None, NewBlockState::Best, true)?;
    backend.commit_operation(operation)?;
    Ok((hash, start.elapsed()))
}

/// The 75th percentile: most accesses cost less, and a bad minute does not decide.
fn percentile(times: &mut [u64]) -> u64 {
    times.sort_unstable();
    times[times.len() * 3 / 4]
}

/// Nanoseconds of a read and of a write, each at the 75th percentile, with a cache or without.
fn measure(entries: u64, cache: Option<usize>) -> Result<(u64, u64), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let settings = DatabaseSettings {
        trie_cache_maximum_size: cache,
        state_pruning: Some(PruningMode::ArchiveAll),
        source: DatabaseSource::ParityDb { path: folder.path().to_owned() },
        blocks_pruning: BlocksPruning::KeepAll,
        pruning_filters: Vec::new(),
        metrics_registry: None,
    };
    let backend = Backend::<Block>::new(settings, 100)?;

    eprintln!("Filling the state with {entries} entries");
    let (mut hash, _) = commit(&backend, None, vec![entry(0, 0)])?;
    let mut height = 0;
    for from in (1..entries).step_by(100_000) {
        let until = entries.min(from + 100_000);
        let batch = (from..until).map(|number| entry(number, 0)).collect();
        (hash, _) = commit(&backend, Some((hash, height)), batch)?;
        height += 1;
        eprintln!("{until:>10}");
    }

    if cache.is_some() {
        eprintln!("Reading every entry once");
        // In parts, as blocks do: what one has read is cached for the next.
        for from in (0..entries).step_by(10_000) {
            let state = backend.state_at(hash, TrieCacheContext::Trusted)?;
            for number in from..entries.min(from + 10_000) {
                state.storage(&entry(number, 0).0).map_err(|error| error.to_string())?;
            }
        }
    }

    eprintln!("Reading {READS} entries");
    let state = backend.state_at(hash, TrieCacheContext::Trusted)?;
    let mut reads = Vec::new();
    for index in 0..READS {
        let (key, _) = entry(random(index, entries), 0);
        let start = Instant::now();
        let found = state.storage(&key).map_err(|error| error.to_string())?;
        let took = start.elapsed();
        assert!(found.is_some(), "every entry was written");
        reads.push(u64::try_from(took.as_nanos())?);
    }
    drop(state);

    eprintln!("Writing {BLOCKS} blocks of {CHANGES_OF_A_BLOCK} entries");
    let mut writes = Vec::new();
    for block in 0..BLOCKS {
        let changes = (0..CHANGES_OF_A_BLOCK as u64)
            .map(|index| entry(random(block * 1_000_003 + index, entries), block + 1))
            .collect();
        let (next, took) = commit(&backend, Some((hash, height)), changes)?;
        (hash, height) = (next, height + 1);
        writes.push(u64::try_from(took.as_nanos())? / CHANGES_OF_A_BLOCK as u64);
        // Blocks follow each other in slots; between them the database catches up.
        std::thread::sleep(Duration::from_millis(SLOT_DURATION).saturating_sub(took));
    }
    Ok((percentile(&mut reads), percentile(&mut writes)))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let entries: u64 = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let output = arguments.next();
    println!("75th percentiles with {entries} entries:");
    let (read, write) = measure(entries, Some(CACHE))?;
    println!("with cache:    read {read} ns, write {write} ns");
    let (read, write) = measure(entries, None)?;
    println!("without cache: read {read} ns, write {write} ns");
    if let Some(output) = output {
        std::fs::write(output, weights(read, write, entries))?;
    }
    Ok(())
}

fn weights(read: u64, write: u64, entries: u64) -> String {
    format!(
        "// SPDX-License-Identifier: Apache-2.0
//! What the database costs: measured by scripts/weights with a state of {entries} entries in
//! ParityDB, without cache; 75th percentiles.

use frame_support::{{
    parameter_types,
    weights::{{constants::WEIGHT_REF_TIME_PER_NANOS, RuntimeDbWeight}},
}};

parameter_types! {{
    /// In picoseconds.
    pub const DatabaseWeight: RuntimeDbWeight = RuntimeDbWeight {{
        read: {read} * WEIGHT_REF_TIME_PER_NANOS,
        write: {write} * WEIGHT_REF_TIME_PER_NANOS,
    }};
}}
"
    )
}
