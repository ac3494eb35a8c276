// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { TABLES } from "clients/tables.js";
import { zipSync } from "fflate";

const ENDINGS = { "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp" };

/**
 * Everything that lies on this phone as a ZIP: `records.json` with every row by its table, and the photos beside it.
 *
 * @param {import("../store/store.js").Store} store
 * @returns {Promise<Blob>}
 */
export async function archiveOf(store) {
  const records = {};
  for (const table of Object.keys(TABLES)) records[table] = (await store.rows(table)).map(({ versions: _, ...row }) => row);
  /** @type {Record<string, any>} */
  const files = { "records.json": new TextEncoder().encode(JSON.stringify(records, null, 2)) };
  for (const { id, media_type } of records.photos) {
    const blob = await store.photoHere(id);
    if (blob) files[`photos/${id}.${ENDINGS[media_type]}`] = [new Uint8Array(await blob.arrayBuffer()), { level: 0 }];
  }
  return new Blob([/** @type {any} */ (zipSync(files))], { type: "application/zip" });
}
