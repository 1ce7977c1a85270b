// SPDX-License-Identifier: Apache-2.0
//! The calculator: estimates with a version of the chain's constants, as a page that needs no
//! script and for machines.

pub mod constants;
mod faults;

use crate::{
    answers::At,
    db::Reader,
    page::{self, Layout},
    problem::{Message, Problem, ProblemDocument},
    query::{blank_is_none, Params},
    server::App,
};
use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use constants::Version;
use credit_calculator::{estimate, Activity, Building, Error, Input, Methodology};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What shall be estimated.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// `rice_crops`, `solar_photovoltaics`, `biochar`, `stoves`, `solar_water_pump_off_grid` or
    /// `solar_water_pump_on_grid`.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(example = "rice_crops")]
    methodology: Option<String>,
    /// Of rice crops, with its unit.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(example = "16 ha")]
    area: Option<String>,
    /// Of rice crops, with its unit.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(example = "120 d")]
    duration: Option<String>,
    /// Of photovoltaics and pumps, with its unit, for one year and device.
    #[serde(default, deserialize_with = "blank_is_none")]
    energy: Option<String>,
    /// Of photovoltaics: what uses the energy.
    #[serde(default, deserialize_with = "blank_is_none")]
    building: Option<String>,
    /// Of biochar, with its unit.
    #[serde(default, deserialize_with = "blank_is_none")]
    weight: Option<String>,
    /// Of stoves.
    #[serde(default, deserialize_with = "blank_is_none")]
    days: Option<String>,
    /// Of stoves.
    #[serde(default, deserialize_with = "blank_is_none")]
    people: Option<String>,
    /// Version of the constants; the one in force without it.
    #[serde(default, deserialize_with = "blank_is_none")]
    version: Option<i64>,
}

impl Asked {
    fn of(&self, input: Input) -> Option<&str> {
        match input {
            Input::Area => self.area.as_deref(),
            Input::Duration => self.duration.as_deref(),
            Input::Energy => self.energy.as_deref(),
            Input::Building => self.building.as_deref(),
            Input::Weight => self.weight.as_deref(),
            Input::Days => self.days.as_deref(),
            Input::People => self.people.as_deref(),
        }
    }

    /// The methodology; none where none is named.
    fn methodology(&self) -> Result<Option<Methodology>, Fault> {
        let text = self.methodology.as_deref();
        text.map(|text| text.parse().map_err(|error| Fault { input: None, error })).transpose()
    }

    /// The activity, or everything that is wrong with it.
    fn activity(&self, methodology: Methodology) -> Result<Activity, Vec<Fault>> {
        let faults: Vec<Fault> = methodology
            .inputs()
            .iter()
            .filter_map(|input| {
                let error = check(*input, self.of(*input)).err()?;
                Some(Fault { input: Some(*input), error })
            })
            .collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        Activity::from_text(methodology, |input| self.of(input))
            .map_err(|error| vec![Fault { input: None, error }])
    }
}

/// What is wrong with one input, or with all of them together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Fault {
    input: Option<Input>,
    error: Error,
}

/// Whether an input alone can be used.
fn check(input: Input, text: Option<&str>) -> Result<(), Error> {
    let text = text.ok_or(Error::MissingInput { input })?;
    match input {
        Input::Area => text.parse::<credit_calculator::Area>().map(drop),
        Input::Duration => text.parse::<credit_calculator::Duration>().map(drop),
        Input::Energy => text.parse::<credit_calculator::EnergyPerYear>().map(drop),
        Input::Weight => text.parse::<credit_calculator::Mass>().map(drop),
        Input::Building => text.parse::<Building>().map(drop),
        Input::Days | Input::People => credit_calculator::parse_count(text, input).map(drop),
    }
}

/// An estimate, for planning: what is issued is what a certifier verified.
#[derive(Serialize, ToSchema)]
pub struct Estimated {
    /// The methodology.
    #[schema(example = "rice_crops")]
    methodology: String,
    /// The activity as it was understood.
    #[schema(value_type = Object)]
    activity: Activity,
    /// Tonnes of CO2 equivalent with three decimals.
    #[schema(example = "88.320")]
    tonnes: String,
    /// Whole tonnes, rounded down: what may become credits.
    #[schema(example = 88)]
    whole_tonnes: u64,
    /// The version of the constants that it rests on: with it anybody can repeat the estimate.
    version: i64,
}

