// SPDX-License-Identifier: Apache-2.0
//! Places: regions from a file, from Mapbox and from OpenStreetMap, for whom a server of this test
//! stands in; what it breaks stays where it is, and no reader ever waits for it.

mod common;
#[path = "places/stand_in.rs"]
mod stand_in;

mod e2e {
    use super::{
        common::{self, text, Cast, CERTIFIER, FIRST},
        stand_in::{Answer, Question, StandIn},
    };
    use anyhow::{ensure, Context, Result};
    use registry_client::{state::State, Call, Registry};
    use registry_primitives::{
        calendar::start_of,
        project::{Location, Period, ProjectRegistration, Proponent},
        Gas, MitigationType, Sector, SectoralScope,
    };
    use registry_testbed::{compare::Site, demo_data::hash_of, Stack};
    use serde_json::{json, Value};
    use std::{collections::BTreeSet, time::Duration};

    const TOKEN: &str = "pk.a-secret-of-this-test";

    /// A project with places; its number.
    async fn register(
        cast: &Cast,
        registry: &Registry,
        name: &str,
        places: &[(&str, Option<(i32, i32)>)],
    ) -> Result<u32> {
        let gases: BTreeSet<_> = [Gas::Co2].into();
        let certifiers: BTreeSet<_> = [CERTIFIER].into();
        let place = |&(region, coordinates): &(&str, Option<(i32, i32)>)| Location {
            region: text(region),
            coordinates: coordinates.map(|(latitude, longitude)| {
                registry_primitives::project::Coordinates { latitude, longitude }
            }),
        };
        let registration = Box::new(ProjectRegistration {
            title: text(name),
            external_id: text(name),
            proponents: vec![Proponent { organisation: FIRST, share: 1_000_000 }]
                .try_into()
                .ok()
                .context("one proponent")?,
            sector: Sector::Energy,
            sectoral_scope: SectoralScope::EnergyIndustries,
            mitigation_type: MitigationType::Solar,
            gases: gases.try_into().ok().context("one gas")?,
            crediting_period: Period {
                start: start_of(2021).context("a year")?,
                end: start_of(2031).context("a year")?,
            },
            locations: places
                .iter()
                .map(place)
                .collect::<Vec<_>>()
                .try_into()
                .ok()
                .context("few places")?,
            estimated_cost_usd: 1,
            estimate: 10,
            details: hash_of(name),
            certifiers: certifiers.try_into().ok().context("one certifier")?,
        });
        cast.does(registry, &cast.first, Call::RegisterProject { registration }).await?;
        let state = State::read(&registry.at_finalised().await?).await?;
        Ok(*state.projects.keys().last().context("a project")?)
    }

    /// The places of a project, once they are as expected.
    async fn places(
        site: &Site,
        project: u32,
        expected: impl Fn(&[Value]) -> bool,
    ) -> Result<Vec<Value>> {
        let mut seen = Vec::new();
        for _ in 0..200 {
            let answer = site.json(&format!("/api/v1/projects/{project}")).await?;
            seen = answer["locations"].as_array().context("locations")?.clone();
            if expected(&seen) {
                return Ok(seen);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        anyhow::bail!("not within 20 seconds: {seen:#?}")
    }

    /// The regions of the API, by what they are called.
    async fn regions(site: &Site, query: &str) -> Result<Vec<Value>> {
        let answer = site.json(&format!("/api/v1/regions?{query}")).await?;
        Ok(answer["items"].as_array().context("items")?.clone())
    }

    fn called<'a>(regions: &'a [Value], name: &str) -> Result<&'a Value> {
        regions
            .iter()
            .find(|it| it["name"] == name)
            .with_context(|| format!("{name}: {regions:#?}"))
    }

    async fn restart(stack: &mut Stack, options: &[&str]) -> Result<()> {
        stack.portal = None;
        stack.portal_options = options.iter().map(|it| (*it).to_owned()).collect();
        stack.start_portal()?;
        stack.wait_for_portal().await
    }

