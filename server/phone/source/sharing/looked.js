// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * The entries of an access log, newest first, those of one person, kind and day as one: `times` over, last `at`.
 *
 * @param {{at: string | null, what: string | null, user: {id: string, name: string} | null}[]} entries
 */
export function byDay(entries) {
  const same = new Map();
  for (const entry of entries) {
    const key = [entry.user?.id, entry.what, entry.at?.slice(0, 10)].join("/");
    if (same.has(key)) same.get(key).times += 1;
    else same.set(key, { ...entry, times: 1 });
  }
  return [...same.values()];
}
