// SPDX-License-Identifier: Apache-2.0
// Somebody joins an organisation: from the link in a mail to the first signature.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { violations } from "./accessibility.mjs";
import { fillIn } from "./forms.mjs";
import { Api, at } from "./desk.mjs";
import { Wallet } from "./wallet.mjs";

const ADMIN = "//Santo//Admin";
/** A key that nobody has used, whatever an earlier run has left. */
const NEW = `//Santo//${Date.now().toString(36)}`;

/** The token of the link that was mailed last; without a mail server mails are in the portal's log. */
async function mailed(log, after) {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = [...readFileSync(log, "utf8").slice(after).matchAll(/\/invitation\?token=([\w-]+)/g)];
    if (found.length > 0) return found.at(-1)[1];
    await pause(200);
  }
  throw new Error("no mail with an invitation");
}

export function people({ browser, portal, log }) {
  const api = new Api(portal);

  describe("journeys: somebody joins", () => {
    it("by a link in a mail, with a key of their own, and signs", async () => {
      const { id } = await api.organisation("Espiritu Santo Forests");
      const before = readFileSync(log, "utf8").length;
      await at(browser, ADMIN, async (desk) => {
        await desk.go("/console/organisation");
        const form = desk.page.locator('form[data-api="POST /api/v1/invitations"]');
        await fillIn(form, { email: "lea@santo.example", name: "Léa Tari", role: "manager", language: "fr" });
        await form.locator("button[type=submit]").click();
        await desk.page.getByText("lea@santo.example").first().waitFor();
      });
      const token = await mailed(log, before);

      await browser.visitor({}, async (visitor) => {
        const wallet = new Wallet(NEW);
        await wallet.install(visitor);
        const page = await visitor.page();
        await visitor.visit(page, `/invitation?token=${token}`);
        assert.match(await page.locator("main").innerText(), /Espiritu Santo Forests/);
        await page.locator('[name="method"][value="extension"]').check();
        assert.deepEqual(await violations(page), []);
        const [{ address }] = wallet.accounts();
        await page.locator(`option[value="${address}"]`).waitFor({ state: "attached" });
        await page.locator("form[data-sign-text] button[type=submit]").click();
        await page.locator('[data-role="answer"]').waitFor();
        assert.equal(wallet.asked.length, 1);
      });

      await at(browser, ADMIN, async (desk) => {
        await desk.go("/console/organisation");
        await desk.page.locator("form[data-call-json] button[type=submit]").first().click();
        await desk.waitFor("confirm");
        await desk.sign();
      });

      await at(browser, NEW, async (desk) => {
        const block = (await api.items(`/credits/blocks?owner=${id}&status=held&limit=50`))[0];
        await desk.act("credits.retire", { block: block.start }, {
          parts: { [block.start]: 1 },
          details: { purpose: "voluntary", beneficiary: { name: "A walker", country: "VU" }, reference: "First signature" },
        });
      });
      await api.one("/retirements?sort=-id&limit=100", (it) => it.reference === "First signature");

      // A link is good once.
      await browser.visitor({}, async (visitor) => {
        visitor.expected.push("status of 404");
        const page = await visitor.page();
        const answer = await visitor.visit(page, `/invitation?token=${token}`);
        assert.equal(answer.status(), 404);
      });
    });
  });
}

/** What is looked at on the way. */
export const ON_THE_WAY = { "invitation.html": ["/invitation?token=…"] };
