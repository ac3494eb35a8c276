// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { form } from "../forms.js";
import { day, moment } from "../moments.js";
import { callsForHelp } from "../safety/alarming.js";
import { scale } from "./scale.js";

const FIRST = ["mood", "bother"];
const MORE = ["pain", "itch", "dryness"];
const ITEMS = [...FIRST, ...MORE];

/** The latest check-in of today, else null. */
export const todays = (checkIns) => checkIns.filter(({ recorded_at }) => recorded_at.slice(0, 10) === day()).at(-1) ?? null;

/** What a card shows of a check-in, as text: the same for one that came back from the server. */
export const shownOf = (checkIn) => JSON.stringify(checkIn && [checkIn.id, checkIn.note ?? "", ...ITEMS.map((item) => checkIn[item] ?? null)]);

/**
 * How one is today: one tap on a number, one to save. What was said today already is shown, and can be corrected.
 *
 * @param {import("../app.js").Context} context
 * @param {any[]} checkIns
 */
export function checkInCard({ t, store, go }, checkIns) {
  const earlier = todays(checkIns);
  const send = async (values) => {
    const given = Object.fromEntries(ITEMS.map((item) => [item, item in values ? Number(values[item]) : null]));
    const note = values.note.trim() || null;
    if (!note && Object.values(given).every((value) => value === null)) return;
    const entered = { ...given, note, recorded_at: earlier?.recorded_at ?? moment() };
    await store.add("check_ins", { ...entered, amends: earlier?.id ?? null });
    if (callsForHelp(entered)) go("#/help?because=check-in");
  };
  const items = (names) => names.map((item) => scale(t, item, earlier?.[item] ?? null));
  const note = h("textarea", { id: "check-in-note", name: "note", rows: 3, maxlength: 10000 }, earlier?.note ?? "");
  const content = form(
    t,
    t("daily.checkIn.save"),
    send,
    items(FIRST),
    h(
      "details",
      { open: MORE.some((item) => (earlier?.[item] ?? null) !== null) || Boolean(earlier?.note) },
      h("summary", {}, t("daily.checkIn.more")),
      items(MORE),
      h("div", { class: "field" }, h("label", { for: "check-in-note" }, t("daily.checkIn.note")), note, h("p", { class: "hint" }, t("daily.checkIn.noteHint"))),
    ),
  );
  const said = earlier && ITEMS.filter((item) => earlier[item] !== null && earlier[item] !== undefined);
  const summary = said?.map((item) => h("li", {}, t("daily.checkIn.said", { item: t(`daily.scale.${item}.short`), value: earlier[item] })));
  return h(
    "section",
    { class: "card", "aria-labelledby": "check-in-heading" },
    h("h2", { id: "check-in-heading" }, t("daily.checkIn.title")),
    earlier ? [h("p", { role: "status" }, t("daily.checkIn.done")), h("ul", { class: "chips" }, summary), h("details", {}, h("summary", {}, t("daily.checkIn.change")), content)] : content,
  );
}
