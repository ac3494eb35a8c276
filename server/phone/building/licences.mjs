// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const PACKAGE = /node_modules\/((?:@[^/]+\/)?[^/]+)\//g;

/**
 * Writes the licences of the packages that `inputs` belong to. One that brings no text has it in licences/, by its name.
 * Fails where there is none.
 */
export async function writeLicences(here, inputs, file) {
  const folders = new Map();
  for (const input of inputs) {
    const found = [...input.matchAll(PACKAGE)].at(-1);
    if (found) folders.set(found[1], join(here, input.slice(0, found.index + found[0].length)));
  }
  const parts = [];
  for (const [name, folder] of [...folders].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    parts.push(`${name} ${version} (${license})\n\n${(await textOf(here, name, folder)).trim()}\n`);
  }
  await writeFile(file, ["What is built into this app beside its own code.\n", ...parts].join(`\n${"-".repeat(80)}\n\n`));
}

async function textOf(here, name, folder) {
  const own = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file)).sort();
  if (own.some((file) => /^licen/i.test(file))) {
    return (await Promise.all(own.map((file) => readFile(join(folder, file), "utf8")))).join("\n");
  }
  const kept = join(here, "licences", `${name.replace("/", "-")}.txt`);
  if (!existsSync(kept)) throw new Error(`${name} brings no licence: put its text into ${kept}`);
  return readFile(kept, "utf8");
}
