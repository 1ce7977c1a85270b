// SPDX-License-Identifier: Apache-2.0
// Asking the registry. What it refuses comes back as a sentence.

import { Fault, say } from "./words.js";

/** Asks, and gives the answer's JSON; `body` is JSON too unless it is a file. */
export async function ask(method, path, body) {
  const isFile = body instanceof Blob;
  // The page may be in another language than the browser.
  const headers = {
    accept: "application/json",
    "accept-language": document.documentElement.lang,
  };
  if (body !== undefined && !isFile) headers["content-type"] = "application/json";
  const sent = body === undefined || isFile ? body : JSON.stringify(body);
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: sent, credentials: "same-origin" });
  } catch {
    throw new Fault(say("signing.no_connection"));
  }
  const text = await answer.text();
  let json = null;
  try {
    json = text === "" ? null : JSON.parse(text);
  } catch {
    // Not the registry, but something between: told by its status.
  }
  if (answer.ok) return json;
  const words = json?.detail ?? json?.title ?? say("signing.no_answer", { status: answer.status });
  throw new Fault(words, { status: answer.status, code: json?.code ?? "" });
}
