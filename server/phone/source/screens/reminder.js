// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { weeklyEvent } from "../daily/calendar.js";
import { h } from "../elements.js";
import { field, form } from "../forms.js";
import { download } from "../own-data/download.js";

/** A weekly event for the phone's own calendar; its words say nothing of skin. @type {import("../routes.js").Draw} */
export default async function reminder({ t, store, language }) {
  const found = (await store.rows("reminders")).at(-1);
  const save = async ({ title, weekday, time }) => {
    const columns = { title: title.trim(), weekdays: weekday, time_of_day: time, active: true, course_id: null };
    const id = found ? found.id : await store.add("reminders", columns);
    if (found) await store.change("reminders", id, columns);
    const event = weeklyEvent({ id, title: columns.title, weekday: Number(weekday), time });
    download(new Blob([event], { type: "text/calendar" }), "acnetrack.ics");
  };
  const names = new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" });
  const monday = Date.UTC(2024, 0, 1);
  const chosen = found?.weekdays.at(0) ?? "7";
  const days = Array.from({ length: 7 }, (_, index) =>
    h("option", { value: String(index + 1), selected: String(index + 1) === chosen }, names.format(monday + index * 86_400_000)),
  );
  return h(
    "div",
    {},
    h("h1", {}, t("care.reminder.title")),
    h("p", { class: "lede" }, t("care.reminder.lede")),
    h(
      "div",
      { class: "card" },
      form(
        t,
        t("care.reminder.button"),
        save,
        field("reminder-day", t("care.reminder.day"), h("select", { name: "weekday" }, days)),
        field("reminder-time", t("care.reminder.time"), h("input", { type: "time", name: "time", required: true, value: found?.time_of_day ?? "19:00" })),
        field("reminder-title", t("care.reminder.words"), h("input", { type: "text", name: "title", required: true, maxlength: 200, value: found?.title ?? t("care.reminder.standard") }), t("care.reminder.wordsHint")),
      ),
    ),
    h("p", {}, h("a", { href: "#/care" }, t("care.back"))),
  );
}
