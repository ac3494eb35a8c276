// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { ongoing } from "../daily/doses.js";
import { h } from "../elements.js";
import { dateOf } from "../moments.js";

/** Treatments, side effects, what the doctor wrote, and the reminder. @type {import("../routes.js").Draw} */
export default async function care({ t, store }) {
  const body = h("div", { class: "stacked" });
  const draw = async () => {
    const [courses, effects, notes] = await Promise.all(["treatment_courses", "side_effects", "clinician_notes"].map(store.rows));
    body.replaceChildren(treatments(t, courses), sideEffects(t, effects, courses), ...(notes.length ? [fromTheDoctor(t, notes)] : []));
  };
  await draw();
  const element = h(
    "div",
    {},
    h("h1", {}, t("care.title")),
    body,
    h("ul", { class: "card links" }, h("li", {}, h("a", { href: "#/reminder" }, t("care.reminder.title"))), h("li", {}, h("a", { href: "#/red-flags" }, t("safety.flags.title")))),
  );
  element.leave = store.watch("*", draw);
  return element;
}

const newestFirst = (rows, column) => [...rows].sort((one, other) => (one[column] < other[column] ? 1 : -1));
const name = (text) => h("bdi", {}, text);

function treatments(t, courses) {
  const [now, before] = [courses.filter(ongoing), courses.filter((course) => !ongoing(course))].map((some) => newestFirst(some, "started_on"));
  const line = (course) => {
    const span = course.stopped_on
      ? t("care.course.fromTo", { from: dateOf(course.started_on), to: dateOf(course.stopped_on) })
      : t("care.course.since", { from: dateOf(course.started_on) });
    return h("li", {}, h("a", { href: `#/course/${course.id}` }, name(course.name)), h("span", { class: "under" }, course.dose && [name(course.dose), " · "], span));
  };
  return h(
    "section",
    { class: "card" },
    h("h2", {}, t("care.course.title")),
    now.length ? h("ul", { class: "rows" }, now.map(line)) : h("p", {}, t("care.course.none")),
    before.length > 0 && h("details", {}, h("summary", {}, t("care.course.before")), h("ul", { class: "rows" }, before.map(line))),
    h("a", { class: "button", href: "#/course" }, t("care.course.add")),
  );
}

function sideEffects(t, effects, courses) {
  const nameOf = (id) => courses.find((course) => course.versions.includes(id))?.name;
  const line = ({ id, what, severity, course_id, started_on, ended_on }) =>
    h(
      "li",
      {},
      h("a", { href: `#/side-effect/${id}` }, name(what)),
      h("span", { class: "under" }, t(`care.effect.severity.${severity}`), " · ", ended_on ? t("care.course.fromTo", { from: dateOf(started_on), to: dateOf(ended_on) }) : t("care.course.since", { from: dateOf(started_on) }), course_id && nameOf(course_id) && [" · ", name(nameOf(course_id))]),
    );
  return h(
    "section",
    { class: "card" },
    h("h2", {}, t("care.effect.title")),
    effects.length ? h("ul", { class: "rows" }, newestFirst(effects, "started_on").map(line)) : h("p", {}, t("care.effect.none")),
    h("a", { class: "button quiet", href: "#/side-effect" }, t("care.effect.add")),
  );
}

function fromTheDoctor(t, notes) {
  const line = ({ author, recorded_at, text }) => h("li", {}, h("p", {}, name(text)), h("span", { class: "under" }, name(author), " · ", t("care.notes.on", { day: new Date(recorded_at) })));
  return h("section", { class: "card" }, h("h2", {}, t("care.notes.title")), h("ul", { class: "rows" }, newestFirst(notes, "recorded_at").map(line)));
}
