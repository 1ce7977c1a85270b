// SPDX-License-Identifier: Apache-2.0
// Forms of calls: what the controls of a form say, as the JSON of a call. The server writes the
// forms from one table; a control tells by `data-kind` what it is, and by `data-path` its name.

import { blake2b } from "@noble/hashes/blake2.js";
import { ask } from "./api.js";
import { toHex } from "./bytes.js";
import { decodeAddress } from "./ss58.js";
import { Fault, say } from "./words.js";

const GROUPS = "[data-path],[data-row],[data-variant]";
const PARTS_PER_MILLION = 4;
const MICRO = 6;

/** The fields of a group, without those of the groups in it. */
function fieldsOf(root) {
  const group = root.matches(GROUPS) ? root : null;
  const owner = (field) => field.parentElement.closest(GROUPS);
  const all = [...root.querySelectorAll("[data-path]")];
  return all.filter((field) => owner(field) === group && !isOff(field));
}

const isOff = (field) => field.disabled || field.closest("fieldset:disabled") !== null;

/** The values of a group by their names. */
export function collect(root) {
  const values = {};
  for (const field of fieldsOf(root)) {
    values[field.dataset.path] = read(field);
    const { sizePath } = field.dataset;
    if (sizePath) values[sizePath] = Number(field.dataset.size ?? 0);
  }
  return values;
}

/** The value of a field. */
export function read(field) {
  const kind = KINDS[field.dataset.kind];
  const isBlank = "optional" in field.dataset && "value" in field && field.value.trim() === "";
  return isBlank ? null : kind(field);
}

const KINDS = {
  text: (field) => field.value.trim(),
  number: (field) => whole(field),
  percent: (field) => scaled(field, PARTS_PER_MILLION),
  degrees: (field) => scaled(field, MICRO),
  bool: (field) => field.value === "true",
  account: (field) => address(field),
  json: (field) => parsed(field),
  set: (field) => chosen(field),
  period: (field) => period(field),
  years: (field) => [...field.querySelectorAll("input")].map(whole),
  file: (field) => field.dataset.hash || fail(inputOf(field), "signing.field_file"),
  blocks: (field) => blocks(field),
  list: (field) => [...field.querySelectorAll("[data-row]")].map(collect),
  object: (field) => ("off" in field.dataset ? null : collect(field)),
  variant: (field) => variant(field),
};

const inputOf = (field) => (field.matches("input,select,textarea") ? field : field.querySelector("input,select,textarea"));

function fail(control, key, gaps) {
  throw new Fault(say(key, gaps), { field: control });
}

/** Digits of any script, as ASCII, without blanks. */
function digits(field) {
  const ascii = field.value.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) =>
    String(digit.codePointAt(0) & 0xf),
  );
  return ascii.replace(/[\s\u00a0\u202f\u066c'’]/g, "");
}

/** A whole number; separators are taken between groups of three digits only. */
export function whole(field) {
  const text = digits(field).replace(/^(\d{1,3})((?:[,.]\d{3})+)$/, (it) => it.replace(/[,.]/g, ""));
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) fail(field, "signing.field_number");
  const { least, most } = field.dataset;
  const low = least !== undefined && value < Number(least);
  const high = most !== undefined && value > Number(most);
  if (low || high) fail(field, "signing.field_range", { least: least ?? 0, most: most ?? "…" });
  return value;
}

/** A decimal number as a whole number of its smallest parts, without any rounding. */
export function scaled(field, places) {
  const text = digits(field).replace(/[,\u066b]/, ".").replace("−", "-");
  const found = /^(-?)(\d{1,9})(?:\.(\d*))?$/.exec(text);
  const [, sign, wholes, parts = ""] = found ?? [];
  if (!found || parts.length > places) fail(field, "signing.field_decimal", { places });
  const value = Number(wholes + parts.padEnd(places, "0"));
  const { least, most } = field.dataset;
  const signed = sign ? -value : value;
  const bound = 10 ** places;
  if (signed < Number(least ?? -Infinity) * bound || signed > Number(most ?? Infinity) * bound) {
    fail(field, "signing.field_range", { least, most });
  }
  return signed;
}

function address(field) {
  if (decodeAddress(field.value) === null) fail(field, "signing.choose_account");
  return field.value.trim();
}

function parsed(field) {
  try {
    return JSON.parse(field.value);
  } catch {
    return fail(field, "signing.field_json");
  }
}

function chosen(field) {
  const all = field.matches("select")
    ? [...field.selectedOptions]
    : [...field.querySelectorAll("input:checked")];
  const values = all.map((it) => it.value);
  const { least, of } = field.dataset;
  if (values.length < Number(least ?? 0)) fail(inputOf(field), "signing.field_choose");
  return of === "number" ? values.map(Number) : values;
}

