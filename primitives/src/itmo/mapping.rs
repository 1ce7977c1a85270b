// SPDX-License-Identifier: Apache-2.0
//! The platform's terms in the registry's: the tables of the UNDP registry, "ITMO Platform".

use super::{BridgeSettings, PlatformProject, MAX_SECTOR};
use crate::{
    calendar,
    organisation::{OrganisationDetails, MAX_NAME, MAX_TAX_ID},
    project::{Location, Period, ProjectRegistration, Proponent, MAX_EXTERNAL_ID},
    sector::{Gases, UNCLASSIFIED},
    shares::WHOLE,
    text, ContentHash, CountryCode, Gas, MemberRole, MitigationType, OrganisationId,
    OrganisationRole, Sector, SectoralScope, Text,
};
use alloc::{format, string::String};
use bounded_collections::BoundedVec;

/// What a company is in the registry.
pub const ORGANISATION_ROLE: OrganisationRole = OrganisationRole::ProjectDeveloper;
/// What the first member of an imported organisation is.
pub const MEMBER_ROLE: MemberRole = MemberRole::Admin;
/// The telephone number of an imported organisation and of its contact.
pub const PHONE: &str = "00";
/// Years of an imported project's crediting period.
pub const CREDITING_YEARS: u32 = 10;

/// The e-mail address of an imported organisation and of its contact. What cannot be in an address
/// is left out of the name.
pub fn email(company: &str) -> String {
    const LONGEST: usize = 64 - "nce.digital+".len();
    let name: String = company.chars().filter(char::is_ascii_alphanumeric).take(LONGEST).collect();
    let name = if name.is_empty() { "organisation" } else { &name };
    format!("nce.digital+{name}@undp.org")
}

/// The tax identifier of a company: its name, or the beginning of a long one with its hash.
pub fn tax_id(company: &Text<MAX_NAME>) -> Text<MAX_TAX_ID> {
    const DIGITS: usize = 16;
    if let Ok(short) = BoundedVec::try_from(company.0.to_vec()) {
        return Text(short);
    }
    let company = company.to_text();
    let hash = u64::from_be_bytes(sp_crypto_hashing::blake2_64(company.as_bytes()));
    let beginning = text::beginning(&company, MAX_TAX_ID as usize - DIGITS - 1).trim_end();
    Text::try_from(format!("{beginning}~{hash:016x}").as_str()).unwrap_or_default()
}

/// The organisation that a company becomes.
pub fn organisation(company: &Text<MAX_NAME>, country: CountryCode) -> OrganisationDetails {
    OrganisationDetails {
        name: company.clone(),
        tax_id: tax_id(company),
        country,
        sectoral_scopes: Default::default(),
        profile: Default::default(),
    }
}

/// Sector, sectoral scope and type of mitigation by the platform's word for a sector; `None` for a
/// word that is not in the table.
pub fn classified(
    sector: Option<&Text<MAX_SECTOR>>,
) -> Option<(Sector, SectoralScope, MitigationType)> {
    match sector.map(|sector| sector.0.as_slice())? {
        b"energy-distribution" => Some((
            Sector::Energy,
            SectoralScope::EnergyDistribution,
            MitigationType::EnergyDistribution,
        )),
        b"agriculture" => {
            Some((Sector::Agriculture, SectoralScope::Agriculture, MitigationType::Agriculture))
        }
        b"energy-industries" => {
            Some((Sector::Energy, SectoralScope::EnergyIndustries, MitigationType::EeIndustry))
        }
        _ => None,
    }
}

