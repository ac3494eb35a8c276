// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { svg } from "../elements.js";
import { kept } from "./crop.js";

const ARROWS = /** @type {Record<string, number>} */ ({ left: 1, right: -1 });

/**
 * The oval that a face is to fill, over a camera of any shape, with an arrow to where the head turns. The preview is
 * mirrored, so the person's right is the screen's right.
 *
 * @param {{ radius_u: number, radius_v: number }} oval half axes, in shorter sides
 */
export function overlay({ radius_u: u, radius_v: v }) {
  const shade = svg("path", { class: "shade", "fill-rule": "evenodd" });
  const rim = svg("ellipse", { class: "rim" });
  const arrow = svg("path", { class: "arrow" });
  const drawing = svg("svg", { class: "oval", "aria-hidden": "true", viewBox: "0 0 3 4" }, shade, rim, arrow);
  let size = { width: 3, height: 4 };
  let turned = 0;

  function draw() {
    const { width, height } = size;
    const short = Math.min(width, height);
    const [x, y, rx, ry] = [width / 2, height / 2, u * short, v * short];
    drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    for (const [name, value] of Object.entries({ cx: x, cy: y, rx, ry })) rim.setAttribute(name, value);
    const hole = `M${x - rx} ${y}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0z`;
    shade.setAttribute("d", `M0 0h${width}v${height}h${-width}z${hole}`);
    const [tip, reach] = [x + turned * rx * 0.86, turned * short * 0.05];
    arrow.setAttribute("d", turned ? `M${tip - reach} ${y - Math.abs(reach)}L${tip} ${y}L${tip - reach} ${y + Math.abs(reach)}` : "");
  }
  draw();

  return {
    drawing,

    /** Takes on the shape of what a camera gives, and tells it. @param {number} width @param {number} height */
    fit(width, height) {
      size = kept(width, height);
      draw();
      return size;
    },

    /** Points to where the head turns for a view. @param {string} view */
    point(view) {
      turned = ARROWS[view] ?? 0;
      draw();
    },
  };
}
