// SPDX-License-Identifier: Apache-2.0
// Organisations and members by two files: an officer of the Government has them checked, signs what
// remains, is stopped, and goes on.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { violations } from "./accessibility.mjs";
import { addressOf, Api, at, steps } from "./desk.mjs";

const ADMIN = "//Government//Admin";
const HEAD = "NAME,EMAIL,PHONE,ORGANISATION TAX ID,ORGANISATION TYPE";
const REEFS = { name: "Maskelyne Reefs", taxId: "VU 990 101" };
const METERS = { name: "Banks Meters", taxId: "VU 990 102" };
const PEOPLE = { ana: "//Maskelyne//Admin", ben: "//Maskelyne//Manager", cleo: "//Banks//Admin" };

/** A file as a browser sends it. */
const csv = (...lines) => ({ name: "table.csv", mimeType: "text/csv", buffer: Buffer.from(lines.join("\r\n")) });

const organisation = ({ name, taxId }, type, email = "") => `${name},${email},+678 22990,${taxId},${type}`;
const user = ({ taxId }, type, role, key) => `Somebody,,,${taxId},${type},${role},${addressOf(key)}`;

const ORGANISATIONS = csv(HEAD, organisation(REEFS, "Developer", "office@reefs.example"), organisation(METERS, "API"));
const USERS = csv(
  `${HEAD},ROLE,ACCOUNT`,
  user(REEFS, "Developer", "Admin", PEOPLE.ana),
  user(REEFS, "Developer", "Manager", PEOPLE.ben),
  user(METERS, "API", "Admin", PEOPLE.cleo),
);

/** Gives both files, and waits for what is found in them. */
async function give(page, organisations, users) {
  await page.locator("#organisations").setInputFiles(organisations);
  await page.locator("#users").setInputFiles(users);
  await page.locator("#import button[type=submit]").click();
  await page.locator("#import-found h2").waitFor();
}

/** Signs the step that is shown, which says some words. */
async function sign(desk, words) {
  const told = desk.page.locator('#signing[data-state="confirm"] [data-role="words"]', { hasText: words });
  await told.waitFor({ timeout: 30_000 });
  await desk.confirm();
}

export function imports({ browser, portal }) {
  const api = new Api(portal);
  const step = steps();
  let cookies;

  describe("journeys: an import", () => {
    step("what is wrong is told by its line, and nothing can be signed", async () => {
      await at(browser, ADMIN, async (desk) => {
        const { page } = desk;
        await desk.go("/console");
        await page.locator('nav a[href="/console/import"]').click();
        await page.waitForURL("**/console/import");
        await desk.ready();
        await give(page, csv(HEAD, "=SUM(A1),,,T1,Developer", "Somebody,,,T1,King"), csv(HEAD));
        const rows = await page.locator("#import-faults tbody tr").allInnerTexts();
        for (const [line, words] of [["2", /formula/], ["3", /on line 2 already/], ["3", /“King” is not known/], ["1", /ROLE is missing/]]) {
          const found = rows.find((row) => words.test(row));
          assert.ok(found?.split("\t").includes(line), `${words}: ${rows.join("\n")}`);
        }
        assert.deepEqual(await violations(page), []);
        assert.ok(await page.locator("#import-sign").isHidden());

        const workbook = { name: "a.xlsx", mimeType: "text/csv", buffer: Buffer.from("PK\x03\x04\0\0") };
        await give(page, workbook, csv(""));
        await page.locator("#import-faults", { hasText: "is no text" }).waitFor();
        assert.match(await page.locator("#import-faults").innerText(), /the file is empty/);

        desk.visitor.expected.push("status of 413");
        await give(page, { name: "b.csv", mimeType: "text/csv", buffer: Buffer.alloc(10 << 20, "a,") }, csv(HEAD));
        await page.locator("#import-found", { hasText: "more than 1 MiB" }).waitFor();
        cookies = await desk.visitor.context.storageState();
      });
    });

    step("without JavaScript the files are checked, and the command is named", async () => {
      await browser.visitor({ javaScriptEnabled: false, storageState: cookies }, async (visitor) => {
        const page = await visitor.page();
        await visitor.visit(page, "/console/import");
        await give(page, ORGANISATIONS, USERS);
        assert.equal(await page.locator("#import-steps li").count(), 3);
        assert.ok(await page.locator("#by-command", { hasText: "registry import" }).isVisible());
        assert.ok(await page.locator("#import-sign").isHidden());
      });
    });

    step("a signature that is refused stops it, and the same files go on until nothing is left", async () => {
      await at(browser, ADMIN, async (desk) => {
        const { page } = desk;
        await desk.go("/console/import");
        await give(page, ORGANISATIONS, USERS);
        assert.deepEqual(await violations(page), []);
        assert.equal(await page.locator("#import-steps li").count(), 3);
        assert.equal(await page.locator("#import-steps [data-call-json]").count(), 2);

        const begin = page.locator("#import-sign button");
        await begin.click();
        await sign(desk, REEFS.name);
        await page.locator('#signing[data-state="confirm"] [data-role="words"]', { hasText: METERS.name }).waitFor({ timeout: 30_000 });
        await desk.dialog.locator('[data-role="close"]').click();
        await page.locator('#import-sign [data-role="form-fault"]:not(:empty)').waitFor();
        // What is done is told as done, and what it made possible can be signed.
        await page.locator("#import-settled tr", { hasText: REEFS.name }).first().waitFor();
        assert.equal(await page.locator("#import-steps [data-call-json]").count(), 2);
      });

      const reefs = await api.organisation(REEFS.name);
      const { profile } = await api.get(`/organisations/${reefs.id}/profile`);
      assert.deepEqual(profile, { email: "office@reefs.example", phone: "+678 22990" });

      await at(browser, ADMIN, async (desk) => {
        const { page } = desk;
        await desk.go("/console/import");
        await give(page, ORGANISATIONS, USERS);
        await page.locator("#import-sign button").click();
        await sign(desk, METERS.name);
        await sign(desk, addressOf(PEOPLE.ben));
        await page.locator("#import-done").waitFor({ timeout: 30_000 });
        assert.equal(await page.locator("#import-settled tbody tr").count(), 5);
        assert.equal(desk.wallet.asked.filter((it) => it.kind === "payload").length, 2);
      });
      assert.ok(await api.organisation(METERS.name));
    });

    step("who may not import is told so", async () => {
      await at(browser, "//Reef//Manager", async (desk) => {
        assert.equal(await desk.page.locator('nav a[href="/console/import"]').count(), 0);
        const answer = await desk.visitor.visit(desk.page, "/console/import");
        assert.equal(answer.status(), 403);
      });
    });
  });
}
