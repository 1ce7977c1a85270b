// SPDX-License-Identifier: Apache-2.0
//! The public pages, as a reader sees them, and what the API says of the same.

use anyhow::{ensure, Context, Result};
use registry_client::Registry;
use registry_testbed::compare::{readable, Site};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Pages of content.
const PAGES: &[&str] = &[
    "/article6",
    "/article6/authorisations",
    "/article6/first-transfers",
    "/bridge",
    "/bridge/events",
    "/bridge/rounds",
    "/bridge/cases",
    "/network",
    "/open-data",
    "/open-data/projects",
    "/open-data/events",
    "/api",
    "/accessibility",
    "/privacy",
    "/help",
    "/help/reader",
    "/help/start",
    "/help/signing",
    "/help/government",
    "/help/ministry",
    "/help/developer",
    "/help/certifier",
    "/help/monitoring",
    "/help/validator",
    "/projects/1",
    "/transfers/1",
    "/organisations/2",
    "/cancellations/1",
];

/// What stands before a path in each language, and the direction in which it is written.
const LANGUAGES: [(&str, &str, &str); 4] =
    [("", "en", "ltr"), ("/fr", "fr", "ltr"), ("/es", "es", "ltr"), ("/ar", "ar", "rtl")];

/// Largest page.
const MOST: usize = 60 * 1024;

/// Every page answers in every language, and says which; how many there are.
pub async fn in_every_language(site: &Site) -> Result<usize> {
    let mut asked = 0;
    for path in PAGES {
        for (prefix, tag, direction) in LANGUAGES {
            let address = format!("{prefix}{path}");
            let (status, page) = site.get(&address).await?;
            ensure!(status == 200, "{address} answered {status}: {page}");
            let html = format!("<html lang=\"{tag}\" dir=\"{direction}\">");
            ensure!(page.contains(&html), "{address} does not say {html}");
            ensure!(page.len() < MOST, "{address} has {} bytes", page.len());
            ensure!(page.matches("<h1").count() == 1, "{address} has not one heading");
            // A sentence without its words, or a gap that nothing fills.
            ensure!(!readable(&page).contains('…'), "{address} has a gap");
            asked += 1;
        }
    }
    for path in ["/help/nobody", "/open-data/nothing", "/transfers/999999", "/transfers/x"] {
        let (status, _) = site.get(path).await?;
        ensure!(status == 404, "{path} answered {status}");
    }
    Ok(asked)
}

/// Every link of these pages to this site leads to a page, and to a place on it; how many there are.
pub async fn lead_somewhere(site: &Site) -> Result<usize> {
    let mut answers: BTreeMap<String, String> = BTreeMap::new();
    let mut links = BTreeSet::new();
    for path in PAGES.iter().copied().chain(["/fr/article6", "/ar/help/start", "/", "/projects"]) {
        let (_, page) = site.get(path).await?;
        for link in page.split(" href=\"").skip(1) {
            let link = link.split('"').next().unwrap_or_default().replace("&#38;", "&");
            let link = link.replace("&amp;", "&");
            let address = match link.strip_prefix('#') {
                Some(place) => format!("{path}#{place}"),
                None => link,
            };
            // Pages of the console are for who has signed in.
            if address.starts_with('/') && !address.contains("/console") {
                links.insert((address, path.to_owned()));
            }
        }
    }
    let mut followed = BTreeSet::new();
    for (address, from) in links {
        if !followed.insert(address.clone()) {
            continue;
        }
        let (path, place) = address.split_once('#').unwrap_or((&address, ""));
        if !answers.contains_key(path) {
            let (status, body) = site.get(path).await?;
            ensure!(status == 200, "{from} leads to {path}, which answers {status}");
            answers.insert(path.to_owned(), body);
        }
        let there = place.is_empty() || answers[path].contains(&format!(" id=\"{place}\""));
        ensure!(there, "{from} leads to {place} on {path}, which is not there");
    }
    Ok(followed.len())
}

