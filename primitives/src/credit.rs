// SPDX-License-Identifier: Apache-2.0
//! Credits: blocks of consecutive serial numbers, and what happens to them.

use crate::{
    macros::{chain_types, names},
    organisation::MAX_REASON,
    project::{Purpose, Step},
    shares::WHOLE,
    BlockNumber, CancellationId, CountryCode, Millis, OrganisationId, PeriodId, Ppm, ProjectId,
    RequestId, RetirementId, SerialNumber, SerialRange, Text, Tonnes, Vintage,
};
use bounded_collections::{BoundedVec, ConstU32};

/// Most parts of one transfer or retirement.
pub const MAX_PARTS: u32 = 64;
/// Most requests that one organisation can have made and that wait for an answer.
pub const MAX_REQUESTS_MADE: u32 = 16;
/// Most requests for a transfer that can wait for one organisation, made by it or asking of it.
pub const MAX_REQUESTS: u32 = 64;
/// Longest reference, in bytes.
pub const MAX_REFERENCE: u32 = 128;
/// Longest name of a beneficiary or an entity, in bytes.
pub const MAX_PARTY_NAME: u32 = 128;
/// Longest reason of a retirement, in bytes.
pub const MAX_RETIREMENT_REASON: u32 = 256;

names! {
    /// Why credits are on hold.
    pub enum HoldReason {
        /// Their owner was suspended when they were issued.
        OwnerSuspended = "owner_suspended",
        /// Put on hold by the Government.
        Government = "government",
    }
}

names! {
    /// Why credits were cancelled.
    pub enum CancellationReason {
        /// More was issued than was reduced.
        ExcessIssuance = "excess_issuance",
        /// A removal was reversed.
        Reversal = "reversal",
        /// Overall mitigation in global emissions.
        OverallMitigation = "overall_mitigation",
        /// Share of proceeds for adaptation.
        ShareOfProceeds = "share_of_proceeds",
        /// By the owner's will.
        Voluntary = "voluntary",
    }
}

names! {
    /// The country's accounts: where credits end.
    pub enum Account {
        /// Retired for use in this country.
        Domestic = "domestic",
        /// Retired for use in another country.
        International = "international",
        /// Cancelled for overall mitigation in global emissions.
        OverallMitigation = "overall_mitigation",
        /// Cancelled as the share of proceeds for adaptation.
        ShareOfProceeds = "share_of_proceeds",
    }
}