/// The registration of a project; `None` if its crediting period would end after the years of the
/// registry.
pub fn registration(
    id: &Text<MAX_EXTERNAL_ID>,
    facts: &PlatformProject,
    organisation: OrganisationId,
    country: CountryCode,
    settings: &BridgeSettings,
    evidence: ContentHash,
) -> Option<ProjectRegistration> {
    let sector = facts.sector.as_ref();
    let (sector, sectoral_scope, mitigation_type) = classified(sector).unwrap_or(UNCLASSIFIED);
    let start = facts.created_at;
    let region = match &facts.country {
        Some(country) => country.clone(),
        None => Text(BoundedVec::try_from(country.0.to_vec()).ok()?),
    };
    let mut gases = Gases::new();
    gases.try_insert(Gas::Co2).ok()?;
    Some(ProjectRegistration {
        title: facts.title.clone(),
        external_id: id.clone(),
        proponents: BoundedVec::try_from(alloc::vec![Proponent { organisation, share: WHOLE }])
            .ok()?,
        sector,
        sectoral_scope,
        mitigation_type,
        gases,
        crediting_period: Period { start, end: calendar::years_after(start, CREDITING_YEARS)? },
        locations: BoundedVec::try_from(alloc::vec![Location { region, coordinates: None }])
            .ok()?,
        estimated_cost_usd: 0,
        estimate: settings.estimate,
        details: evidence,
        certifiers: Default::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const VANUATU: CountryCode = CountryCode(*b"VU");
    const SETTINGS: BridgeSettings =
        BridgeSettings { estimate: 1_000, issuance: 10, interval: 28_800, window: 1_200 };

    fn text<const N: u32>(text: &str) -> Text<N> {
        Text::try_from(text).unwrap()
    }

    fn facts() -> PlatformProject {
        PlatformProject {
            title: text("Solar mini-grids, outer islands"),
            company: text("Lagoon Light Cooperative"),
            sector: Some(text("energy-distribution")),
            country: Some(text("Vanuatu")),
            created_at: calendar::parse("2026-02-11T08:30:00.000Z").unwrap(),
            materials: Default::default(),
        }
    }

    fn mapped(facts: &PlatformProject) -> ProjectRegistration {
        registration(&text("p-1001"), facts, 7, VANUATU, &SETTINGS, ContentHash([9; 32])).unwrap()
    }

    mod company {
        use super::*;

        #[test]
        fn tax_id_is_the_company() {
            let details = organisation(&text("Lagoon Light Cooperative"), VANUATU);
            assert_eq!(details.tax_id, text("Lagoon Light Cooperative"));
        }

        #[test]
        fn name_is_the_company() {
            let details = organisation(&text("Île Verte SARL"), VANUATU);
            assert_eq!(details.name, text("Île Verte SARL"));
        }

        #[test]
        fn email_is_the_default() {
            assert_eq!(
                email("Lagoon Light Cooperative"),
                "nce.digital+LagoonLightCooperative@undp.org"
            );
            assert_eq!(email("Île \"Verte\" <SARL>"), "nce.digital+leVerteSARL@undp.org");
            assert_eq!(email("مشروع"), "nce.digital+organisation@undp.org");
            let local = email(&"x".repeat(200)).split_once('@').unwrap().0.len();
            assert_eq!(local, 64, "no longer than an address may be");
        }

        #[test]
        fn phone_is_the_default() {
            assert_eq!(PHONE, "00");
        }

        #[test]
        fn address_and_country_are_the_registrys() {
            assert_eq!(organisation(&text("Lagoon"), VANUATU).country, VANUATU);
        }

        #[test]
        fn role_is_project_developer() {
            assert_eq!(ORGANISATION_ROLE, OrganisationRole::ProjectDeveloper);
        }

        #[test]
        fn a_long_name_has_a_tax_id_of_its_own() {
            let long = |last| text::<MAX_NAME>(&format!("{}{last}", "é".repeat(60)));
            let (one, other) = (tax_id(&long("1")), tax_id(&long("2")));
            assert!(one.is_valid() && one.0.len() <= MAX_TAX_ID as usize);
            assert_ne!(one, other);
            let exactly = "x".repeat(MAX_TAX_ID as usize);
            assert_eq!(tax_id(&text(&exactly)), text(&exactly));
        }
    }

    mod user {
        use super::*;

        #[test]
        fn email_is_the_companys() {
            // One address for the company and its user: the same function.
            assert!(email("Lagoon").starts_with("nce.digital+Lagoon@"));
        }

        #[test]
        fn phone_is_the_companys() {
            // One number for the company and its user: the same constant.
            assert_eq!(PHONE, "00");
        }

        #[test]
        fn role_is_admin() {
            assert_eq!(MEMBER_ROLE, MemberRole::Admin);
        }
    }

    mod project {
        use super::*;

        #[test]
        fn title_is_the_name() {
            assert_eq!(mapped(&facts()).title, text("Solar mini-grids, outer islands"));
        }

        #[test]
        fn external_id_is_the_id() {
            assert_eq!(mapped(&facts()).external_id, text("p-1001"));
        }

        #[test]
        fn applicant_type_is_project_developer() {
            // Whoever applies is the company, which is one.
            assert_eq!(ORGANISATION_ROLE, OrganisationRole::ProjectDeveloper);
        }

        #[test]
        fn company_is_the_proponent() {
            let company = organisation(&facts().company, VANUATU);
            assert_eq!(company.name, text("Lagoon Light Cooperative"));
            let proponents = mapped(&facts()).proponents;
            assert_eq!(proponents.len(), 1);
            assert_eq!(proponents[0].organisation, 7, "the company's number");
        }

        #[test]
        fn company_tax_id_is_the_company() {
            let company = organisation(&facts().company, VANUATU);
            assert_eq!(company.tax_id, text("Lagoon Light Cooperative"));
        }

        #[test]
        fn sector_scope_and_type_follow_the_sector() {
            let project = mapped(&facts());
            assert_eq!(project.sector, Sector::Energy);
            assert_eq!(project.sectoral_scope.number(), 2);
            assert_eq!(project.mitigation_type, MitigationType::EnergyDistribution);
        }

        #[test]
        fn start_is_when_it_was_created() {
            let start = mapped(&facts()).crediting_period.start;
            assert_eq!(Some(start), calendar::parse("2026-02-11T08:30:00Z"));
        }

        #[test]
        fn end_is_ten_years_later() {
            let end = mapped(&facts()).crediting_period.end;
            assert_eq!(Some(end), calendar::parse("2036-02-11T08:30:00Z"));
        }

        #[test]
        fn location_is_the_country() {
            let locations = mapped(&facts()).locations;
            assert_eq!(locations.len(), 1);
            assert_eq!(locations[0].region, text("Vanuatu"));
        }

        #[test]
        fn without_a_country_it_is_the_registrys() {
            let project = mapped(&PlatformProject { country: None, ..facts() });
            assert_eq!(project.locations[0].region, text("VU"));
        }

        #[test]
        fn cost_is_none() {
            assert_eq!(mapped(&facts()).estimated_cost_usd, 0);
        }

        #[test]
        fn the_company_owns_all() {
            let proponents = mapped(&facts()).proponents;
            assert_eq!(proponents.to_vec(), [Proponent { organisation: 7, share: 1_000_000 }]);
        }

        #[test]
        fn gas_is_carbon_dioxide() {
            assert_eq!(mapped(&facts()).gases.iter().collect::<Vec<_>>(), [&Gas::Co2]);
        }

        #[test]
        fn estimate_is_the_setting() {
            assert_eq!(mapped(&facts()).estimate, 1_000);
        }

        #[test]
        fn credits_authorised_are_a_hundred_by_default() {
            assert_eq!(BridgeSettings::default().estimate, 100);
        }

        #[test]
        fn credits_issued_are_ten_by_default() {
            assert_eq!(BridgeSettings::default().issuance, 10);
        }

        #[test]
        fn evidence_is_the_agreed_hash() {
            assert_eq!(mapped(&facts()).details, ContentHash([9; 32]));
        }

        #[test]
        fn beyond_the_years_of_the_registry_there_is_none() {
            let late = calendar::start_of(2195).unwrap();
            let facts = PlatformProject { created_at: late, ..facts() };
            let found = registration(&text("p"), &facts, 7, VANUATU, &SETTINGS, Default::default());
            assert_eq!(found, None);
        }
    }

    mod sectors {
        use super::*;

        fn row(sector: &str, expected: (Sector, SectoralScope, MitigationType)) {
            assert_eq!(classified(Some(&text(sector))), Some(expected));
            let (sector, scope, kind) = expected;
            assert!(sector.allows(scope, kind));
        }

        #[test]
        fn energy_distribution() {
            use {MitigationType as Type, SectoralScope as Scope};
            let expected = (Sector::Energy, Scope::EnergyDistribution, Type::EnergyDistribution);
            row("energy-distribution", expected);
        }

        #[test]
        fn agriculture() {
            use {MitigationType as Type, SectoralScope as Scope};
            row("agriculture", (Sector::Agriculture, Scope::Agriculture, Type::Agriculture));
        }

        #[test]
        fn energy_industries() {
            use {MitigationType as Type, SectoralScope as Scope};
            row("energy-industries", (Sector::Energy, Scope::EnergyIndustries, Type::EeIndustry));
        }

        #[test]
        fn anything_else_is_other_and_seen_to_be() {
            let unknown = [Some(text("other")), Some(text("Energy-Distribution")), None];
            for sector in unknown {
                assert_eq!(classified(sector.as_ref()), None, "{sector:?}");
                let project = mapped(&PlatformProject { sector, ..facts() });
                assert_eq!(project.sector, Sector::Other);
                assert_eq!(project.sectoral_scope, SectoralScope::EnergyIndustries);
                assert_eq!(project.mitigation_type, MitigationType::EeIndustry);
            }
        }
    }
}
