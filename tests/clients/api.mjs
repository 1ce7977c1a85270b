// SPDX-License-Identifier: Apache-2.0
// Asks the REST API of a portal everything that its own description says can be asked, and some things
// that cannot, and holds every answer against the description.
//
//   node api.mjs http://127.0.0.1:8080 TOKEN
//
// The token is a signed-in officer's, for what is not public: without it that must answer 401.
//
// Prints a line of JSON: how many questions, and what did not keep the promise.

import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const [root, token] = process.argv.slice(2);
const description = await (await fetch(`${root}/api/v1/openapi.json`)).json();

// Formats of OpenAPI that JSON Schema leaves to it.
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addFormat("int64", true).addFormat("int32", true).addFormat("int16", true);
ajv.addSchema({ ...description, $id: "api" });

const faults = [];
let questions = 0;

// A schema of an answer, by where it is in the description.
function validator(path, method, status, type) {
  const part = (text) => text.replaceAll("~", "~0").replaceAll("/", "~1");
  // What many operations can answer is described once.
  const shared = description.paths[path][method].responses[status].$ref;
  const place = shared ? shared.split("/").slice(1) : ["paths", path, method, "responses", status];
  const pointer = [...place, "content", type, "schema"];
  return ajv.getSchema(`api#/${pointer.map((it) => encodeURIComponent(part(it))).join("/")}`);
}

// Whether it is not public, by its description: nobody may ask without a credential.
const isPrivate = ({ security }) => security && security.every((it) => Object.keys(it).length > 0);

// Who asks: the officer for what is not public, else nobody.
const credential = (path, method) =>
  isPrivate(description.paths[path][method]) ? { authorization: `Bearer ${token}` } : {};

// Asks, and holds status, type and body against what is described; the body.
async function ask(path, method, address, expected, body, who = credential(path, method)) {
  questions += 1;
  const fault = (what) => void faults.push(`${method.toUpperCase()} ${address.slice(0, 150)}: ${what}`);
  const answer = await fetch(root + address, {
    method,
    headers: { ...who, ...(body ? { "content-type": "application/json" } : {}) },
    body: body && JSON.stringify(body),
    redirect: "manual",
  });
  const status = String(answer.status);
  const type = (answer.headers.get("content-type") ?? "").split(";")[0];
  const text = await answer.text();
  if (expected && !expected.includes(answer.status)) {
    return fault(`${status} instead of ${expected}: ${text.slice(0, 300)}`);
  }
  const described = description.paths[path][method].responses[status];
  if (!described) return fault(`${status} is not described: ${text.slice(0, 300)}`);
  // A file has its type, and no form but its own.
  if (described.content?.[type] && !described.content[type].schema) return text;
  const validate = validator(path, method, status, type);
  if (!validate) return fault(`${status} is not described as ${type}`);
  const value = JSON.parse(text);
  if (!validate(value)) {
    const errors = validate.errors.slice(0, 3).map((it) => `${it.instancePath} ${it.message}`);
    return fault(`the answer is not as described: ${errors.join("; ")}`);
  }
  return value;
}

// The number of a record that is there: the description's example may not be.
async function existing(path, parameter) {
  if (path.startsWith("/api/v1/files/")) return deposited();
  const list = path === "/api/v1/credits/{serial}" ? "/api/v1/credits/blocks" : path.slice(0, path.lastIndexOf("/{"));
  const answer = await (await fetch(`${root}${list}?limit=1`)).json();
  if (parameter === "serial") return JSON.stringify(answer).match(/"serial":"([^"]+)"/)?.[1];
  return answer.items?.[0]?.[parameter] ?? answer.items?.[0]?.id;
}

// The hash of a document that is deposited.
async function deposited() {
  const projects = await (await fetch(`${root}/api/v1/projects?limit=200`)).json();
  for (const { id } of projects.items) {
    const { documents } = await (await fetch(`${root}/api/v1/projects/${id}`)).json();
    const found = documents.find((it) => it.file?.available);
    if (found) return found.hash;
  }
}

// What nobody should ask for.
const HOSTILE = ["'", '"><script>', "%", "\u0000", "-1", "0", "1e99", "9".repeat(30), "x".repeat(4000), "\u202e🜁"];

for (const [path, methods] of Object.entries(description.paths)) {
  // Streams and files are tested by themselves.
  const { get } = methods;
  const content = get?.responses["200"]?.content ?? {};
  if (!get || content["text/event-stream"] || content["application/octet-stream"]) continue;
  const parameters = get.parameters ?? [];
  const inPath = parameters.filter((it) => it.in === "path");
  const inQuery = parameters.filter((it) => it.in === "query");
  const at = (values) => inPath.reduce((text, it) => text.replace(`{${it.name}}`, encodeURIComponent(values(it))), path);
  const query = (values) => {
    const text = new URLSearchParams(values).toString();
    return text && `?${text}`;
  };
  const examples = inQuery.filter((it) => it.example !== undefined);
  const all = Object.fromEntries(examples.map((it) => [it.name, it.example]));
  // Where parameters need each other, 422 says which are missing.
  const together = get.responses["422"] !== undefined;
  const required = together ? all : Object.fromEntries(inQuery.filter((it) => it.required).map((it) => [it.name, it.example]));

  // The example of the operation, which must work.
  let place = at((it) => it.example);
  if (inPath.length > 0) {
    const found = await fetch(root + place);
    if (found.status === 404 && !isPrivate(get)) {
      const value = path.startsWith("/api/v1/extrinsics/")
        ? (await (await fetch(`${root}/api/v1/events?limit=200`)).json()).items.find((it) => it.extrinsic)?.extrinsic
        : await existing(path, inPath[0].name);
      place = at(() => value);
    }
  }
  for (const it of inPath) {
    if (it.example === undefined) faults.push(`${path}: no example of ${it.name}`);
  }
  // What is not public is not there in a registry where nobody has made it yet.
  const there = isPrivate(get) ? [200, 404] : [200];
  if (isPrivate(get)) await ask(path, "get", place + query(required), [401], undefined, {});
  await ask(path, "get", place + query(required), there);
  if (examples.length > 0) await ask(path, "get", place + query(all), there);
  for (const it of examples) {
    await ask(path, "get", place + query({ ...required, [it.name]: it.example }), there);
  }

  // What is not there, what is not known, and what is no value.
  for (const value of inPath.length > 0 ? ["999999999", ...HOSTILE] : []) {
    await ask(path, "get", at(() => value) + query(required), [400, 404]);
  }
  await ask(path, "get", place + query({ ...required, colour: "red" }), inQuery.length > 0 ? [400] : undefined);
  for (const it of inQuery) {
    for (const value of HOSTILE) {
      await ask(path, "get", place + query({ ...required, [it.name]: value }));
    }
  }
}

// Preparing a transaction, by the example of its body.
const prepare = "/api/v1/extrinsics/prepare";
const example = description.components.schemas.PrepareRequest.example;
if (example) await ask(prepare, "post", prepare, [200], example);
else faults.push("PrepareRequest has no example");
for (const body of [{}, [], { ...example, account: "nobody" }, { ...example, call: {} }, { ...example, more: 1 }]) {
  await ask(prepare, "post", prepare, [422], body);
}

console.log(JSON.stringify({ questions, faults }));
