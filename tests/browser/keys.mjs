// SPDX-License-Identifier: Apache-2.0
// The keys of the development chain, such as //Alice or //Efate//Manager, without any code of the
// portal's own: what it signs and what it reads of them is checked against this.

import { blake2b } from "@noble/hashes/blake2.js";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import { base58 } from "@scure/base";
import { getPublicKey, HDKD, secretFromSeed, sign } from "@scure/sr25519";

/** Of the phrase that every development chain derives its keys from. */
const SEED = "fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e";
const SS58_PREFIX = 42;
const SR25519 = 1;

const text = (words) => new TextEncoder().encode(words);
const hex = (bytes) => `0x${bytesToHex(bytes)}`;
const unhex = (digits) => hexToBytes(digits.replace(/^0x/, ""));

export class Key {
  constructor(uri) {
    this.uri = uri;
    const junctions = uri.split("//").slice(1);
    this.secret = junctions.reduce(
      (secret, junction) => HDKD.secretHard(secret, chainCode(junction)),
      secretFromSeed(hexToBytes(SEED)),
    );
    this.publicKey = getPublicKey(this.secret);
    this.address = ss58(this.publicKey);
  }

  /** A signature of bytes, with the byte that tells its kind. */
  sign(bytes) {
    return hex(concatBytes(Uint8Array.of(SR25519), sign(this.secret, bytes)));
  }

  /** As a wallet signs a text: between words that no transaction begins and ends with. */
  signText(words) {
    return this.sign(text(`<Bytes>${words}</Bytes>`));
  }

  /** As a wallet signs the `SignerPayloadJSON` of a transaction. */
  signPayload(payload) {
    const bytes = payloadBytes(payload);
    return this.sign(bytes.length > 256 ? blake2b(bytes, { dkLen: 32 }) : bytes);
  }
}

/** A junction's name in SCALE, filled up to 32 bytes. */
function chainCode(name) {
  const encoded = concatBytes(compact(text(name).length), text(name));
  if (encoded.length > 32) return blake2b(encoded, { dkLen: 32 });
  return concatBytes(encoded, new Uint8Array(32 - encoded.length));
}

function ss58(publicKey) {
  const body = concatBytes(Uint8Array.of(SS58_PREFIX), publicKey);
  const sum = blake2b(concatBytes(text("SS58PRE"), body), { dkLen: 64 });
  return base58.encode(concatBytes(body, sum.subarray(0, 2)));
}

/** The call, then what the extensions add to the transaction and beside it. There is no tip: the chain has no coin. */
function payloadBytes(payload) {
  const mode = payload.mode ?? 0;
  const hash = payload.metadataHash;
  return concatBytes(
    unhex(payload.method),
    unhex(payload.era),
    compact(Number(payload.nonce)),
    Uint8Array.of(mode),
    u32(Number(payload.specVersion)),
    u32(Number(payload.transactionVersion)),
    unhex(payload.genesisHash),
    unhex(payload.blockHash),
    hash ? concatBytes(Uint8Array.of(1), unhex(hash)) : Uint8Array.of(0),
  );
}

const u32 = (number) => Uint8Array.of(number, number >>> 8, number >>> 16, number >>> 24);

/** SCALE's compact form of a number below 2^30. */
function compact(number) {
  if (number < 2 ** 6) return Uint8Array.of(number << 2);
  if (number < 2 ** 14) return u32((number << 2) | 1).subarray(0, 2);
  if (number < 2 ** 30) return u32((number << 2) | 2);
  throw new RangeError(`${number} is larger than this wallet knows`);
}
