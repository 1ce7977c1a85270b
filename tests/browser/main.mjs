// SPDX-License-Identifier: Apache-2.0
// The suites, against a portal that runs: node --test-reporter=spec main.mjs http://127.0.0.1:PORT

import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { parseArgs } from "node:util";
import { axe, keyboard } from "./accessibility.mjs";
import { EMBEDDED, examples, fill, PUBLIC, templatesIn } from "./addresses.mjs";
import { Browser, launch } from "./browser.mjs";
import { budgets } from "./budgets.mjs";
import { citizen } from "./citizen.mjs";
import { CONSOLE, console_, DOOR } from "./console.mjs";
import { faults } from "./faults.mjs";
import { government } from "./government.mjs";
import { hostile, hostileAddresses } from "./hostile.mjs";
import { imports } from "./imports.mjs";
import { keyfiles } from "./keyfiles.mjs";
import { life } from "./life.mjs";
import { ON_THE_WAY, people } from "./people.mjs";
import { everybody } from "./public.mjs";
import { screenshots } from "./screenshots.mjs";

const { values, positionals } = parseArgs({
  options: {
    // Where the templates are, all of which must have been looked at.
    templates: { type: "string" },
    // Where the portal writes what it would mail.
    log: { type: "string" },
    // Names of the suites to run; all if none is given.
    only: { type: "string", multiple: true, default: [] },
    // Where to put pictures of the main pages, instead of any test.
    screenshots: { type: "string" },
  },
  allowPositionals: true,
});
const portal = new URL(positionals[0]).origin;
const browser = new Browser(await launch(), portal);
const found = await examples(portal);
const pages = fill({ ...PUBLIC, ...EMBEDDED }, found);
const SUITES = { budgets, everybody, axe, keyboard, hostile, console: console_, citizen, life, government, imports, people, faults, keyfiles };

after(() => browser.close());

if (values.screenshots) {
  screenshots({ browser, found, folder: values.screenshots });
} else {
  await test();
}

async function test() {
  const wanted = (name) => values.only.length === 0 || values.only.includes(name);
  // Nobody means no good in a demonstration.
  const malice = wanted("hostile") ? await hostileAddresses(portal) : null;
  const world = { browser, portal, pages, found, malice, log: values.log };
  if (values.templates && wanted("templates")) {
    describe("every template", () => {
      it("has a page that is looked at", () => {
        assert.deepEqual(templatesIn(values.templates), Object.keys({ ...PUBLIC, ...EMBEDDED, ...CONSOLE, ...DOOR, ...ON_THE_WAY }).sort());
      });
    });
  }
  for (const [name, suite] of Object.entries(SUITES)) if (wanted(name)) suite(world);
}
