// SPDX-License-Identifier: Apache-2.0
//! The totals as they will be: computed and checked in memory, written when all else is known to
//! be right.

use crate::{Accounts, Config, Error, NationalTotals, Projects, TotalsOfVintage};
use alloc::{collections::BTreeMap, vec::Vec};
use core::marker::PhantomData;
use registry_primitives::{
    credit::{Account, BlockStatus, CountryAccounts, Totals},
    ProjectId, Tonnes, Vintage,
};
use sp_runtime::DispatchResult;

/// Totals by project, vintage and nation, and the country's accounts.
pub(crate) struct Tally<T> {
    national: Totals,
    vintages: Vec<((ProjectId, Vintage), Totals)>,
    accounts: Option<CountryAccounts>,
    first_transferred: BTreeMap<ProjectId, Tonnes>,
    runtime: PhantomData<T>,
}

impl<T: Config> Tally<T> {
    /// As it is now.
    pub(crate) fn new() -> Self {
        Self {
            national: NationalTotals::<T>::get(),
            vintages: Vec::new(),
            accounts: None,
            first_transferred: BTreeMap::new(),
            runtime: PhantomData,
        }
    }

    /// Counts tonnes that are issued.
    pub(crate) fn issue(
        &mut self,
        project: ProjectId,
        vintage: Vintage,
        status: &BlockStatus,
        quantity: Tonnes,
    ) -> Result<(), Error<T>> {
        self.change(project, vintage, |totals| totals.with_issued(status, quantity))
    }

    /// Counts tonnes that go from one status to another.
    pub(crate) fn shift(
        &mut self,
        project: ProjectId,
        vintage: Vintage,
        from: &BlockStatus,
        to: &BlockStatus,
        quantity: Tonnes,
    ) -> Result<(), Error<T>> {
        self.change(project, vintage, |totals| totals.with_moved(from, to, quantity))
    }

    /// Counts tonnes that are first transferred.
    pub(crate) fn first_transfer(
        &mut self,
        project: ProjectId,
        vintage: Vintage,
        quantity: Tonnes,
    ) -> Result<(), Error<T>> {
        let sum = self.first_transferred.entry(project).or_default();
        *sum = sum.checked_add(quantity).ok_or(Error::Overflow)?;
        self.change(project, vintage, |totals| totals.with_first_transferred(quantity))
    }

    /// Counts tonnes that end in one of the country's accounts.
    pub(crate) fn credit(&mut self, account: Account, quantity: Tonnes) -> Result<(), Error<T>> {
        let accounts = self.accounts.unwrap_or_else(Accounts::<T>::get);
        self.accounts = Some(accounts.with(account, quantity).ok_or(Error::Overflow)?);
        Ok(())
    }

    /// Writes everything.
    pub(crate) fn write(self) -> DispatchResult {
        // Checks before it writes; and what is first transferred is never more than was issued.
        for (project, quantity) in self.first_transferred {
            T::Projects::note_first_transferred(project, quantity)?;
        }
        NationalTotals::<T>::put(self.national);
        for ((project, vintage), totals) in self.vintages {
            TotalsOfVintage::<T>::insert(project, vintage, totals);
        }
        if let Some(accounts) = self.accounts {
            Accounts::<T>::put(accounts);
        }
        Ok(())
    }

    fn change(
        &mut self,
        project: ProjectId,
        vintage: Vintage,
        change: impl Fn(Totals) -> Option<Totals>,
    ) -> Result<(), Error<T>> {
        let key = (project, vintage);
        let index = match self.vintages.iter().position(|(known, _)| *known == key) {
            Some(index) => index,
            None => {
                self.vintages.push((key, TotalsOfVintage::<T>::get(project, vintage)));
                self.vintages.len() - 1
            }
        };
        let totals = &mut self.vintages[index].1;
        *totals = change(*totals).ok_or(Error::Overflow)?;
        self.national = change(self.national).ok_or(Error::Overflow)?;
        Ok(())
    }
}
