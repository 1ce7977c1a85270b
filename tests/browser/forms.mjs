// SPDX-License-Identifier: Apache-2.0
// Filling the console's forms in, as a person does who knows what the call wants: values stand by the
// names of the call's arguments.

/** The control of a name in a group, and of none of the groups in it. */
function field(group, name) {
  const within = (level) =>
    `xpath=.//*[@data-path="${name}"][count(ancestor::*[@data-path or @data-row or @data-variant]) = ${level}]`;
  return { within };
}

/** How many groups stand around what a locator finds, itself among them. */
const depth = (locator) =>
  locator.evaluate((it) => {
    let levels = 0;
    for (let element = it; element; element = element.parentElement) {
      if (element.matches("[data-path],[data-row],[data-variant]")) levels += 1;
    }
    return levels;
  });

/** Fills the fields of a form, or of a group of one. */
export async function fillIn(group, values) {
  const level = await depth(group);
  for (const [name, value] of Object.entries(values)) {
    await fillField(group.locator(field(group, name).within(level)), value);
  }
}

async function fillField(control, value) {
  const kind = await control.getAttribute("data-kind");
  const fill = KINDS[kind] ?? single;
  await fill(control, value);
}

async function single(control, value) {
  const tag = await control.evaluate((it) => it.tagName);
  if (tag === "SELECT") await control.selectOption(String(value));
  else await control.fill(String(value));
}

async function pair(control, values) {
  const inputs = control.locator("input");
  for (const [at, value] of values.entries()) await inputs.nth(at).fill(String(value));
}

const KINDS = {
  period: pair,
  years: pair,
  async set(control, values) {
    const tag = await control.evaluate((it) => it.tagName);
    if (tag === "SELECT") return await control.selectOption(values.map(String));
    for (const value of values) await control.locator(`input[value="${value}"]`).check();
  },
  /** `{ name, text }` */
  async file(control, { name, text }) {
    const buffer = Buffer.from(text);
    await control.locator("input[type=file]").setInputFiles({ name, mimeType: "text/plain", buffer });
  },
  /** Tonnes by the first number of their block. */
  async blocks(control, values) {
    for (const [start, quantity] of Object.entries(values)) {
      await control.locator(`[data-start="${start}"] input`).fill(String(quantity));
    }
  },
  async list(control, rows) {
    for (const [at, values] of rows.entries()) {
      const row = control.locator("[data-row]").nth(at);
      if ((await row.count()) === 0) await control.locator("[data-add]").click();
      await fillIn(row, values);
    }
  },
  async object(control, values) {
    const toggle = control.locator("[data-toggle]").first();
    if ((await toggle.count()) > 0) await toggle.check();
    await fillIn(control, values);
  },
  /** A name, or a name with what belongs to it. */
  async variant(control, value) {
    const [[name, values]] = typeof value === "string" ? [[value, {}]] : Object.entries(value);
    await control.locator("select").first().selectOption(name);
    const group = control.locator(`[data-variant="${name}"]`);
    if (Object.keys(values).length > 0) await fillIn(group, values);
  },
};
