// SPDX-License-Identifier: Apache-2.0
// Makes portal/static/console.js of the sources; with --check only says whether it is that already.

import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const OUT = new URL("../static/console.js", import.meta.url);
const LARGEST = 40 * 1024;

const made = await build({
  absWorkingDir: new URL(".", import.meta.url).pathname,
  entryPoints: ["src/console.js"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "inline",
  banner: { js: "// SPDX-License-Identifier: Apache-2.0" },
  write: false,
});
const contents = Buffer.from(made.outputFiles[0].contents);
const compressed = gzipSync(contents, { level: 9 }).length;
const size = `${contents.length} bytes, ${compressed} compressed`;
if (compressed > LARGEST) fail(`the bundle is larger than ${LARGEST} bytes: ${size}`);
if (!process.argv.includes("--check")) {
  writeFileSync(OUT, contents);
  console.log(size);
} else if (!readFileSync(OUT).equals(contents)) {
  fail("portal/static/console.js is not what its sources give; run scripts/update-web");
}

function fail(words) {
  console.error(words);
  process.exit(1);
}
