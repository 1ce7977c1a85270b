// SPDX-License-Identifier: Apache-2.0
// A transfer of credits by `@polkadot/api`. It is told nothing about the chain but its address.

import { ApiPromise, Keyring, WsProvider } from "@polkadot/api";
import { Failure, NOT_A_MEMBER, run } from "./transfer.mjs";

run("@polkadot/api", async ({ url, signer, start, quantity, to, expectRefused }) => {
  const api = await connect(url);
  const pair = new Keyring({ type: "sr25519" }).addFromUri(signer);
  const call = api.tx.credits.transfer([{ start, quantity }], to, null);
  if (expectRefused) return refused(call, pair);

  const { hash, block, index } = await finalised(api, call, pair);
  // What the chain keeps, rather than what was sent.
  const { block: kept } = await api.rpc.chain.getBlock(block);
  const extrinsic = kept.extrinsics[index];
  if (extrinsic?.hash.toHex() !== hash) {
    throw new Failure(`block ${block} does not hold ${hash} at index ${index}`);
  }
  if (!extrinsic.era.isMortalEra) throw new Failure(`${hash} was signed to be valid for ever`);
  return { hash, block, blockNumber: kept.header.number.toNumber(), index };
});

async function connect(url) {
  // Without `false` it would try again and again, and say nothing.
  const provider = new WsProvider(url, false);
  const unreachable = new Promise((_, reject) => {
    provider.on("error", () => reject(new Failure(`the node at ${url} cannot be reached`)));
  });
  await provider.connect();
  // Unless told not to, it lists the RPC methods that it has no use for.
  const options = { provider, throwOnConnect: true, noInitWarn: true };
  return Promise.race([ApiPromise.create(options), unreachable]);
}

/** Signs with a mortal era, which is what the client does unasked, and waits for finality. */
function finalised(api, call, pair) {
  return new Promise((resolve, reject) => {
    const heard = ({ status, txHash, txIndex, dispatchError, isError }) => {
      if (status.isFinalized) {
        if (dispatchError) return reject(new Failure(inWords(api, dispatchError)));
        const block = status.asFinalized.toHex();
        return resolve({ hash: txHash.toHex(), block, index: txIndex });
      }
      if (isError) reject(new Failure(`the transaction ended as ${status}`));
    };
    call.signAndSend(pair, heard).catch((error) => reject(new Failure(error.message)));
  });
}

function inWords(api, dispatchError) {
  if (!dispatchError.isModule) return `the transaction failed: ${dispatchError}`;
  const { section, name, docs } = api.registry.findMetaError(dispatchError.asModule);
  return `the transaction failed with ${section}.${name}: ${docs.join(" ")}`;
}

/** The node must not even take it: it answers the submission with an error. */
async function refused(call, pair) {
  try {
    await call.signAndSend(pair);
  } catch (error) {
    if (error.message.endsWith(`Custom error: ${NOT_A_MEMBER}`)) {
      return { refused: NOT_A_MEMBER, says: error.message };
    }
    throw new Failure(`refused, but for another reason: ${error.message}`);
  }
  throw new Failure("the node took a transaction that it must refuse");
}
