// Copyright The acnetrack authors. SPDX-License-Identifier: Apache-2.0

import { deepEqual, now, prepareQuery } from "rxdb";
import { replicateRxCollection } from "rxdb/plugins/replication";

import { push } from "./pushing.js";

const PULLED_AT_ONCE = 1000;
const PUSHED_AT_ONCE = 100;
const REFUSED = "refused";

const tablesOf = (database) => Object.keys(database.collections).filter((name) => name !== REFUSED);

/**
 * Bring an RxDatabase with a collection for each table that the app needs, and one named `refused`, together with a
 * timeline; `connection` comes from `connect`. One database holds one timeline.
 *
 * Resolves once everything local was taken or refused. What was refused is in the collection `refused` with its reason,
 * and the server's document in its place. Rejects with a Problem, or with the network's own error: then call it again
 * later, nothing is lost. After `grant_ended` the collections are empty; look them up again as `database[table]`.
 */
export async function syncTimeline(database, connection) {
  try {
    for (const table of tablesOf(database)) await syncTable(database, table, connection);
  } catch (problem) {
    const { code, reason, cursor } = problem;
    if (code === "grant_ended") await empty(database, tablesOf(database));
    if (code !== "resync_required") throw problem;
    await (reason === "restored" ? postEverything(database, connection, cursor) : empty(database, tablesOf(database)));
    await syncTimeline(database, connection);
  }
}

/**
 * To be called when the database was opened, before anything is written. RxDB sends what is newer, by the device's
 * clock, than what it sent last: after a clock that was fast has been set right nothing would ever be sent. With this
 * its clock goes on from the newest document instead.
 */
export async function keepTime(database) {
  const newest = await Promise.all(tablesOf(database).map((table) => newestIn(database[table].storageInstance)));
  const theirs = Date.now;
  Date.now = () => Math.max(theirs(), ...newest) + 1;
  now(); // RxDB's own clock, which never goes back while the app runs.
  Date.now = theirs;
}

async function newestIn(storage) {
  const sort = [{ "_meta.lwt": "desc" }, { id: "desc" }];
  const { documents } = await storage.query(prepareQuery(storage.schema, { selector: {}, sort, skip: 0, limit: 1 }));
  return documents[0]?._meta.lwt ?? 0;
}

/** What a collection does where the server has another document: columns changed here go on top of the server's. */
export const conflictHandler = {
  isEqual: (one, other) => (one._deleted && other._deleted) || deepEqual(one, other),
  resolve({ newDocumentState: ours, realMasterState: theirs, assumedMasterState: base }) {
    if (theirs._deleted || (base && deepEqual(base, theirs))) return theirs; // Nothing changed there: ours was refused.
    if (ours._deleted) return { ...theirs, _deleted: true };
    const changed = ([column, value]) => (base ? !deepEqual(value, base[column]) : theirs[column] === null);
    return { ...theirs, ...Object.fromEntries(Object.entries(ours).filter(changed)) };
  },
};

async function syncTable(database, table, connection) {
  let failed, pulled;
  const firstPull = new Promise((resolve) => (pulled = resolve));
  const failure = new Promise((_, reject) => (failed = reject));
  failure.catch(() => {});
  const orFail = (handler) => (...given) =>
    handler(...given).catch((problem) => {
      failed(problem);
      throw problem;
    });
  const pullRows = async (since, limit) => {
    const page = await pull(connection, table, since, limit);
    pulled();
    return page;
  };
  const pushAfterPull = async (rows) => {
    await Promise.race([firstPull, failure]); // RxDB begins both at once; a server that was restored says so to a pull.
    return pushRows(database, table, connection, rows);
  };
  const replication = replicationOf(database[table], {
    pull: { batchSize: PULLED_AT_ONCE, handler: orFail(pullRows) },
    push: { batchSize: PUSHED_AT_ONCE, handler: orFail(pushAfterPull) },
  });
  replication.error$.subscribe(failed);
  try {
    await Promise.race([replication.awaitInSync(), failure]);
  } catch (problem) {
    if (problem.code !== "unknown_table") throw problem;
    if (await database[table].count().exec()) await empty(database, [table]); // No longer in our scope.
  } finally {
    await replication.cancel();
  }
}

/** Live, though it runs once: RxDB never ends a replication of the other kind that has failed. */
const replicationOf = (collection, handlers) =>
  replicateRxCollection({
    collection,
    replicationIdentifier: "acnetrack",
    waitForLeadership: false,
    toggleOnDocumentVisible: false,
    retryTime: 10,
    ...handlers,
  });

/** RxDB takes a short batch to be the last, and keeps checkpoints only if they are objects. */
async function pull(connection, table, since, limit) {
  const documents = [];
  let page = { checkpoint: since?.cursor ?? 0 };
  do {
    page = await connection(`/rx/${table}/pull`, { query: { checkpoint: page.checkpoint, limit } });
    documents.push(...page.documents);
  } while (page.has_more && documents.length < limit);
  return { documents, checkpoint: { cursor: page.checkpoint } };
}

async function pushRows(database, table, connection, rows) {
  const masters = await connection(`/rx/${table}/push`, { method: "POST", body: rows });
  const ids = new Set(masters.map(({ id }) => id));
  if (ids.size > 0) await setAside(database, table, connection, rows.filter((row) => ids.has(row.newDocumentState.id)));
  return masters;
}

/** Ask why documents were not taken, and keep those for which there is nothing to merge. */
async function setAside(database, table, connection, rows) {
  const sent = rows.map(({ newDocumentState: { _deleted, ...row } }) => ({ row, _deleted }));
  const updated = sent.filter(({ _deleted }) => !_deleted).map(({ row }) => row);
  const deleted = sent.filter(({ _deleted }) => _deleted).map(({ row }) => row.id);
  const verdicts = await push(connection, { [table]: { updated, deleted } }, 0);
  const refused = verdicts.filter(({ code }) => !["conflict", "read_only"].includes(code));
  await keep(database, refused, { [table]: { updated } });
}

async function keep(database, verdicts, changes) {
  for (const { current, ...verdict } of verdicts) {
    const record = changes[verdict.table].updated.find(({ id }) => id === verdict.id) ?? null;
    await database[REFUSED].upsert({ ...verdict, key: `${verdict.table}/${verdict.id}`, record });
  }
}

/** Forget what tables hold and how far they were replicated. */
async function empty(database, tables) {
  for (const table of tables) {
    const { schema, conflictHandler } = database[table];
    await database[table].remove();
    await database.addCollections({ [table]: { schema: schema.jsonSchema, conflictHandler } });
  }
}

/** After the server lost its latest writes: give it every row again, and replicate anew. */
async function postEverything(database, connection, cursor) {
  const changes = {};
  for (const table of tablesOf(database)) {
    changes[table] = { updated: (await database[table].find().exec()).map((document) => document.toJSON()) };
  }
  const verdicts = await push(connection, changes, cursor);
  await keep(database, verdicts.filter(({ code }) => !["gone", "read_only"].includes(code)), changes);
  for (const table of tablesOf(database)) {
    const replication = replicationOf(database[table], { pull: { handler: async () => ({ documents: [] }) } });
    await replication.remove();
  }
}
