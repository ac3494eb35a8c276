// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { svg } from "../elements.js";
import { countAxis, timeAxis } from "./axes.js";

/**
 * @typedef {{ date: Date, value: number, low: number, high: number, title: string, apart: boolean }} Point
 * @typedef {{ date: Date, title: string }} Without a visit that gave no number to go by
 * @typedef {{ date: Date, low: number, mid: number, high: number }} Level
 * @typedef {{ label: string, kind: string, start: Date, stop: Date | null, title: string }} Course
 * @typedef {{ points: Point[], without: Without[], levels: Level[], courses: Course[], breaks: Date[],
 *   firstTold: Date | null, words: { label: string, heading: string, firstTold: string, broken: string, day: (date: Date) => string } }} Drawn
 */

const [LEFT, RIGHT, TOP, HEIGHT, COURSE] = [34, 14, 24, 190, 33];
const KINDS = ["topical", "oral", "procedure"];
const points = (/** @type {number[][]} */ pairs) => pairs.map((pair) => pair.map((number) => number.toFixed(1)).join()).join(" ");

/**
 * Numbers of inflamed spots over time with the level behind their ups and downs, and courses as bars below.
 *
 * @param {Drawn} drawn with at least one visit
 * @param {number} width of the drawing in its own units
 */
export function chart(drawn, width) {
  const dates = [...drawn.points, ...drawn.without].map(({ date }) => date.getTime());
  const time = timeAxis(new Date(Math.min(...dates)), new Date(Math.max(...dates)), LEFT, width - RIGHT);
  const highest = Math.max(0, ...drawn.points.map(({ high }) => high), ...drawn.levels.map(({ high }) => high));
  const counts = countAxis(highest, TOP, TOP + HEIGHT);
  const bottom = TOP + HEIGHT;
  const shown = drawn.courses.filter(({ start, stop }) => start.getTime() <= Math.max(...dates) && (!stop || stop.getTime() >= Math.min(...dates)));
  const total = bottom + 44 + shown.length * COURSE;
  return svg(
    "svg",
    { class: "chart", viewBox: `0 0 ${width} ${total}`, role: "img", "aria-label": drawn.words.label, direction: "ltr" },
    svg("text", { class: "heading", x: 0, y: 12 }, drawn.words.heading),
    counts.ticks.map((tick) => grid(tick, counts.y(tick), width)),
    time.ticks.map((date, i) => week(date, time.x(date), bottom, i, width, drawn.words.day)),
    changes(shown, time, bottom),
    drawn.breaks.map((date) => broken(time.x(date), bottom, drawn.words.broken)),
    svg("g", { class: "inflammatory" }, level(drawn.levels, time, counts), drawn.points.map((point) => mark(point, time, counts))),
    drawn.without.map(({ date, title }) => cross(time.x(date), bottom, title)),
    drawn.firstTold && told(time.x(drawn.firstTold), width, drawn.words.firstTold),
    shown.map((course, row) => bar(course, time, bottom + 44 + row * COURSE, width)),
  );
}

function grid(tick, y, width) {
  const line = svg("line", { x1: LEFT, x2: width - RIGHT, y1: y, y2: y, class: tick ? "grid" : "axis" });
  return [line, svg("text", { x: LEFT - 10, y: y + 4, class: "tick number" }, String(tick))];
}

function week(date, x, bottom, place, width, day) {
  const anchor = place === 0 ? "start" : x > width - RIGHT - 20 ? "end" : "middle";
  const at = place === 0 ? LEFT - 8 : anchor === "end" ? width : x;
  const line = svg("line", { x1: x, x2: x, y1: TOP, y2: bottom, class: "week" });
  return [line, svg("text", { x: at, y: bottom + 18, class: "tick", "text-anchor": anchor }, day(date))];
}

function changes(courses, time, bottom) {
  const days = courses.flatMap(({ start, stop }) => [start, stop]).filter(Boolean);
  return days.map((day) => svg("line", { x1: time.x(day), x2: time.x(day), y1: TOP, y2: bottom, class: "course-change" }));
}

function broken(x, bottom, label) {
  const line = svg("line", { x1: x - 3, x2: x - 3, y1: TOP, y2: bottom, class: "model-break" });
  return [line, svg("text", { x: x - 7, y: TOP + 8, class: "model-break-label", "text-anchor": "end" }, label)];
}

function level(levels, time, counts) {
  if (levels.length < 2) return [];
  const edge = (/** @type {"low" | "mid" | "high"} */ name) => levels.map((each) => [time.x(each.date), counts.y(each[name])]);
  const band = svg("polygon", { points: points([...edge("high"), ...edge("low").reverse()]), class: "level-band" });
  return [band, svg("polyline", { points: points(edge("mid")), class: "level" })];
}

function mark({ date, value, low, high, title, apart }, time, counts) {
  const x = time.x(date);
  return svg(
    "g",
    { class: apart ? "apart" : "compared" },
    svg("line", { x1: x, x2: x, y1: counts.y(low), y2: counts.y(high), class: "whisker" }),
    svg("circle", { cx: x, cy: counts.y(value), r: 4, class: "mark" }, svg("title", {}, title)),
  );
}

/** A visit without a number: a cross below the axis, so that it can not be taken for none. */
function cross(x, bottom, title) {
  const y = bottom + 30;
  return svg("path", { d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`, class: "without" }, svg("title", {}, title));
}

function told(x, width, label) {
  const end = x > width / 2;
  const sign = svg("path", { d: `M${x} ${TOP + 2}l-5 8h10z`, class: "first-told" });
  return [sign, svg("text", { x: x + (end ? -8 : 8), y: TOP + 10, class: "first-told-label", "text-anchor": end ? "end" : "start" }, label)];
}

function bar({ label, kind, start, stop, title }, time, top, width) {
  const left = time.x(start);
  const right = Math.max(stop ? time.x(stop) : width - RIGHT, left + 4);
  const tip = stop ? "" : ` ${right + 6},${top + 20.5}`;
  const outline = `${left},${top + 16} ${right},${top + 16}${tip} ${right},${top + 25} ${left},${top + 25}`;
  const room = Math.floor((width - LEFT) / 6.8);
  const text = label.length > room ? `${label.slice(0, room - 1)}…` : label;
  const from = Math.max(LEFT, Math.min(left, width - 6.8 * text.length));
  return svg(
    "g",
    { class: `course ${KINDS.includes(kind) ? kind : "other"}` },
    svg("text", { x: from, y: top + 10, class: "course-label" }, text),
    svg("polygon", { points: outline, class: "bar" }, svg("title", {}, title)),
  );
}
