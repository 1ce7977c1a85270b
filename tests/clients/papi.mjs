// SPDX-License-Identifier: Apache-2.0
// A transfer of credits by `polkadot-api` (PAPI). It is told nothing about the chain but its address:
// what it needs it reads from the chain's metadata, without generated code.

import { webcrypto } from "node:crypto";
import { sr25519CreateDerive } from "@polkadot-labs/hdkd";
import { DEV_MINI_SECRET } from "@polkadot-labs/hdkd-helpers";
import { createClient, InvalidTxError } from "polkadot-api";
import { getPolkadotSigner } from "polkadot-api/signer";
import { getWsProvider, WsEvent } from "polkadot-api/ws";
import { WebSocket } from "ws";
import { Failure, NOT_A_MEMBER, run } from "./transfer.mjs";

// Node shows it to everybody from version 19 on; signatures need its randomness.
globalThis.crypto ??= webcrypto;

run("polkadot-api", async ({ url, signer, start, quantity, to, expectRefused }) => {
  const { client, unreachable } = connect(url);
  const pair = sr25519CreateDerive(DEV_MINI_SECRET)(signer);
  const call = client.getUnsafeApi().tx.Credits.transfer({
    parts: [{ start: BigInt(start), quantity: BigInt(quantity) }],
    to,
    reference: undefined,
  });
  const sent = call.signAndSubmit(getPolkadotSigner(pair.publicKey, "Sr25519", pair.sign), {
    mortality: { mortal: true, period: 64 },
  });
  const answer = Promise.race([sent, unreachable]);
  return expectRefused ? refused(answer) : finalised(client, answer);
});

function connect(url) {
  let client;
  const unreachable = new Promise((_, reject) => {
    const onStatusChanged = ({ type }) => {
      if (type === WsEvent.ERROR) reject(new Failure(`the node at ${url} cannot be reached`));
    };
    // Node has a WebSocket of its own from version 22 on.
    client = createClient(getWsProvider(url, { onStatusChanged, websocketClass: WebSocket }));
  });
  return { client, unreachable };
}

async function finalised(client, sent) {
  const { txHash: hash, ok, dispatchError, block } = await sent.catch((error) => {
    if (error instanceof InvalidTxError) throw new Failure(`refused: ${inWords(error.error)}`);
    throw error;
  });
  if (!ok) throw new Failure(`the transaction failed with ${inWords(dispatchError)}`);
  const kept = await client.getBlockBody(block.hash);
  if (kept[block.index] === undefined) {
    throw new Failure(`block ${block.hash} does not hold ${hash} at index ${block.index}`);
  }
  return { hash, block: block.hash, blockNumber: block.number, index: block.index };
}

/** Nested variants, such as `Module.Credits.UnknownBlock`. */
function inWords(error) {
  const names = [];
  for (let at = error; at?.type !== undefined; at = at.value) names.push(at.type);
  return names.join(".");
}

/** The client asks the node whether the transaction is valid, and must be told that it is not. */
async function refused(sent) {
  try {
    await sent;
  } catch (error) {
    if (!(error instanceof InvalidTxError)) throw error;
    const { type, value } = error.error;
    if (type === "Invalid" && value.type === "Custom" && value.value === NOT_A_MEMBER) {
      return { refused: NOT_A_MEMBER, says: `${type}.${value.type}(${value.value})` };
    }
    throw new Failure(`refused, but for another reason: ${inWords(error.error)}`);
  }
  throw new Failure("the node took a transaction that it must refuse");
}
