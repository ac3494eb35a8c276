// Copyright The acnetrack authors. SPDX-License-Identifier: Apache-2.0
//
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in compliance with
// the License. You may obtain a copy at https://www.apache.org/licenses/LICENSE-2.0. Distributed on an "AS IS" BASIS,
// WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the License for the specific language.

/**
 * Upright RGB photos and two models' outputs in; lesions, counts, grades and change out. A module without
 * dependencies, for browsers, workers and Node.js.
 *
 *     const model = new Model(manifest)
 *     const photo = {rgba, width, height, view: 'front', guided: true}       // ImageData's data, width and height
 *     const input = model.tensor(photo)                                      // run any interpreter on it
 *     const faceInput = model.faceTensor(photo)                              // and face.tflite on this
 *     const faces = model.faces(photo, places, logits)
 *     const assessment = model.assess([photo], [model.candidates(photo, boxes, classes, scores, count)], [faces])
 *     const states = follow(model.table, [[week, count, frames], …], [week of a start or stop of a course, …])
 *
 * Every table comes from the bundle's manifest. `golden/` of the bundle holds what this must give. Turn the photo upright
 * first (EXIF); nothing is mirrored, `left` shows the patient's left side. A photo decoded at a fraction of its size has
 * its own size as `fullWidth` and `fullHeight`; boxes are in these pixels.
 */

export const TYPES = ['comedo', 'papule', 'pustule', 'nodule']
const [COMEDO, PAPULE, PUSTULE, NODULE] = [0, 1, 2, 3]
const INFLAMMATORY = [PAPULE, PUSTULE, NODULE]
export const GROUPS = {inflammatory: INFLAMMATORY, non_inflammatory: [COMEDO]}
export const VIEWS = ['front', 'left', 'right']
export const ZONES = ['forehead', 'left_cheek', 'right_cheek', 'nose', 'chin']
const [LEFT, RIGHT] = [0, 1]
const [RIGHT_EYE, LEFT_EYE, NOSE, , RIGHT_EAR, LEFT_EAR] = [0, 1, 2, 3, 4, 5]
const FACE_PX = 128

const sum = numbers => {
  let total = 0
  for (let i = 0; i < numbers.length; i++) total += numbers[i]
  return total
}
const within = (number, low, high) => Math.min(Math.max(number, low), high)
const fullWidth = photo => photo.fullWidth ?? photo.width
const fullHeight = photo => photo.fullHeight ?? photo.height

/** Rounded to whole numbers, halves to the even one. */
function round(number) {
  const below = Math.floor(number)
  const rest = number - below
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below
}

/** The tables of a bundle's manifest and what follows from them; `file` is the model that runs. */
export class Model {
  constructor(manifest, file = manifest.default_file) {
    for (const key of ['zones', 'gate', 'calibration', 'grading', 'change', 'input', 'files', 'default_file', 'id', 'version']) {
      if (!(key in manifest)) throw new Error(`the manifest lacks ${key}`)
    }
    if (!(file in manifest.files)) throw new Error(`the manifest lacks ${file}`)
    this.manifest = manifest
    this.zones = manifest.zones
    this.gate = manifest.gate
    this.calibration = manifest.calibration
    this.table = manifest.change
    this.sizePx = manifest.input.shape[1]
    this.sha256 = manifest.files[file].sha256
  }

  // From the photo to the model's input, and from its outputs back to the photo.

  /** Left, top and side of the square in the photo's pixels: the oval's bounding square, or all, padded. */
  cornerAndSide({width, height, guided}) {
    const {radius_u: u, radius_v: v} = this.zones.oval
    const side = guided ? round(2 * Math.max(u, v) * Math.min(width, height)) : Math.max(width, height)
    return [Math.floor((width - side) / 2), Math.floor((height - side) / 2), side]
  }

  /** S × S × 3 bytes, RGB, as the photo came: what the gate looks at, and the model in the reference light. */
  square(photo, size = this.sizePx) {
    const [left, top, side] = this.cornerAndSide(photo)
    const square = new Uint8Array(side * side * 3).fill(this.manifest.input.pad_value)
    for (let y = Math.max(0, -top); y < Math.min(side, photo.height - top); y++) {
      for (let x = Math.max(0, -left); x < Math.min(side, photo.width - left); x++) {
        const from = ((y + top) * photo.width + x + left) * 4
        for (let c = 0; c < 3; c++) square[(y * side + x) * 3 + c] = photo.rgba[from + c]
      }
    }
    return resize(square, side, side, size, size, side, side)
  }

  /** First row and column of the square that show the photo and no padding; it ends as far from the other side. */
  inside(photo, size = this.sizePx) {
    const [left, top, side] = this.cornerAndSide(photo)
    return [top, left].map(start => Math.floor((Math.max(-start, 0) * size) / side + 0.5))
  }

  /** The factor that brings the median of the brighter part of a square to the reference light. */
  gain(square, [down, across], size = this.sizePx) {
    const histogram = new Float64Array(256)
    for (let y = down; y < size - down; y++) {
      for (let x = across; x < size - across; x++) histogram[luminance(square, (y * size + x) * 3)]++
    }
    return this.gainOf(histogram)
  }

  gainOf(histogram) {
    const rule = this.manifest.input.exposure
    const rank = (1 - rule.brighter_share / 2) * sum(histogram)
    let [below, level] = [0, 0]
    while (below + histogram[level] < rank) below += histogram[level++]
    const median = Math.max(level - 0.5 + (rank - below) / histogram[level], 0.5)
    return within(rule.level / median, rule.gain_at_least, rule.gain_at_most)
  }

  /** The square in the reference light: every level times one factor, rounded half up, at most 255. */
  exposed(photo, size = this.sizePx) {
    const square = this.square(photo, size)
    const [down, across] = this.inside(photo, size)
    const gain = this.gain(square, [down, across], size)
    for (let y = down; y < size - down; y++) {
      for (let i = (y * size + across) * 3; i < (y * size + size - across) * 3; i++) {
        square[i] = Math.min(Math.floor(square[i] * gain + 0.5), 255)
      }
    }
    return square
  }

  /** S × S × 3 floats, RGB, 0–1: the model's input, NHWC. */
  tensor(photo) {
    return scaled(this.exposed(photo), 255, 0)
  }

  /** 128 × 128 × 3 floats, RGB, −1–1, of the whole photo: the face model's input, NHWC. */
  faceTensor(photo) {
    return scaled(this.exposed({...photo, guided: false}, FACE_PX), 127.5, 1)
  }

  /** The faces that the two outputs (896 × 16 places, 896 logits) tell of, best first, in the whole photo. */
  faces(photo, places, logits) {
    const [left, top, side] = this.cornerAndSide({...photo, guided: false})
    const across = x => ((left + side * x) * fullWidth(photo)) / photo.width
    const down = y => ((top + side * y) * fullHeight(photo)) / photo.height
    return decodedFaces(places, logits).map(({score, box, points}) => ({
      score,
      box: [across(box[0]), down(box[1]), across(box[2]), down(box[3])],
      points: points.map(([x, y]) => [across(x), down(y)])
    }))
  }

