// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Files that are served as they are: name in built/ → where they come from. */
const ASSETS = {
  "manifest.webmanifest": "source/manifest.webmanifest",
  "icons/mark.svg": "../pages/static/mark.svg",
  "icons/icon-192.png": "source/icons/icon-192.png",
  "icons/icon-512.png": "source/icons/icon-512.png",
};

export async function copyAssets(here, folder) {
  for (const [name, source] of Object.entries(ASSETS)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await copyFile(join(here, source), join(folder, name));
  }
}
