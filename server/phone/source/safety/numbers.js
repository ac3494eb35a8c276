// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import table from "./helplines.json";

/**
 * Whom to call in a country: the emergency number, lines to talk to somebody, and where that is from and when it was noted. Of a
 * country that the table does not hold, or none, `known` is false and the number is the one that most mobile phones take.
 *
 * @param {string | null} country two letters
 * @returns {{emergency: string, lines: {name: string, number: string}[], source: string, noted_on: string, known: boolean}}
 */
export function numbersFor(country) {
  const own = table.countries[country ?? ""];
  if (own) return { ...own, known: true };
  const union = table.european_union;
  if (country && union.countries.split(" ").includes(country)) return { ...union, lines: [], known: true };
  return { ...table.elsewhere, lines: [], known: false };
}
