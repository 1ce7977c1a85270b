// SPDX-License-Identifier: Apache-2.0
// What every client here is asked to do, and how it answers: one line of JSON on standard output, or
// a sentence on standard error and exit code 1.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

// Two minutes are forty blocks: a transaction that takes longer will not come.
const PATIENCE = 120_000;

/** `InvalidTransaction::Custom` with which the chain refuses an account that nobody has entered. */
export const NOT_A_MEMBER = 1;

export class Failure extends Error {}

/** Runs a client: `transfer(order)` answers with what is to be printed. */
export async function run(client, transfer) {
  setTimeout(() => fail(`${client}: no answer within ${PATIENCE / 1000} seconds`), PATIENCE).unref();
  try {
    const installed = new URL(`node_modules/${client}/package.json`, import.meta.url);
    const { version } = JSON.parse(readFileSync(installed));
    const answer = await transfer(order());
    print({ client, version, node: process.version, ...answer });
  } catch (error) {
    fail(error instanceof Failure ? `${client}: ${error.message}` : error.stack ?? String(error));
  }
}

/** What the command line asks for. */
function order() {
  const usage =
    "usage: <client>.mjs ws://HOST:PORT //SIGNER START QUANTITY TO [--expect-refused]\n" +
    "transfers the last QUANTITY tonnes of the block that begins with serial number START to the " +
    "organisation TO";
  let parsed;
  try {
    parsed = parseArgs({
      options: { "expect-refused": { type: "boolean", default: false } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new Failure(`${error.message}\n${usage}`);
  }
  const [url, signer, ...numbers] = parsed.positionals;
  const [start, quantity, to] = numbers.map(Number);
  const valid =
    numbers.length === 3 &&
    [start, quantity, to].every(Number.isSafeInteger) &&
    /^wss?:/.test(url) &&
    signer.startsWith("//");
  if (!valid) throw new Failure(usage);
  return { url, signer, start, quantity, to, expectRefused: parsed.values["expect-refused"] };
}

function print(answer) {
  // A connection may still be open: end when the line is written, whatever else is going on.
  process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`, () => process.exit(1));
}
