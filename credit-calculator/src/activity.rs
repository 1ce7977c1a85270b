// SPDX-License-Identifier: Apache-2.0
//! The methodologies, and what each has to be told.

use crate::{
    macros::{chain_types, names},
    parse_count, Area, Duration, EnergyPerYear, Error, Mass,
};

names! {
    /// A way to calculate a reduction of emissions.
    pub enum Methodology or Error::UnknownMethodology; {
        /// Agriculture: rice crops.
        RiceCrops = "rice_crops",
        /// Solar photovoltaics, which replace other sources of electricity.
        SolarPhotovoltaics = "solar_photovoltaics",
        /// Agriculture: soil enrichment with biochar.
        Biochar = "biochar",
        /// Energy efficiency in households: stoves.
        Stoves = "stoves",
        /// Solar water pumping where there is no grid.
        SolarWaterPumpOffGrid = "solar_water_pump_off_grid",
        /// Solar water pumping where there is a grid.
        SolarWaterPumpOnGrid = "solar_water_pump_on_grid",
    }
}

impl Methodology {
    /// The inputs that it needs, in the order in which a form asks for them.
    pub const fn inputs(self) -> &'static [Input] {
        match self {
            Self::RiceCrops => &[Input::Area, Input::Duration],
            Self::SolarPhotovoltaics => &[Input::Energy, Input::Building],
            Self::Biochar => &[Input::Weight],
            Self::Stoves => &[Input::Days, Input::People],
            Self::SolarWaterPumpOffGrid | Self::SolarWaterPumpOnGrid => &[Input::Energy],
        }
    }
}

names! {
    /// An input of a methodology.
    pub enum Input {
        /// The area of land under the crop.
        Area = "area",
        /// How long the crop was grown.
        Duration = "duration",
        /// The energy that one unit generates in one year.
        Energy = "energy",
        /// The type of building that uses the energy.
        Building = "building",
        /// The mass of biochar brought into the soil.
        Weight = "weight",
        /// Days on which the stove was used.
        Days = "days",
        /// People in the household.
        People = "people",
    }
}

impl Input {
    /// The name with its article, for sentences.
    pub(crate) const fn with_article(self) -> &'static str {
        match self {
            Self::Area => "the area",
            Self::Duration => "the duration",
            Self::Energy => "the energy",
            Self::Building => "the type of building",
            Self::Weight => "the weight",
            Self::Days => "the number of days",
            Self::People => "the number of people",
        }
    }
}

names! {
    /// Types of building that solar photovoltaics supply; each has a threshold of consumption.
    pub enum Building or Error::UnknownBuilding; {
        /// A household.
        Household = "household",
        /// A health centre.
        HealthCenter = "health_center",
        /// A dispensary.
        Dispensary = "dispensary",
        /// A school of any kind.
        School = "school",
        /// A primary school.
        PrimarySchool = "primary_school",
        /// A secondary school.
        SecondarySchool = "secondary_school",
        /// An office of public administration.
        PublicAdministration = "public_administration",
        /// A shop or market.
        TradingPlace = "trading_place",
        /// A bus stop.
        BusStop = "bus_stop",
    }
}

chain_types! {
    /// What was done, with the units in which it was measured.
    pub enum Activity {
        /// [`Methodology::RiceCrops`].
        RiceCrops {
            /// The area of land under the crop.
            area: Area,
            /// How long the crop was grown.
            duration: Duration,
        },
        /// [`Methodology::SolarPhotovoltaics`]. The estimate is that of one unit in one year.
        SolarPhotovoltaics {
            /// The energy that one unit generates in one year.
            energy: EnergyPerYear,
            /// The type of building that uses it.
            building: Building,
        },
        /// [`Methodology::Biochar`].
        Biochar {
            /// The mass of biochar brought into the soil.
            weight: Mass,
        },
        /// [`Methodology::Stoves`].
        Stoves {
            /// Days on which the stove was used.
            days: u32,
            /// People in the household.
            people: u32,
        },
        /// [`Methodology::SolarWaterPumpOffGrid`]. The estimate is that of one unit in one year.
        SolarWaterPumpOffGrid {
            /// The energy that one unit generates in one year.
            energy: EnergyPerYear,
        },
        /// [`Methodology::SolarWaterPumpOnGrid`]. The estimate is that of one unit in one year.
        SolarWaterPumpOnGrid {
            /// The energy that one unit generates in one year.
            energy: EnergyPerYear,
        },
    }
}

impl Activity {
    /// The methodology that it is estimated with.
    pub const fn methodology(&self) -> Methodology {
        match self {
            Self::RiceCrops { .. } => Methodology::RiceCrops,
            Self::SolarPhotovoltaics { .. } => Methodology::SolarPhotovoltaics,
            Self::Biochar { .. } => Methodology::Biochar,
            Self::Stoves { .. } => Methodology::Stoves,
            Self::SolarWaterPumpOffGrid { .. } => Methodology::SolarWaterPumpOffGrid,
            Self::SolarWaterPumpOnGrid { .. } => Methodology::SolarWaterPumpOnGrid,
        }
    }

    /// Reads an activity from the texts of its inputs, as a form or a command line has them.
    ///
    /// `given` is asked for the inputs that the methodology needs and for no other.
    ///
    /// ```
    /// use credit_calculator::{Activity, Input, Methodology};
    ///
    /// let activity = Activity::from_text(Methodology::RiceCrops, |input| match input {
    ///     Input::Area => Some("16 ha"),
    ///     Input::Duration => Some("120 d"),
    ///     _ => None,
    /// })?;
    /// assert_eq!(activity.methodology(), Methodology::RiceCrops);
    /// # Ok::<(), credit_calculator::Error>(())
    /// ```
    pub fn from_text<'a>(
        methodology: Methodology,
        given: impl Fn(Input) -> Option<&'a str>,
    ) -> Result<Self, Error> {
        let text = |input| given(input).ok_or(Error::MissingInput { input });
        let count = |input| parse_count(text(input)?, input);
        Ok(match methodology {
            Methodology::RiceCrops => Self::RiceCrops {
                area: text(Input::Area)?.parse()?,
                duration: text(Input::Duration)?.parse()?,
            },
            Methodology::SolarPhotovoltaics => Self::SolarPhotovoltaics {
                energy: text(Input::Energy)?.parse()?,
                building: text(Input::Building)?.trim().parse()?,
            },
            Methodology::Biochar => Self::Biochar { weight: text(Input::Weight)?.parse()? },
            Methodology::Stoves => {
                Self::Stoves { days: count(Input::Days)?, people: count(Input::People)? }
            }
            Methodology::SolarWaterPumpOffGrid => {
                Self::SolarWaterPumpOffGrid { energy: text(Input::Energy)?.parse()? }
            }
            Methodology::SolarWaterPumpOnGrid => {
                Self::SolarWaterPumpOnGrid { energy: text(Input::Energy)?.parse()? }
            }
        })
    }
}