  /**
   * The rows that reach the score floor, best first, as boxes in the whole photo, cut at its edges.
   * `boxes` are 4 numbers a row: ymin, xmin, ymax, xmax, 0–1 of the square.
   */
  candidates(photo, boxes, classes, scores, count) {
    if (![boxes, classes, scores, [count]].every(numbers => numbers.every(Number.isFinite))) {
      throw new Error('the model answered with numbers that are not finite')
    }
    const rows = []
    for (let row = 0; row < Math.min(Math.trunc(count), scores.length); row++) {
      if (scores[row] >= this.calibration.score_floor) rows.push(row)
    }
    if (!rows.every(row => scores[row] <= 1 + 1e-6 && round(classes[row]) in TYPES)) {
      throw new Error('the model answered with a class or a score out of range')
    }
    const [left, top, side] = this.cornerAndSide(photo)
    const [width, height] = [fullWidth(photo), fullHeight(photo)]
    const across = edge => within(((left + side * edge) * width) / photo.width, 0, width)
    const down = edge => within(((top + side * edge) * height) / photo.height, 0, height)
    return rows
      .sort((one, other) => scores[other] - scores[one])
      .map(row => {
        const [y0, x0, y1, x1] = boxes.slice(4 * row, 4 * row + 4)
        const size = Math.sqrt(Math.max(y1 - y0, 0) * Math.max(x1 - x0, 0))
        return {kind: round(classes[row]), score: scores[row], box: [across(x0), down(y0), across(x1), down(y1)], size}
      })
      .filter(({box}) => box[0] < box[2] && box[1] < box[3])
  }

  // Where on the face.

  /** Each zone that these views capture, with the view that owns it. */
  captured(views) {
    const owner = zone => this.zones.owners[zone].find(view => views.includes(view))
    return Object.fromEntries(ZONES.filter(owner).map(zone => [zone, owner(zone)]))
  }

  /** Where the centre lies in the oval u² + v² ≤ 1; without the guide all count in one unnamed place. */
  place({box}, photo, captured) {
    if (!photo.guided) return {zone: 0, side: LEFT, counts: true, name: null}
    const [width, height] = [fullWidth(photo), fullHeight(photo)]
    const short = Math.min(width, height)
    const u = ((box[0] + box[2]) / 2 - width / 2) / (this.zones.oval.radius_u * short)
    const v = ((box[1] + box[3]) / 2 - height / 2) / (this.zones.oval.radius_v * short)
    const side = photo.view === 'right' || (photo.view === 'front' && u < 0) ? RIGHT : LEFT
    const holds = ([, uMin, uMax, vMin, vMax]) => uMin <= u && u <= uMax && vMin <= v && v <= vMax
    const row = u * u + v * v <= 1 && this.zones.views[photo.view].find(holds)
    if (!row) return {zone: -1, side, counts: false, name: null}
    return {zone: ZONES.indexOf(row[0]), side, counts: captured[row[0]] === photo.view, name: row[0]}
  }

  // What the scores are worth.

  /** P(type | the model's class, score band, size). */
  typeProbabilities(candidate) {
    const given = this.calibration.type_given
    const band = given.score_edges.filter(edge => candidate.score >= edge).length
    const [small, large] = given.by_size.map(table => table[TYPES[candidate.kind]][band])
    const share = this.largeness(candidate)
    return small.map((chance, kind) => chance + share * (large[kind] - chance))
  }

  /** Reference lesions of each type that the candidate stands for. */
  expectedLesions(candidate) {
    const expected = this.typeProbabilities(candidate)
    for (const [name, members] of Object.entries(GROUPS)) {
      const {knots, weights} = this.calibration.counts[name]
      const [small, large] = weights.map(values => interpolate(candidate.score, knots, values))
      for (const kind of members) expected[kind] *= small + this.largeness(candidate) * (large - small)
    }
    return expected
  }

  largeness({size}) {
    return interpolate(size, this.calibration.sizes, [0, 1])
  }

  // One visit.

  /** The assessment of one visit as the server takes it; photos of one view are re-posed frames of it. */
  assess(photos, candidates, faces) {
    checkVisit(photos)
    const {guided} = photos[0]
    const captured = guided ? this.captured(photos.map(photo => photo.view)) : {}
    const qualities = photos.map((photo, at) => this.judge(photo, faces[at]))
    const {shares, drawn, frames} = shareOut(photos, qualities)
    const found = photos.flatMap((photo, at) =>
      candidates[at].map(candidate => ({at, candidate, place: this.place(candidate, photo, captured), counted: null}))
    )
    const counting = found.filter(one => one.place.counts)
    for (const one of counting) one.lesions = this.expectedLesions(one.candidate)
    const averaged = counting.map(({at, lesions}) => lesions.map(lesion => lesion * shares[at]))
    const expected = this.expect(averaged, counting.map(one => one.place), Object.keys(captured))
    const shown = counting.filter(one => drawn.includes(one.at))
    const counts = countLesions(expected, shown.length, this.calibration.interval)
    chooseCounted(shown, TYPES.map(kind => counts[kind].value))
    const zones = guided ? mapValues(captured, () => Object.fromEntries(TYPES.map(kind => [kind, 0]))) : null
    for (const {place, counted} of shown) if (zones && place.name && counted !== null) zones[place.name][TYPES[counted]] += 1
    const lesion = ({candidate, place, counted}) => ({
      type: TYPES[counted ?? candidate.kind],
      score: candidate.score,
      box: candidate.box,
      probabilities: this.typeProbabilities(candidate),
      zone: place.name,
      counted: counted !== null
    })
    const unavailable = drawn.map(at => qualities[at].unavailable).find(Boolean) ?? null
    const against = unavailable?.message ?? drawn.map(at => this.againstGrades(qualities[at])).find(Boolean) ?? null
    const deep = expected.nodulesAtLeast(1) >= this.gate.deep_spots_from
    return {
      visit: true,
      unavailable,
      findings: deep ? [this.said('deep_spots')] : [],
      photos: drawn.map(at => ({
        photo: photos[at].name ?? 'photo',
        view: photos[at].view,
        guided: photos[at].guided,
        lesions: found.filter(one => one.at === at).map(lesion),
        quality: qualities[at]
      })),
      counts,
      zones,
      zones_expected: guided ? expected.byZone() : null,
      frames,
      grades: mapValues(INSTRUMENTS, (grade, name) =>
        against ? {unavailable: against} : grade(expected, this.manifest.grading[name])
      ),
      experimental: ['non_inflammatory'],
      model: {id: this.manifest.id, version: this.manifest.version, sha256: this.sha256}
    }
  }

  /** What the candidates that count stand for, and a base by area for the lesions that were missed. */
  expect(lesions, places, zones) {
    const halves = {left_cheek: [1, 0], right_cheek: [0, 1]}
    const areaOf = zone => (halves[zone] ?? [0.5, 0.5]).map(half => half * this.zones.area_share[zone])
    const areas = zones.length ? zones.map(areaOf) : [[1, 0]]
    const mean = areas.map(() => [LEFT, RIGHT].map(() => TYPES.map(() => 0)))
    lesions.forEach((lesion, i) => {
      const cell = mean[zones.length ? zones.indexOf(ZONES[places[i].zone]) : 0][places[i].side]
      lesion.forEach((number, kind) => (cell[kind] += number))
    })
    const seen = TYPES.map((_, kind) => sum(lesions.map(lesion => lesion[kind])))
    for (const [name, members] of Object.entries(GROUPS)) {
      const total = sum(members.map(kind => seen[kind]))
      for (const kind of members) {
        const share = this.calibration.counts[name].base * (total > 0 ? seen[kind] / total : 1 / members.length)
        areas.forEach((area, zone) => area.forEach((part, side) => (mean[zone][side][kind] += share * part)))
      }
    }
    return new Expected(zones, mean, mapValues(GROUPS, (_, name) => this.calibration.counts[name].alpha))
  }