chain_types! {
    /// What may be done with a block.
    #[derive(Copy)]
    pub enum BlockStatus {
        /// The owner may transfer or retire it.
        Held,
        /// Nothing may be done with it until it is released.
        OnHold(HoldReason),
        /// It waits for the Government's answer to an international retirement.
        Reserved(RequestId),
        /// It is retired, by this record.
        Retired(RetirementId),
        /// It is cancelled, by this record.
        Cancelled(CancellationId),
        /// It insures against reversals.
        Buffer,
    }

    /// A block of credits, keyed by its first serial number.
    pub struct Block {
        /// Last serial number.
        pub end: SerialNumber,
        /// The project that it comes from.
        pub project: ProjectId,
        /// The year of the reductions.
        pub vintage: Vintage,
        /// The organisation that owns it.
        pub owner: OrganisationId,
        /// What may be done with it.
        pub status: BlockStatus,
        /// Whether it has been first transferred under Article 6.
        pub first_transferred: bool,
        /// First number of the block that it was split from.
        pub parent: Option<SerialNumber>,
    }

    /// Some of a block: its last `quantity` numbers, or all of it.
    #[derive(Copy)]
    pub struct Part {
        /// First number of the block.
        pub start: SerialNumber,
        /// How many of its numbers.
        pub quantity: Tonnes,
    }

    /// For whom credits are retired.
    pub struct Beneficiary {
        /// Name.
        pub name: Text<MAX_PARTY_NAME>,
        /// Country.
        pub country: CountryCode,
    }

    /// What credits are retired for.
    pub enum RetirementPurpose {
        /// By the owner's will.
        Voluntary,
        /// A duty under national law.
        NationalCompliance,
        /// Use in another country, recognised by the Government.
        InternationalTransfer {
            /// The country.
            country: CountryCode,
            /// Who uses them there.
            entity: Text<MAX_PARTY_NAME>,
            /// What for; the authorisation must allow it.
            towards: Purpose,
        },
        /// The nationally determined contribution of a year.
        NdcUse {
            /// The year.
            year: Vintage,
        },
        /// A decision of a court or an authority.
        LegalAction,
        /// Another decision of the Government.
        Other,
    }

    /// What is given to retire credits.
    pub struct RetirementDetails {
        /// What for.
        pub purpose: RetirementPurpose,
        /// For whom.
        pub beneficiary: Beneficiary,
        /// On whose behalf, where that is somebody else.
        pub on_behalf_of: Option<Text<MAX_PARTY_NAME>>,
        /// Why, in words.
        pub reason: Option<Text<MAX_RETIREMENT_REASON>>,
        /// The owner's own reference.
        pub reference: Option<Text<MAX_REFERENCE>>,
    }

    /// A retirement: what a certificate proves.
    pub struct Retirement {
        /// The organisation whose credits were retired.
        pub by: OrganisationId,
        /// What for and for whom.
        pub details: RetirementDetails,
        /// The blocks that it retired.
        pub blocks: Ranges,
        /// Tonnes in them.
        pub quantity: Tonnes,
        /// Height of the block of the chain that holds it.
        pub block_number: BlockNumber,
        /// When.
        pub at: Millis,
    }

    /// An international retirement that waits for the Government; its blocks are reserved.
    pub struct RetirementRequest {
        /// The organisation whose credits they are.
        pub by: OrganisationId,
        /// What for and for whom.
        pub details: RetirementDetails,
        /// The reserved blocks.
        pub blocks: Ranges,
        /// Tonnes in them.
        pub quantity: Tonnes,
        /// When.
        pub requested_at: Millis,
    }

    /// A transfer that waits for its sender. It reserves nothing.
    pub struct TransferRequest {
        /// The project whose credits are asked for.
        pub project: ProjectId,
        /// The vintage, or any.
        pub vintage: Option<Vintage>,
        /// Tonnes.
        pub quantity: Tonnes,
        /// Who shall give.
        pub from: OrganisationId,
        /// Who shall receive.
        pub to: OrganisationId,
        /// Who asked: the receiver or the Government.
        pub initiator: OrganisationId,
        /// The initiator's reference.
        pub reference: Option<Text<MAX_REFERENCE>>,
        /// When.
        pub requested_at: Millis,
    }

    /// What a cancellation follows from or corrects.
    #[derive(Copy)]
    pub enum Corrects {
        /// Nothing: the owner wanted it.
        Nothing,
        /// The issuance for a monitoring period.
        Issuance {
            /// The project.
            project: ProjectId,
            /// The monitoring period.
            period: PeriodId,
        },
        /// A retirement that it was deducted from.
        Retirement(RetirementId),
    }

    /// A cancellation: a new transaction that corrects or deducts, never an edit.
    pub struct Cancellation {
        /// The organisation whose credits were cancelled.
        pub owner: OrganisationId,
        /// Why.
        pub reason: CancellationReason,
        /// What it corrects.
        pub corrects: Corrects,
        /// The Government's public statement, where it decided.
        pub statement: Option<Text<MAX_REASON>>,
        /// The blocks that it cancelled.
        pub blocks: Ranges,
        /// Tonnes in them.
        pub quantity: Tonnes,
        /// Height of the block of the chain that holds it.
        pub block_number: BlockNumber,
        /// When.
        pub at: Millis,
    }

    /// What is deducted from an international retirement before the rest is recognised.
    #[derive(Copy, Default)]
    pub struct Deductions {
        /// Share of proceeds for adaptation.
        pub share_of_proceeds: Ppm,
        /// Overall mitigation in global emissions.
        pub overall_mitigation: Ppm,
    }

    /// All transfers and retirements stand still.
    pub struct Pause {
        /// The public reason.
        pub reason: Text<MAX_REASON>,
        /// Since when.
        pub since: Millis,
    }

    /// Tonnes in each of the country's accounts.
    #[derive(Copy, Default)]
    pub struct CountryAccounts {
        /// Retired for use in this country.
        pub domestic: Tonnes,
        /// Retired for use in another country.
        pub international: Tonnes,
        /// Cancelled for overall mitigation in global emissions.
        pub overall_mitigation: Tonnes,
        /// Cancelled as the share of proceeds for adaptation.
        pub share_of_proceeds: Tonnes,
    }

    /// Tonnes of a project's vintage, or of the nation, by status.
    #[derive(Copy, Default)]
    pub struct Totals {
        /// Ever issued: the sum of all others.
        pub issued: Tonnes,
        /// Held by their owners.
        pub held: Tonnes,
        /// On hold.
        pub on_hold: Tonnes,
        /// Reserved for international retirements.
        pub reserved: Tonnes,
        /// Retired.
        pub retired: Tonnes,
        /// Cancelled.
        pub cancelled: Tonnes,
        /// In the buffer.
        pub buffer: Tonnes,
        /// First transferred under Article 6, whatever their status.
        pub first_transferred: Tonnes,
    }
}

