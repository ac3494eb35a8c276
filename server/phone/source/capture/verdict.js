// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * What is to be said of a photo that was judged: `codes` of what is wrong with it, and whether it could be compared.
 *
 * @typedef {{ codes: string[], comparable: boolean }} Verdict
 */

/** What leaves it open which skin is seen: such a photo is kept only as not to be compared. */
const WRONG_SKIN = ["wrong_view", "covered"];

/** @param {any} quality of an assessment @returns {Verdict} */
export function verdictOf(quality) {
  const codes = quality.warnings.map((/** @type {{ code: string }} */ { code }) => code);
  return { codes, comparable: !quality.unavailable && !codes.some((code) => WRONG_SKIN.includes(code)) };
}