  /** Why a photo that can be judged is counted, but not graded. */
  againstGrades({kept, notes, warnings}) {
    if (notes.some(note => note.code === 'no_whole_face')) return this.gate.messages.no_whole_face
    return kept < this.gate.warn_below ? warnings[0].message : null
  }

  /** A code with what is told of it. */
  said(code) {
    return {code, message: this.gate.messages[code]}
  }

  // The capture gate, on the square as the photo came, in blocks of 8 × 8 pixels.

  /** Whether a photo can be judged, how many of its lesions are still counted, and what to tell the person. */
  judge(photo, faces) {
    const {gate, sizePx: size} = this
    const rules = gate.face
    const square = this.square(photo)
    const [down, across] = this.inside(photo)
    const side = size / 8
    const {radius_u: radiusU, radius_v: radiusV} = this.zones.oval
    const longer = Math.max(radiusU, radiusV)
    const seen = new Float64Array(side * side)
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        const u = ((((column * 8 + 4) / size) * 2 - 1) * longer) / radiusU
        const v = ((((row * 8 + 4) / size) * 2 - 1) * longer) / radiusV
        const [x, y] = [column * 8, row * 8]
        const shown = y >= down && y + 8 <= size - down && x >= across && x + 8 <= size - across
        seen[row * side + column] = shown && (!photo.guided || u * u + v * v <= 1)
      }
    }
    const skin = skinBlocks(square, seen, side)
    const bare = new Float64Array(256) // dark skin before a bright wall asks for more light
    for (let i = 0; i < size * size; i++) {
      if (skin[((Math.floor(i / size) >> 3) * side) + ((i % size) >> 3)]) bare[luminance(square, 3 * i)]++
    }
    const ofPhoto = this.gain(square, [down, across])
    const gain = sum(skin) >= 6 ? Math.max(ofPhoto, this.gainOf(bare)) : ofPhoto
    const figures = measure(photo, square, skin, seen, gain, size)
    const kept = legibility(gate.legibility, figures)
    const share = sum(skin) / Math.max(sum(seen), 1)
    const found = this.realFaces(photo, skin, faces)
    const cause = lostTo(figures, gate.reasons)
    const whole = found.length > 0 && isWhole(found[0], rules)
    const short = Math.min(fullWidth(photo), fullHeight(photo))
    const reasons = {
      little_skin: share < gate.skin_share[photo.guided ? 'guided' : 'unguided'],
      featureless: figures.edge1_90 < Math.log(gate.featureless_below + 0.05),
      several_faces: found.length > 1,
      no_face: photo.guided && (!found.length || found[0].score < rules.whole_score.turned),
      [cause]: kept < gate.unavailable_below
    }
    const unavailable = Object.keys(reasons).find(code => reasons[code]) ?? null
    const wrong = [
      unavailable,
      kept < gate.warn_below && cause,
      figures.clipped > gate.clipped_share && 'overexposed',
      short < gate.smallest_px && 'small'
    ]
    if (photo.guided && found.length) {
      const [low, high] = rules.turn[photo.view]
      const [least, most] = rules.size[photo.view].map(bound => bound * 2 * radiusV * short)
      const [x, y] = centreOf(found[0])
      const off = Math.max(
        Math.abs(x - fullWidth(photo) / 2),
        Math.abs(y - fullHeight(photo) / 2 - rules.centre.down * short)
      )
      const turn = turnOf(found[0])
      wrong.push((turn < low || turn > high) && 'wrong_view', !whole && 'covered')
      wrong.push(sizeOf(found[0]) < least && 'too_far', sizeOf(found[0]) > most && 'too_near')
      wrong.push(off > rules.centre.within * short && 'off_centre')
    }
    const codes = [...new Set(wrong.filter(Boolean))]
    const notes = []
    if (!photo.guided && !whole) notes.push('no_whole_face')
    if (photo.view === 'front' && whole) notes.push('sides_unchecked')
    const looked = skin.some(Boolean) ? skin : seen
    const light = tilesOf(plane(square, size, 0.299, 0.587, 0.114, 1), size)
    return {
      ok: !codes.length,
      kept,
      skin_fraction: share,
      brightness: quantile(chosen(light.map(tile => sum(tile) / 64), looked), 0.5) / 255,
      face: found.length ? faceJson(found[0]) : null,
      unavailable: unavailable && this.said(unavailable),
      warnings: codes.map(code => this.said(code)),
      notes: notes.map(code => this.said(code))
    }
  }

  /** The faces that count as such: a doubtful one must show skin, a further one must lie apart. */
  realFaces(photo, skin, faces) {
    const rules = this.gate.face
    const found = []
    for (const face of faces) {
      const holds = ({box}, [x, y]) => box[0] <= x && x <= box[2] && box[1] <= y && y <= box[3]
      const apart = found.every(
        one => sizeOf(face) >= rules.second.size * sizeOf(one) && !holds(one, centreOf(face))
      )
      const bare =
        face.score >= rules.whole_score.turned || this.skinShare(photo, skin, face) >= rules.doubtful_skin_share
      if (face.score >= (found.length ? rules.second.score : rules.score) && apart && bare) found.push(face)
    }
    return found
  }

  /** Share of skin in what the square shows of a face's box. */
  skinShare(photo, skin, {box}) {
    const [left, top, side] = this.cornerAndSide(photo)
    const number = Math.sqrt(skin.length)
    let [all, bare] = [0, 0]
    for (let row = 0; row < number; row++) {
      const y = ((((row + 0.5) / number) * side + top) * fullHeight(photo)) / photo.height
      for (let column = 0; column < number; column++) {
        const x = ((((column + 0.5) / number) * side + left) * fullWidth(photo)) / photo.width
        if (x < box[0] || x > box[2] || y < box[1] || y > box[3]) continue
        all++
        bare += skin[row * number + column]
      }
    }
    return all ? bare / all : 0
  }
}

/** Mean lesions [zone][side][type]; without the guide one unnamed zone, and no zone is named. */
class Expected {
  constructor(zones, mean, alpha) {
    Object.assign(this, {zones, mean, alpha})
  }

  /** Mean of these types, in all zones and on both sides or in one. */
  of(kinds, zone = null, side = null) {
    const sides = (zone === null ? this.mean : [this.mean[zone]]).flatMap(cells => (side === null ? cells : [cells[side]]))
    return sum(sides.flatMap(cell => kinds.map(kind => cell[kind])))
  }

  /** Mean lesions of each type and group in each zone: what change is computed from. */
  byZone() {
    const kinds = {...Object.fromEntries(TYPES.map((name, kind) => [name, [kind]])), ...GROUPS}
    return Object.fromEntries(this.zones.map((zone, at) => [zone, mapValues(kinds, members => this.of(members, at))]))
  }

  /** Probability of 0, 1, 2, … lesions of a group. */
  distribution(group) {
    return negativeBinomial(this.of(GROUPS[group]), this.alpha[group])
  }

  /** P(so many nodules or more). */
  nodulesAtLeast(number) {
    const share = this.noduleShare()
    return sum(this.distribution('inflammatory').map((chance, n) => chance * thinned(n, share, number)[number]))
  }

