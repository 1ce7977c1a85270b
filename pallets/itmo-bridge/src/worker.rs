// SPDX-License-Identifier: Apache-2.0
//! What an operator's node does after each block of a round: reads some of the platform, and reports.
//!
//! It remembers in the node's local storage how far it is, so that it goes on after a restart.

use crate::{
    observing::{hash_of_report, PLATFORM},
    platform::{contract::Listed, Access, Failure, ACCESS_KEY},
    BridgeId, Call, Config, CurrentRound, Operators, Pallet, Paused, Reading, Settled,
};
use alloc::{string::String, vec::Vec};
use codec::{Decode, Encode};
use frame_support::{traits::DefensiveTruncateFrom, BoundedVec};
use frame_system::offchain::SubmitTransaction;
use registry_primitives::{
    itmo::{
        EventKey, Observation, PlatformEvent, Progress, ReadFailure, Report, MAX_OBSERVATIONS,
        MAX_PER_ROUND,
    },
    BlockNumber,
};
use sp_runtime::{
    offchain::{
        storage::StorageValueRef,
        storage_lock::{StorageLock, Time},
        Duration,
    },
    traits::{BlakeTwo256, Hash},
    RuntimeAppPublic,
};

/// What the worker's lines in the node's log are marked with.
pub const LOG: &str = "itmo-bridge";

/// Where a worker keeps others from running beside it.
pub const LOCK: &[u8] = b"itmo-bridge::lock";
/// Where it remembers how far it is ...
pub const MEMORY: &[u8] = b"itmo-bridge::memory";
/// ... in which list.
pub const LIST: &[u8] = b"itmo-bridge::list";

/// After so long another run may begin although one has not ended: its node was killed.
const LONGEST_RUN: Duration = Duration::from_millis(120_000);
/// Projects that one run reads ...
const PROJECTS_PER_RUN: usize = 16;
/// ... if they are read within so many milliseconds.
const TIME_PER_RUN: u64 = 20_000;
/// Milliseconds after which a report that is in no block is sent again.
const RESEND_AFTER: u64 = 30_000;
/// Milliseconds to the second attempt; each one doubles them, a few times.
const FIRST_REST: u64 = 30_000;
const MOST_DOUBLINGS: u32 = 4;
/// After so many projects in a row that are not answered, the platform is out of order.
const STRIKES: u32 = 3;
/// So many blocks before a round ends, what was read is handed in: what is not, is in the next one.
const LAST_CALL: BlockNumber = 4;

/// How far the reading is.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
struct Memory {
    /// The round.
    round: u32,
    /// From the last login.
    token: Option<String>,
    /// Whether the list was read.
    listed: bool,
    /// How many projects of the list are read.
    read: u32,
    /// How many could not be.
    unreadable: u32,
    /// What was seen and is not reported, or not yet in a block.
    found: Vec<Observation>,
    /// What was seen in the round.
    observed: u32,
    /// A report that was sent, and when.
    sent: Option<(Report, u64)>,
    /// A failure that was not reported yet.
    to_tell: Option<ReadFailure>,
    /// Whether a failure was reported in this round.
    told: bool,
    /// How often reading has failed.
    failures: u32,
    /// The time of the next attempt.
    not_before: u64,
}

impl Memory {
    fn rest(&mut self, failure: Failure, now: u64) {
        let doublings = self.failures.min(MOST_DOUBLINGS);
        let rest = (FIRST_REST << doublings).max(failure.rest.unwrap_or_default());
        self.failures = self.failures.saturating_add(1);
        self.not_before = now.saturating_add(rest);
        if !self.told {
            self.to_tell = Some(failure.kind);
        }
        log::warn!(target: LOG, "the platform cannot be read ({}); next attempt in {} s", failure.kind, rest / 1_000);
    }

    /// Whether there is no room in the round for what more there may be.
    fn is_full(&self) -> bool {
        self.observed >= MAX_PER_ROUND
    }
}

fn now() -> u64 {
    sp_io::offchain::timestamp().unix_millis()
}

