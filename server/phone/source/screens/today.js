// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { checkInCard, shownOf, todays } from "../daily/check-in.js";
import { dosesCard, ongoing } from "../daily/doses.js";
import { h } from "../elements.js";
import { ROUTES } from "../routes.js";

/** What can be done today, in two taps. @type {import("../routes.js").Draw} */
export default async function today(context) {
  const { t, store } = context;
  const parts = Object.fromEntries(["photo", "doses", "checkIn"].map((name) => [name, h("div", {})]));
  let drawn = "";
  const draw = {
    async photo() {
      const visits = await store.rows("visits");
      parts.photo.replaceChildren(...("#/photo" in ROUTES ? [photoCard(t, visits)] : []));
    },
    async doses() {
      const courses = (await store.rows("treatment_courses")).filter(ongoing);
      const intakes = await store.rows("intakes");
      parts.doses.replaceChildren(courses.length ? dosesCard(context, courses, intakes) : noTreatment(t));
    },
    async checkIn() {
      const checkIns = await store.rows("check_ins");
      const entered = shownOf(todays(checkIns));
      if (entered === drawn) return; // What somebody is filling in stays as it is.
      drawn = entered;
      parts.checkIn.replaceChildren(checkInCard(context, checkIns));
    },
  };
  await Promise.all(Object.values(draw).map((each) => each()));
  const shownBy = { visits: draw.photo, treatment_courses: draw.doses, intakes: draw.doses, check_ins: draw.checkIn };
  const element = h("div", {}, h("h1", {}, t("today.title")), h("p", { class: "lede" }, t("today.date", { day: new Date() })), Object.values(parts));
  element.leave = store.watch("*", (tables) => {
    for (const each of new Set(tables.map((table) => shownBy[table]))) each?.();
  });
  return element;
}

function photoCard(t, visits) {
  const latest = visits.map(({ recorded_at }) => recorded_at).sort().at(-1);
  return h(
    "section",
    { class: "card" },
    h("h2", {}, t("today.photo.title")),
    h("p", {}, latest ? t("today.photo.last", { day: new Date(latest) }) : t("today.photo.none")),
    h("a", { class: "button", href: "#/photo" }, t("today.photo.take")),
  );
}

const noTreatment = (t) =>
  h("section", { class: "card" }, h("h2", {}, t("daily.dose.title")), h("p", {}, t("today.noTreatment")), h("a", { class: "button quiet", href: "#/course" }, t("care.course.add")));
