// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * The rows that stand: of a row and all that amend it, directly or by way of each other, the one written last of those
 * that none amends. Each says in `versions` the ids of all that it stands for, its own among them.
 *
 * @template {{id: string, amends?: string | null}} Row
 * @param {Row[]} rows in the order in which they were written
 * @returns {(Row & {versions: string[]})[]}
 */
export function standing(rows) {
  const byId = new Map(rows.map((row) => [row.id, row]));
  /** @type {Map<string, any>} */
  const groups = new Map(rows.map((row) => [row.id, new Set([row.id])]));
  for (const { id, amends } of rows) {
    if (!amends || !byId.has(amends)) continue;
    const joined = new Set([...groups.get(id), ...groups.get(amends)]);
    for (const each of joined) groups.set(each, joined);
  }
  const amended = new Set(rows.map(({ amends }) => amends));
  const last = new Map();
  for (const row of rows) if (!amended.has(row.id)) last.set(groups.get(row.id), row);
  return [...last].map(([versions, row]) => ({ ...row, versions: [...versions] }));
}
