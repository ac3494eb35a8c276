// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import zlib from "node:zlib";

const COMPRESSED = [".js", ".css", ".html", ".svg", ".json", ".webmanifest", ".wasm"];
const ONLY_COMPRESSED = [".wasm"]; // Nine megabytes that no browser asks for as they are.
const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

/** Writes `.br` and `.gz` beside every file that shrinks by it; `quick` where only what they hold matters. */
export async function compress(folder, quick) {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !COMPRESSED.includes(extname(entry.name))) continue;
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path);
    const params = { [BROTLI_PARAM_SIZE_HINT]: content.length, [BROTLI_PARAM_QUALITY]: quick ? 1 : 11 };
    await writeFile(`${path}.br`, await brotli(content, { params }));
    await writeFile(`${path}.gz`, await gzip(content, { level: quick ? 1 : 9 }));
    if (ONLY_COMPRESSED.includes(extname(path))) await rm(path);
  }
}

/** What a file holds, without its compression. */
export async function contentOf(path) {
  const content = await readFile(path);
  if (path.endsWith(".br")) return promisify(zlib.brotliDecompress)(content);
  return path.endsWith(".gz") ? promisify(zlib.gunzip)(content) : content;
}
