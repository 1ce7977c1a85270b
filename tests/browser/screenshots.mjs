// SPDX-License-Identifier: Apache-2.0
// Pictures of the main pages for the documentation, on a desk and on a telephone.

import { statSync } from "node:fs";
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";

const LARGEST = 200 * 1024;
const SIZES = {
  "": { width: 1280, height: 900 },
  "-phone": { width: 390, height: 844 },
};

/** Name of the picture, and the address that it shows. */
const PICTURES = {
  home: "/",
  projects: "/projects",
  project: "/projects/{issued}",
  credits: "/credits/{split}",
  certificate: "/retirements/{retirement}",
  statistics: "/statistics",
  arabic: "/ar",
};

export function screenshots({ browser, found, folder }) {
  describe("pictures of the main pages", () => {
    for (const [name, pattern] of Object.entries(PICTURES)) {
      for (const [size, viewport] of Object.entries(SIZES)) {
        it(`${name}${size}.png`, async () => {
          const path = pattern.replace(/\{(\w+)\}/g, (_, it) => encodeURIComponent(found[it]));
          await browser.visitor({ viewport }, async (visitor) => {
            const page = await visitor.page();
            await visitor.visit(page, path);
            const file = join(folder, `${name}${size}.png`);
            await page.screenshot({ path: file });
            assert.ok(statSync(file).size < LARGEST, `${file} is too large`);
          });
        });
      }
    }
  });
}
