// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { field, form } from "../forms.js";
import { qr } from "../sharing/qr.js";

/** How a child gets a guardian's consent; until then everything stays on the phone. @type {import("../routes.js").Draw} */
export default async function consent({ t, account, sync }) {
  const shown = h("div", { role: "status" });
  const page = `${location.origin}/guardian/sign-up`;
  const makeCode = async () => {
    const { code, expires_at } = await account.request("/guardian-invitations", { method: "POST", body: {} });
    shown.replaceChildren(
      h("div", { class: "shown-code" }, h("code", {}, code)),
      h("p", {}, t("consent.until", { day: new Date(expires_at) })),
      h("div", { class: "scanned" }, qr(page, t("consent.qr"))),
      h("p", {}, t("consent.page"), " ", h("a", { href: page }, page)),
    );
  };
  const askByMail = async ({ email }) => {
    await account.request("/guardian-invitations", { method: "POST", body: { email } });
    shown.replaceChildren(h("p", { class: "notice" }, t("consent.asked", { email })));
  };
  const state = h("p", { class: "notice", role: "status" });
  const stop = sync.watch(() => (state.textContent = t(account.who?.status === "active" ? "consent.given" : "consent.waiting")));
  const mail = h("input", { type: "email", name: "email", required: true, maxlength: 254 });
  const element = h(
    "div",
    {},
    h("h1", {}, t("consent.title")),
    h("p", { class: "lede" }, t("consent.lede")),
    state,
    h("div", { class: "card" }, form(t, t("consent.makeCode"), makeCode), shown),
    h("div", { class: "card" }, form(t, t("consent.ask"), askByMail, field("guardian-email", t("consent.email"), mail, t("consent.emailHint")))),
    h(
      "div",
      { class: "actions" },
      h("button", { class: "button quiet", type: "button", onclick: () => sync.run() }, t("consent.check")),
      h("a", { class: "button quiet", href: "#/today" }, t("consent.goOn")),
    ),
  );
  element.leave = stop;
  return element;
}
