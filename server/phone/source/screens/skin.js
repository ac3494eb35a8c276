// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { isStart } from "../capture/plan.js";
import { h } from "../elements.js";
import { charted } from "../progress/charted.js";
import { seriesOf } from "../progress/series.js";
import { caveatsOf, furtherOf, headlineOf, sinceStart, visitLine } from "../progress/sentences.js";
import { visitsIn } from "../progress/visits.js";
import { zonesNow } from "../progress/zones-now.js";

/** How the skin is now and has been, in words first. @type {import("../routes.js").Draw} */
export default async function skin({ store, t, counting }) {
  const [visits, courses] = [await visitsIn(store), await store.rows("treatment_courses")];
  const heading = h("h1", {}, t("skin.title"));
  if (!visits.length) return h("div", {}, heading, nothing(t));
  const manifest = await counting.table().catch((/** @type {Error} */ { name }) => name);
  if (typeof manifest === "string") return h("div", {}, heading, withoutModel(t, manifest), list(t, visits));
  const series = seriesOf(visits, courses, manifest);
  const further = furtherOf(t, series, courses);
  return h(
    "div",
    { class: "skin" },
    heading,
    words(t, series),
    further.length > 0 && h("div", { class: "card" }, h("ul", { class: "points" }, further.map((sentence) => h("li", {}, sentence)))),
    isStart(visits, courses, new Date()) && h("p", { class: "notice" }, t("capture.before.starts")),
    visits.some(({ doubted }) => !doubted) && charted(t, visits, series, courses),
    zonesNow(t, series),
    visits.length > 1 && h("p", {}, h("a", { class: "button quiet", href: "#/compare" }, t("skin.compare"))),
    h("details", { class: "card" }, h("summary", {}, t("skin.caveats")), h("ul", { class: "points" }, caveatsOf(t).map((one) => h("li", {}, one)))),
    list(t, visits),
  );
}

function words(t, series) {
  const first = headlineOf(t, series);
  const since = series.told?.enough ? sinceStart(t, series) : null;
  const also = since && since.headline !== first.headline ? [since.headline, ...since.because] : [];
  return h(
    "section",
    { class: `card said ${first.tone}` },
    h("p", { class: "verdict-line" }, first.headline),
    [...first.because, ...also].map((sentence) => h("p", {}, sentence)),
    series.told?.enough && h("p", { class: "soft" }, t("skin.caveat.cause")),
  );
}

const nothing = (t) =>
  h("div", { class: "card" }, h("p", {}, t("skin.nothing")), h("a", { class: "button", href: "#/photo" }, t("skin.first")));

const withoutModel = (t, name) =>
  h("p", { class: "notice" }, t(name === "model_unreachable" ? "capture.failed.model_unreachable" : "skin.withoutModel"));

function list(t, visits) {
  const line = (visit) => h("li", {}, h("a", { href: `#/result/${visit.id}` }, visitLine(t, visit)));
  return h("section", {}, h("h2", {}, t("skin.visits")), h("ul", { class: "visit-list" }, visits.toReversed().map(line)));
}
