// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { inflammatoryByZone } from "./series.js";

/**
 * Inflamed spots by zone at the latest compared visit and at the start, as numbers: for one zone no change is told.
 *
 * @param {import("../words/words.js").Translate} t
 * @param {import("./series.js").Series} series
 */
export function zonesNow(t, { told, visits, zones }) {
  if (!told || !visits.length) return null;
  const latest = visits[visits.length - 1];
  const first = visits[told.states.findIndex(({ week }) => week === told.start)];
  const among = (/** @type {any} */ visit, /** @type {string} */ zone) =>
    Math.round(/** @type {Record<string, number>} */ (inflammatoryByZone(visit.assessment))[zone]);
  const line = (/** @type {string} */ zone) => {
    const values = { zone: t(`result.zone.${zone}`), count: among(latest, zone), then: among(first, zone) };
    return h("li", {}, t(first === latest ? "skin.zone.only" : "skin.zone.both", values));
  };
  return h(
    "section",
    { class: "card" },
    h("h2", {}, t("skin.zones")),
    h("ul", { class: "points" }, zones.map(line)),
    h("p", { class: "soft" }, t("skin.zones.note")),
  );
}
