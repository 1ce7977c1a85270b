// SPDX-License-Identifier: Apache-2.0
// Pictures of the main pages for the documentation, on a desk and on a telephone.

import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Desk } from "./desk.mjs";

const LARGEST = 200 * 1024;
const SIZES = {
  "": { width: 1280, height: 900 },
  "-phone": { width: 390, height: 844 },
};

/** Name of the picture, and the address that it shows. */
const PUBLIC = {
  home: "/",
  projects: "/projects",
  project: "/projects/{issued}",
  credits: "/credits/{split}",
  certificate: "/retirements/{retirement}",
  statistics: "/statistics",
  arabic: "/ar",
};
/** What is filled in, checked, and shown before it is signed. */
const ACT = "/console/act/credits.hold?owner={developer}";
const OFFICER = "//Government//Admin";

export function screenshots({ browser, found, folder }) {
  const take = async (page, name) => {
    const file = join(folder, `${name}.png`);
    await page.screenshot({ path: file });
    assert.ok(statSync(file).size < LARGEST, `${file} is too large`);
  };
  const fill = (pattern) => pattern.replace(/\{(\w+)\}/g, (_, it) => encodeURIComponent(found[it]));

  describe("pictures of the main pages", () => {
    for (const [size, viewport] of Object.entries(SIZES)) {
      it(`public${size}`, async () => {
        await browser.visitor({ viewport }, async (visitor) => {
          const page = await visitor.page();
          for (const [name, pattern] of Object.entries(PUBLIC)) {
            await visitor.visit(page, fill(pattern));
            await take(page, name + size);
          }
        });
      });
      it(`console${size}`, async () => {
        await browser.visitor({ viewport }, async (visitor) => {
          const desk = await Desk.open(visitor, OFFICER);
          await desk.go("/console");
          await take(desk.page, `console${size}`);
          await desk.go(fill(ACT));
          await desk.page.locator("[data-fill]").first().click();
          await desk.fillIn({ reason: "A complaint about its baseline is being looked into." });
          await desk.check();
          await take(desk.page, `sign${size}`);
        });
      });
    }
  });
}
