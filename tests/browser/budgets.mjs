// SPDX-License-Identifier: Apache-2.0
// What a public page may cost who reads it: bytes on the wire, and time until something is to be seen.

import assert from "node:assert/strict";
import { describe, it } from "node:test";

const LARGEST = 60 * 1024;
const SLOWEST = 500;
/** How often a page is loaded, each time by somebody who has nothing of it. */
const LOADS = 3;

/** One load: bytes of all answers, compressed as they came, and milliseconds to the first content. */
async function load(visitor, path) {
  const page = await visitor.page();
  const session = await visitor.context.newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await visitor.visit(page, path);
  await page.waitForLoadState("networkidle");
  const painted = await page.evaluate(
    () =>
      new Promise((done) => {
        const tell = (entries) => {
          const first = entries.find((entry) => entry.name === "first-contentful-paint");
          if (first) done(first.startTime);
        };
        new PerformanceObserver((list) => tell(list.getEntries())).observe({
          type: "paint",
          buffered: true,
        });
      }),
  );
  return { bytes, painted };
}

export function budgets({ browser, pages }) {
  // One after the other: what is measured is the page, not the crowd.
  describe("budgets of public pages", () => {
    const measured = [];
    for (const { path } of pages) {
      it(`${path} is at most 60 KiB, and seen within ${SLOWEST} ms`, async () => {
        const loads = [];
        for (let n = 0; n < LOADS; n += 1) {
          loads.push(await browser.visitor({}, (visitor) => load(visitor, path)));
        }
        const bytes = Math.max(...loads.map((it) => it.bytes));
        const painted = loads.map((it) => it.painted).sort((a, b) => a - b)[LOADS >> 1];
        measured.push({ path, bytes, painted });
        assert.ok(bytes > 1_000, `${bytes} bytes are no page`);
        assert.ok(bytes <= LARGEST, `${bytes} bytes, ${LARGEST} are allowed`);
        assert.ok(painted < SLOWEST, `first content after ${painted.toFixed(0)} ms`);
      });
    }
    it("and the largest and the slowest are told", (test) => {
      const most = (of) => measured.reduce((a, b) => (of(a) > of(b) ? a : b));
      const large = most((it) => it.bytes);
      const slow = most((it) => it.painted);
      test.diagnostic(`largest: ${large.path}, ${large.bytes} bytes`);
      test.diagnostic(`slowest: ${slow.path}, ${slow.painted.toFixed(0)} ms to the first content`);
    });
  });
}
