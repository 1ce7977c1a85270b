// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium, and pages that tell on themselves: what the console says, what throws, and what
// is asked of anybody but the registry.

import { chromium } from "playwright-core";
import assert from "node:assert/strict";

/** Names that are not the registry's own do not resolve, whoever asks. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-dev-shm-usage",
  "--font-render-hinting=none",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

export async function launch() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return await chromium.launch({ executablePath, args: ARGUMENTS });
}

export class Visitor {
  /** What no page may do, of all pages of this visitor. */
  faults = [];
  /** What a test foresees: parts of such lines. */
  expected = [];
  /** Parts of questions that are answered with yes; any other is a fault. */
  consents = [];

  constructor(context, portal) {
    this.context = context;
    this.portal = portal;
    this.requests = this.context.request;
    context.on("page", (page) => this.#watch(page));
    context.on("request", (request) => this.#origin(request));
    context.on("console", (message) => {
      if (message.type() !== "error") return;
      this.#fault(`console: ${message.text()} (${message.location().url})`);
    });
    context.on("weberror", (error) => this.#fault(`error: ${error.error().stack}`));
  }

  #fault(words) {
    this.faults.push(words);
  }

  #watch(page) {
    page.setDefaultTimeout(20_000);
    page.on("dialog", async (dialog) => {
      const words = dialog.message();
      if (this.consents.some((part) => words.includes(part))) return await dialog.accept();
      this.#fault(`dialog: ${words}`);
      await dialog.dismiss();
    });
    page.on("crash", () => this.#fault(`crash: ${page.url()}`));
  }

  #origin(request) {
    const url = new URL(request.url());
    const own = url.origin === this.portal || ["data:", "blob:", "about:"].includes(url.protocol);
    if (!own) this.#fault(`asked of another origin: ${request.url()}`);
  }

  async page() {
    return await this.context.newPage();
  }

  /** Goes to an address of the portal; the answer. */
  async visit(page, path) {
    const answer = await page.goto(this.portal + path, { waitUntil: "load" });
    return answer;
  }

  /** Fails with what the pages did that no page may. */
  check() {
    const expected = (fault) => this.expected.some((part) => fault.includes(part));
    const found = this.faults.splice(0).filter((fault) => !expected(fault));
    assert.deepEqual(found, []);
  }
}

/** A browser of the registry's visitors. */
export class Browser {
  constructor(browser, portal) {
    this.browser = browser;
    this.portal = portal;
  }

  /** Lets somebody visit the registry with nothing kept from before, and checks what he saw. */
  async visitor(options, visit) {
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 900 },
      locale: "en",
      timezoneId: "UTC",
      colorScheme: "light",
      reducedMotion: "reduce",
      ...options,
    });
    const visitor = new Visitor(context, this.portal);
    try {
      const answer = await visit(visitor);
      visitor.check();
      return answer;
    } finally {
      await context.close();
    }
  }

  async close() {
    await this.browser.close();
  }
}
