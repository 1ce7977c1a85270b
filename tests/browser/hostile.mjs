// SPDX-License-Identifier: Apache-2.0
// Names, titles and remarks of those who mean no good: the driver has put them on the chain. Everywhere
// they are words, and the page stays as it is.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inLanguage } from "./addresses.mjs";
import { sticksOut } from "./public.mjs";

/** What a page must not have of them. */
const owned = () => ({
  pictures: document.querySelectorAll("img[src='x'],img[onerror]").length,
  headings: [...document.querySelectorAll("h1,h2,h3")].filter((it) => it.textContent === "Owned").length,
  scripts: [...document.scripts].filter((it) => it.textContent.includes("alert")).length,
});

/** Where such a name stands without being kept apart from the letters around it. */
const mixed = () => {
  const apart = (element) => {
    for (let it = element; it && it !== document.body; it = it.parentElement) {
      if (["isolate", "isolate-override", "plaintext"].includes(getComputedStyle(it).unicodeBidi)) return true;
    }
    return false;
  };
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const { textContent, parentElement } = walker.currentNode;
    if (/<script>|مشروع/.test(textContent) && !apart(parentElement)) found.push(textContent.trim());
  }
  return found;
};

export async function hostileAddresses(portal) {
  const items = async (path) => (await (await fetch(`${portal}/api/v1${path}`)).json()).items;
  const organisation = (await items("/organisations?limit=100")).find((it) => it.name.includes("<script>"));
  assert.ok(organisation, "the driver has entered nobody who means no good");
  const projects = (await items("/projects?sort=-id&limit=3")).map((it) => it.id);
  const retirements = (await items("/retirements?sort=-id&limit=3")).map((it) => it.id);
  const [transfer] = await items("/transfers?sort=-id&limit=1");
  const [suspended] = await items("/events?limit=1");
  return {
    name: organisation.name,
    paths: [
      "/",
      "/projects",
      "/organisations",
      "/retirements",
      "/transfers",
      "/holdings",
      "/events",
      `/organisations/${organisation.id}`,
      `/transfers/${transfer.id}`,
      `/events/${suspended.id}`,
      ...projects.map((id) => `/projects/${id}`),
      ...retirements.map((id) => `/retirements/${id}`),
      `/search?q=${encodeURIComponent(organisation.name)}`,
      `/search?q=${encodeURIComponent("🌋".repeat(50))}`,
      `/projects?title=${encodeURIComponent(organisation.name)}`,
    ],
  };
}

export function hostile({ browser, malice }) {
  describe("hostile names are words", { concurrency: 2 }, () => {
    for (const path of malice.paths) {
      for (const language of ["en", "ar"]) {
        const address = inLanguage(language, path);
        it(address.slice(0, 80), async () => {
          for (const width of [320, 1280]) {
            await browser.visitor({ viewport: { width, height: 800 } }, async (visitor) => {
              const page = await visitor.page();
              // A filter that nobody knows is a problem, and said as one.
              visitor.expected.push("status of 4");
              await visitor.visit(page, address);
              assert.deepEqual(await page.evaluate(owned), { pictures: 0, headings: 0, scripts: 0 });
              assert.deepEqual(await page.evaluate(sticksOut), [], `${width} wide`);
              assert.deepEqual(await page.evaluate(mixed), [], "not kept apart");
              assert.equal(await page.locator("main").count(), 1);
            });
          }
        });
      }
    }
    it("and are shown letter by letter", async () => {
      await browser.visitor({}, async (visitor) => {
        const page = await visitor.page();
        const shows = malice.paths.find((path) => path.startsWith("/organisations/"));
        await visitor.visit(page, shows);
        assert.equal(await page.locator("h1").innerText(), malice.name);
      });
    });
  });
}