  /** Share of nodules in the inflammatory lesions. */
  noduleShare() {
    const inflammatory = this.of(INFLAMMATORY)
    return inflammatory > 0 ? this.of([NODULE]) / inflammatory : 0
  }

  /** What of the face is graded. */
  basis() {
    if (!this.zones.length) return 'unguided photo'
    return this.zones.length === ZONES.length ? 'guided face' : `partial face: ${this.zones.join(', ')}`
  }
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]))
}

/** Refuse photos that do not make one visit. */
function checkVisit(photos) {
  const views = new Set(photos.map(photo => photo.view))
  if (!photos.length || ![...views].every(view => VIEWS.includes(view))) {
    throw new Error(`a visit needs photos of the views ${VIEWS.join(', ')}`)
  }
  if (new Set(photos.map(photo => !!photo.guided)).size > 1 || (views.size > 1 && !photos[0].guided)) {
    throw new Error('a visit of several views needs the guide, or lesions count twice')
  }
}

/** What each photo counts for among the frames of its view, which is drawn (the sharpest), and fewest frames a view. */
function shareOut(photos, qualities) {
  const shares = photos.map(() => 0)
  const [drawn, numbers] = [[], []]
  const fit = at => !qualities[at].unavailable
  for (const view of new Set(photos.map(photo => photo.view))) {
    const frames = [...photos.keys()].filter(at => photos[at].view === view)
    const used = frames.some(fit) ? frames.filter(fit) : frames
    for (const at of used) shares[at] = 1 / used.length
    drawn.push(used.reduce((best, at) => (qualities[at].kept > qualities[best].kept ? at : best)))
    numbers.push(used.length)
  }
  return {shares, drawn: drawn.sort((one, other) => one - other), frames: Math.min(...numbers)}
}

/** Linear between the knots, level beyond them. */
export function interpolate(x, knots, values) {
  const above = knots.findIndex(knot => x < knot)
  if (above <= 0) return above === 0 ? values[0] : values[values.length - 1]
  const share = (x - knots[above - 1]) / (knots[above] - knots[above - 1])
  return values[above - 1] + (values[above] - values[above - 1]) * share
}

// Counts: negative binomial, variance mean + alpha·mean².

/** P(0), P(1), …; what lies beyond five standard deviations and a tail is on the last entry. */
export function negativeBinomial(mean, alpha) {
  if (mean <= 0) return [1]
  const last = Math.ceil(mean + 5 * Math.sqrt(mean + alpha * mean * mean) + 14 * (1 + alpha * mean))
  const step = Math.log(mean) - Math.log1p(alpha * mean)
  let logarithm = logNone(mean, alpha)
  const chances = [Math.exp(logarithm)]
  for (let k = 1; k <= last; k++) {
    logarithm += Math.log1p(alpha * (k - 1)) - Math.log(k) + step
    chances.push(Math.exp(logarithm))
  }
  chances[last] += Math.max(0, 1 - sum(chances))
  return chances
}

/** Logarithm of P(0). */
function logNone(mean, alpha) {
  return alpha ? -Math.log1p(alpha * mean) / alpha : -mean
}

/** The smallest k with P(at most k) ≥ level. */
function firstReaching(chances, level) {
  let below = 0
  const reached = chances.findIndex(chance => (below += chance) >= level)
  return reached < 0 ? chances.length - 1 : reached
}

/** Counts with intervals by type and group and in total; never more than there are candidates to draw. */
function countLesions(expected, candidates, interval) {
  const [byType, byGroup] = [{}, {}]
  let left = candidates
  for (const [name, members] of Object.entries(GROUPS)) {
    const mean = expected.of(members)
    const value = Math.min(Math.floor(mean + 0.5), left)
    left -= value
    const means = members.map(kind => expected.of([kind]))
    apportion(value, means).forEach((number, i) => {
      const chances = negativeBinomial(means[i], expected.alpha[name])
      byType[TYPES[members[i]]] = asCount(number, means[i], chances, interval)
    })
    byGroup[name] = asCount(value, mean, expected.distribution(name), interval)
  }
  const both = Object.values(byGroup)
  const chances = convolve(expected.distribution('inflammatory'), expected.distribution('non_inflammatory'))
  const [total, mean] = [sum(both.map(count => count.value)), sum(both.map(count => count.expected))]
  return {...byType, ...byGroup, total: asCount(total, mean, chances, interval)}
}

/** A count with its central interval, widened where the value falls outside. */
function asCount(value, mean, chances, interval) {
  const [low, high] = [(1 - interval) / 2, (1 + interval) / 2].map(level => firstReaching(chances, level))
  return {value, low: Math.min(low, value), high: Math.max(high, value), expected: mean}
}

/** Distribution of the sum of two independent counts. */
function convolve(one, other) {
  const chances = new Array(one.length + other.length - 1).fill(0)
  one.forEach((p, i) => other.forEach((q, j) => (chances[i + j] += p * q)))
  return chances
}

/** Split a whole number by largest remainder; ties go to the earlier one. */
function apportion(value, means) {
  if (value === 0) return means.map(() => 0)
  const quotas = means.map(mean => (value * mean) / sum(means))
  const whole = quotas.map(Math.floor)
  const byRemainder = [...means.keys()].sort((i, j) => whole[i] - quotas[i] - (whole[j] - quotas[j]))
  for (const i of byRemainder.slice(0, value - sum(whole))) whole[i] += 1
  return whole
}

/** Set the type each is counted as. Each group takes what most stands for it, then gives out its types. */
function chooseCounted(shown, values) {
  for (const members of Object.values(GROUPS)) {
    const left = [...values]
    const standsFor = ({lesions}) => sum(members.map(kind => lesions[kind]))
    const chosen = shown
      .filter(one => one.counted === null)
      .sort((one, other) => standsFor(other) - standsFor(one))
      .slice(0, sum(members.map(kind => left[kind])))
    const sure = (one, kind) => one.lesions[kind] / Math.max(standsFor(one), 1e-12)
    const pairs = chosen.flatMap(one => members.map(kind => ({one, kind, sure: sure(one, kind)})))
    for (const {one, kind} of pairs.sort((a, b) => b.sure - a.sure)) {
      if (left[kind] > 0 && one.counted === null) {
        one.counted = kind
        left[kind] -= 1
      }
    }
  }
}

// Grades: each takes the expected counts and its table.

/** A grade: the median of its distribution. */
function ordinal(chances, names, expected, table) {
  const clipped = chances.map(chance => Math.max(chance, 0))
  const shares = clipped.map(chance => chance / sum(clipped))
  return {
    value: names[firstReaching(shares, 0.5 - 1e-12)],
    ...('out_of' in table ? {out_of: table.out_of} : {}),
    distribution: Object.fromEntries(names.map((name, i) => [name, shares[i]])),
    basis: expected.basis(),
    validated: table.validated
  }
}

/** The grade of so many lesions, where `upTo[g]` is the most still graded g. */
const graded = (number, upTo) => upTo.filter(most => number > most).length

/** Binomial coefficient; 0 where k > n. */
function choose(n, k) {
  let ways = 1
  for (let i = 0; i < k; i++) ways = (ways * Math.max(n - i, 0)) / (i + 1)
  return ways
}

/** P(k of n lesions are of a kind with that share). */
const binomial = (n, k, share) => choose(n, k) * share ** k * (1 - share) ** Math.max(n - k, 0)

