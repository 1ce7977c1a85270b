// SPDX-License-Identifier: Apache-2.0
// What goes wrong between a person, a wallet, a network and a page. Each time a sentence says so, and
// nothing is done twice.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Api, at } from "./desk.mjs";

const OFFICER = "//Tanna//Manager";
const LONG = "a".repeat(10_000);

/** Fills a retirement of one tonne in, told from others by its reference. */
async function retirement(desk, start, reference) {
  await desk.fill("credits.retire", { block: start }, {
    parts: { [start]: 1 },
    details: { purpose: "voluntary", beneficiary: { name: "A guest", country: "VU" }, reference },
  });
}

export function faults({ browser, portal }) {
  const api = new Api(portal);
  const times = async (reference) => {
    const found = await api.items("/retirements?sort=-id&limit=100");
    return found.filter((it) => it.reference === reference).length;
  };
  /** The first number of credits that the officer can retire. */
  const start = async () => {
    const { id } = await api.organisation("Tanna Geothermal");
    const blocks = await api.items(`/credits/blocks?owner=${id}&status=held&limit=50`);
    return blocks.toSorted((a, b) => b.quantity - a.quantity)[0].start;
  };
  const signatures = (desk) => desk.wallet.asked.filter((it) => it.kind === "payload").length;

  // Credits of one owner: one after the other.
  describe("journeys: what goes wrong", () => {
    it("an account of the wallet is for another network", async () => {
      await at(browser, OFFICER, async (desk) => {
        await retirement(desk, await start(), "Other network");
        await desk.check();
        desk.wallet.genesisHash = `0x${"91".repeat(32)}`;
        await desk.confirm();
        await desk.dialog.locator('[data-role="fault"]:not(:empty)').waitFor();
        assert.match(await desk.said(), /network/i);
        assert.equal(signatures(desk), 0);
        // The account is allowed for this network, and the same dialog goes on.
        desk.wallet.genesisHash = null;
        await desk.sign();
      });
      assert.equal(await times("Other network"), 1);
    });

    it("the wallet has another account", async () => {
      await at(browser, [OFFICER, "//Efate//Manager"], async (desk) => {
        await retirement(desk, await start(), "Other account");
        await desk.check();
        desk.wallet.keys.shift();
        await desk.confirm();
        await desk.dialog.locator('[data-role="fault"]:not(:empty)').waitFor();
        assert.match(await desk.said(), /account/i);
        assert.equal(signatures(desk), 0);
      });
      assert.equal(await times("Other account"), 0);
    });

    it("the signature is refused, and given at the second question", async () => {
      await at(browser, OFFICER, async (desk) => {
        await retirement(desk, await start(), "Second thoughts");
        await desk.check();
        desk.wallet.refuses = true;
        await desk.confirm();
        await desk.dialog.locator('[data-role="fault"]:not(:empty)').waitFor();
        const said = await desk.said();
        assert.ok(said.length > 20 && !said.includes("Cancelled"), said);
        assert.equal(await times("Second thoughts"), 0);
        desk.wallet.refuses = false;
        await desk.sign();
        assert.equal(signatures(desk), 2);
      });
      assert.equal(await times("Second thoughts"), 1);
    });

    it("the connection is lost after the signature; the page, loaded again, goes on", async () => {
      await at(browser, OFFICER, async (desk) => {
        desk.visitor.expected.push("ERR_INTERNET_DISCONNECTED");
        await retirement(desk, await start(), "Lost before");
        await desk.check();
        const { wallet, page, visitor } = desk;
        const sign = wallet.sign.bind(wallet);
        wallet.sign = async (...given) => {
          const signed = sign(...given);
          await visitor.context.setOffline(true);
          return signed;
        };
        await desk.confirm();
        await desk.waitFor("lost");
        assert.ok((await desk.said()).length > 20);
        assert.equal(await times("Lost before"), 0);
        await visitor.context.setOffline(false);
        await page.reload();
        await desk.waitFor("finalised");
        assert.equal(signatures(desk), 1);
      });
      assert.equal(await times("Lost before"), 1);
    });

    it("the answer is lost after the submission; it is done once", async () => {
      await at(browser, OFFICER, async (desk) => {
        desk.visitor.expected.push("ERR_CONNECTION_RESET");
        await retirement(desk, await start(), "Lost after");
        await desk.check();
        let sent = 0;
        await desk.page.route("**/api/v1/extrinsics", async (route) => {
          sent += 1;
          if (sent > 1) return await route.continue();
          await route.fetch();
          await route.abort("connectionreset");
        });
        await desk.sign();
        assert.equal(sent, 2);
        assert.equal(signatures(desk), 1);
      });
      assert.equal(await times("Lost after"), 1);
    });

    it("the page is closed after the signature; the next one goes on", async () => {
      await at(browser, OFFICER, async (desk) => {
        await retirement(desk, await start(), "Closed");
        await desk.check();
        await desk.page.route("**/api/v1/extrinsics/*/events", (route) => route.abort());
        desk.visitor.expected.push("ERR_FAILED");
        await desk.confirm();
        await desk.page.locator('#signing[data-state="broadcast"],#signing[data-state="lost"]').waitFor();
        await desk.page.close();
        desk.page = await desk.visitor.page();
        await desk.visitor.visit(desk.page, "/console/credits");
        await desk.waitFor("finalised");
        assert.equal(signatures(desk), 1);
      });
      assert.equal(await times("Closed"), 1);
    });

    it("every button is pressed twice", async () => {
      await at(browser, OFFICER, async (desk) => {
        await retirement(desk, await start(), "Twice");
        await desk.page.locator("form#act button[type=submit]").dblclick();
        await desk.waitFor("confirm");
        await desk.dialog.locator('[data-role="confirm"]').dblclick();
        await desk.waitFor("finalised");
        assert.equal(signatures(desk), 1);
      });
      assert.equal(await times("Twice"), 1);
    });

    it("the object has changed since the page was loaded", async () => {
      const request = await api.one("/requests/retirements?status=open&limit=50", (it) => it.reference === "ITMO-2025-04");
      await at(browser, "//Government//Admin", async (slow) => {
        await slow.fill("credits.refuse_retirement", { request: request.id }, { reason: "No agreement is in force." });
        await at(browser, "//Government//Deputy", async (quick) => {
          await quick.act("credits.refuse_retirement", { request: request.id }, { reason: "The agreement has ended." });
        });
        slow.visitor.expected.push("status of 4");
        await slow.page.locator("form#act button[type=submit]").click();
        await slow.waitFor("refused");
        assert.ok((await slow.said()).length > 20);
        assert.equal(signatures(slow), 0);
      });
    });

    it("the session ends while a form is filled in; signing in anew goes on with it", async () => {
      await at(browser, OFFICER, async (desk) => {
        desk.visitor.expected.push("status of 401");
        const project = await api.one("/projects?limit=100", (it) => it.external_id === "VCR-2021-003");
        await desk.fill("projects.submit_document", { project: project.id }, {
          kind: "other",
          hash: { name: "Site visit.txt", text: "What was seen at the site.\n" },
        });
        await desk.visitor.context.clearCookies();
        await desk.page.locator("form#act button[type=submit]").click();
        await desk.waitFor("session");
        assert.ok((await desk.said()).length > 20);
        await desk.confirm();
        await desk.waitFor("confirm");
        await desk.sign();
        // And what is only read leads to the door, and back.
        await desk.visitor.context.clearCookies();
        await desk.visitor.visit(desk.page, "/console/credits?project=1");
        const url = new URL(desk.page.url());
        assert.equal(url.pathname, "/console/sign-in");
        assert.equal(url.searchParams.get("next"), "/console/credits?project=1");
      });
    });

    const names = {
      "ten thousand letters": LONG,
      "an order of letters that deceives": "Paid by \u202eknab",
      "a sign without width": "Hotel\u200bErakor",
      "nothing but blanks": "   ",
    };
    for (const [what, name] of Object.entries(names)) {
      it(`a beneficiary's name is ${what}`, async () => {
        await at(browser, OFFICER, async (desk) => {
          desk.visitor.expected.push("status of 4");
          const block = await start();
          await retirement(desk, block, what);
          await desk.page.locator('[data-path="beneficiary"] [data-path="name"]').evaluate((it, value) => {
            // As a person gets past what the control allows.
            it.removeAttribute("maxlength");
            it.value = value;
          }, name);
          await desk.page.locator("form#act button[type=submit]").click();
          const refused = desk.page.locator(
            '#signing[data-state="refused"], form#act :invalid, [data-role="form-fault"]:not(:empty)',
          );
          await refused.first().waitFor({ state: "attached" });
          assert.equal(signatures(desk), 0);
          assert.equal(await times(what), 0);
        });
      });
    }

    it("markup is typed into every text of a form, and is signed and shown as words", async () => {
      const markup = '"><img src=x onerror=alert(3)>';
      await at(browser, OFFICER, async (desk) => {
        await desk.fill("credits.retire", { block: await start() }, {
          parts: { [await start()]: 1 },
          details: {
            purpose: "voluntary",
            beneficiary: { name: markup, country: "VU" },
            on_behalf_of: markup,
            reason: markup,
            reference: `${markup} 7`,
          },
        });
        const words = await desk.check();
        assert.ok(words.includes(markup), words);
        await desk.sign();
        assert.equal(await desk.page.locator("img[src=x]").count(), 0);
      });
      assert.equal(await times(`${markup} 7`), 1);
    });
  });
}