/// Estimates with one version of the constants.
fn calculate(asked: &Asked, version: &Version) -> Result<Option<Estimated>, Vec<Fault>> {
    let Some(methodology) = asked.methodology().map_err(|fault| vec![fault])? else {
        return Ok(None);
    };
    let activity = asked.activity(methodology)?;
    let estimate = estimate(&activity, &version.constants).map_err(|error| {
        let input = match error {
            Error::Zero { input } => Some(input),
            _ => None,
        };
        vec![Fault { input, error }]
    })?;
    Ok(Some(Estimated {
        methodology: methodology.to_string(),
        activity,
        tonnes: estimate.to_string(),
        whole_tonnes: estimate.whole_tonnes(),
        version: version.version,
    }))
}

/// Estimates the reduction of emissions by an activity.
#[utoipa::path(
    get, path = "/api/v1/calculator/estimate", tag = "registry", params(Asked),
    operation_id = "estimate",
    responses(
        (status = OK, body = At<Estimated>),
        (status = BAD_REQUEST, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument, description = "No such version"),
        (status = UNPROCESSABLE_ENTITY, body = ProblemDocument,
         description = "What is wrong with each input"),
    )
)]
pub async fn answer(Params(asked): Params<Asked>, mut reader: Reader) -> Result<Response, Problem> {
    let version = constants::version(&mut reader, asked.version)
        .await?
        .ok_or_else(|| Problem::not_found(Message::new("problem.no_constants_yet")))?;
    match calculate(&asked, &version) {
        Ok(Some(estimated)) => Ok(reader.json(estimated)),
        Ok(None) => {
            let names: Vec<_> = Methodology::ALL.iter().map(|it| it.as_str()).collect();
            let message = Message::new("problem.no_methodology").with("known", names.join(", "));
            Err(Problem::unprocessable(message))
        }
        Err(faults) => {
            let sentences: Vec<String> = faults.iter().map(Fault::in_words).collect();
            let message = Message::new("problem.estimate").with("faults", sentences.join(" "));
            Err(Problem::unprocessable(message))
        }
    }
}

/// A field of the form.
struct Field {
    input: Input,
    value: String,
    fault: Option<String>,
}

#[derive(Template)]
#[template(path = "calculator.html")]
struct Page {
    l: Layout,
    asked: Asked,
    /// None while the chain has no constants.
    version: Option<Version>,
    methodology: Option<Methodology>,
    estimated: Option<Estimated>,
    fields: Vec<Field>,
    /// What is wrong with none of the fields alone.
    faults: Vec<String>,
}

impl Page {
    fn new(mut l: Layout, asked: Asked, version: Option<Version>) -> Self {
        let methodology = asked.methodology().ok().flatten();
        let inputs = methodology.map_or(&[][..], Methodology::inputs);
        // Who has only chosen a methodology has done nothing wrong yet.
        let begun = methodology.is_none() || inputs.iter().any(|it| asked.of(*it).is_some());
        let result = version.as_ref().map(|version| calculate(&asked, version));
        let (estimated, wrong) = match result {
            Some(Ok(estimated)) => (estimated, Vec::new()),
            Some(Err(faults)) if begun => (None, faults),
            Some(Err(_)) | None => (None, Vec::new()),
        };
        // Without an estimate there is nothing to say in JSON.
        l.json = l.json.filter(|_| estimated.is_some());
        let fault_of = |input: Input| {
            wrong.iter().find(|fault| fault.input == Some(input)).map(Fault::in_words)
        };
        let fields = inputs
            .iter()
            .map(|input| Field {
                input: *input,
                value: asked.of(*input).unwrap_or_default().to_owned(),
                fault: fault_of(*input),
            })
            .collect();
        let others = wrong.iter().filter(|fault| fault.input.is_none());
        let faults = others.map(Fault::in_words).collect();
        Self { l, asked, version, methodology, estimated, fields, faults }
    }

