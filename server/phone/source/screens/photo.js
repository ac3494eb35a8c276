// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { isCameraGranted } from "../capture/camera.js";
import { asVisit, beginDraft, draftIn, dropDraft } from "../capture/draft.js";
import { lastPhotoIn } from "../capture/ghost.js";
import { isStart } from "../capture/plan.js";
import { photograph } from "../capture/session.js";
import { makeStage } from "../capture/stage.js";
import { h } from "../elements.js";
import { StorageFull } from "../store/photos.js";

const NAMED = ["model_unreachable", "model_untrusted", "model_damaged"];

/** Where a visit is photographed. @type {import("../routes.js").Draw} */
export default async function photo(context) {
  const { store, t, go } = context;
  const root = h("div", { class: "photo-screen" });
  /** @type {import("../capture/stage.js").Stage | null} */
  let stage = null;
  let left = false;

  /** @param {import("../capture/draft.js").Draft} draft */
  async function capture(draft) {
    root.replaceChildren(h("p", { class: "card", role: "status" }, t("capture.starting")));
    stage = makeStage(context, await ovalOf(context), await lastPhotoIn(store));
    root.replaceChildren(stage.root);
    stage.root.querySelector("h1")?.setAttribute("tabindex", "-1");
    stage.root.querySelector("h1")?.focus();
    const done = await photograph(context, stage, draft);
    stage.end();
    if (left) return;
    if (done?.photos.length) go(`#/result/${await asVisit(store, done)}`);
    else if (done || !draftIn(store)?.photos.length) await dropDraft(store, draft).then(() => go("#/today"));
    else go("#/today");
  }
  const begin = (/** @type {import("../capture/draft.js").Draft} */ draft) =>
    capture(draft).catch((problem) => root.replaceChildren(failure(t, problem, () => begin(draftIn(store) ?? draft))));
  const fresh = async (/** @type {boolean} */ careful) => begin(await beginDraft(store, careful));

  const draft = draftIn(store);
  const [visits, courses] = [await store.rows("visits"), await store.rows("treatment_courses")];
  const careful = isStart(visits, courses, new Date());
  if (draft?.photos.length) root.append(offer(t, draft, begin, keep, () => dropDraft(store, draft).then(() => go("#/today"))));
  else if (!careful && (await isCameraGranted())) fresh(false);
  else root.append(introduction(t, careful, fresh, () => go("#/today")));

  async function keep() {
    go(`#/result/${await asVisit(store, /** @type {any} */ (draft))}`);
  }
  const leave = () => {
    left = true;
    stage?.end();
  };
  return Object.assign(root, { leave });
}

/** The oval as it is known from last time, so that the camera need not wait for the model. */
async function ovalOf({ settings, counting }) {
  const fresh = counting.table().then(({ zones }) => settings.set("oval", zones.oval).then(() => zones.oval));
  fresh.catch(() => {}); // What is to be said of it, the first look says.
  return settings.get("oval") ?? fresh;
}

function introduction(t, careful, fresh, leave) {
  const box = h("input", { type: "checkbox", id: "careful", checked: careful });
  const points = ["light", "bare", "oval", "sound"].map((name) => h("li", {}, t(`capture.before.${name}`)));
  return h(
    "div",
    { class: "before" },
    h("h1", {}, t("capture.title")),
    h("div", { class: "card" }, h("ul", { class: "points" }, points)),
    careful && h("p", { class: "notice" }, t("capture.before.starts")),
    h("label", { class: "check", for: "careful" }, box, h("span", {}, t("capture.before.careful"))),
    h("p", { class: "soft" }, t("capture.before.stays")),
    h(
      "div",
      { class: "actions" },
      h("button", { class: "button", type: "button", onclick: () => fresh(box.checked) }, t("capture.start")),
      h("button", { class: "button quiet", type: "button", onclick: leave }, t("capture.later")),
    ),
  );
}

/** Offers a visit that was begun and not finished. */
function offer(t, draft, goOn, keep, drop) {
  const began = new Date(draft.started);
  return h(
    "div",
    { class: "before" },
    h("h1", {}, t("capture.draft.title")),
    h("p", { class: "card" }, t("capture.draft.text", { count: draft.photos.length, date: began })),
    h(
      "div",
      { class: "actions" },
      h("button", { class: "button", type: "button", onclick: () => goOn(draft) }, t("capture.draft.goOn")),
      h("button", { class: "button quiet", type: "button", onclick: keep }, t("capture.draft.keep")),
      h("button", { class: "button quiet", type: "button", onclick: drop }, t("capture.draft.drop")),
    ),
  );
}

/** @param {import("../words/words.js").Translate} t @param {Error} problem @param {() => void} again */
function failure(t, problem, again) {
  const known = problem instanceof StorageFull ? "storage_full" : NAMED.includes(problem.name) ? problem.name : "counting_failed";
  return h(
    "div",
    { class: "before" },
    h("h1", {}, t("capture.title")),
    h("p", { class: "notice bad", role: "alert" }, t(`capture.failed.${known}`)),
    h("button", { class: "button", type: "button", onclick: again }, t("capture.retry")),
  );
}
