// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { languageChoice } from "../account/language.js";
import { h } from "../elements.js";

/** What the app is, what it is not, and where the face goes; and the three ways in. @type {import("../routes.js").Draw} */
export default async function welcome({ t, go, settings, language }) {
  const point = (key) => h("section", { class: "card" }, h("h2", {}, t(`welcome.${key}.title`)), h("p", {}, t(`welcome.${key}.text`)));
  const withoutAccount = async () => {
    await settings.set("begun", true);
    go("#/red-flags?first=1");
  };
  return h(
    "div",
    { class: "welcome" },
    h("h1", {}, t("welcome.title")),
    ["is", "isNot", "face"].map(point),
    h(
      "div",
      { class: "ways" },
      h("a", { class: "button", href: "#/sign-up" }, t("welcome.signUp")),
      h("a", { class: "button quiet", href: "#/sign-in" }, t("welcome.signIn")),
      h("button", { class: "button quiet", type: "button", onclick: withoutAccount }, t("welcome.without")),
    ),
    h("p", { class: "soft small" }, t("welcome.withoutHint")),
    languageChoice(t, settings, language),
  );
}
