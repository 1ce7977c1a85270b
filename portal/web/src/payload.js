// SPDX-License-Identifier: Apache-2.0
// The bytes that are signed for a `SignerPayloadJSON`, made here of its fields: what the page shows
// is what the key signs, whatever else the answer said.

import { blake2b } from "@noble/hashes/blake2.js";
import { compact, concatBytes, fromHex, u32 } from "./bytes.js";

/** A payload longer than this is signed by its hash. */
const LONGEST = 256;
const NONE = new Uint8Array();

/** What each extension adds to the transaction, and to what is signed beside it. */
const EXTENSIONS = {
  CheckNonZeroSender: () => [NONE, NONE],
  CheckSpecVersion: (it) => [NONE, u32(number(it.specVersion))],
  CheckTxVersion: (it) => [NONE, u32(number(it.transactionVersion))],
  CheckGenesis: (it) => [NONE, hash(it.genesisHash)],
  CheckMortality: (it) => [fromHex(it.era), hash(it.blockHash)],
  CheckNonce: (it) => [compact(number(it.nonce)), NONE],
  CheckWeight: () => [NONE, NONE],
  CheckMetadataHash: () => [Uint8Array.of(0), Uint8Array.of(0)],
  WeightReclaim: () => [NONE, NONE],
};

function number(text) {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${text} is no number`);
  return value;
}

function hash(text) {
  const bytes = fromHex(text);
  if (bytes.length !== 32) throw new RangeError(`${text} is no hash`);
  return bytes;
}

/** The bytes to sign; what this module does not know exactly is not signed. */
export function toSign(payload) {
  const plain =
    payload.version === 4 &&
    (payload.mode ?? 0) === 0 &&
    (payload.metadataHash ?? null) === null &&
    number(payload.tip) === 0;
  const known = payload.signedExtensions.every((name) => Object.hasOwn(EXTENSIONS, name));
  if (!plain || !known) throw new RangeError("the payload has a form that is not known here");
  const parts = payload.signedExtensions.map((name) => EXTENSIONS[name](payload));
  const bytes = concatBytes(
    fromHex(payload.method),
    ...parts.map(([extra]) => extra),
    ...parts.map(([, additional]) => additional),
  );
  return bytes.length > LONGEST ? blake2b(bytes, { dkLen: 32 }) : bytes;
}
