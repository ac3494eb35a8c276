// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later
//
// node build.mjs          writes built/ and LICENSES.txt
// node build.mjs --check  makes them in a folder of their own and fails where the committed ones hold anything else

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { copyAssets } from "./building/assets.mjs";
import { bundle } from "./building/bundle.mjs";
import { compress, contentOf } from "./building/compress.mjs";
import { writeLicences } from "./building/licences.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));

/** Writes all that is served into `folder`, as small as it gets unless `quick`; the licences of it into `licences`. */
async function build(folder, licences, quick = false) {
  await copyAssets(HERE, folder);
  const inputs = await bundle(HERE, folder);
  await compress(folder, quick);
  await writeLicences(HERE, inputs, licences);
}

/** The names of all files below `folder`, in order. */
const filesOf = async (folder) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

/** Fails where two folders hold other files, or the same with other content; how they were compressed is no matter. */
async function compare(made, committed) {
  const [one, other] = [await filesOf(made), await filesOf(committed)];
  const odd = [...one.filter((name) => !other.includes(name)), ...other.filter((name) => !one.includes(name))];
  for (const name of one.filter((each) => other.includes(each))) {
    const [ours, theirs] = await Promise.all([contentOf(join(made, name)), contentOf(join(committed, name))]);
    if (!ours.equals(theirs)) odd.push(name);
  }
  if (odd.length) throw new Error(`built/ is not what source/ gives: ${odd.join(", ")}. Run: npm ci && node build.mjs`);
}

if (process.argv.includes("--check")) {
  const folder = await mkdtemp(join(tmpdir(), "acnetrack-built-"));
  try {
    await build(join(folder, "built"), join(folder, "LICENSES.txt"), true);
    await compare(join(folder, "built"), join(HERE, "built"));
    const [made, committed] = await Promise.all([folder, HERE].map((each) => readFile(join(each, "LICENSES.txt"))));
    if (!made.equals(committed)) throw new Error("LICENSES.txt is not what is built in. Run: npm ci && node build.mjs");
  } finally {
    await rm(folder, { recursive: true });
  }
} else {
  await rm(join(HERE, "built"), { recursive: true, force: true });
  await build(join(HERE, "built"), join(HERE, "LICENSES.txt"));
}
