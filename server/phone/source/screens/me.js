// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { countrySelect } from "../account/countries.js";
import { languageChoice } from "../account/language.js";
import { askToKeep, storageState } from "../account/storage.js";
import { h } from "../elements.js";
import { renewOperatorsNumbers } from "../safety/operator.js";

/** @type {import("../routes.js").Draw} */
export default async function me(context) {
  const { t, settings, language, account } = context;
  const { card, stop } = accountCard(context);
  const element = h("div", {}, h("h1", {}, t("me.title")), card, await storageCard(context));
  element.leave = stop;
  const link = (path, key) => h("li", {}, h("a", { href: path }, t(key)));
  const choose = async ({ target }) => {
    await settings.set("country", target.value || null);
    await renewOperatorsNumbers(settings);
  };
  const country = countrySelect(language, settings.get("country") ?? "", t("account.chooseCountry"));
  country.id = "country";
  country.addEventListener("change", choose);
  const who = account.who;
  element.append(
    h(
      "ul",
      { class: "card links" },
      who && link("#/sharing", "sharing.title"),
      link("#/help", "safety.help.title"),
      link("#/red-flags", "safety.flags.title"),
      link("#/export", "data.export.title"),
      who && link("#/refused", "data.refused.title"),
      link("#/sign-out", who ? "data.signOut.title" : "data.wipe.title"),
      who && link("#/erase", "data.erase.title"),
    ),
    h("div", { class: "card" }, languageChoice(t, settings, language), h("div", { class: "field" }, h("label", { for: "country" }, t("account.country")), country, h("p", { class: "hint" }, t("me.countryHint")))),
    h("p", { class: "soft small" }, t("me.about")),
  );
  return element;
}

function accountCard({ t, account, sync, settings }) {
  if (!account.who) {
    const ways = [
      h("a", { class: "button", href: "#/sign-up" }, t("welcome.signUp")),
      h("a", { class: "button quiet", href: "#/sign-in" }, t("welcome.signIn")),
    ];
    const text = h("p", {}, t("me.local.text"));
    return { card: h("section", { class: "card" }, h("h2", {}, t("me.local.title")), text, h("div", { class: "actions" }, ways)), stop: () => {} };
  }
  const state = h("p", { role: "status", class: "sync-state" });
  const stop = sync.watch((phase) => {
    const at = settings.get("syncedAt");
    const when = at ? t("sync.last", { at: new Date(at) }) : "";
    state.textContent = `${t(`sync.${phase}`)} ${sync.detail || when}`;
  });
  const card = h(
    "section",
    { class: "card" },
    h("h2", {}, account.who.name),
    h("p", { class: "soft" }, account.who.email),
    state,
    h("button", { class: "button quiet", type: "button", onclick: () => sync.finish() }, t("sync.now")),
  );
  return { card, stop };
}

async function storageCard({ t, language }) {
  const { usage, quota, persisted, evictsAfterWeek } = await storageState();
  const megabytes = (bytes) => new Intl.NumberFormat(language, { style: "unit", unit: "megabyte", maximumFractionDigits: 0 }).format(bytes / 1e6);
  const kept = h("p", {}, t(persisted ? "me.storage.kept" : "me.storage.notKept"));
  const ask = async ({ target }) => {
    const now = await askToKeep();
    kept.textContent = t(now ? "me.storage.kept" : "me.storage.refused");
    target.hidden = now;
  };
  return h(
    "section",
    { class: "card" },
    h("h2", {}, t("me.storage.title")),
    h("p", {}, t("me.storage.used", { used: megabytes(usage), quota: megabytes(quota) })),
    kept,
    !persisted && h("button", { class: "button quiet", type: "button", onclick: ask }, t("me.storage.ask")),
    evictsAfterWeek && h("p", { class: "notice caution" }, t("me.storage.week")),
  );
}
