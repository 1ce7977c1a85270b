// SPDX-License-Identifier: Apache-2.0
//! Values as people write them on a command line and in files.

use anyhow::{anyhow, bail, Context, Result};
use blake2::{digest::consts::U32, Blake2b, Digest};
use chrono::{DateTime, NaiveDate, NaiveTime};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use registry_client::import;
use registry_primitives::{
    credit::Part,
    project::{Proponent, VintageTonnes},
    shares::WHOLE,
    ContentHash, Millis, SectoralScope, Text, MAX_TONNES,
};
use serde::de::DeserializeOwned;
use std::{fs::File, io::Read, path::Path, str::FromStr};

/// Largest JSON file that is read: far more than the largest call.
const MAX_JSON_BYTES: u64 = 1 << 20;

/// One of an enum's names, all of which the help lists.
macro_rules! named {
    ($type:ty) => {
        $crate::values::one_of::<$type>(<$type>::ALL.iter().map(|value| value.as_str()))
    };
}
pub(crate) use named;

/// A parser of the names given.
pub fn one_of<T>(names: impl Iterator<Item = &'static str>) -> impl TypedValueParser<Value = T>
where
    T: FromStr + Clone + Send + Sync + 'static,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    PossibleValuesParser::new(names).try_map(|name| name.parse::<T>())
}

/// `START:QUANTITY`: the last QUANTITY numbers of the block that starts at START.
pub fn part(text: &str) -> Result<Part> {
    let (start, quantity) = text.split_once(':').ok_or_else(|| {
        anyhow!("a part is START:QUANTITY, such as 101:50 for 50 tonnes of the block at 101")
    })?;
    Ok(Part { start: tonnes(start)?, quantity: tonnes(quantity)? })
}

/// `YEAR=TONNES`.
pub fn vintage(text: &str) -> Result<VintageTonnes> {
    let (vintage, tonnes) = text
        .split_once('=')
        .ok_or_else(|| anyhow!("a vintage is YEAR=TONNES, such as 2023=1000"))?;
    let vintage = vintage.parse().map_err(|_| anyhow!("{vintage:?} is not a year"))?;
    // Zero is a figure: nothing was verified for that year.
    let tonnes = if tonnes == "0" { 0 } else { self::tonnes(tonnes)? };
    Ok(VintageTonnes { vintage, tonnes })
}

/// `ORGANISATION=SHARE`, the share in parts per million.
pub fn proponent(text: &str) -> Result<Proponent> {
    let read = || {
        let (organisation, share) = text.split_once('=')?;
        let share: u32 = share.parse().ok().filter(|share| (1..=WHOLE).contains(share))?;
        Some(Proponent { organisation: organisation.parse().ok()?, share })
    };
    read().ok_or_else(|| {
        anyhow!("a proponent is ORGANISATION=PPM, such as 2=600000 for 60 % of organisation 2")
    })
}

/// Whole tonnes or a serial number, from 1.
pub fn tonnes(text: &str) -> Result<u64> {
    text.parse()
        .ok()
        .filter(|number| (1..=MAX_TONNES).contains(number))
        .ok_or_else(|| anyhow!("{text:?} is not a whole number from 1 to {MAX_TONNES}"))
}

/// A sectoral scope by its number or its name.
pub fn scope(text: &str) -> Result<SectoralScope> {
    import::scope(text).ok_or_else(|| anyhow!("a sectoral scope is a number from 1 to 15"))
}

/// Text that the chain takes.
pub fn text<const N: u32>(text: &str) -> Result<Text<N>> {
    let text = Text::try_from(text)?;
    if !text.is_valid() {
        bail!("text may not be blank, start or end with a space, or hold control characters");
    }
    Ok(text)
}

/// The same, as the calls have it.
pub fn sentence<const N: u32>(given: &str) -> Result<String> {
    text::<N>(given).map(|text| text.to_text())
}