    /// Name of each methodology, and whether it is the chosen one.
    fn methodologies(&self) -> Vec<(&'static str, bool)> {
        let all = Methodology::ALL.iter();
        all.map(|it| (it.as_str(), self.methodology == Some(*it))).collect()
    }

    /// Name of each type of building, and whether it is the chosen one.
    fn buildings(&self) -> Vec<(&'static str, bool)> {
        let chosen = self.asked.building.as_deref();
        Building::ALL.iter().map(|it| (it.as_str(), chosen == Some(it.as_str()))).collect()
    }

    /// The units of an input; none for one that is counted or chosen.
    fn units(&self, input: &Input) -> Option<String> {
        faults::dimension(*input).map(faults::units)
    }
}

/// `/calculator`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    Params(asked): Params<Asked>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let version = constants::version(&mut reader, asked.version).await?;
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.t("calculator.title").to_owned();
    page::render(&Page::new(l, asked, version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use credit_calculator::Constants;

    fn asked(query: &str) -> Asked {
        let uri: Uri = format!("/calculator?{query}").parse().unwrap();
        axum::extract::Query::<Asked>::try_from_uri(&uri).unwrap().0
    }

    fn version() -> Version {
        Version {
            version: 3,
            constants: Constants::default(),
            set_at: None,
            organisation: None,
            set_by: None,
            reason: None,
            in_force: true,
        }
    }

    fn page(query: &str) -> (Page, String) {
        let l = Layout::bare("/calculator");
        let page = Page::new(l, asked(query), Some(version()));
        let html = page.render().unwrap();
        (page, html)
    }

    #[test]
    fn the_published_examples_come_out() {
        for (query, tonnes) in [
            ("methodology=rice_crops&area=16+ha&duration=120+d", "88.320"),
            (
                "methodology=solar_photovoltaics&energy=105+kWh/year/unit&building=household",
                "0.439",
            ),
            ("methodology=biochar&weight=10t", "36.600"),
            ("methodology=stoves&days=365&people=4", "146.000"),
        ] {
            let estimated = calculate(&asked(query), &version()).unwrap().unwrap();
            assert_eq!(estimated.tonnes, tonnes, "{query}");
            assert_eq!(estimated.version, 3);
        }
        assert!(calculate(&asked(""), &version()).unwrap().is_none());
    }

    #[test]
    fn each_wrong_input_is_told_by_itself() {
        let faults = |query| calculate(&asked(query), &version()).err().unwrap();
        let both = faults("methodology=rice_crops&area=16+d&duration=120");
        assert_eq!(both.len(), 2);
        assert_eq!(both[0].input, Some(Input::Area));
        assert!(matches!(both[0].error, Error::WrongDimension { .. }));
        assert!(matches!(both[1].error, Error::MissingUnit { .. }));
        let zero = faults("methodology=biochar&weight=0+t");
        assert_eq!(zero, [Fault { input: Some(Input::Weight), error: zero[0].error }]);
        assert_eq!(faults("methodology=wind")[0].error, Error::UnknownMethodology);
    }

    #[test]
    fn the_form_shows_faults_beside_their_fields_and_nothing_hostile() {
        let (page, html) = page("methodology=rice_crops&area=%3Cscript%3E%22&duration=120+d");
        assert!(page.fields[0].fault.is_some() && page.fields[1].fault.is_none());
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains("aria-invalid=\"true\"") && html.contains("aria-describedby"));
    }

    #[test]
    fn a_chain_without_constants_has_no_form() {
        let l = Layout::bare("/calculator");
        let html = Page::new(l, asked("methodology=stoves"), None).render().unwrap();
        assert!(html.contains("no constants yet") && !html.contains("name=\"days\""), "{html}");
    }

    #[test]
    fn to_choose_a_methodology_is_no_mistake() {
        let (page, html) = page("methodology=stoves");
        assert_eq!(page.fields.len(), 2);
        assert!(page.fields.iter().all(|field| field.fault.is_none()));
        assert!(page.faults.is_empty() && !html.contains("aria-invalid"));
    }

    #[test]
    fn an_estimate_names_the_version_that_it_rests_on() {
        let (_, html) = page("methodology=biochar&weight=10+t");
        assert!(html.contains("36.600"), "{html}");
        assert!(html.contains("/calculator/constants/3"), "{html}");
    }
}
