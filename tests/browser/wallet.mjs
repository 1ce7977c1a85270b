// SPDX-License-Identifier: Apache-2.0
// A wallet as browsers have it, in `window.injectedWeb3`, without a person: it signs what it is asked
// to with the keys of the development chain, or does what a person does who thinks better of it.

import { Key } from "./keys.mjs";

const NAME = "test-wallet";

export class Wallet {
  /** What it was asked to sign, in order. */
  asked = [];
  /** What a person does with the next questions: nothing said is to sign. */
  refuses = false;
  /** The network that the accounts are for; null is any. */
  genesisHash = null;

  constructor(...uris) {
    this.keys = uris.map((uri) => new Key(uri));
  }

  /** Puts it into every page of a visitor. */
  async install(visitor) {
    await visitor.context.exposeFunction("walletAccounts", () => this.accounts());
    await visitor.context.exposeFunction("walletSigns", (kind, given) => this.sign(kind, given));
    await visitor.context.addInitScript((name) => {
      const signs = async (kind, given) => {
        const answer = await window.walletSigns(kind, given);
        if (answer.error) throw new Error(answer.error);
        return { id: 1, signature: answer.signature };
      };
      const enable = async () => ({
        accounts: { get: () => window.walletAccounts(), subscribe: () => () => {} },
        signer: {
          signPayload: (payload) => signs("payload", payload),
          signRaw: (raw) => signs("raw", raw),
        },
      });
      window.injectedWeb3 = { [name]: { version: "1.0.0", enable } };
    }, NAME);
  }

  accounts() {
    const { genesisHash } = this;
    return this.keys.map((key) => ({ address: key.address, name: key.uri, genesisHash, type: "sr25519" }));
  }

  sign(kind, given) {
    this.asked.push({ kind, given });
    // As Polkadot.js says it.
    if (this.refuses) return { error: "Cancelled" };
    const key = this.keys.find((it) => it.address === given.address);
    if (!key) return { error: "Unable to retrieve keypair" };
    if (kind === "payload") return { signature: key.signPayload(given) };
    const words = Buffer.from(given.data.slice(2), "hex").toString();
    return { signature: key.signText(words) };
  }
}