/** P(0, 1, … `most` or more of so many lesions are of a kind with that share). */
function thinned(number, share, most) {
  const chances = Array.from({length: most}, (_, k) => binomial(number, k, share))
  return [...chances, within(1 - sum(chances), 0, 1)]
}

/** Let the comedones' own grade raise the inflammatory grade, by at most `comedones_raise_by`. */
function raisedByComedones(inflammatory, expected, table) {
  const final = inflammatory.map(() => 0)
  expected.distribution('non_inflammatory').forEach((chance, number) => {
    const alone = graded(number, table.comedones_up_to)
    inflammatory.forEach((weight, grade) => {
      const most = Math.max(grade, table.comedones_start) + table.comedones_raise_by
      final[Math.max(grade, Math.min(most, alone))] += weight * chance
    })
  })
  return final
}

/** The least grade with so many nodules. */
function noduleGrade(number, table) {
  return Math.max(0, ...table.nodules_from.filter(([from]) => number >= from).map(([, grade]) => grade))
}

/** Investigator's Global Assessment, 0–4. */
function iga(expected, table) {
  const chances = [0, 0, 0, 0, 0]
  const most = table.nodules_from.at(-1)[0]
  expected.distribution('inflammatory').forEach((chance, number) => {
    thinned(number, expected.noduleShare(), most).forEach((share, nodules) => {
      chances[Math.max(graded(number, table.inflammatory_up_to), noduleGrade(nodules, table))] += chance * share
    })
  })
  return ordinal(raisedByComedones(chances, expected, table), [0, 1, 2, 3, 4], expected, table)
}

/** Global Acne Evaluation, 0–5. */
function gea(expected, table) {
  const chances = [0, 0, 0, 0, 0, 0]
  const {extent, highly_inflammatory: top} = table
  expected.distribution('inflammatory').forEach((chance, number) => {
    const wide = moreThan(extent.share_of_zones_over, number, expected)
    thinned(number, expected.noduleShare(), top.nodules_from).forEach((share, nodules) => {
      const highly = nodules >= top.nodules_from && number >= top.inflammatory_from
      const grade = highly ? top.grade : Math.max(graded(number, table.inflammatory_up_to), noduleGrade(nodules, table))
      const spread = Math.max(grade, number >= extent.inflammatory_from ? extent.grade : 0)
      chances[grade] += chance * share * (1 - wide)
      chances[spread] += chance * share * wide
    })
  })
  return ordinal(raisedByComedones(chances, expected, table), [0, 1, 2, 3, 4, 5], expected, table)
}

/** P(more than that share of zones holds one of so many lesions), by inclusion and exclusion over sets of zones. */
function moreThan(share, number, expected) {
  const [zones, total] = [expected.zones.length, expected.of(INFLAMMATORY)]
  if (!zones || !total) return 0
  const shares = expected.zones.map((_, zone) => expected.of(INFLAMMATORY, zone) / total)
  const most = Math.min(Math.floor(zones * share), zones - 1)
  let atMost = 0
  for (let set = 0; set < 1 << zones; set++) {
    const chosen = shares.filter((_, zone) => (set >> zone) & 1)
    if (chosen.length > most) continue
    const sign = (most - chosen.length) % 2 ? -1 : 1
    atMost += sign * choose(zones - chosen.length - 1, most - chosen.length) * sum(chosen) ** number
  }
  return 1 - within(atMost, 0, 1)
}

/** Hayashi 2008: papules and pustules on the worse half of the face. */
function hayashi(expected, table) {
  if (expected.zones.length < ZONES.length) {
    return {unavailable: 'Hayashi grades half a face: it needs the front view taken through the guide'}
  }
  const [left, right] = [LEFT, RIGHT].map(side => expected.of([PAPULE, PUSTULE], null, side))
  const chances = negativeBinomial(left + right, expected.alpha.inflammatory)
  const share = left + right > 0 ? left / (left + right) : 0.5
  const upTo = table.half_face_up_to.map(most => {
    let atMost = 0
    chances.forEach((chance, n) => {
      for (let k = Math.max(0, n - most); k <= Math.min(n, most); k++) atMost += chance * binomial(n, k, share)
    })
    return atMost
  })
  const bands = [...upTo, 1].map((high, i) => high - (i ? upTo[i - 1] : 0))
  return ordinal(bands, table.bands, expected, table)
}

/** Global Acne Grading System, face only: zone factor × worst lesion, summed. */
function gags(expected, table) {
  const absent = ZONES.filter(zone => !expected.zones.includes(zone))
  if (absent.length) {
    const why = expected.zones.length ? `not captured: ${absent.join(', ')}` : 'no guide was used'
    return {unavailable: `GAGS needs all five zones, taken through the guide; ${why}`}
  }
  let score = [1]
  expected.zones.forEach((name, zone) => {
    const none = (kinds, group) => Math.exp(logNone(expected.of(kinds, zone), expected.alpha[group]))
    const atMost = [INFLAMMATORY, [PUSTULE, NODULE], [NODULE]].map(kinds => none(kinds, 'inflammatory'))
    const below = [0, atMost[0] * none([COMEDO], 'non_inflammatory'), ...atMost, 1]
    const points = ['none', ...TYPES].map(kind => table.worst_lesion[kind] * table.factors[name])
    const chances = new Array(Math.max(...points) + 1).fill(0)
    points.forEach((point, i) => (chances[point] += below[i + 1] - below[i]))
    score = convolve(score, chances)
  })
  return ordinal(score, [...score.keys()], expected, table)
}

/** NICE NG198 (2021): moderate to severe from so many inflammatory lesions, or so many nodules. */
function ng198(expected, table) {
  const most = table.nodules_from
  const share = expected.noduleShare()
  const severe = sum(
    expected
      .distribution('inflammatory')
      .map((chance, number) => chance * (number >= table.inflammatory_from ? 1 : thinned(number, share, most)[most]))
  )
  return ordinal([1 - severe, severe], table.bands, expected, table)
}

const INSTRUMENTS = {IGA: iga, GEA: gea, Hayashi: hayashi, GAGS: gags, NG198: ng198}

// Change over a series of visits. `table` is the manifest's "change"; a visit is [week, count, frames].

/** Kalman filter of √count; the state is base, walk, ups and downs, these at the start, effects, offsets. */
class Filter {
  constructor(table, visits, entered, {found = [], breaks = [], lookingBack = false} = {}) {
    const rule = lookingBack ? table.recent : {...table.course, walk: table.walk}
    const [first, last] = [visits[0][0], visits.at(-1)[0]]
    const inside = entered.filter(week => first <= week && week <= last)
    const before = Math.min(...inside)
    this.start = inside.length ? Math.max(...visits.map(([week]) => week).filter(week => week <= before)) : first
    const roots = visits.filter(([week]) => week <= this.start).map(([, count]) => Math.sqrt(count))
    const typical = Math.max(1, sum(roots) / roots.length)
    const known = weeks => weeks.filter(week => week <= last).sort((one, other) => one - other)
    Object.assign(this, {table, first, walk: rule.walk, weeks: rule.weeks, levelSeen: typical})
    Object.assign(this, {week: first, seen: 0, surprise: 0, changes: known([...entered, ...found]), breaks: known(breaks)})
    const spread = Math.max(table.course.spread * typical, rule.spread_at_least)
    const sds = [table.base.sd, 0, 0, 0, ...this.changes.map(() => spread), ...this.breaks.map(() => table.break_sd)]
    this.mean = sds.map((_, i) => (i ? 0 : table.base.mean))
    this.variance = sds.map((sd, i) => sds.map((_, j) => (i === j ? sd * sd : 0)))
  }

