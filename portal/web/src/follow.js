// SPDX-License-Identifier: Apache-2.0
// Transactions that were signed here, until it is certain what became of them. Each is written down
// before it is sent: who loses the connection, or closes the page, goes on where he was, and sends
// the very same again, which the chain takes once.

import { ask } from "./api.js";

const STORE = "registry.sent";
const PAUSE = 3000;

/** What was signed here and is not final yet. */
export function pending() {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? "[]");
  } catch {
    return [];
  }
}

const write = (all) => localStorage.setItem(STORE, JSON.stringify(all));

/** Writes a signed transaction down. */
export function remember(signed) {
  write([...pending().filter((it) => it.signature !== signed.signature), signed]);
}

/** Forgets one that is final. */
export function forget(signed) {
  write(pending().filter((it) => it.signature !== signed.signature));
}

const isFinal = (state) => state.status === "finalised" || state.status === "failed";
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Sends a signed transaction and tells its states; the last one is final. */
export async function send(signed, tell) {
  for (;;) {
    let { hash } = signed;
    try {
      const { payload, signature } = signed;
      ({ hash } = await ask("POST", "/api/v1/extrinsics", { payload, signature }));
      remember(Object.assign(signed, { hash }));
    } catch (fault) {
      // Refused for good, unless it is in a block already; anything else may pass.
      const isRefused = fault.status >= 400 && fault.status < 500 && fault.status !== 429;
      if (isRefused && !(hash && (await isKnown(hash)))) {
        forget(signed);
        throw fault;
      }
      if (!isRefused) {
        tell({ status: "lost" });
        await pause(PAUSE);
        continue;
      }
    }
    tell({ status: "broadcast", hash });
    const last = await follow(hash, tell);
    if (last !== null) {
      forget(signed);
      return last;
    }
    // The stream ended without an end: asked again, by sending again.
    tell({ status: "lost" });
    await pause(PAUSE);
  }
}

/** Whether the registry knows a transaction, now or when its block has been read. */
async function isKnown(hash) {
  for (let tries = 0; tries < 8; tries += 1) {
    try {
      await ask("GET", `/api/v1/extrinsics/${hash}`);
      return true;
    } catch {
      await pause(PAUSE);
    }
  }
  return false;
}

/** Tells the states of a transaction; the final one, or null where the stream broke off. */
function follow(hash, tell) {
  return new Promise((done) => {
    const stream = new EventSource(`/api/v1/extrinsics/${hash}/events`);
    const end = (state) => {
      stream.close();
      done(state);
    };
    stream.addEventListener("status", (event) => {
      const state = JSON.parse(event.data);
      tell(state);
      if (isFinal(state)) end(state);
    });
    stream.addEventListener("error", () => end(null));
  });
}

/** Waits until the registry's own pages show a final transaction, as long as that is soon. */
export async function shown(hash) {
  for (let tries = 0; tries < 10; tries += 1) {
    try {
      const state = await ask("GET", `/api/v1/extrinsics/${hash}`);
      if (state.height !== null) return;
    } catch {
      // Told by the page that is loaded next.
    }
    await pause(1000);
  }
}
