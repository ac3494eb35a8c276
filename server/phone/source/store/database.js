// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { keepTime, conflictHandler } from "clients/rxdb.js";
import { TABLES } from "clients/tables.js";
import { createRxDatabase } from "rxdb";
import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";

const NAME = "acnetrack";
const STORAGE = getRxStorageDexie();

const property = ([name, type]) => [name, { type: type.endsWith("?") ? [type.slice(0, -1), "null"] : type }];
const schemaOf = (columns) => ({
  version: 0,
  primaryKey: "id",
  type: "object",
  properties: { id: { type: "string", maxLength: 64 }, ...Object.fromEntries(Object.entries(columns).map(property)) },
});
const refused = {
  version: 0,
  primaryKey: "key",
  type: "object",
  properties: {
    key: { type: "string", maxLength: 100 },
    ...Object.fromEntries(["table", "id", "code", "detail"].map((name) => [name, { type: "string" }])),
    record: { type: ["object", "null"] },
  },
};

/**
 * The records of one timeline, in IndexedDB; `refused` holds what the server did not take.
 *
 * @returns {Promise<any>}
 */
export async function openDatabase() {
  const database = await createRxDatabase({ name: NAME, storage: STORAGE, multiInstance: false });
  const collection = ([table, columns]) => [table, { schema: schemaOf(columns), conflictHandler }];
  await database.addCollections(Object.fromEntries(Object.entries(TABLES).map(collection)));
  await database.addCollections(/** @type {any} */ ({ refused: { schema: refused } }));
  await keepTime(database);
  return database;
}
