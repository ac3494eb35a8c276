// Copyright The acnetrack authors. SPDX-License-Identifier: Apache-2.0

import { Q } from "@nozbe/watermelondb";
import { synchronize } from "@nozbe/watermelondb/sync";

import { push } from "./pushing.js";

const ATTEMPTS = 3;
const REFUSED = "refused";

/**
 * Bring a WatermelonDB and a timeline together; `connection` comes from `connect`. One database holds one timeline,
 * and its schema lists visits first.
 *
 * Resolves once everything local was taken or refused. What was refused is set aside (`refusedBy`) and the server's row
 * put in its place. Rejects with a Problem, or with the network's own error: then call it again later, nothing is lost.
 * After `grant_ended` the database is empty.
 */
export async function syncTimeline(database, connection) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const verdicts = await once(database, connection);
    await setAside(database, verdicts.filter(({ code }) => code !== "conflict"));
    if (!verdicts.some(({ code }) => code === "conflict")) return;
  }
}

/** Every record that the server refused: its verdict (`code`, `detail` in words) and the `record` as it was here. */
export const refusedBy = async (database) => (await database.localStorage.get(REFUSED)) ?? [];

async function once(database, connection) {
  let verdicts = [];
  try {
    await synchronize({
      database,
      sendCreatedAsUpdated: true,
      migrationsEnabledAtVersion: database.adapter.migrations?.minVersion,
      pullChanges: (told) => pullOrResync(database, connection, told),
      pushChanges: async ({ changes, lastPulledAt }) => {
        verdicts = await push(connection, changes, lastPulledAt);
        const experimentalRejectedIds = {};
        for (const { table, id } of verdicts) (experimentalRejectedIds[table] ??= []).push(id);
        return { experimentalRejectedIds };
      },
    });
  } catch (problem) {
    if (problem.code === "grant_ended") await database.write(() => database.unsafeResetDatabase());
    throw problem;
  }
  return verdicts;
}

async function pullOrResync(database, connection, { lastPulledAt, schemaVersion, migration }) {
  try {
    const told = { schema_version: schemaVersion, migration: JSON.stringify(migration) };
    return await pull(connection, lastPulledAt, told);
  } catch (problem) {
    if (problem.code !== "resync_required") throw problem;
    const restored = problem.reason === "restored";
    const strategy = restored ? await postEverything(database, connection, problem.cursor, migration) : "replacement";
    const { changes, timestamp } = await pull(connection, 0);
    const nothing = { created: [], updated: [], deleted: [] };
    for (const table of Object.keys(database.schema.tables)) changes[table] ??= nothing; // No longer in our scope.
    return { changes, timestamp, experimentalStrategy: strategy };
  }
}

/** Every page as one set of changes, in which the last word on a row is the only one. */
async function pull(connection, since, told = {}) {
  const rows = {};
  for (let cursor = since ?? 0, page; ; cursor = page.timestamp) {
    page = await connection("/sync", { query: { last_pulled_at: cursor, ...told } });
    for (const [table, { updated, deleted }] of Object.entries(page.changes)) {
      const known = (rows[table] ??= new Map());
      for (const row of updated) known.set(row.id, row);
      for (const id of deleted) known.set(id, null);
    }
    if (!page.has_more) return { changes: mapValues(rows, changeSet), timestamp: page.timestamp };
  }
}

const mapValues = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));

const changeSet = (rows) => ({
  created: [],
  updated: [...rows.values()].filter((row) => row !== null),
  deleted: [...rows.keys()].filter((id) => rows.get(id) === null),
});

/**
 * After the server lost its latest writes: give it every row again. `cursor` says what of the server's these are newer
 * than. Returns how to apply what is pulled next: what only the server writes, and lost, goes.
 */
async function postEverything(database, connection, cursor, migration) {
  const changes = {};
  for (const table of Object.keys(database.schema.tables)) {
    const records = await database.get(table).query().fetch();
    changes[table] = { updated: records.map((record) => asWritten(record._raw, table, migration)) };
  }
  const verdicts = await push(connection, changes, cursor);
  const servers = verdicts.filter(({ code }) => code === "read_only").map(({ table }) => [table, "replacement"]);
  await setAside(database, verdicts.filter(({ code }) => !["read_only", "gone"].includes(code)));
  return { default: "incremental", override: Object.fromEntries(servers) };
}

/** A row without the columns that an update has added and nobody has written here: empty is not what they are. */
function asWritten(raw, table, migration) {
  const added = migration?.columns.find((each) => each.table === table)?.columns ?? [];
  const written = (column) => raw._status === "created" || raw._changed.split(",").includes(column);
  return Object.fromEntries(Object.entries(raw).filter(([column]) => !added.includes(column) || written(column)));
}

/** Keep what was refused, with the reason, apart; the server's row takes its place in the table. */
async function setAside(database, verdicts) {
  if (verdicts.length === 0) return;
  await database.write(async () => {
    const refused = await refusedBy(database);
    for (const { current, ...verdict } of verdicts) {
      const collection = database.get(verdict.table);
      const [local] = await collection.query(Q.where("id", verdict.id)).fetch();
      refused.push({ ...verdict, record: local ? { ...local._raw } : null });
      await database.localStorage.set(REFUSED, refused);
      if (verdict.code === "conflict") continue; // What is pulled next takes its place, or is merged with it.
      await (local ? local.destroyPermanently() : database.adapter.destroyDeletedRecords(verdict.table, [verdict.id]));
      if (current) {
        const raw = { ...current, _status: "synced", _changed: "" };
        await database.batch(collection.prepareCreateFromDirtyRaw(raw));
      }
    }
  });
}
