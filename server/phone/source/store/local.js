// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { Dexie } from "dexie";

/**
 * @typedef {object} Settings
 * @property {(key: string) => any} get
 * @property {(key: string, value: any) => Promise<void>} set
 * @property {(kept: string[]) => Promise<void>} clear takes all away but those that are kept
 */

/**
 * What lies on this phone only: settings by key, and the bytes of photos by the id of their record.
 *
 * @returns {any}
 */
export function openLocal() {
  const local = new Dexie("acnetrack-phone");
  local.version(1).stores({ settings: "", photos: "" });
  return local;
}

/**
 * Settings, read once and kept in memory: `get` is at once, `set` resolves when it lies on the phone. Null takes one away.
 *
 * @returns {Promise<Settings>}
 */
export async function openSettings(local) {
  const held = new Map();
  await local.settings.each((value, { primaryKey }) => held.set(primaryKey, value));
  return {
    get: (key) => held.get(key) ?? null,
    async set(key, value) {
      if (value === null) {
        held.delete(key);
        await local.settings.delete(key);
      } else {
        held.set(key, value);
        await local.settings.put(value, key);
      }
    },
    async clear(kept) {
      const gone = [...held.keys()].filter((key) => !kept.includes(key));
      await local.settings.bulkDelete(gone);
      for (const key of gone) held.delete(key);
    },
  };
}
