// SPDX-License-Identifier: Apache-2.0
// Somebody was given a certificate, and wants to know whether it is true.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";

const BENEFICIARY = "Hotel Erakor";

/** The name that stands on the certificate of a beneficiary. */
async function nameOf(portal, beneficiary) {
  const { items } = await (await fetch(`${portal}/api/v1/retirements?limit=100`)).json();
  const { id } = items.find((it) => it.beneficiary.name === beneficiary);
  const page = await (await fetch(`${portal}/retirements/${id}`)).text();
  return /\/c\/([\w-]+)/.exec(page)[1];
}

/** The answer of /verify to a file. */
async function verdict(page, name, buffer) {
  const mimeType = name.endsWith(".pdf") ? "application/pdf" : "application/json";
  await page.locator("#verify-file").setInputFiles({ name, mimeType, buffer });
  const send = page.locator("form", { has: page.locator("#verify-file") }).locator("button");
  await Promise.all([page.waitForEvent("domcontentloaded"), send.click()]);
  const found = page.locator(".verdict").first();
  return { tone: await found.getAttribute("class"), words: await found.innerText() };
}

/** The same paper with another receipt in it, as anybody can make it. */
function forge(paper, change) {
  const folder = mkdtempSync(join(tmpdir(), "registry-forged-"));
  try {
    const [original, receipt, forged] = ["original.pdf", "receipt.json", "forged.pdf"].map((it) => join(folder, it));
    writeFileSync(original, paper);
    execFileSync("pdfdetach", ["-save", "1", "-o", receipt, original]);
    const text = readFileSync(receipt, "utf8");
    const changed = change(text);
    assert.notEqual(changed, text);
    writeFileSync(receipt, changed);
    execFileSync("pdfattach", ["-replace", original, receipt, forged]);
    return readFileSync(forged);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function citizen({ browser, portal }) {
  describe("journeys: a citizen checks a certificate", () => {
    for (const javaScriptEnabled of [true, false]) {
      it(`finds it, reads it, and has the file compared ${javaScriptEnabled ? "" : "without JavaScript"}`, async () => {
        await browser.visitor({ javaScriptEnabled, acceptDownloads: true }, async (visitor) => {
          const page = await visitor.page();
          await visitor.visit(page, "/");
          await page.locator("#search").fill(await nameOf(portal, BENEFICIARY));
          await page.locator("form[role=search] button").first().click();
          await page.waitForLoadState("load");
          // One box, one answer: the certificate itself, or a link to it.
          const link = page.locator('main a[href^="/retirements/"]').first();
          if (!/\/retirements\/\d+$/.test(page.url())) await link.click();
          await page.waitForURL(/\/retirements\/\d+$/);
          assert.match(await page.locator("main").innerText(), new RegExp(BENEFICIARY));

          const paper = await page.locator('a[href$=".pdf"]').first().getAttribute("href");
          const answer = await visitor.requests.get(portal + paper);
          assert.equal(answer.status(), 200);
          assert.equal(answer.headers()["content-type"], "application/pdf");
          const file = await answer.body();
          assert.equal(file.subarray(0, 5).toString(), "%PDF-");
          const again = await (await visitor.requests.get(portal + paper)).body();
          assert.ok(file.equals(again), "the same certificate is another file each time");

          // The code leads to the short address, which stays.
          const short = await page.locator('a[href*="/c/"]').first().getAttribute("href");
          assert.equal(new URL(short, portal).origin, portal);
          await visitor.visit(page, new URL(short, portal).pathname);
          assert.match(page.url(), /\/retirements\/\d+$/);

          await page.locator('main a[href="/verify"]').first().click();
          const same = await verdict(page, "certificate.pdf", file);
          assert.match(same.tone, /verdict-good/, JSON.stringify(same));

          const forged = await verdict(page, "certificate.pdf", forge(file, (text) => text.replaceAll(BENEFICIARY, "Hotel Eraker")));
          assert.match(forged.tone, /verdict-bad/, JSON.stringify(forged));
          assert.match(await page.locator("table.compared").innerText(), /Hotel Eraker/);
          const altered = await verdict(page, "certificate.pdf", Buffer.concat([file, Buffer.from("%\n")]));
          assert.match(altered.tone, /verdict-doubtful/, JSON.stringify(altered));
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
