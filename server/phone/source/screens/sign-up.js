// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { countrySelect, likelyCountry } from "../account/countries.js";
import { signedIn } from "../account/signed-in.js";
import { h } from "../elements.js";
import { field, form } from "../forms.js";

/** @type {import("../routes.js").Draw} */
export default async function signUp(context) {
  const { t, account, settings, language } = context;
  const send = async ({ email, password, ...person }) => {
    await account.signUp({ ...person, email, password });
    await settings.set("country", person.country);
    await account.signIn({ email, password });
    await signedIn(context, true);
  };
  const today = new Date().toISOString().slice(0, 10);
  const chosen = settings.get("country") ?? likelyCountry();
  return h(
    "div",
    {},
    h("h1", {}, t("account.signUp.title")),
    h("p", { class: "lede" }, t("account.signUp.lede")),
    h(
      "div",
      { class: "card" },
      form(
        t,
        t("account.signUp.button"),
        send,
        field("name", t("account.name"), h("input", { type: "text", name: "name", required: true, maxlength: 100, autocomplete: "name" }), t("account.nameHint")),
        field("email", t("account.email"), h("input", { type: "email", name: "email", required: true, maxlength: 254, autocomplete: "username" })),
        field("password", t("account.password"), h("input", { type: "password", name: "password", required: true, minlength: 10, maxlength: 200, autocomplete: "new-password" }), t("account.passwordHint")),
        field("born_on", t("account.bornOn"), h("input", { type: "date", name: "born_on", required: true, max: today, autocomplete: "bday" }), t("account.bornOnHint")),
        field("country", t("account.country"), countrySelect(language, chosen, t("account.chooseCountry"))),
      ),
    ),
    h("p", {}, h("a", { href: "#/sign-in" }, t("account.haveOne"))),
    h("p", {}, h("a", { href: "#/welcome" }, t("account.back"))),
  );
}
