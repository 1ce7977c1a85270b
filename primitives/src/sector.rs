// SPDX-License-Identifier: Apache-2.0
//! Sectors, CDM sectoral scopes, types of mitigation and greenhouse gases.
//!
//! A sector limits the sectoral scopes and the types of mitigation of a project. The CDM's
//! sectoral scopes are those of its accreditation standard; the sectors and the types follow the
//! UNDP registry and the UNEP CDM pipeline.

use crate::macros::names;
use bounded_collections::{BoundedBTreeSet, ConstU32};

names! {
    /// The sector of a project.
    pub enum Sector {
        /// Energy.
        Energy = "energy",
        /// Health.
        Health = "health",
        /// Education.
        Education = "education",
        /// Transport.
        Transport = "transport",
        /// Manufacturing.
        Manufacturing = "manufacturing",
        /// Hospitality.
        Hospitality = "hospitality",
        /// Forestry.
        Forestry = "forestry",
        /// Waste.
        Waste = "waste",
        /// Agriculture.
        Agriculture = "agriculture",
        /// Anything else.
        Other = "other",
    }
}

names! {
    /// The fifteen sectoral scopes of the CDM; `number` is the one in a serial.
    pub enum SectoralScope {
        /// 1: energy industries (renewable and non-renewable sources).
        EnergyIndustries = "energy_industries",
        /// 2: energy distribution.
        EnergyDistribution = "energy_distribution",
        /// 3: energy demand.
        EnergyDemand = "energy_demand",
        /// 4: manufacturing industries.
        ManufacturingIndustries = "manufacturing_industries",
        /// 5: chemical industries.
        ChemicalIndustries = "chemical_industries",
        /// 6: construction.
        Construction = "construction",
        /// 7: transport.
        Transport = "transport",
        /// 8: mining and mineral production.
        Mining = "mining",
        /// 9: metal production.
        MetalProduction = "metal_production",
        /// 10: fugitive emissions from fuels.
        FugitiveFromFuels = "fugitive_from_fuels",
        /// 11: fugitive emissions from halocarbons and sulphur hexafluoride.
        FugitiveFromHalocarbons = "fugitive_from_halocarbons",
        /// 12: solvent use.
        SolventUse = "solvent_use",
        /// 13: waste handling and disposal.
        WasteHandling = "waste_handling",
        /// 14: afforestation and reforestation.
        Afforestation = "afforestation",
        /// 15: agriculture.
        Agriculture = "agriculture",
    }
}

/// Some of the sectoral scopes.
pub type SectoralScopes = BoundedBTreeSet<SectoralScope, ConstU32<15>>;

impl SectoralScope {
    /// The number of the scope, 1 to 15.
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// The scope with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number).checked_sub(1)?).copied()
    }
}

names! {
    /// What kind of measure a project is.
    pub enum MitigationType {
        /// Agriculture.
        Agriculture = "agriculture",
        /// Biomass energy.
        BiomassEnergy = "biomass_energy",
        /// Carbon capture and storage.
        Ccs = "ccs",
        /// Cement.
        Cement = "cement",
        /// Coal bed and coal mine methane.
        CoalMine = "coal_mine",
        /// Energy efficiency in households.
        EeHouseholds = "ee_households",
        /// Energy efficiency in industry.
        EeIndustry = "ee_industry",
        /// Energy efficiency by own generation.
        EeOwnGeneration = "ee_own_generation",
        /// Energy efficiency in services.
        EeService = "ee_service",
        /// Energy efficiency on the supply side.
        EeSupplySide = "ee_supply_side",
        /// Energy distribution.
        EnergyDistribution = "energy_distribution",
        /// Forestry.
        Forestry = "forestry",
        /// Fossil fuel switch.
        FossilFuel = "fossil_fuel",
        /// Fugitive emissions.
        Fugitive = "fugitive",
        /// Geothermal energy.
        Geothermal = "geothermal",
        /// Industrial gases: HFCs, PFCs and SF6.
        HfcsPfcsSf6 = "hfcs_pfcs_sf6",
        /// Hydro power.
        Hydro = "hydro",
        /// Landfill gas.
        Landfills = "landfills",
        /// Marine.
        Marine = "marine",
        /// Methane avoidance.
        MethaneAvoidance = "methane_avoidance",
        /// Nitrous oxide.
        NitrousOxide = "nitrous_oxide",
        /// Solar power.
        Solar = "solar",
        /// Transport.
        Transport = "transport",
        /// Wind power.
        Wind = "wind",
        /// Use of carbon dioxide.
        Co2Usage = "co2_usage",
        /// Tidal power.
        Tidal = "tidal",
    }
}

