// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { follow } from "lesions";

/**
 * @typedef {"not" | "half" | "whole"} Sure
 * @typedef {{ low: number, mid: number, high: number }} Interval
 * @typedef {{ z: number, week: number, unentered: boolean }} Recent
 * @typedef {object} Told What may be said of a series at its latest visit, by the manifest's own thresholds.
 * @property {any[]} states one a visit, as `follow` gives them
 * @property {number} start week of the visit that change is measured from
 * @property {boolean} enough whether there are visits enough to say anything of change
 * @property {boolean} fewer whether the number on the face fell
 * @property {Sure} face how sure that is
 * @property {Sure} trend how sure that it is more than ordinary ups and downs
 * @property {Recent | null} recent a change of the last weeks; `unentered` where no change of treatment can be why
 * @property {any | null} lowest the state at the lowest level, where a clear fall to it is undone since
 * @property {number | null} firstTold week in which a change since the start was first told
 * @property {number | null} halfSince week from which the level was at half or below
 * @property {boolean} surprising whether the latest visit disagrees with the others
 * @property {number} beforeStart visits up to the start
 * @property {{ fall: number, visit: number } | null} wouldShow the fall, per cent, that would show, and by which visit
 */

export const FEWEST_VISITS = 3;
const [BY_VISIT, AHEAD] = [12, 3];

/**
 * @param {any} table the manifest's "change"
 * @param {number[][]} visits [week, count, frames]
 * @param {number[]} changes weeks of starts and stops of courses
 * @param {number[]} breaks weeks from which on another model counted
 * @returns {Told}
 */
export function tell(table, visits, changes, breaks) {
  const states = follow(table, visits, changes, breaks);
  const start = startOf(visits, changes);
  const latest = states.at(-1);
  const enough = visits.length >= FEWEST_VISITS && latest.week > start;
  const before = enough && startOf(visits.slice(0, -1), changes) === start ? states.at(-2) : null;
  const limits = table.said_at;
  return {
    states,
    start,
    enough,
    fewer: latest.face > 0,
    face: enough ? faceOf(latest, before, limits) : "not",
    trend: enough && latest.trend > 0 === latest.face > 0 ? trendOf(latest, limits) : "not",
    recent: enough ? recentOf(latest, changes, table) : null,
    lowest: enough ? lowestOf(states, start, limits) : null,
    firstTold: firstToldIn(states, limits),
    halfSince: halfSinceIn(states, limits),
    surprising: visits.length >= FEWEST_VISITS && Math.abs(latest.surprise) > limits.surprise,
    beforeStart: visits.filter(([week]) => week <= start).length,
    wouldShow: fallThatWouldShow(table, visits, changes, start),
  };
}

/** The last visit at or before the first change within the record, else the first. */
function startOf(/** @type {number[][]} */ visits, /** @type {number[]} */ changes) {
  const weeks = visits.map(([week]) => week);
  const inside = changes.filter((week) => weeks[0] <= week && week <= weeks[weeks.length - 1]);
  return inside.length ? Math.max(...weeks.filter((week) => week <= Math.min(...inside))) : weeks[0];
}

/** Said in full only on two visits running. @returns {Sure} */
function faceOf(latest, before, { face, probably }) {
  const running = before && before.face * latest.face > 0 && Math.abs(before.face) > face;
  if (running && Math.abs(latest.face) > face) return "whole";
  return Math.abs(latest.face) > probably ? "half" : "not";
}

/** @returns {Sure} */
function trendOf({ trend }, { clearly, likely }) {
  if (Math.abs(trend) > clearly) return "whole";
  return Math.abs(trend) > likely ? "half" : "not";
}

/** A fall is told here only where nobody entered what may be why; a rise is told in any case. @returns {Recent | null} */
function recentOf({ recent }, changes, { recent: rule, said_at }) {
  if (!recent || Math.abs(recent.z) <= Math.max(said_at.recent, rule.alarm)) return null;
  const unentered = !changes.some((week) => week > recent.week - Math.max(...rule.back));
  return unentered || recent.z < 0 ? { ...recent, unentered } : null;
}

/**
 * The lowest level since the start, where a fall to it was clear and the level lies above it, interval over interval, on
 * two visits running. `follow` looks forward only, so this compares what was known then with what is known now.
 */
function lowestOf(states, start, { clearly }) {
  const since = states.filter(({ week }) => week >= start);
  const lowest = since.reduce((best, state) => (state.level[1] <= best.level[1] ? state : best));
  const fell = states.some(({ week, trend }) => week <= lowest.week && trend > clearly);
  const above = states.slice(-2).every(({ level, week }) => week > lowest.week && level[0] > lowest.level[2]);
  return fell && above ? lowest : null;
}

function firstToldIn(states, { face, clearly }) {
  let before = 0;
  for (const [place, state] of states.entries()) {
    const running = state.face * before > 0 && Math.min(Math.abs(state.face), Math.abs(before)) > face;
    if (place + 1 >= FEWEST_VISITS && (running || Math.abs(state.trend) > clearly)) return state.week;
    before = state.face;
  }
  return null;
}

/** Half is more than a fall, and not told before one is clear. */
function halfSinceIn(states, { half, clearly }) {
  const reached = states.map((state) => state.half >= half);
  const place = states.findIndex((state, at) => at && reached[at - 1] && reached[at] && state.trend > clearly);
  return place < 0 ? null : states[place - 1].week;
}

/** The smallest fall from the start that would be called probable, if weekly visits from now on were at it. */
function fallThatWouldShow(table, visits, changes, start) {
  const roots = visits.filter(([week]) => week <= start).map(([, count]) => Math.sqrt(count));
  const base = Math.max(1, roots.reduce((total, root) => total + root, 0) / roots.length) ** 2;
  const visit = Math.max(BY_VISIT, visits.length + AHEAD);
  const [last, , frames] = visits[visits.length - 1];
  const known = changes.filter((week) => week <= last);
  const shows = (/** @type {number} */ fall) => {
    const to = base * (1 - fall / 100);
    const coming = Array.from({ length: visit - visits.length }, (_, i) => [last + i + 1, to, frames]);
    return follow(table, [...visits, ...coming], known).at(-1).face > table.said_at.probably;
  };
  if (!shows(100)) return null;
  let [low, high] = [0, 100];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (shows(middle)) high = middle;
    else low = middle;
  }
  return { fall: high, visit };
}
