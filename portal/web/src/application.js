// SPDX-License-Identifier: Apache-2.0
// What an applicant signs to be registered, in SCALE as the chain reads it.

import { compact, concatBytes, fromHex, fromText } from "./bytes.js";

/** Who may apply; the Government and ministries are not registered by application. */
const ROLES = { project_developer: 2, certifier: 3, api: 4 };

const text = (value) => concatBytes(compact(fromText(value).length), fromText(value));

/** The bytes that the applicant's key signs. */
export function applicationPayload(genesisHash, role, { name, tax_id: taxId, country, profile }) {
  const index = ROLES[role];
  if (index === undefined) throw new RangeError(`${role} does not apply`);
  return concatBytes(
    fromText("carbon-registry/application"),
    fromHex(genesisHash),
    Uint8Array.of(index),
    text(name),
    text(taxId),
    fromText(country),
    // Scopes are a ministry's.
    compact(0),
    fromHex(profile),
  );
}
