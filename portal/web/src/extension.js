// SPDX-License-Identifier: Apache-2.0
// Wallets that are extensions of the browser: Polkadot.js, Talisman, SubWallet and their like, all
// of which stand in `window.injectedWeb3`.

import { toHex } from "./bytes.js";
import { isSameAccount } from "./ss58.js";
import { Fault, say } from "./words.js";

/** What a wallet shows to say who asks. */
const APPLICATION = "Carbon credit registry";

/** The wallets that are there. */
export const wallets = () => Object.keys(window.injectedWeb3 ?? {});

/** The accounts of all wallets that let this page in, each with its signer. */
export async function accounts() {
  const names = wallets();
  if (names.length === 0) throw new Fault(say("signing.no_extension"));
  const asked = names.map(async (name) => {
    const { accounts, signer } = await window.injectedWeb3[name].enable(APPLICATION);
    return (await accounts.get()).map((account) => ({ ...account, wallet: name, signer }));
  });
  const answers = await Promise.allSettled(asked);
  const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  if (found.length === 0) throw new Fault(say("signing.extension_refused"));
  return found;
}

/** The account of an address in the wallets, fit for a network. */
export async function find(address, genesisHash) {
  const same = (await accounts()).filter((account) => isSameAccount(account.address, address));
  if (same.length === 0) throw new Fault(say("signing.extension_other_account", { address }));
  const free = (account) =>
    !genesisHash || !account.genesisHash || account.genesisHash === genesisHash;
  const fit = same.find(free);
  if (!fit) throw new Fault(say("signing.extension_other_network", { address }));
  return fit;
}

/** Lets a wallet sign a payload. */
export async function signPayload(payload) {
  const account = await find(payload.address, payload.genesisHash);
  return await asked(() => account.signer.signPayload({ ...payload, address: account.address }));
}

/** Lets a wallet sign bytes, around which it puts what says that they are no transaction. */
export async function signBytes(address, bytes) {
  const account = await find(address);
  const given = { address: account.address, data: toHex(bytes), type: "bytes" };
  return await asked(() => account.signer.signRaw(given));
}

async function asked(sign) {
  try {
    return (await sign()).signature;
  } catch (error) {
    const words = String(error?.message ?? error);
    const refused = /cancel|reject|denied|user/i.test(words);
    throw new Fault(
      refused ? say("signing.rejected") : say("signing.extension_failed", { words }),
    );
  }
}
