// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { encode } from "uqr";

import { svg } from "../elements.js";

/**
 * A QR code, drawn dark on light in either scheme, as scanners want it.
 *
 * @param {string} text
 * @param {string} label what it is, for who does not see it
 */
export function qr(text, label) {
  const { data, size } = encode(text, { border: 4 });
  const dark = data.flatMap((row, y) => row.map((on, x) => (on ? `M${x} ${y}h1v1h-1z` : "")));
  const drawn = svg("path", { d: dark.join(""), class: "qr-dark" });
  return svg("svg", { class: "qr", viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label, "shape-rendering": "crispEdges" }, drawn);
}