impl<T: Config> Pallet<T> {
    /// Reads on, and reports, if this node is an operator's and a round is held.
    pub(crate) fn read_platform() {
        if Paused::<T>::exists() {
            return;
        }
        let Some(round) = CurrentRound::<T>::get().filter(|round| Self::now() < round.closes_at)
        else {
            return;
        };
        let keys = BridgeId::all();
        let mut operators = Operators::<T>::get().into_iter();
        let own = operators.find(|each| {
            keys.contains(&each.key)
                && each.since <= round.number
                && round.operators.contains(&each.account)
        });
        let Some(operator) = own else { return };
        let reports = Reading::<T>::get(&operator.account).unwrap_or_default();
        if reports.complete {
            return;
        }
        // A worker may overlap the one of the block before.
        let mut lock = StorageLock::<Time>::with_deadline(LOCK, LONGEST_RUN);
        let Ok(_guard) = lock.try_lock() else { return };

        let storage = StorageValueRef::persistent(MEMORY);
        let remembered = storage.get::<Memory>().ok().flatten();
        let mut memory = remembered
            .filter(|memory| memory.round == round.number)
            .unwrap_or_else(|| Memory { round: round.number, ..Default::default() });

        if let Some((report, at)) = memory.sent.take() {
            if report.part < reports.parts {
                // Another may have taken its number: one from before the node lost its memory.
                if hash_of_report(&report) == reports.last {
                    memory.found.drain(..report.observations.len().min(memory.found.len()));
                }
            } else {
                let at = match now() >= at.saturating_add(RESEND_AFTER) {
                    true => {
                        Self::submit(&operator.account, &operator.key, &report);
                        now()
                    }
                    false => at,
                };
                memory.sent = Some((report, at));
                storage.set(&memory);
                return;
            }
        }
        // What the chain has counted, whatever is remembered here.
        let room = MAX_PER_ROUND.saturating_sub(reports.observations);
        memory.found.truncate(room as usize);
        let counted = reports.observations.saturating_add(memory.found.len() as u32);
        memory.observed = memory.observed.max(counted);

        let finished = now() >= memory.not_before && Self::read_on(&mut memory);
        let ends = Self::now().saturating_add(LAST_CALL) >= round.closes_at;
        let progress = match (memory.to_tell, memory.found.len() as u32) {
            (Some(failure), _) => Some(Progress::Failed(failure)),
            (None, found) if found > MAX_OBSERVATIONS => Some(Progress::Continues),
            (None, _) if finished || (ends && memory.listed) => {
                let more = memory.is_full() || !finished;
                Some(Progress::Complete { unreadable: memory.unreadable, more })
            }
            (None, found) => (found == MAX_OBSERVATIONS).then_some(Progress::Continues),
        };
        if let Some(progress) = progress {
            if memory.to_tell.take().is_some() {
                memory.told = true;
            }
            let part = memory.found.iter().take(MAX_OBSERVATIONS as usize).cloned().collect();
            let observations = BoundedVec::defensive_truncate_from(part);
            let (round, part) = (round.number, reports.parts);
            let report = Report { round, part, observations, progress };
            Self::submit(&operator.account, &operator.key, &report);
            memory.sent = Some((report, now()));
        }
        storage.set(&memory);
    }

    /// Reads some projects; says whether all are read that can be in this round.
    fn read_on(memory: &mut Memory) -> bool {
        let access = StorageValueRef::persistent(ACCESS_KEY).get::<Access>().ok().flatten();
        let Some(access) = access else {
            memory.rest(ReadFailure::NotConfigured.into(), now());
            return false;
        };
        match Self::read_some(&access, memory) {
            Ok(finished) => finished,
            Err(failure) => {
                if failure.kind == ReadFailure::Refused {
                    memory.token = None;
                }
                memory.rest(failure, now());
                false
            }
        }
    }

