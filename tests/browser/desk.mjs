// SPDX-License-Identifier: Apache-2.0
// An officer at the console: signs in, fills forms in, reads what is to be signed, signs, and waits
// until it is final.

import assert from "node:assert/strict";
import { fillIn } from "./forms.mjs";
import { Key } from "./keys.mjs";
import { Wallet } from "./wallet.mjs";

/** Until a transaction is final, on a machine that does much else. */
const PATIENCE = 30_000;

export class Desk {
  constructor(visitor, page, wallet) {
    Object.assign(this, { visitor, page, wallet });
  }

  /** Somebody comes with a wallet, and signs in with its first key. */
  static async open(visitor, ...uris) {
    const wallet = new Wallet(...uris);
    await wallet.install(visitor);
    const desk = new Desk(visitor, await visitor.page(), wallet);
    await desk.signIn();
    return desk;
  }

  get dialog() {
    return this.page.locator("#signing");
  }

  async signIn() {
    const { page, visitor, wallet } = this;
    await visitor.visit(page, "/console");
    assert.match(page.url(), /\/console\/sign-in\?next=/);
    await page.locator('[name="method"][value="extension"]').check();
    const [{ address }] = wallet.accounts();
    await page.locator(`select[name="account"] option[value="${address}"]`).waitFor({ state: "attached" });
    await page.locator('select[name="account"]').selectOption(address);
    await page.locator("form[data-sign-in] button[type=submit]").click();
    await page.waitForURL((url) => url.pathname === "/console");
    const { asked } = wallet;
    assert.equal(asked.at(-1).kind, "raw");
    await this.ready();
  }

  /** Waits until the page signs. */
  async ready() {
    await this.page.locator('html[data-console="ready"]').waitFor({ state: "attached" });
  }

  /** Opens an address of the console. */
  async go(path) {
    const answer = await this.visitor.visit(this.page, path);
    assert.equal(answer.status(), 200, path);
    await this.ready();
  }

  /** Opens the form of a call, and fills it in. */
  async fill(call, query, values) {
    await this.go(`/console/act/${call}?${new URLSearchParams(query)}`);
    await this.fillIn(values);
  }

  async fillIn(values) {
    await fillIn(this.page.locator("form#act"), values);
  }

  /** Has a form checked; the sentence that is to be signed. */
  async check() {
    await this.page.locator("form#act button[type=submit]").click();
    await this.waitFor("confirm");
    const words = await this.dialog.locator('[data-role="words"]').innerText();
    assert.ok(words.length > 10, "nothing says what is signed");
    return words;
  }

  /** Signs what was checked, and waits until it is final. */
  async sign() {
    await this.confirm();
    await this.waitFor("finalised");
    await this.dialog.locator('[data-role="next"]').waitFor();
  }

  async confirm() {
    await this.dialog.locator('[data-role="confirm"]').click();
  }

  /** A whole call: its form, its check, its signature, its end. The sentence that was signed. */
  async act(call, query, values) {
    await this.fill(call, query, values);
    const words = await this.check();
    await this.sign();
    return words;
  }

  /** Waits for a state of the dialog. Another end than that is told with its words. */
  async waitFor(...states) {
    const ends = ["refused", "failed", ...states];
    const found = this.page.locator(ends.map((it) => `#signing[data-state="${it}"]`).join(","));
    const fault = this.page.locator('[data-role="form-fault"]:not(:empty), #signing [data-role="fault"]:not(:empty)');
    await found.or(fault).first().waitFor({ timeout: PATIENCE });
    const state = await this.dialog.getAttribute("data-state");
    assert.ok(states.includes(state), `${state}: ${await this.said()}`);
    return state;
  }

  /** What the dialog and the form say has happened. */
  async said() {
    const spoken = this.page.locator('#signing [data-role="state"], #signing [data-role="fault"], [data-role="form-fault"]');
    const words = await spoken.allInnerTexts();
    return words.filter((it) => it !== "").join(" ");
  }
}

/** An officer at the console, for the time of a journey. */
export async function at(browser, uri, journey, options = {}) {
  return await browser.visitor(options, async (visitor) => {
    const uris = Array.isArray(uri) ? uri : [uri];
    return await journey(await Desk.open(visitor, ...uris));
  });
}

/** The API, as anybody reads it. */
export class Api {
  constructor(portal) {
    this.portal = portal;
  }

  async get(path) {
    const answer = await fetch(`${this.portal}/api/v1${path}`);
    assert.equal(answer.status, 200, `${path}: ${answer.status}`);
    return await answer.json();
  }

  async items(path) {
    return (await this.get(path)).items;
  }

  /** The one item of a list that fits. */
  async one(path, fits) {
    const found = (await this.items(path)).filter(fits);
    assert.equal(found.length, 1, `${found.length} of ${path} fit`);
    return found[0];
  }

  /** The organisation of an officer of the demonstration. */
  async organisation(name) {
    return await this.one("/organisations?limit=100", (it) => it.name === name);
  }
}

export const addressOf = (uri) => new Key(uri).address;
