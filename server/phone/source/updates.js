// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "./elements.js";

const HOURLY_MS = 60 * 60 * 1000;

/**
 * Keeps the app on the phone, and says when a newer one has come: it is taken when the person says so, or when the app is
 * opened next. Screens that nothing may interrupt show no notices.
 *
 * @param {ReturnType<typeof import("./frame.js").frame>} page
 * @param {import("./words/words.js").Translate} t
 */
export async function offerUpdates(page, t) {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("service-worker.js");
  const offer = () => {
    const take = () => registration.waiting?.postMessage("take over");
    if (!registration.waiting || !navigator.serviceWorker.controller) return;
    page.notice("update", h("p", {}, t("notice.update")), h("button", { class: "button", type: "button", onclick: take }, t("notice.takeUpdate")));
  };
  const had = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => had && location.reload());
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  offer();
  setInterval(() => registration.update().catch(() => {}), HOURLY_MS);
}