/// The parts of a transfer or a retirement; at least one, no block twice.
pub type Parts = BoundedVec<Part, ConstU32<MAX_PARTS>>;
/// The ranges that a transfer or a retirement moved.
pub type Ranges = BoundedVec<SerialRange, ConstU32<MAX_PARTS>>;

impl BlockStatus {
    /// The name used in JSON, SQL and addresses.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::OnHold(_) => "on_hold",
            Self::Reserved(_) => "reserved",
            Self::Retired(_) => "retired",
            Self::Cancelled(_) => "cancelled",
            Self::Buffer => "buffer",
        }
    }
}

impl RetirementPurpose {
    /// The name used in JSON, SQL and addresses.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Voluntary => "voluntary",
            Self::NationalCompliance => "national_compliance",
            Self::InternationalTransfer { .. } => "international_transfer",
            Self::NdcUse { .. } => "ndc_use",
            Self::LegalAction => "legal_action",
            Self::Other => "other",
        }
    }

    /// Whether the owner may retire for it alone, at once.
    pub const fn is_the_owners(&self) -> bool {
        matches!(self, Self::Voluntary | Self::NationalCompliance)
    }

    /// Whether the Government retires for it, without being asked.
    pub const fn is_the_states(&self) -> bool {
        matches!(self, Self::NdcUse { .. } | Self::LegalAction | Self::Other)
    }

    /// The country's account that counts what was retired for it.
    pub const fn account(&self) -> Account {
        match self {
            Self::InternationalTransfer { .. } => Account::International,
            _ => Account::Domestic,
        }
    }

    /// The step that such a retirement is for an authorised credit.
    pub const fn step(&self) -> Option<Step> {
        match self {
            Self::InternationalTransfer { .. } => Some(Step::InternationalTransfer),
            Self::Voluntary => Some(Step::UseOrCancellation),
            // National use is no transfer.
            Self::NationalCompliance | Self::NdcUse { .. } | Self::LegalAction | Self::Other => {
                None
            }
        }
    }
}

impl CancellationReason {
    /// The country's account that counts what was cancelled for it.
    pub const fn account(self) -> Option<Account> {
        match self {
            Self::OverallMitigation => Some(Account::OverallMitigation),
            Self::ShareOfProceeds => Some(Account::ShareOfProceeds),
            Self::ExcessIssuance | Self::Reversal | Self::Voluntary => None,
        }
    }

    /// Whether it corrects an issuance, and so must name it.
    pub const fn corrects_an_issuance(self) -> bool {
        matches!(self, Self::ExcessIssuance | Self::Reversal)
    }

    /// Whether it is deducted from an international retirement, and never made alone.
    pub const fn is_a_deduction(self) -> bool {
        self.account().is_some()
    }

    /// The step that such a cancellation is for an authorised credit.
    pub const fn step(self) -> Option<Step> {
        match self.corrects_an_issuance() {
            true => None,
            false => Some(Step::UseOrCancellation),
        }
    }
}

impl Deductions {
    /// Whether something is left after them.
    pub fn is_valid(&self) -> bool {
        self.share_of_proceeds.checked_add(self.overall_mitigation).is_some_and(|sum| sum < WHOLE)
    }

    /// Tonnes for share of proceeds and for overall mitigation, each rounded up. `None` if nothing
    /// of `quantity` is left after them.
    pub fn of(&self, quantity: Tonnes) -> Option<(Tonnes, Tonnes)> {
        let proceeds = crate::shares::rounded_up(quantity, self.share_of_proceeds)?;
        let mitigation = crate::shares::rounded_up(quantity, self.overall_mitigation)?;
        (proceeds.checked_add(mitigation)? < quantity).then_some((proceeds, mitigation))
    }
}

