// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { cues } from "./cue.js";
import { overlay } from "./overlay.js";
import { askAbout } from "./review.js";
import { ACCEPTED } from "./stored.js";

/** @typedef {ReturnType<typeof makeStage>} Stage */

/**
 * The screen of a capture: the camera behind its oval, what to do in words, and few, large buttons.
 *
 * @param {import("../app.js").Context} context
 * @param {{ radius_u: number, radius_v: number }} oval
 * @param {(view: string) => Promise<Blob | null>} lastPhoto of that view, at an earlier visit
 */
export function makeStage({ t, settings }, oval, lastPhoto) {
  const sound = cues();
  const video = /** @type {HTMLVideoElement} */ (h("video", { playsinline: true, muted: true, "aria-hidden": "true" }));
  video.muted = true;
  const ghost = h("img", { class: "ghost", alt: "", hidden: true });
  const title = h("h1", { class: "view" });
  const hint = h("p", { class: "hint", role: "status" });
  const count = h("p", { class: "count", "aria-hidden": "true" });
  const { drawing, fit, point } = overlay(oval);
  const picture = h("div", { class: "picture" }, video, ghost, drawing, count);
  const place = h("div", { class: "place" }, picture);
  let said = "";
  let woken = () => {};

  const wishes = {
    now: false,
    leave: false,
    finish: false,
    ended: false,
    /** @type {File | null} */
    file: null,
    any: () => wishes.leave || wishes.finish || Boolean(wishes.file),
    clear: () => Object.assign(wishes, { now: false, file: null }),
  };
  const wish = (/** @type {Partial<typeof wishes>} */ what) => {
    Object.assign(wishes, what);
    woken();
  };

  const input = h("input", { type: "file", accept: ACCEPTED, hidden: true, onchange: choose });
  function choose(/** @type {any} */ { target }) {
    const [file] = target.files;
    target.value = "";
    if (file) wish({ file });
  }
  const button = (/** @type {string} */ name, /** @type {object} */ properties) =>
    h("button", { type: "button", ...properties }, t(`capture.${name}`));
  const leave = button("leave", { class: "plain", onclick: () => wish({ leave: true }) });
  const finish = button("finish", { class: "plain", hidden: true, onclick: () => wish({ finish: true }) });
  const file = button("file", { class: "plain", onclick: () => input.click() });
  const ghostly = button("ghost", { class: "plain", "aria-pressed": "true", onclick: switchGhost });
  const shutter = h("button", { type: "button", class: "shutter", "aria-label": t("capture.take"), onclick: press });
  const root = h(
    "section",
    { class: "capture" },
    h("header", {}, leave, title, finish),
    place,
    h("footer", {}, hint, h("div", { class: "buttons" }, file, shutter, ghostly), input),
  );

  function press() {
    wish({ now: true });
  }

  async function switchGhost() {
    await settings.set("ghost", settings.get("ghost") === "off" ? null : "off");
    showGhost();
  }

  function showGhost() {
    const on = settings.get("ghost") !== "off";
    ghostly.setAttribute("aria-pressed", String(on));
    ghost.hidden = !on || !ghost.getAttribute("src");
    ghostly.hidden = !ghost.getAttribute("src");
  }

  function say(/** @type {string} */ text) {
    if (text !== said) hint.textContent = said = text;
  }

  function shape() {
    const { width, height } = fit(video.videoWidth, video.videoHeight);
    picture.style.setProperty("--ratio", String(width / height));
  }
  video.addEventListener("resize", shape);

  return {
    root,
    video,
    wishes,

    /** Asks for the next photo, with the ghost of the last one of its view. @param {any} next */
    async turnTo({ view, frame, frames, place, places }) {
      const name = t(`capture.view.${view}`);
      title.textContent = t("capture.place", { view: name, place, places });
      say(t(`capture.ask.${view}`));
      if (frames > 1 && frame > 1) say(t("capture.hint.repose"));
      point(view);
      finish.hidden = place === 1;
      picture.classList.remove("looking");
      const last = await lastPhoto(view);
      URL.revokeObjectURL(ghost.getAttribute("src") ?? "");
      if (last) ghost.setAttribute("src", URL.createObjectURL(last));
      else ghost.removeAttribute("src");
      showGhost();
    },

    /** Says what a look gave. @param {import("./shutter.js").Step} step @param {string} view */
    tell({ phase, hints, seconds, frame }, view) {
      root.dataset.phase = phase;
      const second = seconds ? String(seconds) : "";
      if (second && second !== count.textContent) sound.tick();
      count.textContent = second;
      if (phase === "counting") say(t("capture.still"));
      else say(t(hints.length ? `capture.hint.${hints[0]}` : `capture.ask.${view}`));
      if (frame) sound.taken();
    },

    /** Shows the photo just taken while it is looked at. */
    looking() {
      count.textContent = "";
      picture.classList.add("looking");
      say(t("capture.looking"));
    },

    /** What the person wants with a photo that has faults: "again" or "keep". */
    async ask(/** @type {import("./verdict.js").Verdict} */ verdict, /** @type {string} */ view, /** @type {Blob} */ blob) {
      sound.again();
      return askAbout(t, root, verdict, view, blob);
    },

    /** Says why there is no camera and what to do, until the person wishes something. @param {string} problem */
    async without(problem) {
      say(t(`capture.problem.${problem}`));
      root.dataset.phase = "without";
      const retry = button("retry", { class: "button", onclick: () => wish({}) });
      const advice = h("div", { class: "card advice" }, h("p", {}, t(`capture.problem.${problem}`)), retry);
      picture.append(advice);
      await new Promise((resolve) => (woken = () => resolve(undefined)));
      woken = () => {};
      advice.remove();
    },

    /** Says that a file is not read. @param {string} name */
    async refuse(name) {
      const ok = button("understood", { class: "button" });
      const advice = h("div", { class: "card advice", role: "alert" }, h("p", {}, t(`capture.refused.${name}`)), ok);
      picture.append(advice);
      await new Promise((resolve) => ok.addEventListener("click", resolve));
      advice.remove();
      return null;
    },

    ended: () => /** @type {MediaStream} */ (video.srcObject).getVideoTracks().every((track) => track.readyState === "ended"),

    /** Whatever goes on is over, and the camera off. */
    end() {
      if (wishes.ended) return;
      wish({ leave: true, ended: true });
      for (const track of /** @type {MediaStream | null} */ (video.srcObject)?.getTracks() ?? []) track.stop();
      sound.end();
      URL.revokeObjectURL(ghost.getAttribute("src") ?? "");
    },
  };
}
