// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

const two = (number) => String(number).padStart(2, "0");

/**
 * A day as the person's own calendar has it: "2026-03-01".
 *
 * @param {Date} [date]
 */
export const day = (date = new Date()) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

/**
 * A moment as the person's own clock shows it, with its offset from UTC: "2026-03-01T08:30:00+01:00".
 *
 * @param {Date} [date]
 */
export function moment(date = new Date()) {
  const offset = -date.getTimezoneOffset();
  const apart = Math.abs(offset);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${day(date)}T${time}${offset < 0 ? "-" : "+"}${two(Math.floor(apart / 60))}:${two(apart % 60)}`;
}

/**
 * Midday of a day, to be written by Intl: at midnight it could be the day before elsewhere.
 *
 * @param {string} text "2026-03-01"
 */
export const dateOf = (text) => new Date(`${text}T12:00:00`);