names! {
    /// A greenhouse gas, or a group of them, of the Kyoto basket.
    pub enum Gas {
        /// Carbon dioxide.
        Co2 = "co2",
        /// Methane.
        Ch4 = "ch4",
        /// Nitrous oxide.
        N2o = "n2o",
        /// Hydrofluorocarbons.
        Hfcs = "hfcs",
        /// Perfluorocarbons.
        Pfcs = "pfcs",
        /// Sulphur hexafluoride.
        Sf6 = "sf6",
    }
}

/// The gases that a project reduces.
pub type Gases = BoundedBTreeSet<Gas, ConstU32<6>>;

impl Sector {
    /// The sectoral scopes that a project of this sector may have.
    pub const fn scopes(self) -> &'static [SectoralScope] {
        use SectoralScope::*;
        match self {
            Self::Energy => &[EnergyIndustries, EnergyDistribution, EnergyDemand],
            Self::Transport => &[Transport],
            Self::Manufacturing => &[ManufacturingIndustries, ChemicalIndustries, MetalProduction],
            Self::Forestry => &[Afforestation],
            Self::Waste => &[FugitiveFromFuels, WasteHandling],
            Self::Agriculture => &[Agriculture],
            Self::Other => &[Construction, Mining, FugitiveFromHalocarbons, SolventUse],
            Self::Health | Self::Education | Self::Hospitality => SectoralScope::ALL,
        }
    }

    /// The types of mitigation that a project of this sector may have.
    pub const fn mitigation_types(self) -> &'static [MitigationType] {
        use MitigationType::*;
        match self {
            Self::Energy => &[
                BiomassEnergy,
                CoalMine,
                EeHouseholds,
                EeIndustry,
                EeOwnGeneration,
                EeService,
                EeSupplySide,
                EnergyDistribution,
                FossilFuel,
                Geothermal,
                Hydro,
                Solar,
                Wind,
            ],
            Self::Transport => &[Transport],
            Self::Manufacturing => &[Cement, Ccs, HfcsPfcsSf6],
            Self::Forestry => &[Forestry],
            Self::Waste => &[Landfills, Fugitive, MethaneAvoidance],
            Self::Agriculture => &[Agriculture],
            Self::Other => &[Marine, NitrousOxide, Co2Usage, Tidal],
            Self::Health | Self::Education | Self::Hospitality => MitigationType::ALL,
        }
    }

    /// Whether a project of this sector may have this scope and this type.
    pub fn allows(self, scope: SectoralScope, mitigation: MitigationType) -> bool {
        self.scopes().contains(&scope) && self.mitigation_types().contains(&mitigation)
    }
}

/// What a project of another system is whose sector is not known: so the reference's table says, and it
/// is the only combination beyond those that [`Sector::allows`].
pub const UNCLASSIFIED: (Sector, SectoralScope, MitigationType) =
    (Sector::Other, SectoralScope::EnergyIndustries, MitigationType::EeIndustry);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_numbered_one_to_fifteen() {
        let numbers: Vec<u8> = SectoralScope::ALL.iter().map(|scope| scope.number()).collect();
        assert_eq!(numbers, (1..=15).collect::<Vec<u8>>());
        for scope in SectoralScope::ALL {
            assert_eq!(SectoralScope::from_number(scope.number()), Some(*scope));
        }
        assert_eq!(SectoralScope::from_number(0), None);
        assert_eq!(SectoralScope::from_number(16), None);
        assert_eq!(SectoralScope::WasteHandling.number(), 13);
        assert_eq!(SectoralScope::Afforestation.number(), 14);
    }

    #[test]
    fn every_scope_and_type_has_a_sector() {
        let specific = [
            Sector::Energy,
            Sector::Transport,
            Sector::Manufacturing,
            Sector::Forestry,
            Sector::Waste,
            Sector::Agriculture,
            Sector::Other,
        ];
        for scope in SectoralScope::ALL {
            let sectors = specific.iter().filter(|sector| sector.scopes().contains(scope)).count();
            assert_eq!(sectors, 1, "{scope}");
        }
        for kind in MitigationType::ALL {
            let sectors =
                specific.iter().filter(|sector| sector.mitigation_types().contains(kind)).count();
            assert_eq!(sectors, 1, "{kind}");
        }
        assert!(Sector::Health.allows(SectoralScope::EnergyDemand, MitigationType::Solar));
        assert!(!Sector::Energy.allows(SectoralScope::Agriculture, MitigationType::Solar));
    }
}
