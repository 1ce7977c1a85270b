// SPDX-License-Identifier: Apache-2.0
//! The invented companies and projects of the demo.

use registry_primitives::{
    project::ProjectStage, MitigationType, OrganisationRole, Sector, SectoralScope, Tonnes, Vintage,
};

pub struct Company {
    pub key: &'static str,
    pub name: &'static str,
    pub role: OrganisationRole,
}

/// What becomes of a monitoring period.
#[derive(Clone, Copy, PartialEq)]
pub enum After {
    /// It waits for its verification.
    Reported,
    /// It was sent back; reported anew, it waits for its verification.
    Returned,
    /// It waits for its issuance.
    Verified,
    Issued,
    Refused,
}

/// In the order of their creation: the first becomes organisation 2, after the Government.
pub const COMPANIES: &[Company] = &[
    Company { key: "Energy", name: "Ministry of Energy", role: OrganisationRole::Ministry },
    Company { key: "Efate", name: "Efate Renewables", role: OrganisationRole::ProjectDeveloper },
    Company {
        key: "Santo",
        name: "Espiritu Santo Forests",
        role: OrganisationRole::ProjectDeveloper,
    },
    Company { key: "Tanna", name: "Tanna Geothermal", role: OrganisationRole::ProjectDeveloper },
    Company {
        key: "Malekula",
        name: "Malekula Farmers’ Cooperative",
        role: OrganisationRole::ProjectDeveloper,
    },
    Company {
        key: "Lagoon",
        name: "Blue Lagoon Offsets",
        role: OrganisationRole::ProjectDeveloper,
    },
    Company { key: "Reef", name: "Reef Assurance", role: OrganisationRole::Certifier },
    Company { key: "Pacific", name: "Pacific Verification", role: OrganisationRole::Certifier },
    Company { key: "Kelp", name: "Futuna Kelp Growers", role: OrganisationRole::ProjectDeveloper },
    Company { key: "Meters", name: "Island Metering Service", role: OrganisationRole::Api },
];

pub const ENERGY: usize = 0;
pub const EFATE: usize = 1;
pub const SANTO: usize = 2;
pub const TANNA: usize = 3;
pub const MALEKULA: usize = 4;
pub const LAGOON: usize = 5;
pub const REEF: usize = 6;
pub const PACIFIC: usize = 7;
/// The one that registered itself, by its own application.
pub const KELP: usize = 8;
pub const METERS: usize = 9;

