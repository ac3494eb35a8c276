// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h, svg } from "../elements.js";

const STEP = 0.01;
const KEYS = /** @type {Record<string, number[]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});
const inside = (/** @type {number} */ share) => Math.min(1, Math.max(0, share));

/**
 * Marks places on a photo that are no pimples, by finger or by keys, and follows them.
 *
 * @param {import("../app.js").Context} context
 * @param {{ id: string, visit_id: string, width_px: number, height_px: number }} photo
 * @param {any[]} marked the spots of this photo
 * @param {HTMLElement} figure the shown photo, which the marks lie on
 */
export function spots({ store, t }, photo, marked, figure) {
  const { width_px: width, height_px: height } = photo;
  const unit = Math.min(width, height) / 100;
  const layer = svg("svg", { class: "spots", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  const list = h("ol", { class: "spot-list" });
  const aim = { x: 0.5, y: 0.5 };
  const target = h("button", { type: "button", class: "aim", "aria-label": t("result.spot.aim"), hidden: true });
  const begin = h("button", { type: "button", class: "button quiet", onclick: () => aiming(target.hidden === true) }, t("result.spot.mark"));
  figure.append(layer, target);

  function aiming(/** @type {boolean} */ on) {
    target.hidden = !on;
    begin.textContent = t(on ? "result.spot.cancel" : "result.spot.mark");
    if (on) target.focus();
    draw();
  }

  target.addEventListener("click", async ({ clientX, clientY, detail }) => {
    const { left, top, width: wide, height: high } = target.getBoundingClientRect();
    if (detail) Object.assign(aim, { x: inside((clientX - left) / wide), y: inside((clientY - top) / high) }); // No key was it.
    const spot = { visit_id: photo.visit_id, photo_id: photo.id, ...aim, still_there: true, note: null };
    marked.push({ ...spot, id: await store.add("spots", spot) });
    aiming(false);
  });
  target.addEventListener("keydown", (event) => {
    const [x, y] = KEYS[event.key] ?? [0, 0];
    if (!x && !y) return;
    event.preventDefault();
    Object.assign(aim, { x: inside(aim.x + STEP * x), y: inside(aim.y + STEP * y) });
    draw();
  });

  function draw() {
    const ring = ({ x, y }, /** @type {string} */ name, /** @type {string | number} */ label) =>
      svg(
        "g",
        { class: name },
        svg("rect", { x: x * width - 2 * unit, y: y * height - 2 * unit, width: 4 * unit, height: 4 * unit, "stroke-width": 0.6 * unit }),
        svg("text", { x: x * width + 2.6 * unit, y: y * height + unit, "font-size": 3.4 * unit, "stroke-width": 0.7 * unit }, label),
      );
    layer.replaceChildren(...marked.map((spot, place) => ring(spot, "spot", place + 1)), ...(target.hidden ? [] : [ring(aim, "aimed", "")]));
    list.replaceChildren(...marked.map(line));
    list.hidden = !marked.length;
  }

  function line(/** @type {any} */ spot) {
    const change = async (/** @type {boolean} */ still_there) => {
      await store.change("spots", spot.id, { still_there });
      spot.still_there = still_there;
      draw();
    };
    const remove = async () => {
      await store.remove("spots", spot.id);
      marked.splice(marked.indexOf(spot), 1);
      draw();
    };
    const button = (/** @type {string} */ name, /** @type {() => void} */ onclick) =>
      h("button", { type: "button", class: "button quiet", onclick }, t(`result.spot.${name}`));
    const state = t(spot.still_there === false ? "result.spot.isGone" : "result.spot.isThere");
    const other = spot.still_there === false ? button("there", () => change(true)) : button("gone", () => change(false));
    return h("li", {}, h("p", {}, state), h("div", { class: "actions" }, other, button("remove", remove)));
  }

  draw();
  const advice = h("p", { class: "soft small" }, t("result.spot.advice"), " ", h("a", { href: "#/red-flags" }, t("result.spot.flags")));
  return h("div", { class: "spot-part" }, list, begin, advice);
}
