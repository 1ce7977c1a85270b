// SPDX-License-Identifier: Apache-2.0
// Signing without a wallet: by a key file in the page, and elsewhere with a file that is downloaded and
// a signature that is brought back.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { Api, at, Desk } from "./desk.mjs";
import { Key } from "./keys.mjs";

const ADMIN = "//Efate//Admin";
const PASSWORD = "seven canoes beyond the reef";

/** What a click downloads. */
async function downloads(page, click) {
  const [download] = await Promise.all([page.waitForEvent("download"), click()]);
  return readFileSync(await download.path(), "utf8");
}

const retirement = (start, reference) => ({
  parts: { [start]: 1 },
  details: { purpose: "voluntary", beneficiary: { name: "A guest", country: "VU" }, reference },
});

export function keyfiles({ browser, portal }) {
  const api = new Api(portal);
  const start = async () => {
    const { id } = await api.organisation("Efate Renewables");
    const blocks = await api.items(`/credits/blocks?owner=${id}&status=held&limit=50`);
    return blocks.toSorted((a, b) => b.quantity - a.quantity)[0].start;
  };
  const isRetired = (reference) =>
    api.one("/retirements?sort=-id&limit=100", (it) => it.reference === reference);

  describe("journeys: without a wallet", () => {
    it("an officer makes a key, is admitted, signs in and signs with its file", async () => {
      await browser.visitor({}, async (visitor) => {
        const page = await visitor.page();
        const desk = new Desk(visitor, page, null);
        await desk.go("/console/keys");
        const making = page.locator("form[data-make-key]");
        const make = () => making.locator("button[type=submit]").click();
        await making.locator('[name="name"]').fill("Accounts department");
        await making.locator('[name="new-password"]').fill("short");
        await making.locator('[name="again"]').fill("short");
        await make();
        await page.locator('[data-role="make-fault"]:not(:empty)').waitFor();
        await making.locator('[name="new-password"]').fill(PASSWORD);
        await making.locator('[name="again"]').fill(PASSWORD);
        const file = JSON.parse(await downloads(page, make));
        assert.ok(!JSON.stringify(file).includes(PASSWORD));
        assert.match(await page.locator('[data-role="made"]').innerText(), new RegExp(file.address));
        await page.locator(`[data-key="${file.address}"]`).waitFor();

        await at(browser, ADMIN, async (admin) => {
          const { id } = await api.organisation("Efate Renewables");
          await admin.act("organisations.add_member", { organisation: id }, {
            account: file.address,
            role: "manager",
          });
        });

        // The file waits in the browser; its password is asked for, and a wrong one is said.
        await visitor.visit(page, "/console");
        await page.locator('[name="method"][value="file"]').check();
        const send = page.locator("form[data-sign-in] button[type=submit]");
        await page.locator('[name="password"]').fill("another sentence");
        await send.click();
        await page.locator('[data-role="form-fault"]:not(:empty)').waitFor();
        assert.match(await desk.said(), /password/i);
        await page.locator('[name="password"]').fill(PASSWORD);
        await send.click();
        await page.waitForURL((url) => url.pathname === "/console");
        await desk.ready();

        const block = await start();
        await desk.fill("credits.retire", { block }, retirement(block, "By a key file"));
        await desk.check();
        await desk.dialog.locator('[name="password"]').fill(PASSWORD);
        await desk.sign();
        await isRetired("By a key file");

        // A copy is kept elsewhere, and the browser forgets the key.
        await desk.go("/console/keys");
        const row = page.locator(`[data-key="${file.address}"]`);
        const copy = await downloads(page, () => row.locator('[data-role="backup"]').click());
        assert.deepEqual(JSON.parse(copy), file);
        visitor.consents.push(file.address);
        await row.locator('[data-role="forget"]').click();
        await row.waitFor({ state: "detached" });
        assert.equal(await page.evaluate(() => localStorage.getItem("registry.keys")), "[]");
        await page.locator('[data-role="add"]').setInputFiles({
          name: "not-a-key.json",
          mimeType: "application/json",
          buffer: Buffer.from("{}"),
        });
        await page.locator('[data-role="add-fault"]:not(:empty)').waitFor();
      });
    });

    it("an officer signs elsewhere what he downloads, and brings the signature back", async () => {
      const key = new Key("//Efate//Manager");
      await browser.visitor({}, async (visitor) => {
        const page = await visitor.page();
        const desk = new Desk(visitor, page, null);
        await visitor.visit(page, "/console");
        await page.locator('[name="method"][value="elsewhere"]').check();
        await page.locator('[name="address"]').fill(key.address);
        await page.locator("form[data-sign-in] button[type=submit]").click();
        const message = await downloads(page, () => page.locator('[data-role="download"]').click());
        assert.ok(message.includes(new URL(portal).host), message);
        await page.locator('[name="signature"]').fill("no signature");
        await page.locator('[data-role="use"]').click();
        await page.locator('[data-signer] [data-role="fault"]:not(:empty)').waitFor();
        await page.locator('[name="signature"]').fill(key.signText(message));
        await page.locator('[data-role="use"]').click();
        await page.waitForURL((url) => url.pathname === "/console");
        await desk.ready();

        const block = await start();
        await desk.fill("credits.retire", { block }, retirement(block, "Signed elsewhere"));
        const words = await desk.check();
        await desk.confirm();
        const link = desk.dialog.locator('[data-role="download"]');
        const offered = JSON.parse(await downloads(page, () => link.click()));
        assert.equal(offered.words, words);
        await desk.dialog.locator('[name="signature"]').fill(key.signPayload(offered.payload));
        await desk.dialog.locator('[data-role="use"]').click();
        await desk.waitFor("finalised");
        await isRetired("Signed elsewhere");
      });
    });
  });
}
