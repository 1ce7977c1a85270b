// SPDX-License-Identifier: Apache-2.0
//! The real runtime under the same operations, compared with the model after each of them.

use crate::{
    calls::{account_of, keys, runtime_call},
    common::{self, next_block, registry::Registry, submit, Storage},
    compare,
    operations::Operation,
    preparation,
    reference::{Model, State},
    tally,
};
use proptest_state_machine::StateMachineTest;
use registry_primitives::{
    credit::BlockStatus, organisation::OrganisationStatus, OrganisationId, GOVERNMENT,
};
use sp_runtime::{
    transaction_validity::{InvalidTransaction, TransactionValidityError},
    ApplyExtrinsicResult,
};
use std::{collections::BTreeMap, sync::OnceLock};

/// A chain, and what it held after the last operation.
pub struct Chain {
    externalities: sp_io::TestExternalities,
    /// Everything in storage, to know what an operation has changed.
    storage: Storage,
    registry: Registry,
}

/// The test.
pub struct RegistryTest;

impl StateMachineTest for RegistryTest {
    type SystemUnderTest = Chain;
    type Reference = Model;

    fn init_test(expected: &State) -> Chain {
        Chain::prepared(expected)
    }

    fn apply(mut chain: Chain, expected: &State, operation: Operation) -> Chain {
        chain.step(&operation, expected);
        tally::count(&operation, expected.outcome.is_ok());
        chain
    }

    fn teardown(_: Chain, _: State) {
        tally::case_done();
    }
}

impl Chain {
    /// A chain on which the preparing operations were made.
    fn prepared(expected: &State) -> Self {
        static PREPARED: OnceLock<Storage> = OnceLock::new();
        let storage = PREPARED.get_or_init(|| {
            common::development().execute_with(|| {
                for operation in preparation::operations() {
                    assert_eq!(act(&operation), Ok(Ok(())), "preparing: {operation:?}");
                }
                common::storage()
            })
        });
        let top = storage.clone();
        let mut externalities = sp_io::TestExternalities::new(sp_core::storage::Storage {
            top,
            children_default: Default::default(),
        });
        let registry = externalities.execute_with(Registry::read);
        assert_eq!(registry.check(), Ok(()));
        compare::assert_same(&registry, expected);
        // What externalities note by themselves is not an operation's.
        externalities.commit_all().expect("nothing is open");
        let storage = externalities.execute_with(common::storage);
        Self { externalities, storage, registry }
    }

    /// Makes an operation; the chain must do with it what the model did.
    fn step(&mut self, operation: &Operation, expected: &State) {
        let result = self.externalities.execute_with(|| act(operation));
        let accepted = result == Ok(Ok(()));
        assert_eq!(
            accepted,
            expected.outcome.is_ok(),
            "{operation:?}: the model says {:?}, the chain {result:?}",
            expected.outcome
        );
        let changes = self.changes();
        let of_registry = || changes.keys().filter(|key| !is_of_the_block(key));
        if !accepted || matches!(operation, Operation::NextBlock) {
            let changed: Vec<_> =
                of_registry().map(|key| sp_core::bytes::to_hex(key, false)).collect();
            let none: [String; 0] = [];
            assert_eq!(changed, none, "{operation:?} is {result:?}, and changed these");
        } else {
            let (frozen, by_government) = (self.frozen(), self.is_governments(operation));
            let Self { externalities, registry, .. } = self;
            externalities.execute_with(|| registry.refresh(of_registry()));
            assert_eq!(registry.check(), Ok(()), "after {operation:?}");
            compare::assert_same(registry, expected);
            // 7, second half.
            for (organisation, tonnes) in frozen {
                let now = total(registry, organisation);
                assert!(
                    now >= tonnes || by_government,
                    "{operation:?} took from suspended organisation {organisation}"
                );
            }
        }
        self.externalities.commit_all().expect("nothing is open");
        for (key, value) in changes {
            match value {
                Some(value) => self.storage.insert(key, value),
                None => self.storage.remove(&key),
            };
        }
    }

    /// What the last operation has changed.
    fn changes(&mut self) -> BTreeMap<Vec<u8>, Option<Vec<u8>>> {
        let touched: Vec<_> =
            self.externalities.overlayed_changes().changes().map(|(key, _)| key.clone()).collect();
        let storage = &self.storage;
        self.externalities.execute_with(|| {
            touched
                .into_iter()
                .map(|key| {
                    let value = sp_io::storage::get(&key).map(|value| value.to_vec());
                    (key, value)
                })
                .filter(|(key, value)| storage.get(key) != value.as_ref())
                .collect()
        })
    }

    /// The tonnes of every suspended organisation.
    fn frozen(&self) -> Vec<(OrganisationId, u64)> {
        let suspended = self
            .registry
            .organisations
            .iter()
            .filter(|(_, organisation)| organisation.status == OrganisationStatus::Suspended);
        suspended.map(|(id, _)| (*id, total(&self.registry, *id))).collect()
    }

    /// Whether the Government signs an operation.
    fn is_governments(&self, operation: &Operation) -> bool {
        let Operation::Sign { by, .. } = operation else { return false };
        let member = self.registry.members.get(&account_of(*by));
        member.is_some_and(|member| member.organisation == GOVERNMENT)
    }
}

/// Tonnes that an organisation has and that are not used up.
fn total(registry: &Registry, organisation: OrganisationId) -> u64 {
    let own = registry.blocks.iter().filter(|(_, block)| {
        use BlockStatus::{Cancelled, Retired};
        block.owner == organisation && !matches!(block.status, Retired(_) | Cancelled(_))
    });
    own.map(|(start, block)| block.end - start + 1).sum()
}

/// Makes an operation; in a later block if this one is full, or the organisation's share of it.
fn act(operation: &Operation) -> ApplyExtrinsicResult {
    let Operation::Sign { by, call } = operation else {
        next_block();
        return Ok(Ok(()));
    };
    let full = TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources);
    let signer = &keys()[*by];
    // The heaviest call costs less than what is regained in so many blocks.
    const BLOCKS: u32 = 20;
    for _ in 0..BLOCKS {
        match submit(signer, runtime_call(call)) {
            Err(error) if error == full => next_block(),
            result => return result,
        };
    }
    submit(signer, runtime_call(call))
}

/// Whether a key belongs to the block or to the account's nonce, which every transaction changes.
fn is_of_the_block(key: &[u8]) -> bool {
    let pallets = ["Organisations", "Approvals", "Projects", "Credits", "Calculator"];
    let prefixes = pallets.map(|pallet| sp_io::hashing::twox_128(pallet.as_bytes()));
    !prefixes.iter().any(|prefix| key.starts_with(prefix))
}
