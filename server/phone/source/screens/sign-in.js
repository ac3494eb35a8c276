// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { signedIn } from "../account/signed-in.js";
import { h } from "../elements.js";
import { field, form } from "../forms.js";

/** @type {import("../routes.js").Draw} */
export default async function signIn(context) {
  const { t, account, store } = context;
  const again = account.who;
  const digits = h("input", { type: "text", name: "second_factor", maxlength: 40, inputmode: "numeric", autocomplete: "one-time-code" });
  const second = field("second_factor", t("account.secondFactor"), digits, t("account.secondFactorHint"));
  second.hidden = true;
  const send = async ({ email, password, second_factor }) => {
    try {
      await account.signIn({ email, password, ...(second_factor && { second_factor }) });
    } catch (problem) {
      if (problem.code !== "second_factor_required" || !second.hidden) throw problem;
      second.hidden = false;
      digits.required = true;
      digits.focus();
      return;
    }
    await signedIn(context, false);
  };
  const local = again ? 0 : (await Promise.all(["visits", "check_ins", "treatment_courses"].map(store.rows))).flat().length;
  return h(
    "div",
    {},
    h("h1", {}, t(again ? "account.signIn.again" : "account.signIn.title")),
    again && h("p", { class: "lede" }, t("account.signIn.nothingLost")),
    local > 0 && h("p", { class: "notice" }, t("account.signIn.takesAlong")),
    h(
      "div",
      { class: "card" },
      form(
        t,
        t("account.signIn.button"),
        send,
        field("email", t("account.email"), h("input", { type: "email", name: "email", required: true, autocomplete: "username", value: again?.email ?? "" })),
        field("password", t("account.password"), h("input", { type: "password", name: "password", required: true, autocomplete: "current-password" })),
        second,
      ),
    ),
    !again && h("p", {}, h("a", { href: "#/sign-up" }, t("account.haveNone"))),
    h("p", {}, h("a", { href: "/recovery" }, t("account.forgotten"))),
    again && h("p", {}, h("a", { href: "#/erased" }, t("account.signIn.gone"))),
    h("p", {}, h("a", { href: again ? "#/me" : "#/welcome" }, t("account.back"))),
  );
}
