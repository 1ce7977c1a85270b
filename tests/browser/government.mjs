// SPDX-License-Identifier: Apache-2.0
// What the Government does at the console: creates an organisation, suspends it, pauses transfers, and
// agrees with itself where two officers are needed; and what a suspended officer is told.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressOf, Api, at } from "./desk.mjs";

const ADMIN = "//Government//Admin";
const DEPUTY = "//Government//Deputy";
const NEW = "//Ambrym//Admin";
const NAME = "Ambrym Volcano Observatory";

export function government({ browser, portal }) {
  const api = new Api(portal);
  const made = {};

  describe("journeys: the Government", () => {
    it("an Admin creates an organisation", async () => {
      await at(browser, ADMIN, async (desk) => {
        const words = await desk.act(
          "organisations.create_organisation",
          {},
          {
            role: "project_developer",
            details: { name: NAME, tax_id: "VU 990 001", country: "VU" },
            first_admin: addressOf(NEW),
          },
        );
        assert.ok(words.includes(NAME), words);
      });
      made.organisation = (await api.organisation(NAME)).id;
    });

    it("its officer signs in; is suspended while at work; and is told so, and does nothing", async () => {
      await at(browser, NEW, async (officer) => {
        await officer.fill("organisations.add_member", { organisation: made.organisation }, {
          account: addressOf("//Ambrym//Manager"),
          role: "manager",
        });
        await at(browser, ADMIN, async (admin) => {
          await admin.act("organisations.suspend_organisation", { id: made.organisation }, {
            reason: "Its tax identifier is being checked.",
          });
        });
        assert.equal((await api.get(`/organisations/${made.organisation}`)).status, "suspended");

        // The page is from before.
        officer.visitor.expected.push("status of 4");
        await officer.page.locator("form#act button[type=submit]").click();
        await officer.waitFor("refused");
        assert.match(await officer.said(), /suspended/i);
        assert.equal(officer.wallet.asked.filter((it) => it.kind === "payload").length, 0);

        await officer.go("/console");
        assert.match(await officer.page.locator("main").innerText(), /suspended/i);
        await officer.go(`/console/act/organisations.add_member?organisation=${made.organisation}`);
        assert.match(await officer.page.locator("#refusal").innerText(), /suspended/i);
        assert.equal(await officer.page.locator("form#act").count(), 0);
      });
    });

    it("the Admin lets it act again", async () => {
      await at(browser, ADMIN, async (desk) => {
        await desk.act("organisations.reactivate_organisation", { id: made.organisation }, {});
      });
      assert.equal((await api.get(`/organisations/${made.organisation}`)).status, "active");
    });

    it("two officers agree to cancel credits", async () => {
      const block = (await api.items("/credits/blocks?status=buffer&limit=50")).find((it) => it.quantity > 20);
      assert.ok(block, "there are no credits in the buffer");
      await at(browser, ADMIN, async (desk) => {
        await desk.fill("credits.cancel", { owner: block.owner.id, block: block.start }, {
          parts: { [block.start]: 11 },
          reason: "reversal",
          corrects: { issuance: { project: block.project.id, period: block.period } },
          statement: "A landslide of November.",
        });
        await desk.check();
        const told = desk.dialog.locator('[data-role="approvals"]');
        assert.ok(await told.isVisible(), "nothing says that another officer must agree");
        await desk.sign();
      });
      const proposal = await api.one("/proposals?status=open&limit=50", (it) => it.words?.includes("landslide of November"));
      assert.equal(proposal.agreed, 1);

      await at(browser, DEPUTY, async (desk) => {
        const waiting = desk.page.locator(`#proposal-${proposal.id}`);
        assert.match(await waiting.innerText(), /landslide of November/);
        await waiting.locator('form[data-call="approvals.approve"] button').click();
        await desk.waitFor("confirm");
        await desk.sign();
      });
      assert.equal((await api.get(`/proposals/${proposal.id}`)).status, "executed");
      const cancelled = await api.one("/cancellations?sort=-id&limit=20", (it) => it.statement === "A landslide of November.");
      assert.equal(cancelled.quantity, 11);
    });

    it("an officer of the Root pauses transfers, everybody is told, and lets them go on", async () => {
      const reason = "A reconciliation is under way.";
      await at(browser, "//Alice", async (desk) => {
        await desk.act("credits.pause_transfers", {}, { reason });
        await browser.visitor({}, async (visitor) => {
          const page = await visitor.page();
          await visitor.visit(page, "/");
          assert.match(await page.locator(".banner").innerText(), new RegExp(reason));
        });
        await desk.act("credits.resume_transfers", {}, {});
      });
      assert.equal((await api.get("/settings")).paused ?? null, null);
    });

    it("who may not is told why, and is offered no form", async () => {
      await at(browser, "//Reef//Manager", async (desk) => {
        await desk.go("/console/act/organisations.create_organisation");
        const refusal = await desk.page.locator("#refusal").innerText();
        assert.ok(refusal.length > 20, refusal);
        assert.equal(await desk.page.locator("form#act").count(), 0);
      });
    });
  });
}
