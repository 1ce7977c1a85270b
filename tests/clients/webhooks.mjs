// SPDX-License-Identifier: Apache-2.0
// Verifies deliveries of webhooks with the library of the Standard Webhooks specification.
//
//   node webhooks.mjs deliveries.ndjson
//
// Each line is { secret, headers, body, valid }. Prints how many were as they should be; what was not is
// an error.

import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

let found = 0;
for (const line of readFileSync(process.argv[2], "utf8").split("\n").filter(Boolean)) {
  const { secret, headers, body, valid } = JSON.parse(line);
  let verified = true;
  try {
    new Webhook(secret).verify(body, headers);
  } catch (error) {
    verified = false;
    if (valid) console.error(`${headers["webhook-id"]}: ${error.message}`);
  }
  if (verified !== valid) {
    console.error(`${headers["webhook-id"]} should ${valid ? "" : "not "}be valid`);
    process.exitCode = 1;
  }
  found += 1;
}
console.log(found);