fn number(value: &Value) -> Result<i64> {
    value.as_i64().with_context(|| format!("{value} is a number"))
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A whole list of the API.
async fn all(site: &Site, list: &str) -> Result<Vec<Value>> {
    let answer = site.json(&format!("{list}limit=200")).await?;
    ensure!(answer["next"].is_null(), "{list} has more than this test reads");
    Ok(items(&answer["items"]).cloned().collect())
}

/// The sums of Article 6 are those of the projects, the retirements and the first transfers.
pub async fn article6(site: &Site) -> Result<()> {
    let told = site.json("/api/v1/article6").await?;
    let page = site.text("/article6").await?;
    let (mut projects, mut authorised, mut issued, mut first) = (0, 0, 0, 0);
    let authorisations = all(site, "/api/v1/article6/authorisations?").await?;
    for project in all(site, "/api/v1/projects?").await? {
        let project = site.json(&format!("/api/v1/projects/{}", project["id"])).await?;
        let listed = authorisations.iter().find(|it| it["id"] == project["id"]);
        ensure!(listed.is_some() != project["article6"].is_null(), "{project}");
        let Some(listed) = listed else { continue };
        for name in ["authorised", "issued", "first_transferred"] {
            ensure!(listed[name] == project[name], "{name} of {listed}");
        }
        ensure!(listed["purposes"] == project["article6"]["purposes"], "{listed}");
        projects += 1;
        authorised += number(&project["authorised"])?;
        issued += number(&project["issued"])?;
        first += number(&project["first_transferred"])?;
    }
    ensure!(projects > 2 && first > 0, "the demo has {projects} authorisations, {first} tonnes");
    for (name, expected) in [
        ("projects", projects),
        ("authorised", authorised),
        ("issued", issued),
        ("first_transferred", first),
    ] {
        let found = &told["totals"][name];
        ensure!(*found == expected, "{name}: expected {expected}, found {found}");
        ensure!(page.contains(&expected.to_string()), "/article6 does not show {name} {expected}");
    }
    let transferred = all(site, "/api/v1/article6/first-transfers?").await?;
    let sum: i64 = transferred.iter().filter_map(|it| it["quantity"].as_i64()).sum();
    ensure!(sum == first, "{sum} tonnes were first transferred, and {first} are");
    let serial = transferred[0]["serial"].as_str().context("a serial number")?;
    ensure!(page.contains(serial), "/article6 does not show {serial}");

    let mut used: BTreeMap<String, i64> = BTreeMap::new();
    for retired in all(site, "/api/v1/retirements?purpose=international_transfer&").await? {
        let country = retired["purpose_details"]["country"].as_str().context("a country")?;
        *used.entry(country.to_owned()).or_default() += number(&retired["quantity"])?;
    }
    ensure!(!used.is_empty(), "the demo has no international retirement");
    let found: Result<BTreeMap<String, i64>> = items(&told["used_by_country"])
        .map(|it| {
            Ok((it["country"].as_str().unwrap_or_default().to_owned(), number(&it["quantity"])?))
        })
        .collect();
    ensure!(found? == used, "{} and not {used:?}", told["used_by_country"]);
    let sum: i64 = used.values().sum();
    ensure!(told["accounts"]["international"] == sum, "{}", told["accounts"]);
    let open = all(site, "/api/v1/requests/retirements?status=open&").await?.len();
    ensure!(told["totals"]["open_requests"] == open, "{open} requests wait");

    // By one of the uses: those that have it, and no others.
    let ndc = all(site, "/api/v1/article6/authorisations?purpose=ndc&").await?;
    let has = |it: &&Value| items(&it["purposes"]).any(|purpose| purpose == "ndc");
    let expected: Vec<_> = authorisations.iter().filter(has).cloned().collect();
    ensure!(!ndc.is_empty() && ndc == expected, "purpose=ndc tells {}", ndc.len());
    Ok(())
}

/// Validators, council and version are those of the chain.
pub async fn network(site: &Site, registry: &Registry) -> Result<()> {
    let told = site.json("/api/v1/network").await?;
    let page = site.text("/network").await?;
    let none = subxt_rpcs::rpc_params![];
    let version: Value = registry.client.request("state_getRuntimeVersion", none).await?;
    let version = number(&version["specVersion"])?;
    ensure!(told["runtime_versions"][0]["version"] == version, "version {version}: {told}");
    ensure!(page.contains(&version.to_string()), "/network does not show version {version}");
    let validators: Vec<_> = items(&told["validators"]).collect();
    ensure!(!validators.is_empty(), "there is no validator");
    for validator in validators {
        for name in ["operator", "account", "peer_id"] {
            let shown = validator[name].as_str().context("a text")?;
            ensure!(page.contains(shown), "/network does not show {shown}");
        }
    }
    for member in items(&told["council"]) {
        let account = member["account"].as_str().context("an account")?;
        ensure!(page.contains(account), "/network does not show {account}");
    }
    // What the council did in the demo is told in words.
    let events = all(site, "/api/v1/events?pallet=RegistryCouncil&").await?;
    let shown = site.text("/events?pallet=RegistryCouncil").await?;
    ensure!(events.is_empty() || shown.contains("council"), "{shown}");
    for event in site.text("/events?pallet=Validators").await?.lines() {
        ensure!(!event.contains("The chain reported"), "{event}");
    }
    Ok(())
}

/// Every list is described, and its files have the columns that are described.
pub async fn open_data(site: &Site) -> Result<()> {
    let package = site.json("/open-data.json").await?;
    let page = site.text("/open-data").await?;
    let resources: Vec<_> = items(&package["resources"]).collect();
    ensure!(resources.len() >= 19, "only {} lists", resources.len());
    for resource in resources {
        let name = resource["name"].as_str().context("a name")?;
        let title = resource["title"].as_str().context("a title")?;
        ensure!(page.contains(title), "/open-data does not show {title}");
        let path = resource["path"].as_str().context("a path")?;
        let path = path.strip_prefix(&site.root).context("a file of this site")?;
        let (status, file) = site.get(path).await?;
        ensure!(status == 200, "{path} answered {status}");
        let heading: Vec<_> = file.lines().next().unwrap_or_default().split(',').collect();
        let fields: Vec<_> = items(&resource["schema"]["fields"])
            .filter_map(|field| field["name"].as_str())
            .collect();
        ensure!(heading == fields, "{path} has {heading:?}, and {fields:?} is said");
        let dictionary = site.text(&format!("/open-data/{name}")).await?;
        for field in items(&resource["schema"]["fields"]) {
            let shown = |it: &Value| it.as_str().is_some_and(|it| dictionary.contains(it));
            ensure!(shown(&field["name"]), "/open-data/{name} does not show {field}");
        }
    }
    // Nothing was said of a licence when this portal was started.
    ensure!(package.get("licenses").is_none(), "{}", package["licenses"]);
    Ok(())
}

/// Each project tells how complete its documents are, and who did what.
pub async fn projects(site: &Site) -> Result<()> {
    let mut states = BTreeSet::new();
    for project in all(site, "/api/v1/projects?").await? {
        let path = format!("/projects/{}", project["id"]);
        let project = site.json(&format!("/api/v1{path}")).await?;
        let page = site.text(&path).await?;
        let told = &project["completeness"];
        let requirements: Vec<_> = items(&told["requirements"]).collect();
        let in_state = |states: &[&str]| {
            let found = requirements.iter().filter(|it| states.iter().any(|s| it["state"] == *s));
            i64::try_from(found.count()).unwrap_or_default()
        };
        ensure!(told["due"] == in_state(&["accepted", "submitted", "rejected", "missing"]));
        ensure!(told["present"] == in_state(&["accepted", "submitted"]), "{path}: {told}");
        ensure!(told["accepted"] == in_state(&["accepted"]), "{path}: {told}");
        for name in ["due", "present", "accepted", "readable"] {
            let shown = format!(": {}.", told[name]);
            ensure!(page.contains(&shown), "{path} does not show {name}{shown}");
        }
        states.extend(requirements.iter().filter_map(|it| it["state"].as_str().map(str::to_owned)));
        // The design that is accepted is the latest that is.
        let designs = items(&project["documents"]).filter(|it| it["kind"] == "design_document");
        let latest = designs.max_by_key(|it| it["version"].as_i64());
        let design = requirements.iter().find(|it| it["kind"] == "design_document");
        let design = design.context("a design")?;
        match latest {
            Some(latest) => ensure!(design["hash"] == latest["hash"], "{path}: {design}"),
            None => ensure!(design["state"] == "missing", "{path}: {design}"),
        }
        for event in items(&project["timeline"]).take(10) {
            let (organisation, role) =
                (&event["actor_organisation"]["name"], &event["actor_organisation_role"]);
            ensure!(organisation.is_null() == role.is_null(), "{path}: {event}");
            let Some(name) = organisation.as_str() else { continue };
            ensure!(page.contains(&format!("signed by {name}")), "{path} does not name {name}");
        }
    }
    for state in ["accepted", "submitted", "missing", "later"] {
        ensure!(states.contains(state), "no project has a document that is {state}: {states:?}");
    }
    Ok(())
}

/// A transfer has a page; an organisation tells whether its profile is held, and who its members are.
pub async fn transfers_and_organisations(site: &Site) -> Result<()> {
    for transfer in all(site, "/api/v1/transfers?").await?.iter().take(5) {
        let path = format!("/transfers/{}", transfer["id"]);
        let record = site.json(&format!("/api/v1{path}")).await?;
        ensure!(record["parts"] == transfer["parts"], "{record} and not {transfer}");
        let page = site.text(&path).await?;
        for shown in [&record["from"]["name"], &record["to"]["name"], &record["extrinsic"]] {
            let shown = shown.as_str().context("a text")?;
            ensure!(page.contains(shown), "{path} does not show {shown}");
        }
    }
    for organisation in all(site, "/api/v1/organisations?").await? {
        let path = format!("/organisations/{}", organisation["id"]);
        let profile = site.json(&format!("/api/v1{path}/profile")).await?;
        let page = site.text(&path).await?;
        let held = page.contains("What the organisation says of itself");
        ensure!(held != profile["profile"].is_null(), "{path}: {profile}");
        let missing = page.contains("has deposited no profile here");
        ensure!(missing == profile["profile"].is_null(), "{path}: {profile}");
        let organisation = site.json(&format!("/api/v1{path}")).await?;
        for member in items(&organisation["members"]).take(50) {
            let account = member["account"].as_str().context("an account")?;
            ensure!(page.contains(account), "{path} does not show {account}");
        }
        ensure!(page.contains("Technical view"), "{path} has no technical view");
    }
    Ok(())
}