impl CountryAccounts {
    /// Tonnes in an account.
    pub fn of(&self, account: Account) -> Tonnes {
        let mut copy = *self;
        *copy.entry(account)
    }

    fn entry(&mut self, account: Account) -> &mut Tonnes {
        match account {
            Account::Domestic => &mut self.domestic,
            Account::International => &mut self.international,
            Account::OverallMitigation => &mut self.overall_mitigation,
            Account::ShareOfProceeds => &mut self.share_of_proceeds,
        }
    }

    /// With `quantity` more tonnes in an account. `None` on overflow.
    pub fn with(mut self, account: Account, quantity: Tonnes) -> Option<Self> {
        let entry = self.entry(account);
        *entry = entry.checked_add(quantity)?;
        Some(self)
    }
}

impl RetirementDetails {
    /// Whether all its text is valid and its country exists.
    pub fn is_valid(&self) -> bool {
        self.beneficiary.name.is_valid()
            && self.beneficiary.country.is_valid()
            && self.on_behalf_of.as_ref().is_none_or(Text::is_valid)
            && self.reason.as_ref().is_none_or(Text::is_valid)
            && self.reference.as_ref().is_none_or(Text::is_valid)
            && match &self.purpose {
                RetirementPurpose::InternationalTransfer { country, entity, .. } => {
                    country.is_valid() && entity.is_valid()
                }
                RetirementPurpose::NdcUse { year } => crate::calendar::start_of(*year).is_some(),
                _ => true,
            }
    }
}

impl Block {
    /// The block's numbers, given its key.
    pub const fn range(&self, start: SerialNumber) -> SerialRange {
        SerialRange { start, end: self.end }
    }
}

impl Totals {
    /// The entry that counts blocks of a status.
    pub fn of(&self, status: &BlockStatus) -> Tonnes {
        let mut copy = *self;
        *copy.entry(status)
    }

    fn entry(&mut self, status: &BlockStatus) -> &mut Tonnes {
        match status {
            BlockStatus::Held => &mut self.held,
            BlockStatus::OnHold(_) => &mut self.on_hold,
            BlockStatus::Reserved(_) => &mut self.reserved,
            BlockStatus::Retired(_) => &mut self.retired,
            BlockStatus::Cancelled(_) => &mut self.cancelled,
            BlockStatus::Buffer => &mut self.buffer,
        }
    }

    /// With `quantity` more tonnes issued, in this status. `None` on overflow.
    pub fn with_issued(mut self, status: &BlockStatus, quantity: Tonnes) -> Option<Self> {
        self.issued = self.issued.checked_add(quantity)?;
        let entry = self.entry(status);
        *entry = entry.checked_add(quantity)?;
        Some(self)
    }

    /// With `quantity` tonnes moved from one status to another. `None` if there are not so many.
    pub fn with_moved(
        mut self,
        from: &BlockStatus,
        to: &BlockStatus,
        quantity: Tonnes,
    ) -> Option<Self> {
        let source = self.entry(from);
        *source = source.checked_sub(quantity)?;
        let target = self.entry(to);
        *target = target.checked_add(quantity)?;
        Some(self)
    }

    /// With `quantity` tonnes first transferred. `None` on overflow.
    pub fn with_first_transferred(mut self, quantity: Tonnes) -> Option<Self> {
        self.first_transferred = self.first_transferred.checked_add(quantity)?;
        Some(self)
    }

    /// The entries added, entry by entry. `None` on overflow.
    pub fn checked_add(self, other: &Self) -> Option<Self> {
        Some(Self {
            issued: self.issued.checked_add(other.issued)?,
            held: self.held.checked_add(other.held)?,
            on_hold: self.on_hold.checked_add(other.on_hold)?,
            reserved: self.reserved.checked_add(other.reserved)?,
            retired: self.retired.checked_add(other.retired)?,
            cancelled: self.cancelled.checked_add(other.cancelled)?,
            buffer: self.buffer.checked_add(other.buffer)?,
            first_transferred: self.first_transferred.checked_add(other.first_transferred)?,
        })
    }
}
