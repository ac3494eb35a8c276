// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import table from "./helplines.json";

/**
 * Whom to call in a country: the emergency number, lines to talk to somebody, and where that is from. What the operator has
 * confirmed comes first, with `checked_on`; else the app's own table, with the day it was `noted_on`. Of a country that neither
 * holds, or none, `known` is false and the number is the one that most mobile phones take.
 *
 * @param {string | null} country two letters
 * @param {Record<string, import("./operator.js").Confirmed>} operators
 * @returns {{emergency: string, lines: {name: string, number: string}[], source: string, known: boolean, checked_on?: string, noted_on?: string}}
 */
export function numbersFor(country, operators) {
  const confirmed = operators[country ?? ""];
  if (confirmed) return { ...confirmed, known: true };
  const own = table.countries[country ?? ""];
  if (own) return { ...own, known: true };
  const union = table.european_union;
  if (country && union.countries.split(" ").includes(country)) return { ...union, lines: [], known: true };
  return { ...table.elsewhere, lines: [], known: false };
}
