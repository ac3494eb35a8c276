// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { frameOf, nextFrame, NoCamera, openCamera } from "./camera.js";
import { withoutPhoto, withPhoto, withVerdict } from "./draft.js";
import { nextIn } from "./plan.js";
import { Shutter } from "./shutter.js";
import { imported, stored } from "./stored.js";
import { verdictOf } from "./verdict.js";

/**
 * @typedef {import("./draft.js").Draft} Draft
 * @typedef {import("../app.js").Context} Context
 * @typedef {import("./stage.js").Stage} Stage
 */

/**
 * Photographs what a draft lacks, view after view. Each photo is kept at once, then judged.
 *
 * @param {Context} context
 * @param {Stage} stage
 * @param {Draft} draft
 * @returns {Promise<Draft | null>} complete, or as far as the person wanted; null where they left
 */
export async function photograph({ store, counting }, stage, draft) {
  let end = () => {};
  try {
    for (;;) {
      draft = await judge(store, counting, stage, draft);
      const next = nextIn(draft);
      if (!next || stage.wishes.finish) return draft;
      await stage.turnTo(next);
      const photo = await take(counting, stage, next, async () => (end = await openCamera(stage.video)));
      if (!photo) return stage.wishes.finish ? draft : null;
      draft = await withPhoto(store, draft, photo);
    }
  } finally {
    end();
  }
}

/** Judges what was not judged yet; what is to be taken again leaves the draft. */
async function judge(store, counting, stage, draft) {
  for (const taken of draft.photos.filter(({ judged }) => !judged)) {
    const blob = await store.photo(taken.id);
    stage.looking(blob);
    const { quality } = await counting.judge({ name: taken.id, blob, view: taken.view, guided: true });
    const verdict = verdictOf(quality);
    const again = verdict.codes.length > 0 && (await stage.ask(verdict, taken.view, blob)) === "again";
    draft = again ? await withoutPhoto(store, draft, taken.id) : await withVerdict(store, draft, taken.id, !verdict.comparable);
  }
  return draft;
}

/** One photo, by the shutter, by the button or from a file; null where the person left. */
async function take(counting, stage, next, open) {
  stage.wishes.clear();
  for (;;) {
    try {
      if (!stage.video.srcObject) await open();
      const frame = await watch(counting, stage, next);
      if (frame) return stored(frame, next.view).finally(() => frame.close());
    } catch (problem) {
      if (!(problem instanceof NoCamera)) throw problem;
      await stage.without(problem.name);
    }
    if (stage.wishes.leave || stage.wishes.finish) return null;
    const file = stage.wishes.file;
    stage.wishes.clear();
    const photo = file && (await imported(file, next.view, counting).catch((refusal) => stage.refuse(refusal.name)));
    if (photo) return photo;
  }
}

/** The whole gate is asked before the countdown only where it answers at once: the stored photo is judged in any case. */
const AT_ONCE_MS = 700;
let lastCheck_ms = 0;

/** @returns {Promise<{ hints: string[] }>} */
async function checked(counting, frame, view) {
  if (lastCheck_ms > AT_ONCE_MS) return { hints: [] };
  const began = performance.now();
  const told = await counting.check(await createImageBitmap(frame), view);
  lastCheck_ms = performance.now() - began;
  return told;
}

/** Looks until there is a frame to keep; null where the person wishes something else. */
async function watch(counting, stage, { view, frame: number }) {
  const shutter = new Shutter();
  let reposed = number === 1;
  for (;;) {
    await nextFrame(stage.video);
    if (stage.ended()) throw new NoCamera("camera_lost");
    const frame = await frameOf(stage.video);
    if (stage.wishes.now) return frame;
    const look = await counting.look(await createImageBitmap(frame), view);
    if (stage.wishes.any()) return discard(shutter, frame);
    reposed ||= look.hints.some((code) => ["no_face", "too_far", "too_near", "off_centre"].includes(code));
    if (!reposed) look.hints.push("repose");
    const best = shutter.best?.frame;
    let step = shutter.see(look, frame, performance.now());
    if (step.phase === "checking") {
      const { hints } = await checked(counting, frame, view);
      step = shutter.checked(hints, performance.now());
    }
    for (const old of [best, frame]) if (old !== shutter.best?.frame && old !== step.frame) old?.close();
    stage.tell(step, view);
    if (step.frame) return step.frame;
  }
}

/** @returns {null} */
function discard(shutter, frame) {
  frame.close();
  shutter.best?.frame.close();
  return null;
}