  /** Take in the next visit. */
  update([week, count, frames]) {
    const {table, mean: m, variance: p} = this
    const {turnover, rate, robust} = table
    const slow = turnover.variance * (rate.variation * this.levelSeen) ** 2
    const [total, passed] = [turnover.variance + slow, week - this.week]
    const fast = turnover.variance * Math.exp(-passed / turnover.weeks)
    const kept = this.seen ? (fast + slow * Math.exp(-passed / rate.weeks)) / total : 0
    p[1][1] += this.walk * Math.max(0, week - Math.max(this.week, this.start))
    m[2] *= kept
    for (const row of p) row[2] *= kept
    p[2] = p[2].map(value => value * kept)
    p[2][2] += total * (1 - kept * kept)
    this.week = week
    const sees = this.contrast(1, 1)
    this.breaks.forEach((since, i) => (sees[sees.length - this.breaks.length + i] = week >= since ? 1 : 0))
    const along = p.map(row => dot(row, sees))
    const innovation = Math.sqrt(count) - dot(sees, m)
    let scatter = dot(along, sees) + table.sem ** 2 / frames
    this.surprise = innovation / Math.sqrt(scatter)
    this.seen += 1
    if (this.seen >= robust.from_visit) scatter *= Math.max(1, (this.surprise / robust.beyond) ** 2)
    along.forEach((reach, i) => {
      m[i] += (reach * innovation) / scatter
      for (let j = 0; j < along.length; j++) p[i][j] -= (reach * along[j]) / scatter
    })
    if (week <= this.start) {
      m[3] = m[2]
      p[3] = [...p[2]]
      for (const row of p) row[3] = row[2]
    }
    this.levelSeen = Math.max(1, dot(this.contrast(1), m))
  }

  /** Weights of the level now less that at the start, with these of base, ups and downs and those at the start. */
  contrast(base = 0, upsAndDowns = 0, atStart = 0) {
    const risen = weeks => (weeks > 0 ? 1 - Math.exp(-weeks / this.weeks) : 0)
    const reached = this.changes.map(change => risen(this.week - change) - risen(this.first - change))
    return [base, 1, upsAndDowns, atStart, ...reached.map(share => -share), ...this.breaks.map(() => 0)]
  }

  /** Mean and standard deviation. */
  measure(contrast) {
    const variance = dot(contrast, this.variance.map(row => dot(row, contrast)))
    return [dot(contrast, this.mean), Math.sqrt(Math.max(0, variance))]
  }

  /** Above 0 for fewer lesions; 0 where nothing is compared. */
  z(contrast) {
    const [mean, deviation] = this.measure(contrast)
    return deviation > 1e-9 ? -mean / deviation : 0
  }

  /** Low, middle and high number of lesions. */
  interval(contrast) {
    const [mean, deviation] = this.measure(contrast)
    return [-1, 0, 1].map(side => Math.max(0, mean + side * this.table.interval.z * deviation) ** 2)
  }

  /** What may be said after the latest visit. */
  state(recent) {
    return {
      week: this.week,
      face: this.z(this.contrast(0, 1, -1)),
      trend: this.z(this.contrast()),
      half: normal(this.z(this.contrast(1 - Math.sqrt(0.5)))),
      now: this.interval(this.contrast(1, 1)),
      level: this.interval(this.contrast(1)),
      surprise: this.surprise,
      recent
    }
  }
}

/**
 * One state a visit: z of the number on the face and of the trend since the start (above 0 for fewer), P(half), intervals of
 * the number now and of the level behind it, surprise, and the clearest recent change that needs no entry. `changes` are
 * weeks of starts and stops of courses, `breaks` weeks from which on another model counted. With `find` a recent change
 * is taken in from when it was seen on.
 */
export function follow(table, visits, changes = [], breaks = [], find = false) {
  checkSeries(visits, [...changes, ...breaks])
  const found = []
  const after = number => {
    const filter = new Filter(table, visits, changes, {found, breaks})
    visits.slice(0, number).forEach(visit => filter.update(visit))
    return filter
  }
  let filter = after(0)
  return visits.map((visit, i) => {
    filter.update(visit)
    const recent = lookBack(table, visits.slice(0, i + 1))
    if (find && recent && Math.abs(recent.z) >= table.recent.alarm) {
      const longest = Math.max(...table.recent.back)
      if ([...changes, ...found].every(week => week <= recent.week - longest)) {
        found.push(recent.week)
        filter = after(i + 1)
      }
    }
    return filter.state(recent)
  })
}

/** The clearest change of the last weeks: restarts some weeks back, each with a run-in. */
function lookBack(table, visits) {
  let clearest = null
  for (const back of table.recent.back) {
    const restart = visits.at(-1)[0] - back
    const window = visits.filter(([week]) => week >= restart - table.recent.run_in)
    if (window[0][0] > restart) continue
    const filter = new Filter(table, window, [restart], {lookingBack: true})
    for (const visit of window) filter.update(visit)
    const z = filter.z(filter.contrast())
    if (!clearest || Math.abs(z) > Math.abs(clearest.z)) clearest = {z, week: restart}
  }
  return clearest
}

/**
 * Visits over the zones that keep most of face × visits; where another model took over, a break. `assessed` are objects
 * with `week`, `zones` (expected inflammatory lesions by zone; null without the guide or where nothing could be judged),
 * `frames` and `model`.
 */
export function compare(model, assessed) {
  const zonesIn = some => ZONES.filter((_, place) => (some >> place) & 1)
  const holds = (visit, zones) => visit.zones && zones.every(zone => zone in visit.zones)
  let [zones, most] = [[], 0]
  for (let some = (1 << ZONES.length) - 1; some > 0; some--) {
    const wanted = zonesIn(some)
    const share = sum(wanted.map(zone => model.zones.area_share[zone]))
    const worth = share * assessed.filter(visit => holds(visit, wanted)).length
    if (worth > most) [zones, most] = [wanted, worth]
  }
  const worthOf = model.table.frames_count_as
  const kept = zones.length ? assessed.filter(visit => holds(visit, zones)) : []
  return {
    visits: kept.map(({week, zones: counts, frames}) => [
      week,
      sum(zones.map(zone => counts[zone])),
      worthOf[within(frames, 1, worthOf.length) - 1]
    ]),
    zones,
    breaks: kept.filter((visit, i) => i && visit.model !== kept[i - 1].model).map(visit => visit.week)
  }
}

/** Refuse what is no series of visits in order. */
function checkSeries(visits, weeks) {
  if (!(visits.length >= 1 && visits.length <= 1000)) throw new Error('a series has 1 to 1000 visits')
  if (![...visits.flat(), ...weeks].every(Number.isFinite) || !visits.every(visit => visit.length === 3)) {
    throw new Error('a week, count or number of frames is no finite number')
  }
  if (visits.some(([, count, frames]) => count < 0 || frames <= 0)) {
    throw new Error('a count is below 0, or a number of frames not above it')
  }
  if (visits.some(([week], i) => i && week <= visits[i - 1][0])) {
    throw new Error('visits are not in order of time, each of its own moment')
  }
}

