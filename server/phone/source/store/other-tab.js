// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";

/**
 * Says in place of the app that another tab has it open, with a button to go on here.
 *
 * @param {import("../words/words.js").Translate} t
 * @param {() => void} goOn
 */
export function waitingForOtherTab(t, goOn) {
  const button = h("button", { class: "button", type: "button", onclick: goOn }, t("app.otherTab.here"));
  const card = h("div", { class: "card" }, h("p", {}, t("app.otherTab.text")), button);
  document.body.replaceChildren(h("main", {}, h("h1", {}, t("app.otherTab.title")), card));
}
