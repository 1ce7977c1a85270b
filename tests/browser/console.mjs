// SPDX-License-Identifier: Apache-2.0
// Every page of the console, for an officer whom it is made for: axe, narrow screens, no scripts, and
// the dialog in which is signed.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { violations } from "./accessibility.mjs";
import { inLanguage } from "./addresses.mjs";
import { Desk } from "./desk.mjs";
import { sticksOut } from "./public.mjs";

const GOVERNMENT = "//Government//Admin";
const DEVELOPER = "//Efate//Admin";

/** Templates with the officers who look at them and where. */
export const CONSOLE = {
  "console/home.html": { [GOVERNMENT]: ["/console"], "//Reef//Manager": ["/console"] },
  "console/project.html": { [DEVELOPER]: ["/console/projects/{issued}"] },
  "console/organisation.html": { [GOVERNMENT]: ["/console/organisations/{developer}"] },
  "console/credits.html": { [DEVELOPER]: ["/console/credits"] },
  "console/act.html": {
    [GOVERNMENT]: [
      "/console/act/organisations.create_organisation",
      "/console/act/credits.cancel?owner={developer}",
      "/console/act/credits.transfer",
    ],
    [DEVELOPER]: ["/console/act/projects.register_project", "/console/act/credits.request_retirement"],
  },
  "console/own.html": {
    [GOVERNMENT]: ["/console/applications", "/console/bridge", "/console/settings", "/console/audit"],
    [DEVELOPER]: ["/console/organisation", "/console/programs", "/console/files", "/console/account"],
  },
  "console/import.html": { [GOVERNMENT]: ["/console/import"] },
  "console/keys.html": { [DEVELOPER]: ["/console/keys"] },
};

/** Those that nobody has to sign in for. */
export const DOOR = {
  "console/sign_in.html": ["/console/sign-in"],
  "console/apply.html": ["/apply"],
};

const NARROW = { width: 320, height: 640 };
const DESK = { width: 1280, height: 900 };

export function console_({ browser, found }) {
  const filled = (path) => path.replace(/\{(\w+)\}/g, (_, name) => found[name]);
  const byOfficer = new Map();
  for (const officers of Object.values(CONSOLE)) {
    for (const [officer, paths] of Object.entries(officers)) {
      byOfficer.set(officer, [...(byOfficer.get(officer) ?? []), ...paths.map(filled)]);
    }
  }

  describe("the console is for everybody", { concurrency: 2 }, () => {
    for (const [officer, paths] of byOfficer) {
      describe(officer, () => {
        it("pages", async (test) => {
          await browser.visitor({}, async (visitor) => {
            const desk = await Desk.open(visitor, officer);
            for (const path of paths) {
              for (const language of ["en", "ar"]) {
                await test.test(inLanguage(language, path), async () => {
                  await desk.page.setViewportSize(DESK);
                  await desk.go(inLanguage(language, path));
                  assert.deepEqual(await violations(desk.page), []);
                  await desk.page.setViewportSize(NARROW);
                  assert.deepEqual(await desk.page.evaluate(sticksOut), [], "320 wide");
                });
              }
            }
          });
        });
      });
    }

    it("the door", async () => {
      await browser.visitor({}, async (visitor) => {
        const page = await visitor.page();
        for (const language of ["en", "ar"]) {
          for (const method of ["file", "extension", "elsewhere"]) {
            for (const [path] of Object.values(DOOR)) {
              await visitor.visit(page, inLanguage(language, path));
              await page.locator(`[name="method"][value="${method}"]`).check();
              assert.deepEqual(await violations(page), [], `${language}, ${path}, ${method}`);
            }
          }
        }
      });
    });

    it("the dialog, which keeps the focus and gives it back", async () => {
      await browser.visitor({}, async (visitor) => {
        const desk = await Desk.open(visitor, GOVERNMENT);
        const { page } = desk;
        await desk.fill("organisations.suspend_organisation", { id: found.developer }, { reason: "A test of the dialog." });
        const button = page.locator("form#act button[type=submit]");
        await button.focus();
        await page.keyboard.press("Enter");
        await desk.waitFor("confirm");
        assert.deepEqual(await violations(page), []);
        const inside = () => page.evaluate(() => document.getElementById("signing").contains(document.activeElement));
        for (let n = 0; n < 12; n += 1) {
          await page.keyboard.press("Tab");
          const outside = await page.evaluate(() => document.activeElement === document.body);
          // The browser's own controls are the only other stop.
          assert.ok(outside || (await inside()), "the focus is behind the dialog");
        }
        await page.setViewportSize(NARROW);
        assert.deepEqual(await page.evaluate(sticksOut), [], "320 wide");
        await page.keyboard.press("Escape");
        await desk.dialog.waitFor({ state: "hidden" });
        assert.ok(await button.evaluate((it) => it === document.activeElement), "the focus is lost");
        assert.equal(desk.wallet.asked.filter((it) => it.kind === "payload").length, 0);
      });
    });

    it("without JavaScript it says what needs it", async () => {
      await browser.visitor({ javaScriptEnabled: false }, async (visitor) => {
        const page = await visitor.page();
        await visitor.visit(page, "/console/sign-in");
        assert.ok(await page.locator("noscript .callout").isVisible());
      });
    });
  });
}
