// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

const [DAY_MS, WEEK_MS] = [24 * 60 * 60 * 1000, 7 * 24 * 60 * 60 * 1000];

/**
 * The scale of a series: weeks since the midnight before its first visit, where that was.
 *
 * @param {{ recorded_at: string, day: string }} first
 */
export function weeksFrom({ recorded_at, day }) {
  const [offset] = /(?:[+-]\d\d:\d\d|Z)$/.exec(recorded_at) ?? ["Z"];
  const midnight = Date.parse(`${day}T00:00:00${offset}`);
  const daysTo = (/** @type {string} */ other) => Math.round((Date.parse(other) - Date.parse(day)) / DAY_MS);
  return {
    /** Of a moment. @param {Date} at */
    of: (at) => (at.getTime() - midnight) / WEEK_MS,
    /** Of the end of a day: a visit of the day on which a course began was still before it. @param {string} other */
    endOf: (other) => (daysTo(other) + 1) / 7,
    /** The date of a week, as a calendar has it. @param {number} week */
    date: (week) => new Date(dateless(day).getTime() + Math.floor(week * 7) * DAY_MS + DAY_MS / 2),
  };
}

const dateless = (/** @type {string} */ day) => new Date(`${day}T00:00:00`);