    fn read_some(access: &Access, memory: &mut Memory) -> Result<bool, Failure> {
        let until = now().saturating_add(TIME_PER_RUN);
        let mut token = match &memory.token {
            Some(token) => token.clone(),
            None => Self::log_in(access, memory)?,
        };
        let stored = StorageValueRef::persistent(LIST);
        if !memory.listed {
            let list = match access.projects(&token) {
                // The token has expired since.
                Err(failure) if failure.kind == ReadFailure::Refused => {
                    token = Self::log_in(access, memory)?;
                    access.projects(&token)
                }
                answer => answer,
            }?;
            let mut projects = list.projects;
            // Another order in every round, the same for all: none is always the last.
            projects.sort_by_cached_key(|each| BlakeTwo256::hash_of(&(memory.round, &each.id)));
            stored.set(&projects);
            (memory.listed, memory.read, memory.unreadable) = (true, 0, list.unreadable);
            memory.failures = 0;
        }
        let Ok(Some(projects)) = stored.get::<Vec<Listed>>() else {
            // Lost, or written by another version.
            memory.listed = false;
            return Ok(false);
        };
        let (mut renewed, mut strikes, mut requests) = (false, 0, 0);
        let mut before_strikes = (memory.read, memory.unreadable);
        while let Some(listed) = projects.get(memory.read as usize) {
            if memory.is_full() {
                return Ok(true);
            }
            if Self::is_settled(listed) {
                memory.read += 1;
                continue;
            }
            let room = memory.found.len() < MAX_OBSERVATIONS as usize;
            if requests == PROJECTS_PER_RUN || !room || now() >= until {
                return Ok(false);
            }
            requests += 1;
            let answer = access.project(&token, listed);
            match answer {
                Ok(observations) => {
                    (strikes, memory.failures) = (0, 0);
                    for observation in observations {
                        if !memory.is_full()
                            && !Settled::<T>::contains_key(observation.key(PLATFORM))
                        {
                            memory.found.push(observation);
                            memory.observed += 1;
                        }
                    }
                }
                Err(Failure { kind: ReadFailure::Refused, .. }) if !renewed => {
                    renewed = true;
                    token = Self::log_in(access, memory)?;
                    continue;
                }
                // The platform wants to be left alone; but no project keeps the others waiting for ever.
                Err(failure) if failure.kind == ReadFailure::Busy && memory.failures < STRIKES => {
                    return Err(failure);
                }
                Err(failure) => {
                    let silent =
                        matches!(failure.kind, ReadFailure::Unreachable | ReadFailure::ServerError);
                    if strikes == 0 {
                        before_strikes = (memory.read, memory.unreadable);
                    }
                    strikes = if silent { strikes + 1 } else { 0 };
                    // Out of order as a whole: those before it are tried again, but not for ever.
                    if strikes == STRIKES && memory.failures < STRIKES {
                        (memory.read, memory.unreadable) = before_strikes;
                        return Err(failure);
                    }
                    memory.unreadable = memory.unreadable.saturating_add(1);
                    let place = memory.read.saturating_add(1);
                    log::warn!(target: LOG, "project {place} of the list cannot be read ({})", failure.kind);
                }
            }
            memory.read += 1;
        }
        Ok(true)
    }

    fn log_in(access: &Access, memory: &mut Memory) -> Result<String, Failure> {
        memory.token = None;
        let token = access.log_in()?;
        memory.token = Some(token.clone());
        Ok(token)
    }

    /// Whether nothing more can come of a project.
    fn is_settled(listed: &Listed) -> bool {
        PlatformEvent::ALL.iter().all(|event| {
            let project = listed.id.clone();
            Settled::<T>::contains_key(EventKey { platform: PLATFORM, project, event: *event })
        })
    }

    /// Signs a report and puts it into the node's pool.
    fn submit(operator: &T::AccountId, key: &BridgeId, report: &Report) {
        let Some(signature) = key.sign(&Self::payload(operator, report)) else {
            log::error!(target: LOG, "the bridge key is not in the keystore any more");
            return;
        };
        let (operator, report) = (operator.clone(), report.clone());
        let call = Call::<T>::observe { operator, report, signature };
        let transaction = T::create_authorized_transaction(call.into());
        if SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).is_err() {
            log::warn!(target: LOG, "the pool did not take a report; it is sent again");
        }
    }
}