/** P(a standard normal variable is at most z), by the series of Marsaglia 2004. */
function normal(z) {
  if (Math.abs(z) > 8) return z > 0 ? 1 : 0
  let [total, term] = [z, z]
  for (let k = 3; Math.abs(term) > 1e-17; k += 2) {
    term *= (z * z) / k
    total += term
  }
  return 0.5 + (total * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI)
}

function dot(one, other) {
  let total = 0
  for (let i = 0; i < one.length; i++) total += one[i] * other[i]
  return total
}

// Pixels.

/**
 * Bilinear with antialiasing on 8-bit RGB as Pillow does it, across and then down; `golden/README.md` has the formula.
 * `across` and `down` are how much of the image is used, in its pixels.
 */
export function resize(rgb, width, height, toWidth, toHeight, across, down) {
  const rows = new Uint8Array(height * toWidth * 3)
  blend(width, toWidth, across).forEach(([from, weights], x) => {
    for (let y = 0; y < height; y++) {
      for (let c = 0; c < 3; c++) rows[(y * toWidth + x) * 3 + c] = mix(rgb, weights, (y * width + from) * 3 + c, 3)
    }
  })
  const stride = toWidth * 3
  const resized = new Uint8Array(toHeight * stride)
  blend(height, toHeight, down).forEach(([from, weights], y) => {
    for (let x = 0; x < stride; x++) resized[y * stride + x] = mix(rows, weights, from * stride + x, stride)
  })
  return resized
}

function mix(bytes, weights, first, stride) {
  let total = 1 << 21
  for (let i = 0; i < weights.length; i++) total += weights[i] * bytes[first + i * stride]
  return within(total >> 22, 0, 255)
}

/** For each of `to` pixels: the first of the `from` pixels under its triangle, and their weights · 2²². */
function blend(from, to, used) {
  const scale = used / to
  const reach = Math.max(scale, 1)
  return Array.from({length: to}, (_, i) => {
    const centre = (i + 0.5) * scale
    const first = Math.max(Math.trunc(centre - reach + 0.5), 0)
    const last = Math.min(Math.trunc(centre + reach + 0.5), from)
    const weights = Array.from({length: last - first}, (_, k) =>
      Math.max(0, 1 - Math.abs((k + first - centre + 0.5) / reach))
    )
    const total = sum(weights)
    return [first, Int32Array.from(weights, weight => Math.trunc(0.5 + (weight / total) * (1 << 22)))]
  })
}

// Faces: {score, box x0 y0 x1 y1, points} in pixels of the whole photo.

const sizeOf = ({box}) => Math.max(box[2] - box[0], box[3] - box[1])
const centreOf = ({box}) => [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]

/** Angle from the person's right eye to the left, radians, clockwise in the photo. */
function rollOf({points}) {
  return Math.atan2(points[LEFT_EYE][1] - points[RIGHT_EYE][1], points[LEFT_EYE][0] - points[RIGHT_EYE][0])
}

/** The nose's offset from the middle of the ears along the eyes, in halves of the box's width. */
function turnOf(face) {
  const [x, y] = [0, 1].map(i => face.points[NOSE][i] - (face.points[RIGHT_EAR][i] + face.points[LEFT_EAR][i]) / 2)
  const roll = rollOf(face)
  return (2 * (x * Math.cos(roll) + y * Math.sin(roll))) / (face.box[2] - face.box[0])
}

const faceJson = face => ({
  score: face.score,
  box: face.box,
  roll_degrees: (rollOf(face) * 180) / Math.PI,
  turn: turnOf(face)
})

/** Whether a face is seen whole. */
function isWhole(face, rules) {
  return face.score >= rules.whole_score[Math.abs(turnOf(face)) >= rules.turned_from ? 'turned' : 'front']
}

/** Score, box and points of each face, 0–1 of the square; answers that overlap are one, weighted by score. */
function decodedFaces(places, logits) {
  const answers = []
  for (const [cells, each] of [[16, 2], [8, 6]]) {
    for (let i = 0; i < cells * cells * each; i++) {
      const cell = Math.floor(i / each)
      const anchor = [((cell % cells) + 0.5) / cells, (Math.floor(cell / cells) + 0.5) / cells]
      const at = answers.length * 16
      const pair = k => [0, 1].map(c => places[at + 2 * k + c] / FACE_PX + (k === 1 ? 0 : anchor[c]))
      const [centre, size] = [pair(0), pair(1)]
      answers.push({
        score: 1 / (1 + Math.exp(-within(logits[answers.length], -80, 80))),
        box: [-1, 1].flatMap(sign => centre.map((middle, c) => middle + (sign * size[c]) / 2)),
        points: [2, 3, 4, 5, 6, 7].map(pair)
      })
    }
  }
  let left = answers.filter(answer => answer.score >= 0.3).sort((one, other) => other.score - one.score)
  const found = []
  while (left.length) {
    const [best] = left
    const same = left.filter(answer => answer === best || overlap(best.box, answer.box) >= 0.3)
    const total = sum(same.map(answer => answer.score))
    const mean = take => sum(same.map(answer => answer.score * take(answer))) / total
    found.push({
      score: best.score,
      box: best.box.map((_, i) => mean(({box}) => box[i])),
      points: best.points.map((_, k) => [0, 1].map(c => mean(({points}) => points[k][c])))
    })
    left = left.filter(answer => !same.includes(answer))
  }
  return found
}

/** Shared area of two boxes as a share of their union. */
function overlap(one, other) {
  const area = box => Math.max(box[2] - box[0], 0) * Math.max(box[3] - box[1], 0)
  const shared = area([0, 1, 2, 3].map(i => (i < 2 ? Math.max : Math.min)(one[i], other[i])))
  const union = area(one) + area(other) - shared
  return union > 0 ? shared / union : 0
}

// What the gate measures. A picture is a plane of size × size numbers, its tiles are blocks of 8 × 8.

const luminance = (rgb, at) => (77 * rgb[at] + 150 * rgb[at + 1] + 29 * rgb[at + 2]) >> 8
const chosen = (values, mask) => values.filter((_, i) => mask[i])

/** Share of lesions still counted. */
function legibility({bias, figures: table}, figures) {
  const parts = Object.entries(table).map(([name, [centre, spread, below, above]]) => {
    const away = within((figures[name] - centre) / spread, -3, 3)
    return away * (away < 0 ? below : above)
  })
  return 1 / (1 + Math.exp(-bias - sum(parts)))
}

/** What is named as the cause where lesions are lost. */
function lostTo(figures, reasons) {
  if (figures.gain >= Math.log(reasons.dark_from_gain)) return 'dark'
  if (Math.min(figures.even1, figures.even2, figures.even4) < reasons.uneven_below) return 'shaken'
  return figures.noise_30 >= Math.log(reasons.noise_from) ? 'noisy' : 'blurred'
}

/** The weighted sum of red, green and blue, times a gain. */
function plane(rgb, size, red, green, blue, gain) {
  const values = new Float64Array(size * size)
  for (let i = 0; i < values.length; i++) {
    values[i] = (red * rgb[3 * i] + green * rgb[3 * i + 1] + blue * rgb[3 * i + 2]) * gain
  }
  return values
}

/** Blocks of 8 × 8, each 64 numbers, row by row. */
function tilesOf(values, size) {
  const side = size / 8
  const tiles = []
  for (let i = 0; i < side * side; i++) {
    const tile = new Float64Array(64)
    const corner = Math.floor(i / side) * 8 * size + (i % side) * 8
    for (let k = 0; k < 64; k++) tile[k] = values[corner + (k >> 3) * size + (k & 7)]
    tiles.push(tile)
  }
  return tiles
}

