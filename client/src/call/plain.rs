// SPDX-License-Identifier: Apache-2.0
//! The way back from the chain's types to those of the domain.

use super::{ApplicantSignature, ChainText};
use crate::{AccountId32, H256};
use subxt::utils::Static;

/// A type of the chain that stands for one of the domain.
pub trait Plain<T> {
    /// That.
    fn plain(self) -> T;
}

impl<T> Plain<T> for Static<T> {
    fn plain(self) -> T {
        self.0
    }
}

impl<T> Plain<Box<T>> for Static<T> {
    fn plain(self) -> Box<T> {
        Box::new(self.0)
    }
}

impl<T> Plain<Vec<T>> for Vec<Static<T>> {
    fn plain(self) -> Vec<T> {
        self.into_iter().map(|each| each.0).collect()
    }
}

impl<T, P: Plain<T>> Plain<Option<T>> for Option<P> {
    fn plain(self) -> Option<T> {
        self.map(Plain::plain)
    }
}

impl Plain<String> for ChainText {
    fn plain(self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

macro_rules! plain_already {
    ($($type:ty),*) => {$(
        impl Plain<$type> for $type {
            fn plain(self) -> $type {
                self
            }
        }
    )*};
}

impl Plain<ApplicantSignature> for Static<subxt::utils::MultiSignature> {
    fn plain(self) -> ApplicantSignature {
        ApplicantSignature(self.0)
    }
}

plain_already!(bool, u16, u32, u64, Vec<u32>, AccountId32, Vec<AccountId32>, H256);
