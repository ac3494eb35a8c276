// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * @typedef {{ id: string, versions: string[], recorded_at: string, at: Date, day: string, guided: boolean, frames: number,
 *   photos: any[], assessment: any, keptAnyway: boolean, doubted: boolean }} Visit
 *   `day` is the person's own date; `keptAnyway` that a photo of it could not be judged and is kept all the same.
 * @typedef {import("../store/store.js").Store} Store
 */

const AHEAD_MS = 24 * 60 * 60 * 1000;
const SERVER_MADE = "server-";
const VIEW_ORDER = ["front", "left", "right"];

/** Rows in the order of their moments. @param {any[]} rows @returns {any[]} */
export const byTime = (rows) => rows.toSorted((one, other) => Date.parse(one.recorded_at) - Date.parse(other.recorded_at));

/** The date as a calendar has it, for words. @param {string} day YYYY-MM-DD */
export const dateOf = (day) => new Date(`${day}T00:00:00`);

/**
 * All visits with their photos and assessments, oldest first. Where several models assessed a visit, that one's word is
 * taken which assessed the newest visit, else what this or another phone said last.
 *
 * @param {Store} store
 * @returns {Promise<Visit[]>}
 */
export async function visitsIn(store) {
  const [visits, photos, assessments] = await Promise.all(["visits", "photos", "assessments"].map((table) => store.rows(table)));
  const newest = byTime(assessments).at(-1)?.model_sha256;
  return byTime(visits).map((visit) => {
    const own = (/** @type {any[]} */ rows) => rows.filter(({ visit_id }) => visit.versions.includes(visit_id));
    const taken = own(photos).sort((one, other) => VIEW_ORDER.indexOf(one.view) - VIEW_ORDER.indexOf(other.view));
    const at = new Date(visit.recorded_at);
    return {
      .../** @type {any} */ (visit),
      at,
      day: visit.recorded_at.slice(0, 10),
      photos: taken,
      assessment: shown(own(assessments), newest),
      keptAnyway: taken.some(({ kept_anyway }) => kept_anyway),
      doubted: at.getTime() > Date.now() + AHEAD_MS,
    };
  });
}

/** @param {any[]} assessments @param {string | undefined} newest */
function shown(assessments, newest) {
  const alike = assessments.filter(({ model_sha256 }) => model_sha256 === newest);
  const byPhones = assessments.filter(({ id }) => !id.startsWith(SERVER_MADE));
  const row = [alike, byPhones, assessments].find((some) => some.length)?.at(-1);
  return row ? JSON.parse(row.result) : null;
}
