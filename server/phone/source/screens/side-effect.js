// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { choice, field, form } from "../forms.js";
import { day } from "../moments.js";

const USUAL = ["dry", "burning", "redness", "peeling", "sun", "lips", "nausea", "headache", "mood"];

/** Something that came with a treatment: what, how bad, of which, from when until when. @type {import("../routes.js").Draw} */
export default async function sideEffect({ t, store, go }, { id }) {
  const found = id ? (await store.rows("side_effects")).find((row) => row.id === id) : null;
  const courses = await store.rows("treatment_courses");
  const save = async ({ what, severity, course_id, started_on, ended_on, note }) => {
    const columns = { what: what.trim(), severity: Number(severity), course_id: course_id || null, started_on, ended_on: ended_on || null, note: note.trim() || null };
    if (found) await store.change("side_effects", id, columns);
    else await store.add("side_effects", columns);
    go(found ? "#/care" : "#/red-flags");
  };
  const remove = async () => {
    await store.remove("side_effects", id);
    go("#/care");
  };
  const options = courses.map((course) => h("option", { value: course.id, selected: course.id === found?.course_id }, course.name));
  const usual = h("datalist", { id: "usual-effects" }, USUAL.map((key) => h("option", { value: t(`care.effect.${key}`) })));
  return h(
    "div",
    {},
    h("h1", {}, t(found ? "care.effect.one" : "care.effect.add")),
    h(
      "div",
      { class: "card" },
      form(
        t,
        t("care.save"),
        save,
        field("effect-what", t("care.effect.what"), h("input", { type: "text", name: "what", list: "usual-effects", required: true, maxlength: 200, value: found?.what ?? "" })),
        usual,
        choice("severity", t("care.effect.severity"), ["1", "2", "3"].map((each) => [each, t(`care.effect.severity.${each}`)]), found ? String(found.severity) : null),
        field("effect-course", t("care.effect.course"), h("select", { name: "course_id" }, h("option", { value: "" }, t("care.effect.unknown")), options)),
        field("effect-start", t("care.effect.start"), h("input", { type: "date", name: "started_on", required: true, value: found?.started_on ?? day() })),
        field("effect-end", t("care.effect.end"), h("input", { type: "date", name: "ended_on", value: found?.ended_on ?? "" }), t("care.effect.endHint")),
        field("effect-note", t("care.note"), h("textarea", { name: "note", rows: 2, maxlength: 10000 }, found?.note ?? "")),
      ),
    ),
    found && h("details", { class: "card" }, h("summary", {}, t("care.delete")), form(t, t("care.delete"), remove)),
    h("p", {}, h("a", { href: "#/care" }, t("care.back"))),
  );
}
