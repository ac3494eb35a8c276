// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The keys that mobile_models/keys.py pins for releases. Fails where it names none. */
export async function releaseKeys(here) {
  const source = await readFile(join(here, "..", "..", "mobile_models", "keys.py"), "utf8");
  const [, tuple] = /^RELEASE_KEYS[^=]*= \(([^)]*)\)/m.exec(source) ?? [];
  const keys = [...(tuple ?? "").matchAll(/"([A-Za-z0-9+/=]{44})"/g)].map(([, key]) => key);
  if (keys.length === 0) throw new Error("mobile_models/keys.py pins no release key");
  return keys;
}
