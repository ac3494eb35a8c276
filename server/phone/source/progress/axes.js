// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const WEEK_STEPS = [1, 2, 4, 8, 13, 26, 52, 104, 208];

/**
 * Dates from left to right, in the direction that is read.
 *
 * @param {Date} first
 * @param {Date} last
 * @param {number} left
 * @param {number} right
 */
export function timeAxis(first, last, left, right) {
  const from = first.getTime();
  const long = Math.max(last.getTime() - from, WEEK_MS);
  const x = (/** @type {Date} */ date) => left + (Math.min(Math.max(date.getTime() - from, 0), long) / long) * (right - left);
  const weeks = Math.floor(long / WEEK_MS);
  const room = Math.max(1, Math.floor((right - left) / 64));
  const step = WEEK_STEPS.find((each) => weeks / each <= room) ?? Math.ceil(weeks / room);
  const ticks = Array.from({ length: Math.floor(weeks / step) + 1 }, (_, i) => new Date(from + i * step * WEEK_MS));
  return { x, ticks };
}

/**
 * Numbers from bottom to top, from zero: a cut axis would exaggerate a change.
 *
 * @param {number} highest
 * @param {number} top
 * @param {number} bottom
 */
export function countAxis(highest, top, bottom) {
  const most = Math.max(highest, 4);
  const lead = 10 ** Math.floor(Math.log10(most));
  const step = [lead / 5, lead / 2, lead, 2 * lead].find((each) => each >= 1 && most / each <= 5) ?? lead;
  const end = step * Math.ceil(most / step);
  const y = (/** @type {number} */ number) => bottom - (Math.min(number, end) / end) * (bottom - top);
  return { y, ticks: Array.from({ length: Math.round(end / step) + 1 }, (_, i) => i * step) };
}
