// Copyright The acnetrack authors. SPDX-License-Identifier: Apache-2.0

const ROWS_AT_ONCE = 100; // A push of as many assessments stays well below what the server takes in one request.

/**
 * Push changes as WatermelonDB shapes them, and return a verdict for every record that the server refused. By `number`,
 * which rises with the pushes of a device, the server knows one that arrives after a later one.
 */
export async function push(connection, changes, lastPulledAt, number = Date.now()) {
  const verdicts = [];
  for (const body of parts(changes)) {
    const query = { last_pulled_at: lastPulledAt ?? 0, push: number };
    verdicts.push(...(await connection("/sync", { method: "POST", query, body })).rejected);
  }
  return verdicts;
}

/** The changes in requests of a bearable size: all that is written first, then all that is deleted. */
function* parts(changes) {
  const written = (table) => amendedFirst([...(table.created ?? []), ...(table.updated ?? [])]);
  for (const [name, table] of Object.entries(changes)) {
    for (const updated of slices(written(table))) yield { [name]: { updated } };
  }
  for (const [name, table] of Object.entries(changes)) {
    for (const deleted of slices(table.deleted ?? [])) yield { [name]: { deleted } };
  }
}

/** The rows with each after the one that it amends: the server takes no amendment of what it does not have. */
function amendedFirst(rows) {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const ordered = new Set();
  for (const row of rows) {
    const line = [];
    let each = row;
    for (; each && !ordered.has(each) && !line.includes(each); each = byId.get(each.amends)) line.push(each);
    for (const one of line.reverse()) ordered.add(one);
  }
  return [...ordered];
}

function* slices(rows) {
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) yield rows.slice(start, start + ROWS_AT_ONCE);
}
