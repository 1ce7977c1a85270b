// SPDX-License-Identifier: Apache-2.0
// The life of a project and of its credits, as its developer, its certifier and the Government make it
// at the console, one after the other.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Api, at } from "./desk.mjs";

const DEVELOPER = "//Efate//Manager";
const CERTIFIER = "//Reef//Manager";
const GOVERNMENT = "//Government//Admin";
const TITLE = "Tidal power of Havannah Harbour";
const EXTERNAL_ID = "VCR-2026-100";

const document = (name) => ({ name: `${name}.txt`, text: `${TITLE}: ${name}\n`.repeat(40) });

export function life({ browser, portal }) {
  const api = new Api(portal);
  // What one step leaves for the next.
  const made = {};
  const officer = (uri, journey) => at(browser, uri, journey);
  const project = () => api.get(`/projects/${made.project}`);

  describe("journeys: the life of a project", () => {
    it("a developer registers a project", async () => {
      made.developer = (await api.organisation("Efate Renewables")).id;
      made.certifier = (await api.organisation("Reef Assurance")).id;
      await officer(DEVELOPER, async (desk) => {
        // From what can be begun, as the first page of the console offers it.
        await desk.page.locator('a[href*="/console/act/projects.register_project"]').first().click();
        await desk.ready();
        await desk.fillIn({
          registration: {
            title: TITLE,
            external_id: EXTERNAL_ID,
            sector: "energy",
            sectoral_scope: "energy_industries",
            mitigation_type: "hydro",
            gases: ["co2"],
            crediting_period: ["2023-01-01", "2032-12-31"],
            locations: [{ region: "VU-SEE", coordinates: { latitude: "-17.55", longitude: "168.28" } }],
            estimated_cost_usd: "2,500,000",
            estimate: "12,000",
            details: document("Project information note"),
            certifiers: [made.certifier],
          },
        });
        const words = await desk.check();
        assert.ok(words.includes(TITLE), words);
        await desk.sign();
      });
      const found = await api.one("/projects?sort=-id&limit=20", (it) => it.external_id === EXTERNAL_ID);
      assert.equal(found.title, TITLE);
      assert.equal(found.estimate, 12_000);
      made.project = found.id;
    });

    it("and uploads its design document and its validation report", async () => {
      await officer(DEVELOPER, async (desk) => {
        for (const kind of ["design_document", "validation_report"]) {
          await desk.act("projects.submit_document", { project: made.project }, { kind, hash: document(kind) });
        }
      });
      const { documents } = await project();
      assert.deepEqual(documents.map((it) => it.kind).sort(), ["design_document", "validation_report"]);
      made.documents = Object.fromEntries(documents.map((it) => [it.kind, it.id]));
    });

    it("a certifier accepts the design and validates the project", async () => {
      await officer(CERTIFIER, async (desk) => {
        // It waits for the certifier on the first page of the console.
        const waiting = desk.page.locator("main").getByText(TITLE).first();
        await waiting.waitFor();
        await desk.act(
          "projects.review_document",
          { project: made.project, document: made.documents.design_document },
          { accept: "true" },
        );
        await desk.act(
          "projects.validate_project",
          { project: made.project, document: made.documents.validation_report },
          { estimate: "10000" },
        );
      });
      assert.equal((await project()).stage, "validated");
    });

    it("a government Admin authorises it under Article 6", async () => {
      await officer(GOVERNMENT, async (desk) => {
        const words = await desk.act(
          "projects.authorise_project",
          { project: made.project },
          {
            quantity: "9000",
            article6: {
              purposes: ["ndc", "other_international_mitigation"],
              parties: ["CH", "SE"],
              valid: ["2023", "2032"],
              first_transfer: "first_international_transfer",
            },
            buffer_rate: "0",
          },
        );
        assert.match(words, /9,000/);
      });
      assert.equal((await project()).stage, "authorised");
    });

    it("the developer reports monitoring", async () => {
      await officer(DEVELOPER, async (desk) => {
        await desk.act(
          "projects.report_monitoring",
          { project: made.project },
          {
            report: {
              period: ["2023-01-01", "2023-12-31"],
              vintages: [{ vintage: "2023", tonnes: "1200" }],
              report: document("Monitoring report"),
            },
          },
        );
      });
    });

    it("the certifier verifies it", async () => {
      await officer(CERTIFIER, async (desk) => {
        await desk.act(
          "projects.verify_monitoring",
          { project: made.project, period: 1 },
          { verified: [{ vintage: "2023", tonnes: "1100" }], verification: document("Verification report") },
        );
      });
    });

    it("the Admin issues the credits", async () => {
      await officer(GOVERNMENT, async (desk) => {
        const words = await desk.act("credits.issue", { project: made.project, period: 1 }, {});
        assert.ok(words.length > 0);
      });
      assert.equal((await project()).issued, 1_100);
      const block = await api.one(`/credits/blocks?project=${made.project}`, () => true);
      assert.equal(block.quantity, 1_100);
      made.start = block.start;
    });

    it("the developer transfers some of them", async () => {
      const to = await api.organisation("Malekula Farmers’ Cooperative");
      await officer(DEVELOPER, async (desk) => {
        const words = await desk.act(
          "credits.transfer",
          { project: made.project },
          { parts: { [made.start]: 100 }, to: to.id, reference: "Order 26/7" },
        );
        assert.match(words, /100/);
      });
      const found = await api.one("/transfers?sort=-id&limit=20", (it) => it.reference === "Order 26/7");
      assert.equal(found.quantity, 100);
      assert.equal(found.to.id, to.id);
    });

    it("retires some for a guest", async () => {
      await officer(DEVELOPER, async (desk) => {
        await desk.act(
          "credits.retire",
          { project: made.project },
          {
            parts: { [made.start]: 40 },
            details: {
              purpose: "voluntary",
              beneficiary: { name: "Hôtel de la Lagune", country: "NC" },
              reason: "Flights of 2025",
              reference: "Retired 26/8",
            },
          },
        );
      });
      const found = await api.one("/retirements?sort=-id&limit=20", (it) => it.reference === "Retired 26/8");
      assert.equal(found.quantity, 40);
      made.retirement = found.id;
    });

    it("and asks for an international retirement", async () => {
      await officer(DEVELOPER, async (desk) => {
        await desk.act(
          "credits.request_retirement",
          { project: made.project },
          {
            parts: { [made.start]: 200 },
            details: {
              purpose: { international_transfer: { country: "CH", entity: "Alpine Carbon Office", towards: "ndc" } },
              beneficiary: { name: "Alpine Carbon Office", country: "CH" },
              reference: "ITMO 26/9",
            },
          },
        );
      });
      const found = await api.one("/requests/retirements?limit=100", (it) => it.reference === "ITMO 26/9");
      assert.equal(found.status, "open");
      made.request = found.id;
    });

    it("which the Admin recognises", async () => {
      await officer(GOVERNMENT, async (desk) => {
        await desk.act("credits.recognise_retirement", { request: made.request }, {});
      });
      const found = await api.get(`/requests/retirements/${made.request}`);
      assert.equal(found.status, "recognised");
    });

    it("and everybody can read it", async () => {
      await browser.visitor({ javaScriptEnabled: false }, async (visitor) => {
        const page = await visitor.page();
        await visitor.visit(page, `/projects/${made.project}`);
        const words = await page.locator("main").innerText();
        for (const shown of [TITLE, EXTERNAL_ID, "Efate Renewables", "Reef Assurance", "1,100"]) {
          assert.ok(words.includes(shown), `the page does not show ${shown}`);
        }
        await visitor.visit(page, `/retirements/${made.retirement}`);
        assert.match(await page.locator("main").innerText(), /Hôtel de la Lagune/);
      });
    });
  });
}

