// SPDX-License-Identifier: Apache-2.0

import { ed25519 } from "@noble/curves/ed25519.js";
import * as sr25519 from "@scure/sr25519";
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex, toHex } from "../src/bytes.js";
import { createKey, KeyFault, openKey, readFile, writeKey } from "../src/keyfile.js";
import { decodeAddress } from "../src/ss58.js";

/** The well-known development key of Alice. */
const SEED = fromHex("e5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a");
const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const QUICK = { N: 1 << 10, r: 8, p: 1 };
const MESSAGE = new TextEncoder().encode("a message");

const fails = (deed, reason) =>
  assert.rejects(async () => await deed(), (error) => error instanceof KeyFault && error.reason === reason);

test("a key of a known seed has its known address, in a file that opens again", async () => {
  const file = await writeKey("sr25519", sr25519.secretFromSeed(SEED), "Alice", "secret words", 7, QUICK);
  assert.equal(file.address, ALICE);
  const key = await openKey(readFile(JSON.stringify(file)), "secret words");
  assert.equal(key.address, ALICE);
  const signature = key.sign(MESSAGE);
  assert.equal(signature[0], 1);
  assert.ok(sr25519.verify(MESSAGE, signature.subarray(1), decodeAddress(ALICE)));
});

test("an ed25519 key signs as such", async () => {
  const publicKey = ed25519.getPublicKey(SEED);
  const secret = new Uint8Array([...SEED, ...publicKey]);
  const file = await writeKey("ed25519", secret, "", "secret words", 7, QUICK);
  const signature = (await openKey(file, "secret words")).sign(MESSAGE);
  assert.equal(signature[0], 0);
  assert.ok(ed25519.verify(signature.subarray(1), MESSAGE, publicKey));
});

test("a key that is made is one of its own, and costs what wallets make it cost", async () => {
  const file = await createKey("Officer", "a long enough password");
  const key = await openKey(file, "a long enough password");
  assert.equal(key.address, file.address);
  const bytes = Buffer.from(file.encoded, "base64");
  assert.deepEqual([32, 36, 40].map((at) => bytes.readUInt32LE(at)), [1 << 17, 1, 8]);
});

test("another password, a damaged file and a locked key sign nothing", async () => {
  const file = await writeKey("sr25519", sr25519.secretFromSeed(SEED), "", "right", 7, QUICK);
  await fails(() => openKey(file, "wrong"), "wrong_password");
  const damaged = Buffer.from(file.encoded, "base64");
  damaged[damaged.length - 1] ^= 1;
  await fails(() => openKey({ ...file, encoded: damaged.toString("base64") }, "right"), "wrong_password");
  const other = { ...file, address: "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty" };
  await fails(() => openKey(other, "right"), "other_key");
  const key = await openKey(file, "right");
  key.lock();
  assert.throws(() => key.sign(MESSAGE), KeyFault);
});

test("a file that would make the page stand still is refused", async () => {
  const file = await writeKey("sr25519", sr25519.secretFromSeed(SEED), "", "right", 7, QUICK);
  const costly = Buffer.from(file.encoded, "base64");
  costly.writeUInt32LE(1 << 30, 32);
  await fails(() => openKey({ ...file, encoded: costly.toString("base64") }, "right"), "unknown_key_file");
});

test("what is no key file is told", () => {
  for (const text of ["", "{", "null", "[]", "{}", '{"address":1}', `{"address":"${ALICE}"}`, "x".repeat(70_000)]) {
    assert.throws(() => readFile(text), (error) => error.reason === "no_key_file", text.slice(0, 30));
  }
  const old = { address: ALICE, encoded: "AA==", encoding: { content: ["none"], type: [], version: "0" } };
  assert.throws(() => readFile(JSON.stringify(old)), (error) => error.reason === "unknown_key_file");
  assert.equal(toHex(decodeAddress(ALICE)).length, 66);
});
