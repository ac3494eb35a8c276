// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { standing } from "./amendments.js";
import { openDatabase } from "./database.js";
import { photoBytes } from "./photos.js";

const SERVER_OWNED = ["clinician_notes", "grants", "model_notices", "refused"];

/**
 * @typedef {Awaited<ReturnType<typeof openStore>>} Store
 * @typedef {{id: string, versions: string[]} & Record<string, any>} Row
 */

/**
 * All records and photos on this phone, the same with an account and without one.
 *
 * @param {any} local
 * @param {import("./local.js").Settings} settings
 * @param {(id: string) => Promise<Blob | null>} fetchPhoto from the server, which holds some
 */
export async function openStore(local, settings, fetchPhoto) {
  let database = await openDatabase();
  /** Done once there is a database to read: for a moment, where all is forgotten, there is none. */
  let replaced = Promise.resolve();
  const replace = (fill) => {
    const empty = async () => {
      await database.remove();
      const fresh = await openDatabase();
      await fill(fresh);
      database = fresh;
    };
    const done = empty();
    replaced = done.catch(() => {}); // Who asked for it is told.
    return done;
  };
  const watching = new Set();

  /** @returns {Promise<any[]>} every living row, in the order in which it came onto this phone */
  const written = async (table) => {
    await replaced;
    const documents = await database[table].find().exec();
    const order = (one, other) => one._meta.lwt - other._meta.lwt;
    const plain = ({ _meta, _rev, _deleted, _attachments, ...row }) => row;
    return documents.map((document) => document.toJSON(true)).sort(order).map(plain);
  };
  /** @returns {Promise<Row[]>} */
  const rows = async (table) => standing(await written(table));
  const photos = photoBytes(local, () => written("photos"));
  /** Writes, and counts it first: what was counted and not synced yet is known even where the app is killed in between. */
  const write = async (writing) => {
    await photos.withRoom(() => settings.set("written", (settings.get("written") ?? 0) + 1));
    return photos.withRoom(writing);
  };
  const changed = async (...tables) => {
    for (const { table, callback } of [...watching]) if (tables.includes(table)) callback(await rows(table));
    for (const { table, callback } of [...watching]) if (table === "*") callback(tables);
  };

  return {
    settings,
    /** The rows of a table that stand: amendments are applied, what was deleted is left out. */
    rows,

    /**
     * Calls back with the rows of a table now and whenever one changes; with "*" for the names of tables that changed.
     *
     * @param {string} table
     * @param {(rows: any[]) => void} callback
     * @returns {() => void} which ends it
     */
    watch(table, callback) {
      const entry = { table, callback };
      watching.add(entry);
      if (table !== "*") rows(table).then((found) => watching.has(entry) && callback(found));
      return () => watching.delete(entry);
    },

    /**
     * Writes a new row and gives its id. One that `amends` another takes over every column that it does not name.
     *
     * @param {string} table
     * @param {Record<string, any>} columns
     * @returns {Promise<string>}
     */
    async add(table, columns) {
      const amended = columns.amends ? (await written(table)).find(({ id }) => id === columns.amends) : {};
      const id = columns.id ?? crypto.randomUUID();
      const { versions: _, ...row } = { ...amended, ...columns, id };
      await write(() => database[table].insert(row));
      await changed(table);
      return id;
    },

    /** Changes columns of a row in a table that can be changed: courses, side effects, reminders, the profile. */
    async change(table, id, columns) {
      const document = await database[table].findOne(id).exec();
      await write(() => document.incrementalPatch(columns));
      await changed(table);
    },

    /** Deletes a row with all its versions; a visit takes its photos and assessments along. */
    async remove(table, id) {
      const versions = (await rows(table)).find((row) => row.versions.includes(id))?.versions ?? [];
      const gone = { [table]: versions };
      if (table === "visits") {
        for (const part of ["photos", "assessments", "spots"]) {
          gone[part] = (await written(part)).filter(({ visit_id }) => versions.includes(visit_id)).map((row) => row.id);
        }
      }
      for (const [each, ids] of Object.entries(gone)) await write(() => database[each].bulkRemove(ids));
      await photos.delete(gone.photos ?? (table === "photos" ? versions : []));
      await changed(...Object.keys(gone));
    },

    putPhoto: photos.put,
    /**
     * A photo's bytes: as they lie on this phone, else from the server where it holds them; null where neither has them now.
     *
     * @param {string} id
     * @returns {Promise<Blob | null>}
     */
    async photo(id) {
      const here = await photos.get(id);
      if (here) return here;
      const fetched = await fetchPhoto(id);
      if (fetched) await photos.put(id, fetched).catch(() => {}); // It is shown all the same where there is no room to keep it.
      return fetched;
    },
    photoHere: photos.get,
    /** Forgets the bytes of photos that have no record. @param {string[]} ids */
    dropPhotos: photos.delete,
    /** Forgets photos that neither a record nor an unfinished visit names. */
    tidyPhotos: () => photos.tidy((settings.get("draft")?.photos ?? []).map(({ id }) => id)),

    /** What the server did not take, each with its `code`, `detail` and the `record` as it was here. */
    async refused() {
      await replaced;
      return (await database.refused.find().exec()).map((document) => document.toJSON());
    },
    async forgetRefused(key) {
      await (await database.refused.findOne(key).exec())?.remove();
      await changed("refused");
    },

    /** The RxDatabase, for syncing it; `changed` says afterwards what may be different. */
    database: () => database,
    changed,

    /** Forgets every record and photo on this phone, for good. */
    async wipe() {
      await settings.set("draft", null);
      await replace(() => local.photos.clear());
      await changed(...Object.keys(database.collections));
    },

    /** Forgets that anything was synced, and what a server wrote: all rows of the patient's own go to the next account. */
    async detach() {
      const own = Object.keys(database.collections).filter((table) => !SERVER_OWNED.includes(table));
      const kept = await Promise.all(own.map(async (table) => /** @type {[string, any[]]} */ ([table, await written(table)])));
      await replace(async (fresh) => {
        for (const [table, found] of kept) {
          if (table === "photos") for (const photo of found) photo.uploaded = false;
          await fresh[table].bulkInsert(found);
        }
      });
      await changed(...Object.keys(database.collections));
    },

    close: () => database.close(),
  };
}
