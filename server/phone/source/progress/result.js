// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { TYPES, ZONES } from "lesions";

import { h } from "../elements.js";

/**
 * @typedef {import("../words/words.js").Translate} Translate
 * @typedef {{ value: number, low: number, high: number }} Count with its 95 % interval
 */

/** The count in words, with how sure it is. @param {Translate} t @param {any} assessment */
export function wordsOf(t, { counts, experimental }) {
  const { inflammatory, non_inflammatory: comedones } = counts;
  const kinds = ["papule", "pustule", "nodule"].filter((type) => counts[type].value);
  const parts = kinds.map((type) => t(`result.number.${type}`, { count: counts[type].value }));
  const list = new Intl.ListFormat(document.documentElement.lang).format(parts);
  return h(
    "section",
    { class: "card said" },
    h("p", { class: "verdict-line" }, t("result.inflamed", { count: inflammatory.value, ...inflammatory })),
    parts.length > 0 && h("p", {}, list),
    h("p", { class: "soft" }, t("result.comedones", comedones), experimental.includes("non_inflammatory") && ` ${t("result.experimental")}`),
    h("p", { class: "soft" }, t("result.one")),
  );
}

/** Why there is no result, and what to do. @param {Translate} t @param {import("./visits.js").Visit} visit */
export function unjudged(t, { assessment, keptAnyway }) {
  return h(
    "section",
    { class: "card said" },
    h("p", { class: "verdict-line" }, t("result.unjudged")),
    assessment.unavailable && h("p", {}, t(`capture.remedy.${assessment.unavailable.code}`)),
    h("p", { class: "soft" }, t(keptAnyway ? "result.kept" : "result.noCount")),
  );
}

/** Inflamed spots by zone. @param {Translate} t @param {any} assessment */
export function zoneTable(t, { zones }) {
  if (!zones) return h("p", { class: "notice" }, t("result.noZones"));
  const [, ...inflammatory] = TYPES;
  const row = (/** @type {string} */ zone) => {
    const count = inflammatory.reduce((total, type) => total + zones[zone][type], 0);
    return h("tr", {}, h("th", { scope: "row" }, t(`result.zone.${zone}`)), h("td", {}, t("result.spots", { count })));
  };
  return h(
    "section",
    { class: "card" },
    h("h2", {}, t("result.zones")),
    h("table", { class: "plain-table" }, h("tbody", {}, ZONES.filter((zone) => zone in zones).map(row))),
  );
}

/** The IGA, for talking with a doctor. @param {Translate} t @param {any} assessment */
export function gradeCard(t, { grades }) {
  const { value } = grades.IGA;
  const says = value === undefined ? t("result.noGrade") : t("result.iga", { grade: value, word: t(`result.iga.${value}`) });
  return h("details", { class: "card" }, h("summary", {}, t("result.forDoctor")), h("p", {}, says), h("p", { class: "soft" }, t("result.notDiagnosis")));
}
