// SPDX-License-Identifier: Apache-2.0
// The keys of a demonstration: those of the well-known development phrase, by their paths. Their
// files are made here, with a password that the page prints.

import { HDKD, secretFromSeed } from "@scure/sr25519";
import { compact, concatBytes, fromHex, fromText } from "./bytes.js";
import { writeKey } from "./keyfile.js";
import * as keyring from "./keyring.js";
import { download } from "./keys.js";
import { say } from "./words.js";

/** The secret of the development phrase, which everybody knows. */
const SEED = fromHex("fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e");
/** A lower cost than that of a key that has to be kept. */
const COST = { N: 1 << 15, r: 8, p: 1 };

/** The secret key of a path such as `//Government//Admin`. */
export function derive(path) {
  const names = path.split("//").slice(1);
  return names.reduce((secret, name) => {
    const text = fromText(name);
    const code = new Uint8Array(32);
    code.set(concatBytes(compact(text.length), text));
    return HDKD.secretHard(secret, code);
  }, secretFromSeed(SEED));
}

export function demonstration(root) {
  const password = document.querySelector("[data-demo-password]").textContent;
  for (const button of root.querySelectorAll("[data-demo]")) {
    button.addEventListener("click", async () => {
      const { demo, uri, name } = button.dataset;
      const told = button.parentElement.querySelector('[role="status"]');
      told.textContent = say("signing.working");
      const file = await writeKey("sr25519", derive(uri), name, password, Date.now(), COST);
      if (demo === "keep") keyring.keep(file);
      else download(file);
      told.textContent = demo === "keep" ? say("signing.demo_made") : "";
    });
  }
}
