// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";

/**
 * A question that is answered by a number from 0 to 10, or left out.
 *
 * @param {import("../words/words.js").Translate} t
 * @param {string} item as the column of a check-in is called; its words stand under `daily.scale.…`
 * @param {number | null} chosen
 */
export function scale(t, item, chosen) {
  const step = (value) =>
    h("label", {}, h("input", { type: "radio", name: item, value: String(value), checked: value === chosen }), h("span", {}, t("daily.number", { value })));
  return h(
    "fieldset",
    { class: "scale" },
    h("legend", {}, t(`daily.scale.${item}`)),
    h("div", { class: "steps" }, Array.from({ length: 11 }, (_, value) => step(value))),
    h("div", { class: "ends", "aria-hidden": "true" }, h("span", {}, t(`daily.scale.${item}.0`)), h("span", {}, t(`daily.scale.${item}.10`))),
  );
}
