// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { registered } from "./registration.js";

const LARGEST_ZOOM = 4;

/**
 * Two photos of one view on top of each other, the later shown right of a divider. Pixels are as they were taken: only
 * place, turn and scale of the earlier one follow the later.
 *
 * @param {import("../words/words.js").Translate} t
 * @param {{ picture: ImageBitmap, place: import("./registration.js").Placed, name: string }} earlier
 * @param {{ picture: ImageBitmap, place: import("./registration.js").Placed, name: string }} later
 */
export function pair(t, earlier, later) {
  const { width, height } = later.place;
  const fit = registered(earlier.place, later.place);
  const below = drawn(width, height, earlier, fit);
  const above = drawn(width, height, later, { a: 1, b: 0, x: 0, y: 0 });
  const edge = h("div", { class: "edge" });
  const moved = h("div", { class: "moved" }, below, above);
  const frame = h("div", { class: "pair-frame" }, moved, edge);
  frame.style.aspectRatio = `${width} / ${height}`;

  const state = { share: 50, zoom: 1, x: 0, y: 0 };
  const divider = range("divider", 0, 100, 50, (share) => show({ share }));
  const zoom = range("zoom", 1, LARGEST_ZOOM, 1, (value) => show({ zoom: value }), 0.1);
  const blink = h("button", { type: "button", class: "button quiet" }, t("compare.blink"));
  hold(blink, (on) => above.classList.toggle("away", on));
  drag(frame, (dx, dy) => show({ x: state.x + dx, y: state.y + dy }));

  function range(name, min, max, value, change, step = 1) {
    const input = h("input", { type: "range", id: name, dir: "ltr", min, max, step, value, oninput: () => change(Number(input.value)) });
    input.value = String(value);
    return h("label", { class: "slider", for: name }, h("span", {}, t(`compare.${name}`)), input);
  }

  function show(/** @type {Partial<typeof state>} */ change) {
    Object.assign(state, change);
    const room = (state.zoom - 1) / 2; // Never beyond the photo's edge.
    for (const axis of /** @type {const} */ (["x", "y"])) state[axis] = Math.min(room, Math.max(-room, state[axis]));
    moved.style.transform = `translate(${100 * state.x}%, ${100 * state.y}%) scale(${state.zoom})`;
    const cut = 100 * (0.5 + (state.share / 100 - 0.5 - state.x) / state.zoom); // The divider stays while photos move.
    above.style.clipPath = `inset(0 0 0 ${cut}%)`;
    edge.style.left = `${state.share}%`;
  }
  show({});

  return h(
    "div",
    { class: "pair" },
    frame,
    h("div", { class: "pair-names" }, h("span", {}, earlier.name), h("span", {}, later.name)),
    divider,
    zoom,
    h("div", { class: "actions" }, blink),
    h("p", { class: "soft small" }, t(fit.byFace ? "compare.byFace" : "compare.byOval")),
  );
}

function drawn(width, height, { picture, name }, { a, b, x, y }) {
  const canvas = /** @type {any} */ (h("canvas", { width, height, role: "img", "aria-label": name }));
  const context = canvas.getContext("2d");
  context.setTransform(a, b, -b, a, x, y);
  context.drawImage(picture, 0, 0);
  return canvas;
}

/** On while a button is held, by finger or key. */
function hold(button, told) {
  const isKey = (/** @type {KeyboardEvent} */ { key }) => key === " " || key === "Enter";
  for (const name of ["pointerdown", "keydown"]) button.addEventListener(name, (event) => (name[0] === "p" || isKey(event)) && told(true));
  for (const name of ["pointerup", "pointercancel", "pointerleave", "keyup", "blur"]) button.addEventListener(name, () => told(false));
}

/** Tells how far a finger moved, in shares of the frame. */
function drag(frame, moved) {
  /** @type {{ x: number, y: number } | null} */
  let from = null;
  frame.addEventListener("pointerdown", ({ clientX, clientY, pointerId }) => {
    frame.setPointerCapture(pointerId);
    from = { x: clientX, y: clientY };
  });
  frame.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (!from) return;
    moved((clientX - from.x) / frame.clientWidth, (clientY - from.y) / frame.clientHeight);
    from = { x: clientX, y: clientY };
  });
  for (const name of ["pointerup", "pointercancel"]) frame.addEventListener(name, () => (from = null));
}
