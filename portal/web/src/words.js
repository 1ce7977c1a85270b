// SPDX-License-Identifier: Apache-2.0
// Sentences of the catalogue, which the page carries, and what goes wrong in them.

let catalogue = null;

/** The sentence of a key, with its gaps filled. */
export function say(key, gaps = {}) {
  catalogue ??= JSON.parse(document.getElementById("sentences")?.textContent ?? "{}");
  const sentence = catalogue[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (_, name) => String(gaps[name] ?? "…"));
}

/** Something that went wrong, in a sentence for the person at the page. */
export class Fault extends Error {
  constructor(words, { status = 0, code = "", field = null } = {}) {
    super(words);
    Object.assign(this, { status, code, field });
  }
}
