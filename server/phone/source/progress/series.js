// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { compare } from "lesions";

import { tell } from "./told.js";
import { weeksFrom } from "./weeks.js";

/**
 * @typedef {import("./visits.js").Visit} Visit
 * @typedef {{ visits: Visit[], zones: string[], leftOut: Map<string, string>, told: import("./told.js").Told | null,
 *   date: (week: number) => Date, breaks: Set<string> }} Series What may be said of visits together: those compared, over
 *   which zones, why others are not (kept, unjudged, unguided, zones), and before which another model took over.
 */

const MOST_VISITS = 1000;
const MOST_CHANGES = 100;

/**
 * @param {Visit[]} all oldest first
 * @param {any[]} courses
 * @param {any} manifest of the model that counts
 * @returns {Series}
 */
export function seriesOf(all, courses, manifest) {
  const counted = all.filter(({ assessment, doubted }) => assessment && !doubted);
  const moments = new Map(counted.map((visit) => [visit.at.getTime(), visit])); // Of two of one moment the later written.
  const visits = [...moments.values()].slice(-MOST_VISITS);
  if (!visits.length) return { visits: [], zones: [], leftOut: new Map(), told: null, date: () => new Date(NaN), breaks: new Set() };
  const weeks = weeksFrom(visits[0]);
  const assessed = visits.map((visit) => ({ ...assessedOf(visit), week: weeks.of(visit.at), visit }));
  const { visits: numbers, zones, breaks } = compare({ zones: manifest.zones, table: manifest.change }, assessed);
  const among = new Set(numbers.map(([week]) => week));
  const compared = assessed.filter(({ week }) => among.has(week));
  const out = assessed.filter(({ week }) => !among.has(week));
  const changes = courses
    .flatMap(({ started_on, stopped_on }) => [started_on, stopped_on])
    .filter((day) => day !== null)
    .map((day) => weeks.endOf(day))
    .sort((one, other) => one - other)
    .slice(-MOST_CHANGES);
  return {
    visits: compared.map(({ visit }) => visit),
    zones,
    leftOut: new Map(out.map(({ visit, why }) => [visit.id, why ?? "zones"])),
    told: numbers.length ? tell(manifest.change, numbers, changes, breaks) : null,
    date: weeks.date,
    breaks: new Set(compared.filter(({ week }) => breaks.includes(week)).map(({ visit }) => visit.id)),
  };
}

/** What a series takes of a visit; `why` tells what keeps it out. @param {Visit} visit */
function assessedOf({ assessment, keptAnyway }) {
  const zones = inflammatoryByZone(assessment);
  const why = keptAnyway ? "kept" : assessment.unavailable ? "unjudged" : zones ? null : "unguided";
  return { zones: why ? null : zones, frames: assessment.frames ?? 1, model: assessment.model.sha256, why };
}

/**
 * Inflammatory lesions by zone, as expected, or as drawn where an assessment does not have that; null without zones.
 *
 * @param {any} assessment
 * @returns {Record<string, number> | null}
 */
export function inflammatoryByZone({ zones_expected, zones }) {
  const drawn = ({ papule = 0, pustule = 0, nodule = 0 }) => papule + pustule + nodule;
  const numbers = (/** @type {Record<string, any> | null | undefined} */ some, /** @type {(counts: any) => number} */ number) =>
    Object.entries(some ?? {}).map(([zone, counts]) => [zone, number(counts)]);
  const found = [numbers(zones_expected, ({ inflammatory }) => inflammatory), numbers(zones, drawn)].find((some) => some.length);
  return found ? Object.fromEntries(found) : null;
}
