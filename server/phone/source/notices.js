// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { storageState } from "./account/storage.js";
import { h } from "./elements.js";
import { StorageFull } from "./store/photos.js";

/**
 * Says above every screen what needs the person: a sign-in that ended, a consent that is missing, rows that were refused,
 * somebody who looked, records that could be lost.
 *
 * @param {ReturnType<typeof import("./frame.js").frame>} page
 * @param {import("./app.js").Context} context
 */
export function showNotices(page, { t, sync, store, settings, account }) {
  const link = (path, key) => h("a", { href: path }, t(key));
  const say = (key, wanted, ...content) => page.notice(key, ...(wanted ? content : []));

  sync.watch(async (phase) => {
    say("signed-out", phase === "signed_out", h("p", {}, t("notice.signedOut")), link("#/sign-in", "notice.signIn"));
    say("consent", phase === "awaiting_consent", h("p", {}, t("notice.consent")), link("#/consent", "notice.howConsent"));
    say("erased", phase === "erased", h("p", {}, t("data.erased.title")), link("#/erased", "notice.decide"));
    const log = settings.get("accessLog");
    const news = account.who && log && !log.startsWith("0:") && log !== settings.get("accessLogSeen");
    say("looked", news, h("p", {}, t("notice.looked")), link("#/sharing", "notice.whoLooked"));
    const refused = (await store.refused()).length;
    say("refused", refused > 0, h("p", {}, t("notice.refused", { count: refused })), link("#/refused", "notice.showRefused"));
    if (account.who?.handed_over_on) {
      const seen = async () => {
        await account.request("/account/hand-over", { method: "DELETE" });
        await account.refresh();
        page.notice("of-age");
      };
      page.notice("of-age", h("p", {}, t("notice.ofAge")), h("button", { class: "button quiet", type: "button", onclick: seen }, t("notice.understood")));
    }
  });

  const atRisk = async () => {
    const { evictsAfterWeek, persisted } = await storageState();
    const onlyHere = !account.who || sync.unsent() || account.who.expired;
    const something = (await store.rows("visits")).length + (await store.rows("check_ins")).length > 0;
    say("week", evictsAfterWeek && onlyHere && something, h("p", {}, t("notice.week")), link("#/export", "data.export.title"));
    if (something && !persisted) await navigator.storage.persist();
  };
  atRisk();
  store.watch("visits", atRisk);

  addEventListener("unhandledrejection", ({ reason }) => {
    const text = t(reason instanceof StorageFull ? "problem.full" : "problem.unknown");
    page.notice("failed", h("p", {}, text), h("p", { class: "small" }, String(reason?.message ?? reason)));
  });
}
