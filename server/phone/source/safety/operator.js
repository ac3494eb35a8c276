// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

const A_DAY = 24 * 3600 * 1000;

/**
 * @typedef {{emergency: string, lines: {name: string, number: string}[], source: string, checked_on: string}} Confirmed
 */

/**
 * The numbers that the server's operator has confirmed, by country, as they were asked for last; they stay without a network.
 *
 * @param {import("../store/local.js").Settings} settings
 * @returns {Record<string, Confirmed>}
 */
export const operatorsNumbers = (settings) => settings.get("helplines") ?? {};

/**
 * Asks the server for them, once a day at most, and not before a country was chosen: until then this phone says nothing to it.
 *
 * @param {import("../store/local.js").Settings} settings
 */
export async function renewOperatorsNumbers(settings) {
  if (!settings.get("country") || Date.now() - (settings.get("helplinesAsked") ?? 0) < A_DAY) return;
  const answer = await fetch("/v1/helplines", { credentials: "omit" }).catch(() => null); // What is held goes on.
  if (!answer?.ok) return;
  await settings.set("helplines", (await answer.json()).countries);
  await settings.set("helplinesAsked", Date.now());
}
