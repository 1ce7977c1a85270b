// SPDX-License-Identifier: Apache-2.0
//! Estimates of reductions, calculated here with the chain's constants.

use crate::{arguments::Estimate, failure::BadArguments, output::Output};
use anyhow::{bail, Result};
use credit_calculator::{estimate, Activity, Constants, Input};
use registry_client::{views, Registry};
use serde_json::json;

/// Runs `registry estimate`.
pub async fn run(arguments: &Estimate, node: &str, output: &Output) -> Result<()> {
    let activity = activity(arguments).map_err(BadArguments)?;
    let (version, constants) = match arguments.offline {
        true => (None, Constants::default()),
        false => {
            let at = Registry::connect(node).await?.at_finalised().await?;
            match views::constants(&at, arguments.constants).await? {
                Some((version, (constants, ..))) => (Some(version), constants),
                None => bail!("the chain has no such version of the constants"),
            }
        }
    };
    let estimate = estimate(&activity, &constants)
        .map_err(|error| BadArguments::because(error.to_string()))?;
    let source = match version {
        Some(version) => format!("version {version} of the chain's constants"),
        None => "the constants that this program was built with".to_owned(),
    };
    output.result(
        format_args!(
            "{estimate} tonnes of CO2 equivalent, by {source}\n{} whole tonnes",
            estimate.whole_tonnes()
        ),
        &json!({
            "activity": activity,
            "tonnes": estimate.to_string(),
            "whole_tonnes": estimate.whole_tonnes(),
            "constants": { "version": version, "values": constants },
        }),
    )?;
    Ok(())
}

/// The activity; every input is one that the methodology needs.
fn activity(arguments: &Estimate) -> Result<Activity> {
    let given = |input: Input| match input {
        Input::Area => arguments.area.as_deref(),
        Input::Duration => arguments.duration.as_deref(),
        Input::Energy => arguments.energy.as_deref(),
        Input::Building => arguments.building.map(|building| building.as_str()),
        Input::Weight => arguments.weight.as_deref(),
        Input::Days => arguments.days.as_deref(),
        Input::People => arguments.people.as_deref(),
    };
    let methodology = arguments.methodology;
    let needed = methodology.inputs();
    if let Some(input) =
        Input::ALL.iter().find(|input| given(**input).is_some() && !needed.contains(input))
    {
        let needed: Vec<_> = needed.iter().map(|input| format!("--{input}")).collect();
        bail!("{methodology} takes {} and not --{input}", needed.join(", "));
    }
    Activity::from_text(methodology, given).map_err(|error| match error {
        credit_calculator::Error::MissingInput { input } => {
            anyhow::anyhow!("{methodology} needs --{input}")
        }
        other => other.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::{Cli, Command};
    use clap::Parser;

    fn read(words: &[&str]) -> Result<Activity> {
        let words = ["registry", "estimate"].iter().chain(words);
        let Command::Estimate(arguments) = Cli::try_parse_from(words)?.command else {
            panic!("an estimate")
        };
        activity(&arguments)
    }

    #[test]
    fn the_worked_examples_are_read() {
        let constants = Constants::default();
        for (words, tonnes) in [
            (&["rice_crops", "--area", "16 ha", "--duration", "120 d"][..], "88.320"),
            (
                &[
                    "solar_photovoltaics",
                    "--energy",
                    "105 kWh/year/unit",
                    "--building",
                    "household",
                ],
                "0.439",
            ),
            (&["biochar", "--weight", "10 t"], "36.600"),
            (&["stoves", "--days", "365", "--people", "4"], "146.000"),
            (&["solar_water_pump_on_grid", "--energy", "1 MWh/year/unit"], "1060.000"),
        ] {
            let activity = read(words).unwrap();
            assert_eq!(estimate(&activity, &constants).unwrap().to_string(), tonnes, "{words:?}");
        }
    }

    #[test]
    fn inputs_that_are_missing_wrong_or_of_another_methodology_are_named() {
        for (words, says) in [
            (&["rice_crops", "--area", "16 ha"][..], "--duration"),
            (&["rice_crops", "--area", "16 d", "--duration", "120 d"], "area"),
            (&["rice_crops", "--area", "16", "--duration", "120 d"], "unit"),
            (&["biochar", "--weight", "10 t", "--days", "3"], "--days"),
            (&["stoves", "--days", "365 d", "--people", "4"], "without a unit"),
            (&["wind"], "rice_crops"),
            (&["solar_photovoltaics", "--building", "palace"], "household"),
        ] {
            let error = read(words).unwrap_err().to_string();
            assert!(error.contains(says), "{words:?}: {error}");
        }
    }

    #[tokio::test]
    async fn offline_no_node_is_asked() {
        let line = "registry estimate biochar --weight 10t --offline";
        let cli = Cli::try_parse_from(line.split(' ')).unwrap();
        let Command::Estimate(arguments) = cli.command else { panic!("{line}") };
        run(&arguments, "ws://127.0.0.1:1", &Output::Nobody).await.unwrap();
    }
}
