// SPDX-License-Identifier: Apache-2.0
//! The certificate of a retirement: a page, a PDF with a receipt for programs in it, a short
//! permanent address, and the way back: whoever was given a certificate has it compared with the
//! registry.

mod code;
mod facts;
mod inflate;
pub mod pages;
mod paper;
mod pdf;
mod press;
mod receipt;
#[cfg(test)]
mod tests;
pub mod verify;
mod words;

pub use code::Name;
pub use facts::Certificate;
pub use press::Press;

/// Whose authority stands under a certificate.
#[derive(clap::Args, Clone, Default)]
pub struct Options {
    /// The authority that stands under certificates; the Government's name in the registry if none is
    /// given.
    #[arg(long, env = "CERTIFICATE_AUTHORITY")]
    certificate_authority: Option<String>,
    /// Its office and place, such as "Department of Climate Change, Port Vila".
    #[arg(long, env = "CERTIFICATE_OFFICE")]
    certificate_office: Option<String>,
}

impl Options {
    /// The authority, if one is named.
    fn authority(&self) -> Option<&str> {
        self.certificate_authority.as_deref().filter(|name| !name.is_empty())
    }

    /// Its office, if one is named.
    fn office(&self) -> Option<&str> {
        self.certificate_office.as_deref().filter(|name| !name.is_empty())
    }
}
