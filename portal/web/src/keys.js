// SPDX-License-Identifier: Apache-2.0
// The page of the keys in this browser: make one, take a copy, open, lock, forget.

import { createKey, readFile, SHORTEST_PASSWORD } from "./keyfile.js";
import * as keyring from "./keyring.js";
import { Fault, say } from "./words.js";

/** How strong a password is, by its length; a sentence of words is longer than any trick. */
export function strength(password) {
  const length = [...password].length;
  if (length < SHORTEST_PASSWORD) return "short";
  const isVaried = new Set(password).size > 6;
  if (!isVaried) return "weak";
  return length < 16 ? "fair" : "strong";
}

/** Saves a key file. */
export function download(file) {
  const link = document.createElement("a");
  const address = URL.createObjectURL(new Blob([JSON.stringify(file, null, 2)]));
  Object.assign(link, { href: address, download: `${file.address}.json` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

export function keysPage(root) {
  const role = (name) => root.querySelector(`[data-role="${name}"]`);
  const list = role("keys");
  const template = list.querySelector("template");

  const show = () => {
    for (const row of list.querySelectorAll("[data-key]")) row.remove();
    const files = keyring.kept();
    role("none").hidden = files.length > 0;
    for (const file of files) {
      const row = template.content.firstElementChild.cloneNode(true);
      const part = (name) => row.querySelector(`[data-role="${name}"]`);
      row.dataset.key = file.address;
      part("name").textContent = file.meta?.name ?? "";
      part("address").textContent = file.address;
      part("backup").addEventListener("click", () => download(file));
      part("forget").addEventListener("click", () => {
        if (!confirm(say("signing.forget", { address: file.address }))) return;
        keyring.forget(file.address);
        show();
      });
      list.append(row);
    }
  };

  const making = root.querySelector("form[data-make-key]");
  const [name, first, second] = ["name", "new-password", "again"].map((it) => making.elements[it]);
  const told = role("strength");
  first.addEventListener("input", () => {
    const found = strength(first.value);
    told.dataset.strength = found;
    told.textContent = first.value === "" ? "" : say(`signing.password_${found}`);
  });
  making.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = making.querySelector("button");
    const fault = role("make-fault");
    fault.textContent = "";
    button.disabled = true;
    try {
      if (["short", "weak"].includes(strength(first.value))) {
        throw new Fault(say("signing.password_short", { n: SHORTEST_PASSWORD }));
      }
      if (first.value !== second.value) throw new Fault(say("signing.password_differs"));
      const file = await createKey(name.value.trim(), first.value);
      if (making.elements["keep-new"].checked) keyring.keep(file);
      download(file);
      role("made").textContent = say("signing.key_made", { address: file.address });
      making.reset();
      told.textContent = "";
      show();
    } catch (error) {
      fault.textContent = error instanceof Fault ? error.message : say("signing.failed_here");
    } finally {
      button.disabled = false;
    }
  });

  const adding = role("add");
  adding.addEventListener("change", async () => {
    const fault = role("add-fault");
    fault.textContent = "";
    try {
      keyring.keep(readFile(await adding.files[0].text()));
      show();
    } catch (error) {
      fault.textContent = say(`signing.${error.reason ?? "no_key_file"}`);
    }
    adding.value = "";
  });

  show();
}