/** Means of 2 × 2. */
function halved(values, size) {
  const half = size >> 1
  const means = new Float64Array(half * half)
  for (let i = 0; i < means.length; i++) {
    const at = Math.floor(i / half) * 2 * size + (i % half) * 2
    means[i] = (values[at] + values[at + size] + values[at + 1] + values[at + size + 1]) / 4
  }
  return means
}

/** Each level as a part of `whole`, less `shift`. */
function scaled(levels, whole, shift) {
  const numbers = new Float32Array(levels.length)
  for (let i = 0; i < numbers.length; i++) numbers[i] = levels[i] / whole - shift
  return numbers
}

/** The share of values at which `holds` is true. */
function shareOf(tiles, holds) {
  let number = 0
  for (const tile of tiles) for (let i = 0; i < 64; i++) number += holds(tile[i])
  return number / (64 * tiles.length)
}

/** 1 for smooth blocks of skin's colour ratios, six of the nine around being such, too. */
function skinBlocks(square, seen, side) {
  const size = side * 8
  const meanOf = tile => sum(tile) / 64
  const light = tilesOf(plane(square, size, 0.299, 0.587, 0.114, 1), size)
  const [red, green, blue] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]].map(weights =>
    tilesOf(plane(square, size, ...weights, 1), size).map(tile => Math.log(meanOf(tile) + 2))
  )
  const between = (ratio, low, high) => ratio > low && ratio < high
  const alike = light.map((tile, i) => {
    const mean = meanOf(tile)
    const scatter = Math.sqrt(sum(tile.map(level => (level - mean) ** 2)) / 64)
    return (
      seen[i] &&
      scatter / (mean + 1) < 0.35 &&
      between(red[i] - green[i], 0.025, 0.75) &&
      between(green[i] - blue[i], -0.2, 0.6) &&
      between(red[i] - blue[i], 0.05, 1.1)
    )
  })
  return Float64Array.from(alike, (one, i) => {
    let number = 0
    for (let down = -1; down <= 1; down++) {
      for (let across = -1; across <= 1; across++) {
        const row = within(Math.floor(i / side) + down, 0, side - 1)
        number += Boolean(alike[row * side + within((i % side) + across, 0, side - 1)])
      }
    }
    return one && number >= 6 ? 1 : 0
  })
}

/** What the gate's function takes, by name. */
function measure(photo, square, skin, seen, gain, size) {
  const brightest = new Float64Array(size * size)
  for (let i = 0; i < brightest.length; i++) {
    brightest[i] = Math.max(square[3 * i], square[3 * i + 1], square[3 * i + 2])
  }
  const inside = chosen(tilesOf(brightest, size), seen)
  const figures = {
    gain: Math.log(gain),
    blocky: blockiness(photo),
    clipped: shareOf(inside, level => level >= 250),
    black: shareOf(inside, level => level <= 3)
  }
  const note = (name, values, percents) => {
    for (const percent of percents) figures[`${name}_${percent}`] = Math.log(quantile(values, percent / 100) + 0.05)
  }
  let light = plane(square, size, 0.299, 0.587, 0.114, gain)
  let redness = plane(square, size, 1, -1, 0, gain)
  let [here, around] = [skin, seen]
  for (const scale of [1, 2, 4]) {
    const width = size / scale
    const some = around.some(share => share >= 0.5)
    const everywhere = around.map(share => (some ? share >= 0.5 : true))
    const bare = here.map(share => share >= 0.5)
    const looked = sum(bare) >= 6 ? bare : everywhere
    const tiles = tilesOf(light, width)
    const edges = tiles.map(laplacian)
    if (scale === 1) note('noise', chosen(tiles.map(noise), looked), [10, 30, 50])
    note(`edge${scale}`, chosen(edges, looked), [30, 50, 75, 90, 97])
    note(`anywhere${scale}`, chosen(edges, everywhere), [90, 98])
    note(`red${scale}`, chosen(tilesOf(redness, width).map(laplacian), looked), [50, 90])
    figures[`even${scale}`] = evenness(chosen(tiles, looked))
    if (scale < 4) {
      ;[light, redness] = [light, redness].map(values => halved(values, width))
      ;[here, around] = [here, around].map(values => halved(values, width / 8))
    }
  }
  return figures
}

/** Mean |4·centre − its four neighbours| inside a block. */
function laplacian(tile) {
  let total = 0
  for (let y = 1; y < 7; y++) {
    for (let i = y * 8 + 1; i < y * 8 + 7; i++) {
      total += Math.abs(4 * tile[i] - tile[i - 8] - tile[i + 8] - tile[i - 1] - tile[i + 1])
    }
  }
  return total / 36
}

/** Standard deviation of noise inside a block (Immerkær 1996). */
function noise(tile) {
  let total = 0
  for (let y = 1; y < 7; y++) {
    for (let i = y * 8 + 1; i < y * 8 + 7; i++) {
      const corners = tile[i - 9] + tile[i - 7] + tile[i + 7] + tile[i + 9]
      total += Math.abs(4 * tile[i] - 2 * (tile[i - 8] + tile[i + 8] + tile[i - 1] + tile[i + 1]) + corners)
    }
  }
  return ((total / 36) * Math.sqrt(Math.PI / 2)) / 6
}

/** The lower log ratio of 75th percentiles of differences in two crossing directions: low after motion. */
function evenness(tiles) {
  const steep = ([one, other]) =>
    quantile(
      tiles.map(tile => {
        let total = 0
        for (let y = 1; y < 8; y++) {
          for (let i = y * 8 + 1; i < y * 8 + 8; i++) total += Math.abs(tile[i + one] - tile[i + other])
        }
        return total / 49
      }),
      0.75
    ) + 0.1
  const pairs = [[[0, -1], [0, -8]], [[0, -9], [-1, -8]]]
  return Math.min(...pairs.map(([one, other]) => -Math.abs(Math.log(steep(one) / steep(other)))))
}

/** How much steeper steps are at every eighth pixel than between, in the photo's middle 512 × 512 pixels. */
function blockiness(photo) {
  const [width, height] = [photo.width, photo.height].map(side => Math.min(side, 512))
  const left = Math.max(0, Math.floor((photo.width - 512) / 2))
  const top = Math.max(0, Math.floor((photo.height - 512) / 2))
  const light = (x, y) => luminance(photo.rgba, ((top + y) * photo.width + left + x) * 4)
  const ratio = (long, across, at) => {
    const number = Math.floor((long - 1) / 8)
    const places = new Float64Array(8)
    for (let i = 0; i < number * 8; i++) {
      for (let k = 0; k < across; k++) places[i % 8] += Math.abs(at(i + 1, k) - at(i, k))
    }
    const means = places.map(total => total / number / across)
    const steepest = Math.max(...means)
    return Math.log((steepest + 0.1) / ((sum(means) - steepest) / 7 + 0.1))
  }
  return (ratio(width, height, (i, k) => light(i, k)) + ratio(height, width, (i, k) => light(k, i))) / 2
}

/** Linear between the sorted values. */
function quantile(values, share) {
  const sorted = Float64Array.from(values).sort()
  const at = share * (sorted.length - 1)
  const low = Math.floor(at)
  return sorted[low] + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low])
}
