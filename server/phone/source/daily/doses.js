// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { day, moment } from "../moments.js";

/**
 * Whether a course goes on today.
 *
 * @param {any} course
 */
export const ongoing = ({ started_on, stopped_on }) => started_on <= day() && (!stopped_on || stopped_on > day());

/**
 * The treatments that go on, each with one tap for a dose taken or skipped today, and one to take that back.
 *
 * @param {import("../app.js").Context} context
 * @param {any[]} courses
 * @param {any[]} intakes
 */
export function dosesCard({ t, store }, courses, intakes) {
  const line = (course) => {
    const today = intakes.filter(({ course_id, recorded_at }) => course_id === course.id && recorded_at.slice(0, 10) === day());
    const record = (taken) => () => store.add("intakes", { course_id: course.id, recorded_at: moment(), taken, amount: null, amends: null });
    const button = (key, taken, quiet) =>
      h("button", { class: quiet ? "button quiet" : "button", type: "button", onclick: record(taken), "aria-label": t(`daily.dose.${key}Of`, { name: course.name }) }, t(`daily.dose.${key}`));
    const done = ({ id, taken }) =>
      h("li", {}, h("span", { class: "chip" }, t(taken ? "daily.dose.wasTaken" : "daily.dose.wasSkipped")), h("button", { class: "link", type: "button", onclick: () => store.remove("intakes", id), "aria-label": t("daily.dose.undoOf", { name: course.name }) }, t("daily.dose.undo")));
    return h(
      "li",
      {},
      h("div", {}, h("strong", {}, h("bdi", {}, course.name)), course.dose && h("span", { class: "under" }, h("bdi", {}, course.dose))),
      today.length > 0 && h("ul", { class: "chips" }, today.map(done)),
      h("div", { class: "actions" }, button("taken", true, today.length > 0), button("skipped", false, true)),
    );
  };
  return h("section", { class: "card", "aria-labelledby": "doses-heading" }, h("h2", { id: "doses-heading" }, t("daily.dose.title")), h("ul", { class: "doses" }, courses.map(line)));
}