pub struct Plan {
    pub external_id: &'static str,
    pub title: &'static str,
    pub kind: (Sector, SectoralScope, MitigationType),
    /// ISO 3166-2 and a point in it, in millionths of a degree.
    pub region: (&'static str, i32, i32),
    /// Companies and their shares in parts per million.
    pub proponents: &'static [(usize, u32)],
    pub certifier: usize,
    pub estimate: Tonnes,
    pub stage: ProjectStage,
    /// First and last year of each monitoring period, the tonnes of each year in it, and what
    /// becomes of it.
    pub periods: &'static [(Vintage, Vintage, Tonnes, After)],
}

/// Its first design document was rejected, and a second one accepted.
pub const RESUBMITTED: &str = "VCR-2023-008";
/// It was suspended and resumed, and a second proponent joined it.
pub const RESUMED: &str = "VCR-2022-005";
/// Its terms were changed, and meters report for it.
pub const METERED: &str = "VCR-2021-003";
/// Its certification was revoked, and a change of its proponents withdrawn.
pub const UNCERTIFIED: &str = "VCR-2021-002";
/// The ministry registered it, and another certifier was assigned to it.
pub const BY_MINISTRY: &str = "VCR-2025-012";
/// It ended after its issuance.
pub const COMPLETED: &str = "VCR-2021-015";
/// Those that their certifiers certified.
pub const CERTIFIED: &[&str] = &["VCR-2021-001", METERED, UNCERTIFIED, "VCR-2022-004"];

const PENAMA: (&str, i32, i32) = ("VU-PAM", -15_293_000, 167_967_000);
const SANMA: (&str, i32, i32) = ("VU-SAM", -15_376_000, 166_959_000);
const SHEFA: (&str, i32, i32) = ("VU-SEE", -17_733_000, 168_327_000);
const TAFEA: (&str, i32, i32) = ("VU-TAE", -19_529_000, 169_274_000);
const MALAMPA: (&str, i32, i32) = ("VU-MAP", -16_337_000, 167_505_000);
const TORBA: (&str, i32, i32) = ("VU-TOB", -13_876_000, 167_551_000);

pub const PLANS: &[Plan] = &[
    Plan {
        external_id: "VCR-2021-001",
        title: "Port Vila rooftop solar",
        kind: (Sector::Energy, SectoralScope::EnergyIndustries, MitigationType::Solar),
        region: SHEFA,
        proponents: &[(EFATE, 1_000_000)],
        certifier: REEF,
        estimate: 120_000,
        stage: ProjectStage::Authorised,
        periods: &[(2022, 2022, 9_400, After::Issued), (2023, 2024, 10_250, After::Issued)],
    },
    Plan {
        external_id: "VCR-2021-002",
        title: "Kole wind farm",
        kind: (Sector::Energy, SectoralScope::EnergyIndustries, MitigationType::Wind),
        region: SANMA,
        proponents: &[(EFATE, 666_667), (TANNA, 333_333)],
        certifier: PACIFIC,
        estimate: 80_000,
        stage: ProjectStage::Authorised,
        periods: &[(2022, 2022, 900, After::Refused), (2023, 2024, 7_501, After::Issued)],
    },
    Plan {
        external_id: "VCR-2021-003",
        title: "Mount Yasur geothermal plant",
        kind: (Sector::Energy, SectoralScope::EnergyIndustries, MitigationType::Geothermal),
        region: TAFEA,
        proponents: &[(TANNA, 1_000_000)],
        certifier: REEF,
        estimate: 400_000,
        stage: ProjectStage::Authorised,
        periods: &[(2021, 2023, 31_000, After::Issued), (2024, 2024, 30_000, After::Verified)],
    },
    Plan {
        external_id: "VCR-2022-004",
        title: "Loru community forest",
        kind: (Sector::Forestry, SectoralScope::Afforestation, MitigationType::Forestry),
        region: SANMA,
        proponents: &[(SANTO, 700_000), (MALEKULA, 300_000)],
        certifier: REEF,
        estimate: 60_000,
        stage: ProjectStage::Authorised,
        periods: &[(2022, 2023, 4_003, After::Issued), (2024, 2024, 3_000, After::Returned)],
    },
    Plan {
        external_id: "VCR-2022-005",
        title: "Big Bay reforestation",
        kind: (Sector::Forestry, SectoralScope::Afforestation, MitigationType::Forestry),
        region: SANMA,
        proponents: &[(SANTO, 1_000_000)],
        certifier: PACIFIC,
        estimate: 45_000,
        stage: ProjectStage::Authorised,
        periods: &[(2024, 2024, 500, After::Reported)],
    },
    Plan {
        external_id: "VCR-2022-006",
        title: "Bouffa landfill gas",
        kind: (Sector::Waste, SectoralScope::WasteHandling, MitigationType::Landfills),
        region: SHEFA,
        proponents: &[(LAGOON, 1_000_000)],
        certifier: PACIFIC,
        estimate: 30_000,
        stage: ProjectStage::Authorised,
        periods: &[(2024, 2024, 2_750, After::Issued)],
    },
    Plan {
        external_id: "VCR-2023-007",
        title: "Malekula biogas from copra waste",
        kind: (Sector::Waste, SectoralScope::WasteHandling, MitigationType::MethaneAvoidance),
        region: MALAMPA,
        proponents: &[(MALEKULA, 1_000_000)],
        certifier: REEF,
        estimate: 18_000,
        stage: ProjectStage::Validated,
        periods: &[],
    },
    Plan {
        external_id: "VCR-2023-008",
        title: "Electric minibuses of Luganville",
        kind: (Sector::Transport, SectoralScope::Transport, MitigationType::Transport),
        region: SANMA,
        proponents: &[(EFATE, 1_000_000)],
        certifier: PACIFIC,
        estimate: 9_500,
        stage: ProjectStage::Validated,
        periods: &[],
    },
    Plan {
        external_id: "VCR-2024-009",
        title: "Improved taro and rice cultivation",
        kind: (Sector::Agriculture, SectoralScope::Agriculture, MitigationType::Agriculture),
        region: PENAMA,
        proponents: &[(MALEKULA, 1_000_000)],
        certifier: REEF,
        estimate: 12_400,
        stage: ProjectStage::Submitted,
        periods: &[],
    },
    Plan {
        external_id: "VCR-2024-010",
        title: "Efficient cook stoves of the Banks Islands",
        kind: (Sector::Energy, SectoralScope::EnergyDemand, MitigationType::EeHouseholds),
        region: TORBA,
        proponents: &[(EFATE, 500_000), (SANTO, 500_000)],
        certifier: PACIFIC,
        estimate: 22_000,
        stage: ProjectStage::Returned,
        periods: &[],
    },
    Plan {
        external_id: "VCR-2024-011",
        title: "Low-clinker cement",
        kind: (
            Sector::Manufacturing,
            SectoralScope::ManufacturingIndustries,
            MitigationType::Cement,
        ),
        region: SHEFA,
        proponents: &[(LAGOON, 1_000_000)],
        certifier: REEF,
        estimate: 75_000,
        stage: ProjectStage::Rejected,
        periods: &[],
    },
    Plan {
        external_id: "VCR-2025-012",
        title: "Mini-grids of Ambae and Maewo",
        kind: (
            Sector::Energy,
            SectoralScope::EnergyDistribution,
            MitigationType::EnergyDistribution,
        ),
        region: PENAMA,
        proponents: &[(EFATE, 1_000_000)],
        certifier: REEF,
        estimate: 16_800,
        stage: ProjectStage::Submitted,
        periods: &[],
    },
    Plan {
        external_id: "VCR-2025-013",
        title: "School kitchens without firewood",
        kind: (Sector::Education, SectoralScope::EnergyDemand, MitigationType::EeService),
        region: MALAMPA,
        proponents: &[(MALEKULA, 400_000), (TANNA, 600_000)],
        certifier: PACIFIC,
        estimate: 5_200,
        stage: ProjectStage::Submitted,
        periods: &[],
    },
    Plan {
        external_id: "VCR-2025-014",
        title: "Devil’s Point wind park",
        kind: (Sector::Energy, SectoralScope::EnergyIndustries, MitigationType::Wind),
        region: SHEFA,
        proponents: &[(EFATE, 1_000_000)],
        certifier: PACIFIC,
        estimate: 40_000,
        stage: ProjectStage::Withdrawn,
        periods: &[],
    },
    Plan {
        external_id: COMPLETED,
        title: "Forari biomass power",
        kind: (Sector::Energy, SectoralScope::EnergyIndustries, MitigationType::BiomassEnergy),
        region: SHEFA,
        proponents: &[(TANNA, 1_000_000)],
        certifier: PACIFIC,
        estimate: 2_000,
        stage: ProjectStage::Completed,
        periods: &[(2022, 2022, 1_200, After::Issued)],
    },
    Plan {
        external_id: "VCR-2022-016",
        title: "Teouma hydro power",
        kind: (Sector::Energy, SectoralScope::EnergyIndustries, MitigationType::Hydro),
        region: SHEFA,
        proponents: &[(EFATE, 1_000_000)],
        certifier: REEF,
        estimate: 64_000,
        stage: ProjectStage::Suspended,
        periods: &[],
    },
    Plan {
        external_id: "VCR-2026-017",
        title: "Kelp for fewer cattle emissions",
        kind: (Sector::Agriculture, SectoralScope::Agriculture, MitigationType::Agriculture),
        region: TAFEA,
        proponents: &[(KELP, 1_000_000)],
        certifier: REEF,
        estimate: 3_100,
        stage: ProjectStage::Submitted,
        periods: &[],
    },
];
