// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * @typedef {{ width: number, height: number, points: number[][] | null }} Placed a photo and its face's points
 * @typedef {{ a: number, b: number, x: number, y: number }} Similarity turns (u, v) into (a·u − b·v + x, b·u + a·v + y)
 */

const USED = 4; // Both eyes, nose and mouth; ears are often guessed.

/**
 * How one photo is to be turned, scaled and moved to lie on another: by the eyes, nose and mouth of both (least squares),
 * or, where a face was not found, by the oval, which goes by the shorter side.
 *
 * @param {Placed} moved
 * @param {Placed} onto
 * @returns {Similarity & { byFace: boolean }}
 */
export function registered(moved, onto) {
  if (moved.points && onto.points) return { ...fitted(moved.points.slice(0, USED), onto.points.slice(0, USED)), byFace: true };
  const scale = Math.min(onto.width, onto.height) / Math.min(moved.width, moved.height);
  const x = (onto.width - scale * moved.width) / 2;
  return { a: scale, b: 0, x, y: (onto.height - scale * moved.height) / 2, byFace: false };
}

/** @param {number[][]} from @param {number[][]} to @returns {Similarity} */
function fitted(from, to) {
  const mean = (/** @type {number[][]} */ points, /** @type {number} */ axis) =>
    points.reduce((total, point) => total + point[axis], 0) / points.length;
  const [fromX, fromY, toX, toY] = [mean(from, 0), mean(from, 1), mean(to, 0), mean(to, 1)];
  let [along, across, spread] = [0, 0, 0];
  from.forEach(([u, v], i) => {
    const [du, dv, dx, dy] = [u - fromX, v - fromY, to[i][0] - toX, to[i][1] - toY];
    along += du * dx + dv * dy;
    across += du * dy - dv * dx;
    spread += du * du + dv * dv;
  });
  const [a, b] = [along / spread, across / spread];
  return { a, b, x: toX - a * fromX + b * fromY, y: toY - b * fromX - a * fromY };
}
