// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { dateOf } from "./visits.js";

/**
 * @typedef {import("../words/words.js").Translate} Translate
 * @typedef {import("./series.js").Series} Series
 * @typedef {{ headline: string, tone: "better" | "worse" | "same" | "unknown", because: string[] }} Said
 */

const STARTS = 3;
const whole = ([low, mid, high]) => ({ now: Math.round(mid), low: Math.round(low), high: Math.round(high) });

/**
 * What is read first, and why: the worst that can be told comes before what is better.
 *
 * @param {Translate} t
 * @param {Series} series
 * @returns {Said}
 */
export function headlineOf(t, series) {
  const { told, date } = series;
  if (!told) return { headline: t("skin.none"), tone: "unknown", because: [] };
  const latest = told.states.at(-1);
  const numbers = t("skin.now", whole(latest.now));
  if (!told.enough) {
    const few = told.states.length < 3 ? "skin.tooFew" : "skin.noneSinceStart";
    return { headline: numbers, tone: "unknown", because: [t(few)] };
  }
  if (told.lowest) {
    const then = { then: Math.round(told.lowest.level[1]), date: date(told.lowest.week) };
    return { headline: t("skin.worseThanLowest", then), tone: "worse", because: [numbers, t("skin.lowestRule")] };
  }
  if (told.recent && told.recent.z < 0) {
    const because = [numbers, t(told.recent.unentered ? "skin.recent.unentered" : "skin.recent.entered")];
    return { headline: t("skin.recent.more", { date: date(told.recent.week) }), tone: "worse", because };
  }
  return sinceStart(t, series);
}

/**
 * What is told since the start: on the face, and whether it is more than ordinary ups and downs.
 *
 * @param {Translate} t
 * @param {Series} series
 * @returns {Said}
 */
export function sinceStart(t, { told, date }) {
  const { states, start, fewer, face, trend, wouldShow } = /** @type {import("./told.js").Told} */ (told);
  const latest = states.at(-1);
  const then = states.find(({ week }) => week === start);
  const verdict = face === "not" ? "skin.face.not" : `skin.face.${fewer ? "fewer" : "more"}.${face}`;
  const values = { ...whole(latest.now), then: Math.round(then.now[1]), date: date(start), verdict: t(verdict) };
  const because = [t(trend === "not" ? "skin.trend.ordinary" : `skin.trend.${trend}`)];
  if (face === "not" && wouldShow) because.push(t("skin.wouldShow", wouldShow));
  const tone = face === "not" && trend === "not" ? "same" : fewer ? "better" : "worse";
  return { headline: t("skin.sinceStart", values), tone, because };
}

/**
 * What else is to be said and asked.
 *
 * @param {Translate} t
 * @param {Series} series
 * @param {any[]} courses
 * @returns {string[]}
 */
export function furtherOf(t, series, courses) {
  const { told, date, leftOut, zones } = series;
  if (!told) return reasons(t, leftOut);
  const said = [];
  if (told.firstTold !== null) said.push(t("skin.firstTold", { date: date(told.firstTold) }));
  if (told.halfSince !== null && !told.lowest) said.push(t("skin.halfSince", { date: date(told.halfSince) }));
  if (told.recent?.unentered) said.push(t(told.recent.z < 0 ? "skin.asked.stopped" : "skin.asked.started", { date: date(told.recent.week) }));
  if (told.surprising) said.push(t("skin.surprising"));
  if (!courses.length && told.states.length < STARTS) said.push(t("skin.starts"));
  else if (courses.length && told.beforeStart < STARTS) said.push(t("skin.fewBefore", { count: told.beforeStart }));
  said.push(...reasons(t, leftOut));
  if (zones.length && zones.length < 5) {
    const list = new Intl.ListFormat(document.documentElement.lang).format(zones.map((zone) => t(`result.zone.${zone}`)));
    said.push(t("skin.overZones", { zones: list }));
  }
  return said;
}

/** What must be known beside the figures. @param {Translate} t */
export const caveatsOf = (t) => ["cause", "noise", "comedones", "model"].map((name) => t(`skin.caveat.${name}`));

/** @param {Translate} t @param {Map<string, string>} leftOut */
function reasons(t, leftOut) {
  const all = [...leftOut.values()];
  const numberOf = (/** @type {string} */ why) => all.filter((each) => each === why).length;
  return [...new Set(all)].map((why) => t(`skin.leftOut.${why}`, { count: numberOf(why) }));
}

/** Words for a visit in a list or a chart. @param {Translate} t @param {import("./visits.js").Visit} visit */
export function visitLine(t, visit) {
  const date = dateOf(visit.day);
  if (visit.keptAnyway) return t("skin.visit.kept", { date });
  if (!visit.assessment) return t("skin.visit.uncounted", { date });
  if (visit.assessment.unavailable) return t("skin.visit.unjudged", { date });
  const { value, low, high } = visit.assessment.counts.inflammatory;
  return t("skin.visit.counted", { date, value, low, high });
}
