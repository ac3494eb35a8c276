// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { likelyCountry } from "../account/countries.js";
import { h } from "../elements.js";
import { form } from "../forms.js";
import { numbersFor } from "../safety/numbers.js";
import { operatorsNumbers } from "../safety/operator.js";
import { RED_FLAGS } from "../safety/red-flags.js";

/** Asks for what needs a doctor rather than an app, and says where to go. @type {import("../routes.js").Draw} */
export default async function redFlags({ t, settings, language, go }, { first }) {
  const answer = h("div", { role: "alert", class: "advice" });
  const { emergency } = numbersFor(settings.get("country") ?? likelyCountry(), operatorsNumbers(settings));
  const next = h("a", { class: "button", href: "#/today" }, t(first ? "safety.flags.begin" : "safety.flags.back"));
  const send = async (values) => {
    const found = RED_FLAGS.filter(([flag]) => flag in values);
    await settings.set("redFlags", { at: new Date().toISOString(), found: found.map(([flag]) => flag) });
    if (!found.length) return go("#/today");
    const advice = ([flag, where]) =>
      h(
        "section",
        { class: `notice ${where === "soon" ? "caution" : "bad"}` },
        h("h2", {}, t(`safety.where.${where}`)),
        h("p", {}, t(`safety.advice.${flag}`)),
        where === "emergency" && h("p", {}, h("a", { class: "button call", href: `tel:${emergency}` }, t("safety.callNow", { number: emergency }))),
      );
    answer.replaceChildren(...found.map(advice), h("p", {}, t("safety.flags.alsoApp")), h("div", { class: "actions" }, next));
    answer.scrollIntoView({ block: "start" });
  };
  const question = (flag) => h("label", { class: "choice" }, h("input", { type: "checkbox", name: flag }), h("span", {}, t(`safety.flag.${flag}`)));
  return h(
    "div",
    {},
    h("h1", {}, t("safety.flags.title")),
    h("p", { class: "lede" }, t(first ? "safety.flags.first" : "safety.flags.lede")),
    h("div", { class: "card" }, form(t, t("safety.flags.done"), send, h("fieldset", { class: "choices" }, h("legend", {}, t("safety.flags.legend")), RED_FLAGS.map(([flag]) => question(flag))), h("p", { class: "soft" }, t("safety.flags.none")))),
    answer,
    language !== "en" && h("p", { class: "soft small" }, t("safety.notReviewed")),
  );
}
