// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { VIEWS } from "lesions";

/** @typedef {import("./draft.js").Draft} Draft */

/** Re-posed frames a view of a careful visit. */
export const CAREFUL_FRAMES = 3;
const STARTS = 3;

const framesOf = (/** @type {Draft} */ { careful }) => (careful ? CAREFUL_FRAMES : 1);
const takenOf = (/** @type {Draft} */ { photos }, /** @type {string} */ view) =>
  photos.filter((photo) => photo.view === view).length;

/**
 * What is to be photographed next, and as which of how many; null when all is there.
 *
 * @param {Draft} draft
 * @returns {{ view: string, frame: number, frames: number, place: number, places: number } | null}
 */
export function nextIn(draft) {
  const frames = framesOf(draft);
  const view = VIEWS.find((each) => takenOf(draft, each) < frames);
  if (!view) return null;
  return { view, frame: takenOf(draft, view) + 1, frames, place: draft.photos.length + 1, places: VIEWS.length * frames };
}

/**
 * Whether a visit should be a careful one: before a treatment, until there are three visits to start from.
 *
 * @param {any[]} visits
 * @param {any[]} courses
 * @param {Date} now
 */
export function isStart(visits, courses, now) {
  const begun = courses.some(({ started_on }) => new Date(`${started_on}T23:59:59`) < now);
  return !begun && visits.length < STARTS;
}
