// SPDX-License-Identifier: Apache-2.0
// Somebody was given a certificate, and wants to know whether it is true.

import assert from "node:assert/strict";
import { describe, it } from "node:test";

const BENEFICIARY = "Hotel Erakor";

/** The answer of /verify to a file. */
async function verdict(page, name, buffer) {
  const mimeType = name.endsWith(".pdf") ? "application/pdf" : "application/json";
  await page.locator("#verify-file").setInputFiles({ name, mimeType, buffer });
  await page.locator("form", { has: page.locator("#verify-file") }).locator("button").click();
  const found = page.locator(".verdict").first();
  await found.waitFor();
  return { tone: await found.getAttribute("class"), words: await found.innerText() };
}

/** Changes one letter of a text in a file, wherever the text stands uncompressed. */
function forge(file, before, after) {
  const at = file.indexOf(before);
  assert.ok(at >= 0, `the file does not have ${before}`);
  const forged = Buffer.from(file);
  for (let from = at; from >= 0; from = forged.indexOf(before, from + 1)) forged.write(after, from);
  return forged;
}

export function citizen({ browser, portal }) {
  describe("journeys: a citizen checks a certificate", () => {
    for (const javaScriptEnabled of [true, false]) {
      it(`finds it, reads it, and has the file compared ${javaScriptEnabled ? "" : "without JavaScript"}`, async () => {
        await browser.visitor({ javaScriptEnabled, acceptDownloads: true }, async (visitor) => {
          const page = await visitor.page();
          await visitor.visit(page, "/");
          await page.locator("#search").fill(BENEFICIARY);
          await page.locator("form[role=search] button").first().click();
          await page.locator('main a[href^="/retirements/"]').first().click();
          await page.waitForURL(/\/retirements\/\d+$/);
          assert.match(await page.locator("main").innerText(), new RegExp(BENEFICIARY));

          const link = await page.locator('a[href$=".pdf"]').first().getAttribute("href");
          const answer = await visitor.requests.get(portal + link);
          assert.equal(answer.status(), 200);
          assert.equal(answer.headers()["content-type"], "application/pdf");
          const file = await answer.body();
          assert.equal(file.subarray(0, 5).toString(), "%PDF-");
          const again = await (await visitor.requests.get(portal + link)).body();
          assert.ok(file.equals(again), "the same certificate is another file each time");

          // The code leads to the short address, which stays.
          const short = await page.locator('a[href*="/c/"]').first().getAttribute("href");
          assert.equal(new URL(short, portal).origin, portal);
          await visitor.visit(page, new URL(short, portal).pathname);
          assert.match(page.url(), /\/retirements\/\d+$/);

          await page.locator('main a[href="/verify"]').first().click();
          const same = await verdict(page, "certificate.pdf", file);
          assert.match(same.tone, /verdict-good/, JSON.stringify(same));

          const forged = await verdict(page, "certificate.pdf", forge(file, BENEFICIARY, "Hotel Eraker"));
          assert.doesNotMatch(forged.tone, /verdict-good/, JSON.stringify(forged));
          const other = await verdict(page, "holiday.pdf", Buffer.from("%PDF-1.7\nA holiday.\n"));
          assert.doesNotMatch(other.tone, /verdict-good/, JSON.stringify(other));
        });
      });
    }

    it("looks a serial number up, and a number that nobody has", async () => {
      await browser.visitor({}, async (visitor) => {
        const page = await visitor.page();
        const blocks = await (await fetch(`${portal}/api/v1/credits/blocks?status=retired&limit=1`)).json();
        await visitor.visit(page, "/verify");
        await page.locator("#verify-text").fill(blocks.items[0].serial);
        await page.locator("form", { has: page.locator("#verify-text") }).locator("button").click();
        await page.waitForLoadState("load");
        assert.match(await page.locator("main").innerText(), new RegExp(blocks.items[0].serial));

        visitor.expected.push("status of 404");
        await visitor.visit(page, "/verify?text=999999999");
        const words = await page.locator("main").innerText();
        assert.ok(words.length > 40, words);
      });
    });
  });
}
