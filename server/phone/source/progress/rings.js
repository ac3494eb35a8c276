// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { TYPES } from "lesions";

import { h, svg } from "../elements.js";

const LETTERS = /** @type {Record<string, string>} */ ({ comedo: "C", papule: "P", pustule: "Pu", nodule: "N" });

/**
 * The counted spots of a photo as lettered rings in its own pixels, to lie over it.
 *
 * @param {import("../words/words.js").Translate} t
 * @param {any[]} lesions of an assessment's photo
 * @param {number} width
 * @param {number} height
 */
export function rings(t, lesions, width, height) {
  const unit = Math.min(width, height) / 100;
  const counted = lesions.filter((lesion) => lesion.counted);
  const drawn = counted.map(({ type, box: [x0, y0, x1, y1] }) => {
    const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
    const r = Math.max(Math.max(x1 - x0, y1 - y0) / 2 + 0.3 * unit, unit);
    const right = cx + r + 4 * unit < width;
    return svg(
      "g",
      { class: type },
      svg("circle", { cx, cy, r, class: "halo", "stroke-width": 0.95 * unit }),
      svg("circle", { cx, cy, r, class: "ring", "stroke-width": 0.45 * unit }),
      svg(
        "text",
        {
          x: cx + (0.75 * r + 0.3 * unit) * (right ? 1 : -1),
          y: Math.max(cy - 0.75 * r, 3 * unit),
          "text-anchor": right ? "start" : "end",
          "font-size": 2.9 * unit,
          "stroke-width": 0.7 * unit,
        },
        LETTERS[type],
      ),
    );
  });
  const label = counted.length ? t("result.rings", { list: listOf(t, counted) }) : t("result.noRings");
  return svg("svg", { class: "lesions", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, drawn);
}

/** What each ring means. @param {import("../words/words.js").Translate} t @param {string[]} types */
export function ringKey(t, types) {
  const swatch = (/** @type {string} */ type) =>
    svg(
      "svg",
      { class: `swatch ${type}`, viewBox: "0 0 28 28", "aria-hidden": "true" },
      svg("circle", { cx: 14, cy: 14, r: 8, class: "halo" }),
      svg("circle", { cx: 14, cy: 14, r: 8, class: "ring" }),
    );
  const line = (/** @type {string} */ type) =>
    h("li", {}, swatch(type), t("result.keyed", { letters: LETTERS[type], name: t(`result.kind.${type}`) }));
  return h("ul", { class: "key" }, TYPES.filter((type) => types.includes(type)).map(line));
}

/** "2 papules, 1 pustule". @param {import("../words/words.js").Translate} t @param {any[]} lesions */
export function listOf(t, lesions) {
  const numbers = TYPES.map((type) => [type, lesions.filter((lesion) => lesion.type === type).length]);
  const parts = numbers.filter(([, count]) => count).map(([type, count]) => t(`result.number.${type}`, { count }));
  return new Intl.ListFormat(document.documentElement.lang).format(parts);
}
