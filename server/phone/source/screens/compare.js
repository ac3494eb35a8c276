// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { pair } from "../progress/pair.js";
import { visitLine } from "../progress/sentences.js";
import { dateOf, visitsIn } from "../progress/visits.js";

const VIEWS = ["front", "left", "right"];

/** Any two visits of one view, one on the other. @type {import("../routes.js").Draw} */
export default async function compare({ store, t, counting }, { earlier, later, view }) {
  const visits = (await visitsIn(store)).filter(({ photos }) => photos.length);
  const back = h("p", { class: "crumb" }, h("a", { href: "#/skin" }, t("skin.title")));
  const heading = h("h1", {}, t("compare.title"));
  if (visits.length < 2) return h("div", {}, back, heading, h("p", { class: "card" }, t("compare.tooFew")));
  const chosen = {
    earlier: visits.find(({ id }) => id === earlier) ?? visits[0],
    later: visits.find(({ id }) => id === later) ?? visits[visits.length - 1],
    view: VIEWS.includes(view) ? view : VIEWS[0],
  };
  const place = h("div", { class: "card", "aria-live": "polite" });
  let asked = 0;

  async function show() {
    const number = ++asked;
    place.replaceChildren(h("p", {}, t("compare.loading")));
    const drawn = await pairOf({ store, t, counting }, chosen);
    if (number === asked) place.replaceChildren(drawn);
  }

  const visitChoice = (/** @type {"earlier" | "later"} */ which) => {
    const options = visits.map((visit) => h("option", { value: visit.id, selected: visit === chosen[which] }, visitLine(t, visit)));
    const choose = (/** @type {any} */ { target }) => {
      chosen[which] = visits[target.selectedIndex];
      show();
    };
    return h("div", { class: "field" }, h("label", { for: which }, t(`compare.${which}`)), h("select", { id: which, onchange: choose }, options));
  };
  const viewChoice = h(
    "fieldset",
    { class: "views-choice" },
    h("legend", { class: "hidden-visually" }, t("compare.view")),
    VIEWS.map((each) => {
      const choose = () => {
        chosen.view = each;
        show();
      };
      const input = h("input", { type: "radio", name: "view", value: each, checked: each === chosen.view, onchange: choose });
      return h("label", {}, input, h("span", {}, t(`capture.view.${each}`)));
    }),
  );
  show();
  return h(
    "div",
    { class: "compare" },
    back,
    heading,
    h("p", { class: "soft" }, t("compare.note")),
    h("div", { class: "two-fields" }, visitChoice("earlier"), visitChoice("later")),
    viewChoice,
    place,
  );
}

async function pairOf({ store, t, counting }, { earlier, later, view }) {
  const opened = [];
  for (const visit of [earlier, later]) {
    const date = dateOf(visit.day);
    const photo = visit.photos.find((each) => each.view === view);
    const blob = photo ? await store.photo(photo.id) : null;
    if (!blob) return h("p", {}, t(photo ? "compare.elsewhere" : "compare.noView", { view: t(`capture.view.${view}`), date }));
    const place = await counting.face(blob).catch(() => null);
    const picture = await createImageBitmap(blob, { colorSpaceConversion: "none" });
    opened.push({ picture, place: place ?? { width: picture.width, height: picture.height, points: null }, name: t("compare.name", { view: t(`capture.view.${view}`), date }) });
  }
  return pair(t, opened[0], opened[1]);
}
