// SPDX-License-Identifier: Apache-2.0
// Every template of the portal, with addresses that show it: in braces stands what `examples` finds.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Addresses that answer with a problem, and which. */
export const PROBLEMS = { "/nothing-here": 404, "/retirements/999999": 404, "/credits/nonsense": 400 };

/** What anybody may see. */
export const PUBLIC = {
  "home.html": ["/"],
  "search.html": ["/search", "/search?q=solar", "/search?q=VU-ITMO-1-001-2023-0-35-27"],
  "projects.html": ["/projects", "/projects?stage=authorised"],
  "map.html": ["/projects/map"],
  "project.html": ["/projects/{issued}", "/projects/{returned}", "/projects/{suspended}"],
  "blocks.html": ["/credits"],
  "credits.html": ["/credits/{serial}", "/credits/{split}"],
  "holdings.html": ["/holdings"],
  "transfers.html": ["/transfers"],
  "transfer.html": ["/transfers/{transfer}"],
  "retirements.html": ["/retirements"],
  "retirement.html": ["/retirements/{retirement}", "/retirements/{international}"],
  "verify.html": ["/verify", "/verify?text={retirement}"],
  "cancellations.html": ["/cancellations"],
  "cancellation.html": ["/cancellations/{cancellation}"],
  "transfer_requests.html": ["/requests/transfers"],
  "transfer_request.html": ["/requests/transfers/{transferRequest}"],
  "retirement_requests.html": ["/requests/retirements"],
  "retirement_request.html": ["/requests/retirements/{retirementRequest}"],
  "proposals.html": ["/proposals"],
  "proposal.html": ["/proposals/{proposal}"],
  "settings.html": ["/settings"],
  "calculator.html": ["/calculator", "/calculator?type=solar"],
  "constants_versions.html": ["/calculator/constants"],
  "constants.html": ["/calculator/constants/{constants}"],
  "organisations.html": ["/organisations"],
  "organisation.html": ["/organisations/1", "/organisations/{developer}"],
  "events.html": ["/events"],
  "event.html": ["/events/{event}"],
  "statistics_overview.html": ["/statistics"],
  "statistics.html": ["/statistics/credits/flows", "/statistics/projects/stock"],
  "article6.html": ["/article6"],
  "authorisations.html": ["/article6/authorisations"],
  "first_transfers.html": ["/article6/first-transfers"],
  "bridge.html": ["/bridge"],
  "bridge_events.html": ["/bridge/events"],
  "bridge_rounds.html": ["/bridge/rounds"],
  "bridge_cases.html": ["/bridge/cases"],
  "network.html": ["/network"],
  "open_data.html": ["/open-data"],
  "dictionary.html": ["/open-data/projects"],
  "api.html": ["/api"],
  "status.html": ["/status"],
  "accessibility.html": ["/accessibility"],
  "privacy.html": ["/privacy"],
  "confirm.html": ["/account/confirm"],
  "add_network.html": ["/add-network"],
  "demonstration.html": ["/demonstration"],
  "help.html": ["/help"],
  "manual.html": ["/help/government"],
  "problem.html": Object.keys(PROBLEMS),
};

/** What others show in a frame of their pages: without the registry's own navigation. */
export const EMBEDDED = {
  "embed_chart.html": ["/embed/statistics/credits/flows"],
  "embed_map.html": ["/embed/projects/map"],
};

/** What is to be shown of this registry. */
export async function examples(portal) {
  const ask = async (path) => {
    const answer = await fetch(`${portal}/api/v1${path}`);
    assert.equal(answer.status, 200, path);
    return (await answer.json()).items;
  };
  const find = async (path, wanted = () => true) => {
    const found = (await ask(path)).find(wanted);
    assert.ok(found, `there is none of ${path} that these tests look at`);
    return found;
  };
  const stage = (name) => find(`/projects?stage=${name}`);
  const transfer = await find("/transfers");
  return {
    issued: (await find("/projects", (it) => it.retired > 0)).id,
    returned: (await stage("returned")).id,
    suspended: (await stage("suspended")).id,
    serial: (await find("/credits/blocks", (it) => it.status === "held")).serial,
    split: (await find("/credits/blocks", (it) => it.parent !== null)).serial,
    transfer: transfer.id,
    event: `${transfer.block}-${transfer.event}`,
    retirement: (await find("/retirements", (it) => it.beneficiary.name === "Hotel Erakor")).id,
    international: (await find("/retirements", (it) => it.purpose === "international_transfer")).id,
    cancellation: (await find("/cancellations")).id,
    transferRequest: (await find("/requests/transfers")).id,
    retirementRequest: (await find("/requests/retirements")).id,
    proposal: (await find("/proposals")).id,
    constants: (await find("/calculator/constants")).version,
    developer: (await find("/organisations", (it) => it.role === "project_developer")).id,
  };
}

/** Addresses with what is in braces filled in, each with its template. */
export function fill(templates, found) {
  return Object.entries(templates).flatMap(([template, patterns]) =>
    patterns.map((pattern) => {
      const path = pattern.replace(/\{(\w+)\}/g, (_, name) => {
        assert.ok(name in found, `no example of ${name}`);
        return encodeURIComponent(found[name]);
      });
      return { template, path, isEmbedded: template in EMBEDDED };
    }),
  );
}

/** The templates that are pages: those that extend another, and that no other extends. */
export function templatesIn(folder) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".html"));
  const frameOf = (name) => {
    const [, frame] = /\{%-? *extends "([^"]+)"/.exec(readFileSync(join(folder, name), "utf8")) ?? [];
    return frame;
  };
  const frames = new Set(names.map(frameOf));
  return names.filter((name) => frameOf(name) && !frames.has(name)).sort();
}

/** The same page in another language. */
export function inLanguage(language, path) {
  return language === "en" ? path : `/${language}${path === "/" ? "" : path}`;
}