    #[tokio::test]
    async fn places_are_found_and_nobody_waits_for_them() -> Result<()> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let registry = stack.registry().await?;
        let cast = Cast::enter(&registry).await?;
        let site = Site { root: stack.portal_url() };
        let issued = cast.issue(&registry, "Sun for Efate", 100).await?;
        the_file_that_comes_along(&mut stack, &site, &cast, &registry, issued).await?;
        a_file_of_the_country(&mut stack, &site, &folder).await?;
        mapbox(&mut stack, &site, &cast, &registry).await?;
        openstreetmap(&mut stack, &site).await
    }

    async fn the_file_that_comes_along(
        stack: &mut Stack,
        site: &Site,
        cast: &Cast,
        registry: &Registry,
        issued: u32,
    ) -> Result<()> {
        let known = |it: &[Value]| it[0]["name"] == "Shefa";
        let found = places(site, issued, known).await?;
        let expected = json!([{
            "region": "VU-SEE", "latitude_micro": null, "longitude_micro": null,
            "code": "VU-SEE", "name": "Shefa", "latitude": -17.736, "longitude": 168.314,
            "source": "file", "attribution": null,
        }]);
        ensure!(json!(found) == expected, "{found:#?}");

        // Names in any language, the project's own point, and a region that nobody knows.
        let own = Some((-17_700_001, 168_300_000));
        let named = [("shéfa", own), ("Torba", None), ("Atlantis", None)];
        let several = register(cast, registry, "Three places", &named).await?;
        stack.wait_for_indexer().await?;
        let found = places(site, several, |it| it[1]["name"] == "Torba").await?;
        ensure!(found[0]["code"] == "VU-SEE" && found[0]["source"] == "chain", "{found:#?}");
        ensure!(found[0]["latitude"] == json!(-17.700_001), "{found:#?}");
        ensure!(found[1]["code"] == "VU-TOB" && found[1]["longitude"] == 167.552, "{found:#?}");
        ensure!(found[2]["name"].is_null() && found[2]["latitude"].is_null(), "{found:#?}");
        let page = site.text(&format!("/projects/{several}")).await?;
        ensure!(page.contains("Shefa VU-SEE −17.700001°, 168.300000°"), "{page}");
        ensure!(page.contains("Torba VU-TOB") && page.contains("Atlantis"), "{page}");

        let all = regions(site, "").await?;
        ensure!(all.len() == 7, "{all:#?}");
        let shefa = called(&all, "Shefa")?;
        ensure!(shefa["projects"] == 2 && shefa["issued"] == 100, "{shefa}");
        ensure!(shefa["names"] == json!({"en": "Shefa", "fr": "Shéfa"}), "{shefa}");
        let torba = called(&all, "Torba")?;
        ensure!(torba["projects"] == 1 && torba["issued"] == 0, "{torba}");
        ensure!(all[6]["name"] == "Atlantis" && all[6]["known"] == false, "{:#}", all[6]);
        called(&regions(site, "language=fr").await?, "Shéfa")?;
        ensure!(regions(site, "known=false").await?.len() == 1, "unknown regions");
        let most = regions(site, "sort=-projects&limit=1").await?;
        ensure!(most[0]["code"] == "VU-SEE", "{most:#?}");
        let first = site.json("/api/v1/regions?limit=4").await?;
        let next = first["next"].as_str().context("next")?;
        ensure!(regions(site, &format!("limit=4&after={next}")).await? == all[4..], "second part");
        let (status, csv) = site.get("/api/v1/regions.csv?code=VU-SEE").await?;
        let line = "true,VU-SEE,Shefa,\"{\"\"en\"\":\"\"Shefa\"\",\"\"fr\"\":\"\"Shéfa\"\"}\",\
                    -17.736000,168.314000,file,,2,100,0";
        ensure!(status == 200 && csv.contains(line), "{csv}");
        for file in ["xlsx", "ndjson"] {
            let (status, _) = site.get(&format!("/api/v1/regions.{file}")).await?;
            ensure!(status == 200, "regions.{file} answers {status}");
        }
        println!("the file that comes along: {} regions and one that nobody knows", all.len() - 1);
        Ok(())
    }

    async fn a_file_of_the_country(
        stack: &mut Stack,
        site: &Site,
        folder: &tempfile::TempDir,
    ) -> Result<()> {
        let path = folder.path().join("regions.csv");
        let file = path.display().to_string();
        std::fs::write(&path, "Name,Country,Latitude,Longitude,Language\nShefa,VU,-177,168,en\n")?;
        let (code, output) = stack.run(
            "registry-portal",
            &[
                "--database",
                &stack.database_url(),
                "--listen=127.0.0.1:1",
                "--regions",
                &file,
                "--secret",
                &folder.path().join("portal/secret").display().to_string(),
            ],
        )?;
        ensure!(
            code != 0 && output.contains("line 2: \"-177\" is no number of degrees"),
            "{output}"
        );

        let rows = "Shefa,VU,-17.5,168.5,en\nShéfa,VU,-17.5,168.5,fr\n\
                    Atlantis,VU,-16.5,168.5,en\nParis,FR,48.9,2.3,fr\n";
        std::fs::write(&path, format!("Name,Country,Latitude,Longitude,Language\n{rows}"))?;
        restart(stack, &["--regions", &file]).await?;
        let two = places(site, 2, |it| it[2]["name"] == "Atlantis").await?;
        // There is no code in this file, and no Torba any more.
        ensure!(two[0]["name"] == "Shefa" && two[0]["code"].is_null(), "{two:#?}");
        ensure!(two[1]["name"].is_null(), "{two:#?}");
        ensure!(regions(site, "known=true").await?.len() == 2, "regions of the file");

        // A file that is changed is read while the portal runs.
        let rows = format!("{rows}Torba,VU,-13.5,167.5,en\n");
        std::fs::write(&path, format!("Name,Country,Latitude,Longitude,Language\n{rows}"))?;
        places(site, 2, |it| it[1]["latitude"] == -13.5).await?;
        println!("a file of the country: refused with its line, taken, and taken again");
        Ok(())
    }

    /// A feature as Mapbox has it.
    fn feature(kind: &str, name: &str, country: &str, latitude: f64) -> Answer {
        let code = if kind == "region" { "VU-SAM" } else { "VU-SEE" };
        Answer::Json(json!({
            "type": "FeatureCollection",
            "features": [{
                "type": "Feature",
                "id": "dXJuOm1ieHBsYzpBVEhX",
                "geometry": {"type": "Point", "coordinates": [168.4, latitude]},
                "properties": {
                    "mapbox_id": "dXJuOm1ieHBsYzpBVEhX", "feature_type": kind, "name": name,
                    "full_address": format!("{name}, Vanuatu"), "place_formatted": "Vanuatu",
                    "coordinates": {"longitude": 168.4, "latitude": latitude},
                    "context": {
                        "region": {"name": "Region", "region_code_full": code},
                        "country": {"name": "Country", "country_code": country},
                    },
                },
            }],
            "attribution": "NOTICE: © Mapbox",
        }))
    }

    async fn mapbox(
        stack: &mut Stack,
        site: &Site,
        cast: &Cast,
        registry: &Registry,
    ) -> Result<()> {
        let mut busy = true;
        let service = StandIn::start(move |question: &Question| {
            if std::mem::take(&mut busy) {
                return Answer::Raw(429, "retry-after: 2\r\n", "{}".to_owned());
            }
            match question.value("q") {
                "Efate Island" => feature("district", "Efate", "VU", -17.65),
                "Santo" => feature("region", "Sanma", "VU", -15.5),
                "In another country" => feature("region", "Ailleurs", "FR", 48.0),
                "Off the earth" => feature("district", "Nowhere", "VU", -181.0),
                "No JSON" => Answer::Raw(200, "", "<html>".to_owned()),
                "Other JSON" => Answer::Json(json!({"features": [{"properties": []}]})),
                "Refused" => Answer::Raw(500, "", "{}".to_owned()),
                "Endless" => Answer::Endless,
                "Moved" => Answer::Raw(302, "location: http://127.0.0.1:1/\r\n", String::new()),
                _ => Answer::Json(json!({"type": "FeatureCollection", "features": []})),
            }
        })
        .await?;
        let endpoint = format!("--location-endpoint={}", service.url);
        let token = format!("--mapbox-token={TOKEN}");
        let options = ["--location-service=mapbox", &endpoint, &token, "--location-interval=20"];
        restart(stack, &options).await?;
        // What the portal's own file knows is asked of nobody.
        let own = [
            ("Off the earth", None),
            ("Efate Island", None),
            ("Refused", None),
            ("Torba", None),
            ("In another country", None),
            ("No JSON", None),
            ("Endless", None),
            ("Moved", None),
            ("Other JSON", None),
            ("Santo", None),
            ("Atlantis; Utopia", None),
        ];
        let project = register(cast, registry, "Many places", &own).await?;
        stack.wait_for_indexer().await?;
        let found =
            places(site, project, |it| it[1]["name"] == "Efate" && it[9]["name"] == "Sanma")
                .await?;
        // Each has what is its own, whatever became of the others.
        for (index, place) in found.iter().enumerate() {
            ensure!(place["region"] == own[index].0, "{found:#?}");
            let known = [1, 3, 9].contains(&index);
            ensure!(place["latitude"].is_number() == known, "{place:#}");
        }
        ensure!(found[1]["latitude"] == -17.65 && found[1]["code"].is_null(), "{found:#?}");
        ensure!(found[1]["source"] == "mapbox" && found[1]["attribution"] == "© Mapbox", "source");
        // What the file says of a region is not changed by who else knows it.
        ensure!(found[9]["code"] == "VU-SAM" && found[9]["source"] == "file", "{found:#?}");
        ensure!(found[9]["latitude"] == -15.52, "{found:#?}");

        // All were asked about, none of the file's names was, and patience was kept.
        let asked =
            |name: &str| service.questions().iter().filter(|it| it.value("q") == name).count();
        for _ in 0..300 {
            if own.iter().all(|(name, _)| *name == "Torba" || asked(&name.replace(';', "")) > 0) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        for (name, _) in own.iter().filter(|(name, _)| *name != "Torba") {
            ensure!(asked(&name.replace(';', "")) > 0, "{name} was never asked about");
        }
        ensure!(asked("Torba") == 0 && asked("VU-SEE") == 0, "names of the file were asked about");
        let questions = service.questions();
        let patience = questions[1].at - questions[0].at;
        ensure!(patience >= Duration::from_secs(2), "asked again after {patience:?}");
        for question in &questions {
            let said = |name| question.value(name);
            ensure!(question.path == "/api" && said("access_token") == TOKEN, "the request");
            ensure!(said("country") == "vu" && said("types") == "region,district", "the request");
            ensure!(said("limit") == "1" && said("permanent") == "true", "the request");
            ensure!(question.user_agent.starts_with("carbon-registry-portal/"), "who asks");
        }
        // What failed is asked again, and a poison name keeps no other from its turn.
        let log = stack.portal.as_ref().context("a portal")?.output();
        ensure!(log.contains("a service knows no places now"), "{log}");
        ensure!(!log.contains(TOKEN), "the token is in the log");
        println!("Mapbox: {} questions, the second after {patience:?}", questions.len());
        nobody_waits(stack, site, cast, registry, &service).await
    }

    async fn nobody_waits(
        stack: &mut Stack,
        site: &Site,
        cast: &Cast,
        registry: &Registry,
        service: &StandIn,
    ) -> Result<()> {
        service.behaves(|_| Answer::Nothing);
        let before = service.questions().len();
        let places_of = [("Somewhere new", None), ("Tafea", None)];
        let project = register(cast, registry, "While it hangs", &places_of).await?;
        stack.wait_for_indexer().await?;
        while service.questions().len() == before {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let asked = service.questions()[before].at;
        // The service was asked and says nothing: pages, data and names of the file come at once.
        let found = places(site, project, |it| it[1]["name"] == "Tafea").await?;
        ensure!(found[0]["name"].is_null() && found[0]["region"] == "Somewhere new", "{found:#?}");
        let page = site.text(&format!("/projects/{project}")).await?;
        ensure!(page.contains("Somewhere new") && page.contains("Tafea"), "{page}");
        let unknown = regions(site, "known=false").await?;
        called(&unknown, "Somewhere new")?;
        let waited = asked.elapsed();
        // The portal gives a service ten seconds for an answer: it was still waiting for this one.
        ensure!(service.questions().len() == before + 1, "the portal gave up meanwhile");
        ensure!(waited < Duration::from_secs(10), "{waited:?}");
        println!("while the service hung, page, data and list were answered within {waited:?}");

        // It wakes up: the name is found after all.
        service.behaves(|_| feature("district", "Somewhere", "VU", -16.0));
        places(site, project, |it| it[0]["name"] == "Somewhere").await?;
        Ok(())
    }

    async fn openstreetmap(stack: &mut Stack, site: &Site) -> Result<()> {
        fn element(code: &str, name: &str, latitude: f64) -> Value {
            json!({
                "type": "relation", "id": 2_177_246, "center": {"lat": latitude, "lon": 168.2},
                "tags": {
                    "ISO3166-2": code, "admin_level": "4", "boundary": "administrative",
                    "name": name, "name:bi": format!("{name} provins"), "name:fr": "Autre",
                },
            })
        }
        fn all(elements: Vec<Value>) -> Answer {
            Answer::Json(json!({
                "version": 0.6, "generator": "Overpass API 0.7.62.7 375dc00a",
                "osm3s": {"timestamp_osm_base": "2026-01-01T00:00:00Z", "copyright": "ODbL"},
                "elements": elements,
            }))
        }
        let mut turn = 0;
        let service = StandIn::start(move |_: &Question| {
            turn += 1;
            match turn {
                1 => Answer::Json(json!({
                    "version": 0.6, "elements": [],
                    "remark": "runtime error: Query timed out in \"query\" at line 1 after 91 seconds.",
                })),
                2 => Answer::Raw(429, "", "<html>rate_limited</html>".to_owned()),
                3 => Answer::Endless,
                4 => all(vec![element("FR-NC", "Nouvelle-Calédonie", -21.0)]),
                _ => all(vec![
                    element("VU-SEE", "Shefa", -17.6),
                    element("VU-TOB", "Torba", -13.8),
                    element("FR-NC", "Nouvelle-Calédonie", -21.0),
                ]),
            }
        })
        .await?;
        let endpoint = format!("--location-endpoint={}", service.url);
        let options = ["--location-service=openstreetmap", &endpoint, "--location-interval=10"];
        restart(stack, &options).await?;
        let found = places(site, 1, |it| it[0]["source"] == "openstreetmap").await?;
        ensure!(found[0]["name"] == "Shefa" && found[0]["latitude"] == -17.6, "{found:#?}");
        ensure!(found[0]["attribution"] == "© OpenStreetMap contributors", "{found:#?}");
        let page = site.text("/projects/1").await?;
        ensure!(page.contains("© OpenStreetMap contributors"), "{page}");
        let known = regions(site, "known=true&language=bi").await?;
        ensure!(known.len() == 2, "{known:#?}");
        called(&known, "Torba provins")?;
        let questions = service.questions();
        ensure!(questions.len() == 5, "{} questions", questions.len());
        ensure!(questions[0].value("data").contains("area[\"ISO3166-1\"=\"VU\"]"), "the question");
        ensure!(questions[0].user_agent.contains(&site.root), "who asks");

        // A month later it is asked again: what is new is taken, and an outage takes nothing away.
        let database = stack.database().await?;
        let age = "UPDATE directory.regions SET checked_at = now() - INTERVAL '31 days'";
        service.behaves(|_| Answer::Raw(503, "retry-after: 1\r\n", String::new()));
        sqlx::query(age).execute(&database).await?;
        while service.questions().len() < questions.len() + 2 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        ensure!(regions(site, "known=true").await?.len() == 2, "regions are gone");
        service.behaves(|_| all(vec![element("VU-SEE", "Shefa", -17.5)]));
        places(site, 1, |it| it[0]["latitude"] == -17.5).await?;
        ensure!(regions(site, "known=true").await?.len() == 1, "Torba is no region any more");
        println!("OpenStreetMap: {} questions", service.questions().len());
        database.close().await;
        Ok(())
    }
}
