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
    const { code, reason } = problem;
    if (code === "grant_ended") await empty(database, tablesOf(database));
    if (code !== "resync_required") throw problem;
    await (reason === "restored" ? postEverything(database, connection) : empty(database, tablesOf(database)));
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

/** Rises with every push, as RxDB's clock does. */
const number = () => Math.floor(now());

async function newestIn(storage) {
  const sort = [{ "_meta.lwt": "desc" }, { id: "desc" }];
  const { documents } = await storage.query(prepareQuery(storage.schema, { selector: {}, sort, skip: 0, limit: 1 }));
  return documents[0]?._meta.lwt ?? 0;
}

/** What a collection does where the server has another document: columns changed here go on top of the server's. */
export const conflictHandler = {
  isEqual: (one, other) => (one._deleted && other._deleted) || same(one, other),
  resolve({ newDocumentState: ours, realMasterState: theirs, assumedMasterState: base }) {
    if (theirs._deleted || (base && same(base, theirs))) return theirs; // Nothing changed there: ours was refused.
    if (ours._deleted) return { ...theirs, _deleted: true };
    const changed = ([column, value]) => (base ? !deepEqual(value, base[column]) : theirs[column] === null);
    return { ...theirs, ...Object.fromEntries(Object.entries(ours).filter(changed)) };
  },
};

/** Whether documents say the same: RxDB's migrations leave in some that there are no attachments. */
const same = ({ _attachments: _, ...one }, { _attachments: __, ...other }) => deepEqual(one, other);

async function syncTable(database, table, connection) {
  let failed, pulled;
  const firstPull = new Promise((resolve) => (pulled = resolve));
  const failure = new Promise((_, reject) => (failed = reject));
  failure.catch(() => {});
  const underWay = new Set();
  const orFail = (handler) => (...given) => {
    const done = handler(...given).catch((problem) => {
      failed(problem);
      throw problem;
    });
    underWay.add(done);
    return done.finally(() => underWay.delete(done));
  };
  const pullRows = async (since, limit) => {
    const page = await pull(connection, database[table], since, limit);
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
    await Promise.allSettled(underWay); // A push that came in after a later one would undo it.
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

/**
 * RxDB takes a short batch to be the last, and keeps checkpoints only if they are objects. One of other columns is of
 * the app before it was updated: what that did not keep comes only if everything is pulled again.
 */
async function pull(connection, collection, since, limit) {
  const documents = [];
  const columns = columnsOf(collection).join();
  let page = { checkpoint: since?.columns === columns ? since.cursor : 0 };
  do {
    page = await connection(`/rx/${collection.name}/pull`, { query: { checkpoint: page.checkpoint, limit } });
    documents.push(...page.documents);
  } while (page.has_more && documents.length < limit);
  return { documents: documents.map(knownTo(collection)), checkpoint: { cursor: page.checkpoint, columns } };
}

const columnsOf = ({ schema }) => Object.keys(schema.jsonSchema.properties).filter((name) => !name.startsWith("_")).sort();

/** A document without the columns that a newer app has: what is not kept here is not sent back, and stays as it is. */
const knownTo = (collection) => {
  const columns = new Set([...columnsOf(collection), "_deleted"]);
  return (document) => Object.fromEntries(Object.entries(document).filter(([column]) => columns.has(column)));
};

/** What the server refuses for good is kept aside with its reason, which comes with the refusal. */
async function pushRows(database, table, connection, rows) {
  const { toSend, changed } = await asTheyStand(database[table], rows);
  if (toSend.length === 0) return changed;
  const query = { why: true, push: number() };
  const known = knownTo(database[table]);
  const body = toSend.map(({ assumedMasterState: base, newDocumentState }) => {
    return { assumedMasterState: base && known(base), newDocumentState: known(newDocumentState) };
  });
  const answers = await connection(`/rx/${table}/push`, { method: "POST", query, body });
  const verdicts = answers.map(({ id, _refused }) => ({ table, id, ..._refused }));
  const updated = toSend.map((row) => row.newDocumentState).filter(({ _deleted }) => !_deleted);
  const records = updated.map(({ _deleted, ...record }) => record);
  const refused = verdicts.filter(({ code }) => !["conflict", "read_only"].includes(code));
  await keep(database, refused, { [table]: { updated: records } });
  return [...answers.map(known), ...changed];
}

/**
 * RxDB reads documents first, and only when their turn comes what the server's state of them was: what it pulls in
 * between would be taken for the base of what is older. So a row goes out only if its document stands as it was read.
 * For another the document as it is now is the answer: RxDB drops what it read, and reads it again.
 */
async function asTheyStand(collection, rows) {
  const ids = rows.map((row) => row.newDocumentState.id);
  const found = await collection.storageInstance.findDocumentsById(ids, true);
  const standing = new Map(found.map(({ _meta, _rev, _attachments, ...document }) => [document.id, document]));
  const stands = ({ newDocumentState: read }) => deepEqual(standing.get(read.id), read);
  const changed = rows.filter((row) => !stands(row)).map((row) => standing.get(row.newDocumentState.id));
  return { toSend: rows.filter(stands), changed };
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
    const { schema, migrationStrategies, conflictHandler } = database[table];
    await database[table].remove();
    const collection = { schema: schema.jsonSchema, migrationStrategies, conflictHandler };
    await database.addCollections({ [table]: collection });
  }
}

/** After the server lost its latest writes: give it every row again, and replicate anew. */
async function postEverything(database, connection) {
  for (const table of tablesOf(database)) {
    const cursor = await cursorFor(database, table, connection);
    if (cursor === null) continue;
    const updated = (await database[table].find().exec()).map((document) => document.toJSON());
    const changes = { [table]: { updated } };
    const verdicts = await push(connection, changes, cursor, number());
    await keep(database, verdicts.filter(({ code }) => !["gone", "read_only"].includes(code)), changes);
    const replication = replicationOf(database[table], { pull: { handler: async () => ({ documents: [] }) } });
    await replication.remove();
  }
}

/** What of the server's a table's rows are newer than, as each was pulled by itself. Null: it lost nothing. */
async function cursorFor(database, table, connection) {
  const since = await checkpointOf(database[table]);
  if (!since) return 0;
  try {
    await pull(connection, database[table], since, 1);
  } catch (problem) {
    if (problem.code === "resync_required") return problem.cursor;
    if (problem.code !== "unknown_table") throw problem;
  }
  return null;
}

/** How far a collection was pulled: what RxDB would pull from. */
async function checkpointOf(collection) {
  let replication;
  const since = await new Promise((resolve) => {
    const handler = async (checkpoint) => (resolve(checkpoint), { documents: [] });
    replication = replicationOf(collection, { pull: { handler } });
  });
  await replication.cancel();
  return since;
}
