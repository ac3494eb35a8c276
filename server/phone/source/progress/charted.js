// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { chart } from "./chart.js";
import { visitLine } from "./sentences.js";
import { dateOf } from "./visits.js";

/**
 * @typedef {import("./visits.js").Visit} Visit
 * @typedef {import("./series.js").Series} Series
 * @typedef {import("../words/words.js").Translate} Translate
 */

const WIDTH = 360;
const FEWEST = 3;

/**
 * The chart of all visits, and a table with the same for whoever would rather read.
 *
 * @param {Translate} t
 * @param {Visit[]} visits at least one
 * @param {Series} series
 * @param {any[]} courses
 */
export function charted(t, visits, series, courses) {
  const dated = visits.filter(({ doubted }) => !doubted);
  const counts = dated.filter((visit) => visit.assessment && !visit.assessment.unavailable && !visit.keptAnyway);
  const newest = counts.at(-1)?.assessment.model.sha256;
  const drawing = chart(
    {
      points: counts.map((visit) => ({
        ...visit.assessment.counts.inflammatory,
        date: dateOf(visit.day),
        title: visitLine(t, visit),
        apart: series.leftOut.has(visit.id) || visit.assessment.model.sha256 !== newest,
      })),
      without: dated.filter((visit) => !counts.includes(visit)).map((visit) => ({ date: dateOf(visit.day), title: visitLine(t, visit) })),
      levels: levelsOf(series),
      courses: courses.map(({ name, dose, kind, started_on, stopped_on }) => ({
        label: dose ? `${name}, ${dose}` : name,
        kind,
        start: dateOf(started_on),
        stop: stopped_on ? dateOf(stopped_on) : null,
        title: t(stopped_on ? "skin.course.over" : "skin.course.on", { name, start: dateOf(started_on), stop: dateOf(stopped_on ?? started_on) }),
      })),
      breaks: series.visits.filter(({ id }) => series.breaks.has(id)).map(({ day }) => dateOf(day)),
      firstTold: series.told?.firstTold != null ? dateOf(visitAt(series, series.told.firstTold).day) : null,
      words: {
        label: t("skin.chart.label", { count: dated.length, from: dateOf(dated[0].day), to: dateOf(dated[dated.length - 1].day) }),
        heading: t("skin.chart.heading"),
        firstTold: t("skin.chart.firstTold"),
        broken: t("skin.chart.broken"),
        day: shortDay(dated),
      },
    },
    WIDTH,
  );
  const key = h("p", { class: "soft small" }, t("skin.chart.key"));
  return h("section", { class: "card" }, h("h2", {}, t("skin.chart.title")), drawing, key, tableOf(t, dated, series));
}

/** The level from the third visit on; before, there is none to speak of. @param {Series} series */
function levelsOf({ told, visits }) {
  if (!told || told.states.length < FEWEST) return [];
  return told.states.map(({ level: [low, mid, high] }, place) => ({ date: dateOf(visits[place].day), low, mid, high }));
}

/** @param {Series} series @param {number} week */
const visitAt = ({ told, visits }, week) =>
  visits[/** @type {any} */ (told).states.findIndex((/** @type {any} */ state) => state.week === week)];

/** @param {Visit[]} visits */
function shortDay(visits) {
  const long = visits[visits.length - 1].at.getTime() - visits[0].at.getTime() > 700 * 24 * 60 * 60 * 1000;
  const format = new Intl.DateTimeFormat(document.documentElement.lang, long ? { month: "short", year: "2-digit" } : { day: "numeric", month: "short" });
  return (/** @type {Date} */ date) => format.format(date);
}

/** @param {Translate} t @param {Visit[]} visits @param {Series} series */
function tableOf(t, visits, { visits: compared, told }) {
  const row = (/** @type {Visit} */ visit) => {
    const state = told && compared.includes(visit) && told.states.length >= FEWEST ? told.states[compared.indexOf(visit)] : null;
    const [low, mid, high] = state?.level.map(Math.round) ?? [];
    const level = state ? t("skin.interval", { mid, low, high }) : "–";
    return h("tr", {}, h("td", {}, h("a", { href: `#/result/${visit.id}` }, visitLine(t, visit))), h("td", {}, level));
  };
  const head = h("tr", {}, h("th", { scope: "col" }, t("skin.table.visit")), h("th", { scope: "col" }, t("skin.table.level")));
  return h(
    "details",
    {},
    h("summary", {}, t("skin.table.title")),
    h("table", { class: "plain-table" }, h("thead", {}, head), h("tbody", {}, visits.toReversed().map(row))),
  );
}
