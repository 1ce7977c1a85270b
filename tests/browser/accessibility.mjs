// SPDX-License-Identifier: Apache-2.0
// WCAG 2.2 AA: axe on every template in both themes and both directions, and the keyboard.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, it } from "node:test";
import { inLanguage, PROBLEMS } from "./addresses.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const LANGUAGES = { en: "ltr", ar: "rtl" };
const THEMES = ["light", "dark"];

/** What axe finds on a page in both themes. */
export async function violations(page) {
  // By the debugger: the page's own policy lets nothing be added to it.
  await page.evaluate(AXE);
  const found = [];
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme });
    const result = await page.evaluate(
      (tags) =>
        window.axe.run(document, {
          runOnly: { type: "tag", values: tags },
          resultTypes: ["violations"],
        }),
      TAGS,
    );
    for (const { id, help, nodes } of result.violations) {
      for (const { target, failureSummary } of nodes.slice(0, 3)) {
        found.push(`${colorScheme}: ${id} (${help}) ${target}: ${failureSummary}`);
      }
      if (nodes.length > 3) found.push(`${colorScheme}: ${id} at ${nodes.length - 3} more places`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  return found;
}

export function axe({ browser, pages }) {
  describe("axe finds nothing, in light and dark", { concurrency: 2 }, () => {
    for (const { template, path } of pages) {
      for (const [language, direction] of Object.entries(LANGUAGES)) {
        const address = inLanguage(language, path);
        it(`${template}: ${address}`, async () => {
          await browser.visitor({}, async (visitor) => {
            const status = PROBLEMS[path];
            if (status) visitor.expected.push(`status of ${status}`);
            const page = await visitor.page();
            await visitor.visit(page, address);
            const root = page.locator("html");
            assert.equal(await root.getAttribute("lang"), language);
            assert.equal(await root.getAttribute("dir"), direction);
            assert.deepEqual(await violations(page), []);
          });
        });
      }
    }
  });
}

/** Notes what gets the focus, and how it looks then. */
const watchFocus = () => {
  window.stops = [];
  const visible = (element) => {
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return outlined || style.boxShadow !== "none";
  };
  document.addEventListener("focusin", ({ target }) => {
    const box = target.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height, innerHeight) / 2];
    const top = document.elementFromPoint(x, y);
    window.stops.push({
      what: `${target.tagName.toLowerCase()} ${target.id} ${target.textContent.trim().slice(0, 30)}`,
      marked: visible(target),
      // What has the focus must not be behind anything, nor outside of the window.
      seen: top !== null && (target.contains(top) || top.contains(target) || target.labels?.[0]?.contains(top) === true),
      index: [...document.querySelectorAll("*")].indexOf(target),
    });
  });
};

/** What can have the focus, in the order of the document. */
const focusable = () => {
  const wanted = "a[href],button,input,select,textarea,summary,[tabindex='0']";
  const all = [...document.querySelectorAll("*")];
  const group = new Set();
  return [...document.querySelectorAll(wanted)]
    .filter((it) => !it.disabled && it.checkVisibility({ visibilityProperty: true }))
    .filter((it) => {
      // Of radio buttons of one name one is a stop.
      if (it.type !== "radio") return true;
      const name = `${it.form?.id} ${it.name}`;
      const checked = it.checked || ![...document.getElementsByName(it.name)].some((other) => other.checked);
      if (!checked || group.has(name)) return false;
      return Boolean(group.add(name));
    })
    .map((it) => all.indexOf(it));
};

/** Stops of the Tab key that are pressed through on a page. */
const MOST = 150;

export function keyboard({ browser, pages }) {
  describe("by keyboard alone", { concurrency: 2 }, () => {
    for (const { path } of pages.filter((it) => !it.isEmbedded)) {
      it(path, async () => {
        await browser.visitor({}, async (visitor) => {
          const status = PROBLEMS[path];
          if (status) visitor.expected.push(`status of ${status}`);
          const page = await visitor.page();
          await visitor.visit(page, path);
          // First the link over everything that is the same on every page.
          await page.keyboard.press("Tab");
          const skip = page.locator(".skip");
          assert.ok(await skip.evaluate((it) => it === document.activeElement), "no skip link");
          const { y, height } = await skip.boundingBox();
          assert.ok(y >= 0 && height >= 24, "the skip link is not seen");
          await page.keyboard.press("Enter");
          assert.equal(await page.evaluate(() => document.activeElement.id), "content");
          assert.ok(page.url().endsWith("#content"));

          await visitor.visit(page, path);
          await page.evaluate(watchFocus);
          const wanted = (await page.evaluate(focusable)).slice(0, MOST);
          for (let n = 0; n < wanted.length; n += 1) await page.keyboard.press("Tab");
          const stops = await page.evaluate(() => window.stops);
          assert.deepEqual(stops.map((it) => it.index), wanted, "the order of the document");
          const bad = stops.filter((it) => !it.marked || !it.seen);
          assert.deepEqual(bad, []);
        });
      });
    }

    it("the menu of a small screen opens and closes", async () => {
      await browser.visitor({ viewport: { width: 360, height: 800 }, javaScriptEnabled: false }, async (visitor) => {
        const page = await visitor.page();
        await visitor.visit(page, "/");
        const menu = page.locator("header.site nav details").first();
        const link = menu.locator("a").first();
        assert.equal(await link.isVisible(), false);
        await menu.locator("summary").focus();
        await page.keyboard.press("Enter");
        assert.equal(await link.isVisible(), true);
        await page.keyboard.press("Tab");
        assert.ok(await link.evaluate((it) => it === document.activeElement), "the first link");
        await menu.locator("summary").focus();
        await page.keyboard.press("Enter");
        assert.equal(await link.isVisible(), false);
      });
    });
  });
}
