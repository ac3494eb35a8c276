// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { dateOf, visitsIn } from "../progress/visits.js";
import { ringKey, rings } from "../progress/rings.js";
import { shownPhoto } from "../progress/shown-photo.js";
import { moment } from "../capture/draft.js";
import { spots } from "../progress/spots.js";
import { gradeCard, unjudged, wordsOf, zoneTable } from "../progress/result.js";

/** What was counted at one visit; a visit that was not counted yet is counted here. @type {import("../routes.js").Draw} */
export default async function result(context, { id }) {
  const { t } = context;
  const root = h("div", { class: "result" });
  const visit = await visitOf(context, id);
  if (!visit) return h("div", {}, h("h1", {}, t("result.gone")), h("a", { href: "#/skin" }, t("result.toSkin")));
  const heading = h("h1", {}, t("result.title", { date: dateOf(visit.day) }));
  if (visit.assessment) root.append(heading, ...(await shown(context, visit)));
  else {
    const state = h("p", { class: "card", role: "status" }, t("result.counting"));
    root.append(heading, state);
    count(context, visit).then(
      async (counted) => root.isConnected && root.replaceChildren(heading, ...(await shown(context, counted))),
      (problem) => state.replaceChildren(t(problem.name in FAILURES ? FAILURES[problem.name] : "result.failed")),
    );
  }
  const leave = () => root.querySelectorAll(".photo").forEach((/** @type {any} */ photo) => photo.leave?.());
  return Object.assign(root, { leave });
}

const FAILURES = /** @type {Record<string, string>} */ ({
  model_unreachable: "capture.failed.model_unreachable",
  model_untrusted: "capture.failed.model_untrusted",
  model_damaged: "capture.failed.model_damaged",
  photos_elsewhere: "result.photosElsewhere",
});

const visitOf = async ({ store }, id) => (await visitsIn(store)).find(({ versions }) => versions.includes(id));

/** Counts a visit's photos and writes down what was counted. */
async function count(context, visit) {
  const { store, counting } = context;
  const photos = [];
  for (const { id, view } of visit.photos) {
    const blob = await store.photo(id);
    if (!blob) throw Object.assign(new Error(), { name: "photos_elsewhere" });
    photos.push({ name: id, blob, view, guided: visit.guided });
  }
  const assessment = await counting.assess(photos);
  const { id, version, sha256 } = assessment.model;
  await store.add("assessments", {
    visit_id: visit.id,
    recorded_at: moment(new Date()),
    model_id: id,
    model_version: version,
    model_sha256: sha256,
    result: JSON.stringify(assessment),
    amends: null,
  });
  return visitOf(context, visit.id);
}

async function shown(context, visit) {
  const { t } = context;
  const { assessment } = visit;
  const judged = !assessment.unavailable && !visit.keptAnyway;
  return [
    judged ? wordsOf(t, assessment) : unjudged(t, visit),
    assessment.findings.map(({ code }) => h("p", { class: "notice caution" }, t(`result.finding.${code}`))),
    await photosOf(context, visit, judged),
    judged && zoneTable(t, assessment),
    judged && gradeCard(t, assessment),
    ends(context, visit, judged),
  ].flat().filter(Boolean);
}

async function photosOf(context, visit, judged) {
  const { store, t } = context;
  const figures = [];
  const marked = await store.rows("spots");
  for (const photo of visit.photos) {
    const read = visit.assessment.photos.find((each) => each.photo === photo.id);
    if (!read && visit.photos.some((each) => each !== photo && each.view === photo.view)) continue; // Another frame is drawn.
    const alt = t(`capture.view.${photo.view}`);
    const over = judged && read ? rings(t, read.lesions, photo.width_px, photo.height_px) : null;
    const notes = read?.quality.warnings.map(({ code }) => h("li", {}, t(`capture.remedy.${code}`))) ?? [];
    const shown = shownPhoto(t, { blob: await store.photo(photo.id), alt, over });
    const of = marked.filter(({ photo_id }) => photo.versions.includes(photo_id));
    const follow = shown.querySelector("img") && spots(context, { ...photo, visit_id: visit.id }, of, shown);
    const caption = h("figcaption", {}, h("strong", {}, alt), notes.length > 0 && h("ul", { class: "points" }, notes));
    figures.push(h("figure", {}, shown, caption, follow));
  }
  const types = visit.assessment.photos.flatMap(({ lesions }) => lesions.filter(({ counted }) => counted).map(({ type }) => type));
  const on = h("input", { type: "checkbox", class: "switch", checked: true, id: "rings", role: "switch" });
  return h(
    "section",
    { class: "with-lesions", "aria-label": t("result.photos") },
    judged && types.length > 0 && h("label", { class: "toggle", for: "rings" }, on, t("result.showRings")),
    judged && ringKey(t, types),
    h("div", { class: "views" }, figures),
  );
}

function ends({ store, t, go }, visit, judged) {
  const remove = async () => {
    if (!confirm(t("result.removeSure"))) return;
    await store.remove("visits", visit.id);
    go("#/skin");
  };
  return h(
    "div",
    { class: "actions" },
    h("a", { class: judged ? "button" : "button quiet", href: "#/skin" }, t("result.toSkin")),
    !judged && h("a", { class: "button", href: "#/photo" }, t("result.again")),
    h("button", { class: "button quiet", type: "button", onclick: remove }, t("result.remove")),
  );
}
