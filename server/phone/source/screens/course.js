// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { choice, field, form } from "../forms.js";
import { day } from "../moments.js";

const KINDS = ["topical", "oral", "procedure", "other"];
const REASONS = ["finished", "no_effect", "side_effect", "too_much_effort", "advice", "pregnancy", "cost"];
const CHANGED = "changed"; // Why a course ended whose dose was changed: the next one goes on with it.

const orNull = (text) => text.trim() || null;
const text = (name, value, more) => h("input", { type: "text", name, maxlength: 200, value: value ?? "", ...more });
const date = (name, value, more) => h("input", { type: "date", name, value, ...more });

/** One treatment from start to stop: a new one, or one to be stopped, changed or corrected. @type {import("../routes.js").Draw} */
export default async function course({ t, store, go }, { id }) {
  const found = id ? (await store.rows("treatment_courses")).find((row) => row.id === id) : null;
  if (id && !found) {
    go("#/care");
    return h("div");
  }
  const save = async ({ name, kind, dose, started_on, note }) => {
    const columns = { name: name.trim(), kind, dose: orNull(dose), started_on, note: orNull(note) };
    if (found) await store.change("treatment_courses", id, columns);
    else await store.add("treatment_courses", { ...columns, stopped_on: null, stop_reason: null });
    go("#/care");
  };
  const details = form(
    t,
    t("care.save"),
    save,
    field("course-name", t("care.course.name"), text("name", found?.name, { required: true }), t("care.course.nameHint")),
    choice("kind", t("care.course.kind"), KINDS.map((kind) => [kind, t(`care.course.kind.${kind}`)]), found?.kind ?? "topical"),
    field("course-dose", t("care.course.dose"), text("dose", found?.dose), t("care.course.doseHint")),
    field("course-start", t("care.course.start"), date("started_on", found?.started_on ?? day(), { required: true })),
    field("course-note", t("care.note"), h("textarea", { name: "note", rows: 2, maxlength: 10000 }, found?.note ?? "")),
  );
  const back = h("p", {}, h("a", { href: "#/care" }, t("care.back")));
  if (!found) return h("div", {}, h("h1", {}, t("care.course.add")), h("div", { class: "card" }, details), back);

  const stop = async ({ stopped_on, stop_reason }) => {
    await store.change("treatment_courses", id, { stopped_on, stop_reason });
    go("#/care");
  };
  const changeDose = async ({ dose, from }) => {
    await store.add("treatment_courses", { name: found.name, kind: found.kind, dose: dose.trim(), started_on: from, stopped_on: null, stop_reason: null, note: null });
    await store.change("treatment_courses", id, { stopped_on: from, stop_reason: CHANGED });
    go("#/care");
  };
  const remove = async () => {
    await store.remove("treatment_courses", id);
    go("#/care");
  };
  const reason = found.stop_reason && (REASONS.includes(found.stop_reason) || found.stop_reason === CHANGED ? t(`care.stop.${found.stop_reason}`) : found.stop_reason);
  const running = [
    h(
      "section",
      { class: "card" },
      h("h2", {}, t("care.stop.title")),
      form(
        t,
        t("care.stop.button"),
        stop,
        choice("stop_reason", t("care.stop.reason"), REASONS.map((each) => [each, t(`care.stop.${each}`)]), null),
        field("course-stop", t("care.stop.on"), date("stopped_on", day(), { required: true, min: found.started_on })),
      ),
      h("p", { class: "soft" }, t("care.stop.prescribed")),
    ),
    h(
      "section",
      { class: "card" },
      h("h2", {}, t("care.change.title")),
      form(t, t("care.change.button"), changeDose, field("course-new-dose", t("care.change.dose"), text("dose", "", { required: true })), field("course-from", t("care.change.from"), date("from", day(), { required: true, min: found.started_on }))),
    ),
  ];
  return h(
    "div",
    {},
    h("h1", {}, h("bdi", {}, found.name)),
    found.stopped_on ? reason && h("p", { class: "notice" }, t("care.stop.because", { reason })) : running,
    h("details", { class: "card" }, h("summary", {}, t("care.course.correct")), details),
    h("details", { class: "card" }, h("summary", {}, t("care.delete")), h("p", {}, t("care.course.deleteText")), form(t, t("care.delete"), remove)),
    back,
  );
}