/// An instant: RFC 3339, or a date for its first instant in UTC.
pub fn instant(text: &str) -> Result<Millis> {
    let at = match NaiveDate::from_str(text) {
        Ok(date) => date.and_time(NaiveTime::MIN).and_utc().timestamp_millis(),
        Err(_) => DateTime::parse_from_rfc3339(text)
            .map_err(|_| anyhow!("{text:?} is not a time such as 2024-01-01T00:00:00Z"))?
            .timestamp_millis(),
    };
    Ok(u64::try_from(at)?)
}

/// BLAKE2b-256 and size in bytes of a file.
pub fn hash_of(path: &Path) -> Result<(ContentHash, u64)> {
    let read = || -> std::io::Result<_> {
        let mut file = File::open(path)?;
        let mut hasher = Blake2b::<U32>::new();
        let mut buffer = vec![0; 1 << 16];
        let mut size = 0;
        loop {
            let count = file.read(&mut buffer)?;
            if count == 0 {
                return Ok((ContentHash(hasher.finalize().into()), size));
            }
            hasher.update(&buffer[..count]);
            size += count as u64;
        }
    };
    read().with_context(|| format!("{} cannot be read", path.display()))
}

/// A value from a JSON file, its times as [`instant`] or in milliseconds.
pub fn from_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let read = || {
        let mut text = String::new();
        File::open(path)?.take(MAX_JSON_BYTES).read_to_string(&mut text)?;
        let mut value = serde_json::from_str(&text)?;
        times_to_millis(&mut value)?;
        Ok(serde_json::from_value(value)?)
    };
    read().map_err(|error: anyhow::Error| error.context(path.display().to_string()))
}