/** From the first instant of one day to the first one after another, in UTC. */
function period(field) {
  const [from, to] = field.querySelectorAll("input");
  const start = Date.parse(`${from.value}T00:00:00Z`);
  const end = Date.parse(`${to.value}T00:00:00Z`) + 86_400_000;
  if (!(start < end)) fail(to, "signing.field_period");
  return { start, end };
}

function blocks(field) {
  const rows = [...field.querySelectorAll("[data-start]")];
  const parts = rows
    .map((row) => ({ row, quantity: row.querySelector("input") }))
    .filter(({ quantity }) => quantity.value.trim() !== "")
    .map(({ row, quantity }) => ({ start: Number(row.dataset.start), quantity: whole(quantity) }));
  if (parts.length === 0) fail(inputOf(field), "signing.field_blocks");
  return parts;
}

/** A name, or a name with what belongs to it. */
function variant(field) {
  const choice = field.querySelector("select").value;
  const groups = [...field.querySelectorAll("[data-variant]")];
  const group = groups.find((it) => it.dataset.variant === choice && it.closest("[data-path]") === field);
  if (!group) return choice;
  const values = collect(group);
  return { [choice]: "single" in group.dataset ? Object.values(values)[0] : values };
}

/** BLAKE2b-256 of a file, as the chain names files. */
export async function hashOf(file) {
  const hash = blake2b.create({ dkLen: 32 });
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return toHex(hash.digest());
    hash.update(value);
  }
}

/** Hashes the files of a form here, and deposits them at the registry. */
export async function deposit(form) {
  for (const field of form.querySelectorAll('[data-kind="file"]')) {
    if (isOff(field) || field.closest("[hidden]")) continue;
    const input = field.querySelector('input[type="file"]');
    const [file] = input.files;
    const told = field.querySelector("output");
    if (file === undefined) continue;
    told.textContent = say("signing.hashing");
    const hash = await hashOf(file);
    told.textContent = say("signing.uploading");
    const query = new URLSearchParams({ name: file.name, hash });
    try {
      await ask("POST", `/api/v1/files?${query}`, file);
    } catch (fault) {
      told.textContent = "";
      throw fault.status === 401 ? fault : new Fault(fault.message, { field: input });
    }
    told.textContent = hash;
    Object.assign(field.dataset, { hash, size: file.size });
  }
}

/** Lets variants, optional groups and lists react; without this a form shows all it has. */
export function enliven(form) {
  for (const field of form.querySelectorAll('[data-kind="variant"]')) {
    const select = field.querySelector("select");
    const show = () => {
      for (const group of field.querySelectorAll("[data-variant]")) {
        if (group.parentElement.closest("[data-path]") !== field) continue;
        group.hidden = group.disabled = group.dataset.variant !== select.value;
      }
    };
    select.addEventListener("change", show);
    show();
  }
  for (const toggle of form.querySelectorAll("[data-toggle]")) {
    const group = document.getElementById(toggle.dataset.toggle);
    const inner = group.querySelector("fieldset");
    const show = () => {
      inner.hidden = inner.disabled = !toggle.checked;
      if (toggle.checked) delete group.dataset.off;
      else group.dataset.off = "";
    };
    toggle.addEventListener("change", show);
    show();
  }
  for (const list of form.querySelectorAll('[data-kind="list"]')) enlivenList(list);
  for (const fill of form.querySelectorAll("[data-fill]")) {
    fill.addEventListener("click", () => {
      fill.closest("[data-start]").querySelector("input").value = fill.dataset.fill;
    });
  }
  form.addEventListener("input", (event) => event.target.setCustomValidity?.(""));
}

function enlivenList(list) {
  const template = list.querySelector("template");
  const rows = () => list.querySelectorAll("[data-row]");
  let count = rows().length;
  const number = () => {
    for (const button of list.querySelectorAll("[data-remove]")) button.hidden = rows().length < 2;
  };
  const add = () => {
    const row = template.content.firstElementChild.cloneNode(true);
    count += 1;
    // Labels name their controls by identifiers, which must stay one of a kind.
    for (const part of row.querySelectorAll("[id],[for],[aria-describedby]")) {
      for (const name of ["id", "for", "aria-describedby"]) {
        const value = part.getAttribute(name);
        if (value !== null) part.setAttribute(name, `${value}-${count}`);
      }
    }
    template.before(row);
    number();
    return row;
  };
  list.querySelector("[data-add]").addEventListener("click", () => {
    add().querySelector("input,select,textarea").focus();
  });
  list.addEventListener("click", (event) => {
    if (!event.target.matches("[data-remove]")) return;
    event.target.closest("[data-row]").remove();
    number();
  });
  if (rows().length === 0) add();
  number();
}
