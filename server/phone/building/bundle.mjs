// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";

import { build } from "esbuild";

import { RUNTIME } from "./assets.mjs";
import { releaseKeys } from "./keys.mjs";

/** Scripts that are not part of the page: each is one classic file, under the name by which the page asks for it. */
const WORKERS = { "counting/worker.js": "counting/worker.js" };

/** All texts of a language as one module: `import("words:de")` gives {"section.key": text}. */
const words = (source) => ({
  name: "words",
  setup(esbuild) {
    esbuild.onResolve({ filter: /^words:/ }, ({ path }) => ({ path: path.slice("words:".length), namespace: "words" }));
    esbuild.onLoad({ filter: /.*/, namespace: "words" }, async ({ path: language }) => {
      const folder = join(source, "words", language);
      const texts = {};
      for (const file of (await readdir(folder)).sort()) {
        const section = JSON.parse(await readFile(join(folder, file), "utf8"));
        for (const [key, text] of Object.entries(section)) texts[`${basename(file, ".json")}.${key}`] = text;
      }
      return { contents: JSON.stringify(texts), loader: "json" };
    });
  },
});

const common = (here) => ({
  absWorkingDir: here,
  alias: {
    accounts: join(here, "..", "people", "accounts"),
    clients: join(here, "..", "clients"),
    pages: join(here, "..", "pages", "static"),
    lesions: join(here, "..", "..", "mobile_models", "released", "web", "lesions.js"),
  },
  nodePaths: [join(here, "node_modules")],
  bundle: true,
  minify: true,
  target: ["es2022", "safari16.4"],
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
  plugins: [words(join(here, "source"))],
});

/** Bundles source/ into `folder`; returns the paths of all that went in, relative to `here`. */
export async function bundle(here, folder) {
  await mkdir(folder, { recursive: true });
  const page = await build({
    ...common(here),
    entryPoints: ["source/app.js", "source/styles/app.css"],
    outdir: folder,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    format: "esm",
    splitting: true,
  });
  const made = Object.entries(page.metafile.outputs).map(([path, output]) => [basename(path), output.entryPoint]);
  const nameOf = (entry) => made.find(([, entryPoint]) => entryPoint === entry)[0];
  const workers = Object.entries(WORKERS).filter(([, source]) => existsSync(join(here, "source", source)));
  const built = [];
  const keys = { RELEASE_KEYS: JSON.stringify(await releaseKeys(here)) };
  for (const [name, source] of workers) built.push(await script(here, join("source", source), join(folder, name), keys));
  await writePage(here, folder, { script: nameOf("source/app.js"), styles: nameOf("source/styles/app.css") });
  const cached = [...made.map(([name]) => name), ...workers.map(([name]) => name), ...RUNTIME, "index.html"].sort();
  const version = await versionOf(folder, cached);
  const define = { PRECACHED: JSON.stringify(cached), VERSION: JSON.stringify(version) };
  built.push(await script(here, "source/service-worker.js", join(folder, "service-worker.js"), define));
  return [page, ...built].flatMap(({ metafile }) => Object.keys(metafile.inputs));
}

const script = (here, source, outfile, define = {}) =>
  build({ ...common(here), entryPoints: [source], outfile, format: "iife", define });

/** source/index.html with the names of the files that it loads. */
async function writePage(here, folder, names) {
  const template = await readFile(join(here, "source", "index.html"), "utf8");
  await writeFile(join(folder, "index.html"), template.replace(/\{\{(\w+)\}\}/g, (_, name) => names[name]));
}

async function versionOf(folder, names) {
  const hash = createHash("sha256");
  for (const name of names) hash.update(name).update(await readFile(join(folder, name)));
  return hash.digest("hex").slice(0, 16);
}