/// Replaces times in words by milliseconds where the domain has times: at both ends of periods.
fn times_to_millis(value: &mut serde_json::Value) -> Result<()> {
    match value {
        serde_json::Value::Array(values) => values.iter_mut().try_for_each(times_to_millis),
        serde_json::Value::Object(fields) => fields.iter_mut().try_for_each(|(name, value)| {
            if matches!(name.as_str(), "period" | "crediting_period") {
                for end in ["start", "end"] {
                    if let Some(end) = value.get_mut(end) {
                        if let Some(text) = end.as_str() {
                            *end = instant(text)?.into();
                        }
                    }
                }
            }
            times_to_millis(value)
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use registry_primitives::{
        project::{MonitoringReport, ProjectRegistration},
        OrganisationRole,
    };
    use std::io::Write;

    fn file(content: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        file
    }

    #[test]
    fn parts_are_starts_and_quantities() {
        assert_eq!(part("101:50").unwrap(), Part { start: 101, quantity: 50 });
        assert_eq!(part(&format!("1:{MAX_TONNES}")).unwrap().quantity, MAX_TONNES);
        let above = format!("1:{}", MAX_TONNES + 1);
        for bad in ["", "101", "101:", ":50", "0:50", "101:0", "101:-5", "101:5:5", "1.5:2", &above]
        {
            assert!(part(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn vintages_are_years_and_tonnes() {
        assert_eq!(vintage("2023=1000").unwrap(), VintageTonnes { vintage: 2023, tonnes: 1000 });
        assert_eq!(vintage("2023=0").unwrap().tonnes, 0);
        for bad in ["", "2023", "2023:5", "=5", "2023=", "2023=1.5", "70000=5", "2023=-1"] {
            assert!(vintage(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn proponents_are_organisations_and_shares() {
        let half = Proponent { organisation: 2, share: 500_000 };
        assert_eq!(proponent("2=500000").unwrap(), half);
        for bad in ["", "2", "2=", "=5", "2=0", "2=1000001", "2=50%", "x=5", "2:5"] {
            assert!(proponent(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn scopes_are_numbers_or_names() {
        assert_eq!(scope("11").unwrap(), SectoralScope::FugitiveFromHalocarbons);
        assert_eq!(scope("transport").unwrap(), SectoralScope::Transport);
        assert!(scope("0").is_err() && scope("16").is_err() && scope("x").is_err());
    }

    #[test]
    fn text_that_the_chain_refuses_is_refused_here() {
        assert_eq!(text::<8>("Port Vil").unwrap().to_text(), "Port Vil");
        assert!(text::<8>("Port Vila").is_err());
        assert!(text::<8>(" x").is_err() && text::<8>("").is_err() && text::<8>("a\nb").is_err());
    }

    #[test]
    fn names_are_listed_when_one_is_wrong() {
        let command = clap::Command::new("x")
            .arg(clap::Arg::new("role").value_parser(named!(OrganisationRole)));
        let error = command.clone().try_get_matches_from(["x", "king"]).unwrap_err().to_string();
        assert!(error.contains("project_developer"), "{error}");
        let matches = command.try_get_matches_from(["x", "certifier"]).unwrap();
        assert_eq!(matches.get_one("role"), Some(&OrganisationRole::Certifier));
    }

    #[test]
    fn files_hash_to_the_vectors_of_blake2b_256() {
        // The first from RFC 7693's reference code with a digest of 32 bytes, both as `b2sum -l 256`.
        for (content, hash) in [
            (&b""[..], "0x0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"),
            (b"abc", "0xbddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"),
        ] {
            let file = file(content);
            let (found, size) = hash_of(file.path()).unwrap();
            assert_eq!((found.to_string().as_str(), size), (hash, content.len() as u64));
        }
        assert!(hash_of(Path::new("/nonexistent")).is_err());
    }

    #[test]
    fn times_are_rfc_3339_dates_or_milliseconds() {
        for text in ["2024-01-01", "2024-01-01T00:00:00Z", "2024-01-01T11:00:00+11:00"] {
            assert_eq!(instant(text).unwrap(), 1_704_067_200_000, "{text}");
        }
        assert_eq!(instant("2024-01-01T00:00:00.001Z").unwrap(), 1_704_067_200_001);
        for bad in ["", "2024", "2024-13-01", "01/02/2024", "2024-01-01T00:00:00", "1969-12-31"] {
            assert!(instant(bad).is_err(), "{bad}");
        }
    }

    const REPORT: &str = r#"{
        "period": {"start": "2023-01-01", "end": 1704067200000},
        "vintages": [{"vintage": 2023, "tonnes": 1000}],
        "report": "0x0101010101010101010101010101010101010101010101010101010101010101"
    }"#;

    #[test]
    fn periods_in_files_take_every_form_of_time() {
        let report: MonitoringReport = from_json(file(REPORT.as_bytes()).path()).unwrap();
        assert_eq!(report.period.start, 1_672_531_200_000);
        assert_eq!(report.period.end, 1_704_067_200_000);
        let wrong = REPORT.replace("2023-01-01", "last year");
        let error = from_json::<MonitoringReport>(file(wrong.as_bytes()).path()).unwrap_err();
        assert!(format!("{error:#}").contains("last year"), "{error:#}");
    }

    #[test]
    fn a_registration_is_read_from_a_file() {
        let json = r#"{
            "title": "Efate wind farm", "external_id": "VU-1",
            "proponents": [{"organisation": 2, "share": 1000000}],
            "sector": "energy", "sectoral_scope": "energy_industries",
            "mitigation_type": "wind", "gases": ["co2"],
            "crediting_period": {"start": "2023-01-01T00:00:00Z", "end": "2033-01-01T00:00:00Z"},
            "locations": [{"region": "VU-SEE", "coordinates": null}],
            "estimated_cost_usd": 4000000, "estimate": 50000,
            "details": "0x0202020202020202020202020202020202020202020202020202020202020202",
            "certifiers": [3]
        }"#;
        let registration: ProjectRegistration = from_json(file(json.as_bytes()).path()).unwrap();
        assert_eq!(registration.crediting_period.end, 1_988_150_400_000);
        assert!(registration.crediting_period.is_valid());
    }
}
