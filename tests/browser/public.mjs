// SPDX-License-Identifier: Apache-2.0
// Public pages: for everybody, whatever his browser does and however wide it is.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inLanguage, PROBLEMS } from "./addresses.mjs";

const NARROW = { width: 320, height: 640 };
const HEADERS = { "x-content-type-options": "nosniff", "referrer-policy": "same-origin" };

/** What a page says and where it leads; what is only there for who has JavaScript is left out. */
const content = () => {
  const main = document.querySelector("main");
  const words = main.innerText.replace(/\s+/g, " ").trim();
  const links = [...document.querySelectorAll("a[href]")].map((link) => link.getAttribute("href"));
  const forms = [...document.forms].map((form) => `${form.method} ${form.getAttribute("action")}`);
  return { words, links, forms };
};

/** What sticks out of the page to either side, outside of what scrolls by itself. */
export const sticksOut = () => {
  const width = document.documentElement.clientWidth;
  const { scrollWidth } = document.documentElement;
  if (scrollWidth <= width) return [];
  const scrolls = (element) => {
    for (let it = element.parentElement; it; it = it.parentElement) {
      if (it !== document.documentElement && getComputedStyle(it).overflowX !== "visible") return true;
    }
    return false;
  };
  const out = [...document.body.querySelectorAll("*")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && (box.right > width + 1 || box.left < -1) && !scrolls(element);
  });
  const told = out.map((it) => `${it.tagName.toLowerCase()}.${it.className} ${it.textContent.trim().slice(0, 40)}`);
  return [`the page is ${scrollWidth} wide`, ...told.slice(-5)];
};

function isSecure(answer, isEmbedded) {
  const headers = answer.headers();
  const policy = headers["content-security-policy"] ?? "";
  assert.match(policy, /default-src 'self'/);
  assert.match(policy, /base-uri 'none'/);
  assert.match(policy, /form-action 'self'/);
  assert.match(policy, /object-src 'none'/);
  // Others may only show what is made to be shown by them.
  const framed = isEmbedded ? policy.replace("frame-ancestors *", "") : policy;
  assert.doesNotMatch(framed, /unsafe|https?:|\*|data:/);
  if (!isEmbedded) assert.match(policy, /frame-ancestors 'none'/);
  for (const [name, value] of Object.entries(HEADERS)) assert.equal(headers[name], value, name);
}

export function everybody({ browser, pages }) {
  describe("public pages are for everybody", { concurrency: 2 }, () => {
    for (const { path, isEmbedded } of pages) {
      it(path, async () => {
        const status = PROBLEMS[path] ?? 200;
        const seen = await browser.visitor({}, async (visitor) => {
          const page = await visitor.page();
          // Chromium says of every answer that is an error that it is one.
          visitor.expected.push(...(status === 200 ? [] : [`status of ${status}`]));
          const answer = await visitor.visit(page, path);
          assert.equal(answer.status(), status);
          isSecure(answer, isEmbedded);
          const seen = await page.evaluate(content);
          assert.equal(await page.locator("main").count(), 1);
          assert.equal(await page.locator("h1").count(), isEmbedded ? 0 : 1);
          await isPrinted(page);
          return seen;
        });
        await browser.visitor({ javaScriptEnabled: false }, async (visitor) => {
          const page = await visitor.page();
          await visitor.visit(page, path);
          const without = await page.evaluate(content);
          assert.deepEqual(without, seen, "without JavaScript");
        });
        for (const language of ["en", "ar"]) {
          await browser.visitor({ viewport: NARROW, javaScriptEnabled: false }, async (visitor) => {
            const page = await visitor.page();
            await visitor.visit(page, inLanguage(language, path));
            assert.deepEqual(await page.evaluate(sticksOut), [], `${language}, 320 wide`);
          });
        }
      });
    }
  });
}

/** On paper: black on white, whatever the screen's colours, and without what is for the screen. */
async function isPrinted(page) {
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const paper = await page.evaluate(() => {
    const colour = (element, what) => getComputedStyle(element)[what].match(/[\d.]+/g).map(Number);
    const shown = (selector) =>
      [...document.querySelectorAll(selector)].some((it) => it.checkVisibility());
    return {
      ink: colour(document.querySelector("main"), "color"),
      paper: colour(document.body, "backgroundColor"),
      main: shown("main"),
      navigation: shown("header.site nav") || shown(".skip"),
    };
  });
  const light = ([red, green, blue, alpha = 1]) => alpha === 0 || Math.min(red, green, blue) > 240;
  assert.ok(paper.main && !paper.navigation, JSON.stringify(paper));
  assert.ok(light(paper.paper) && Math.max(...paper.ink.slice(0, 3)) < 80, JSON.stringify(paper));
  const file = await page.pdf();
  assert.equal(file.subarray(0, 5).toString(), "%PDF-");
  await page.emulateMedia({ media: "screen", colorScheme: "light" });
}
