// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { copyFile, mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const LITERT = "node_modules/@litertjs/core/wasm";

/** What the counting worker loads from beside itself: the one build that every browser runs. */
export const RUNTIME = ["js", "wasm"].map((ending) => `counting/litert_wasm_compat_internal.${ending}`);

/** Files that are served as they are: name in built/ → where they come from. */
const ASSETS = {
  "manifest.webmanifest": "source/manifest.webmanifest",
  "icons/mark.svg": "../pages/static/mark.svg",
  "icons/icon-192.png": "source/icons/icon-192.png",
  "icons/icon-512.png": "source/icons/icon-512.png",
  ...Object.fromEntries(RUNTIME.map((name) => [name, join(LITERT, basename(name))])),
};

export async function copyAssets(here, folder) {
  for (const [name, source] of Object.entries(ASSETS)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await copyFile(join(here, source), join(folder, name));
  }
}
