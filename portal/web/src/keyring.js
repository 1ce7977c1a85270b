// SPDX-License-Identifier: Apache-2.0
// The keys of this browser: files that their owner wants kept, encrypted as they are, and the one
// key that is open. An open key lives in the memory of this page and nowhere else.

import { openKey, readFile } from "./keyfile.js";
import { isSameAccount } from "./ss58.js";

const STORE = "registry.keys";
/** An open key is locked after this time, used or not. */
export const LOCK_AFTER = 15 * 60 * 1000;

/** The key files that are kept here. */
export function kept() {
  try {
    const texts = JSON.parse(localStorage.getItem(STORE) ?? "[]");
    return texts.map((text) => readFile(text));
  } catch {
    return [];
  }
}

function write(files) {
  localStorage.setItem(STORE, JSON.stringify(files.map((file) => JSON.stringify(file))));
}

/** Keeps a key file, in the place of one of the same account. */
export function keep(file) {
  write([...kept().filter((it) => !isSameAccount(it.address, file.address)), file]);
}

/** Forgets the key file of an account. */
export function forget(address) {
  write(kept().filter((it) => !isSameAccount(it.address, address)));
}

let opened = null;

/** The key that is open, if it is this account's. */
export function open(address) {
  return opened !== null && isSameAccount(opened.key.address, address) ? opened : null;
}

/** Opens a key file, and tells when it is locked again. */
export async function unlock(file, password) {
  const key = await openKey(file, password);
  lock();
  const until = Date.now() + LOCK_AFTER;
  opened = { key, until, timer: setTimeout(lock, LOCK_AFTER) };
  document.dispatchEvent(new Event("keyring"));
  return key;
}

/** Locks the key that is open. */
export function lock() {
  if (opened === null) return;
  clearTimeout(opened.timer);
  opened.key.lock();
  opened = null;
  document.dispatchEvent(new Event("keyring"));
}

// A page that is kept for the way back must not keep a key open.
if (typeof window !== "undefined") window.addEventListener("pagehide", lock);
