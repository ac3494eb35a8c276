// Copyright The acnetrack authors. SPDX-License-Identifier: Apache-2.0
//
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in compliance with
// the License. You may obtain a copy at https://www.apache.org/licenses/LICENSE-2.0. Distributed on an "AS IS" BASIS,
// WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the License for the specific language.

/**
 * Upright RGB photos and two models' outputs in; lesions, counts, grades and change out. Plain Kotlin, nothing else.
 *
 *     val model = Model(parseJson(manifestText) as Map<*, *>)
 *     val photo = Photo(argb, width, height, view = "front", guided = true)  // Bitmap.getPixels gives argb
 *     val input = model.tensor(photo)                                        // run any interpreter on it
 *     val candidates = model.candidates(photo, boxes, classes, scores, count)
 *     val faces = model.faces(photo, places, logits)       // face.tflite's answer to model.faceTensor(photo)
 *     val assessment = model.assess(listOf(photo), listOf(candidates), listOf(faces))
 *     val states = follow(model.table, listOf(Visit(week, count, frames)), listOf(weekOfAStartOrStopOfACourse))
 *
 * Every table comes from the bundle's manifest. `golden/` of the bundle holds what this must give; compiled with
 * Kotlin 1.3 on the JVM and held to it. Turn the photo upright first (EXIF); nothing is mirrored.
 */
package org.acnetrack.lesions

import kotlin.math.PI
import kotlin.math.abs
import kotlin.math.atan2
import kotlin.math.ceil
import kotlin.math.cos
import kotlin.math.exp
import kotlin.math.floor
import kotlin.math.ln
import kotlin.math.ln1p
import kotlin.math.max
import kotlin.math.min
import kotlin.math.pow
import kotlin.math.round
import kotlin.math.sin
import kotlin.math.sqrt

val TYPES = listOf("comedo", "papule", "pustule", "nodule")
const val COMEDO = 0
const val PAPULE = 1
const val PUSTULE = 2
const val NODULE = 3
val INFLAMMATORY = listOf(PAPULE, PUSTULE, NODULE)
val GROUPS = mapOf("inflammatory" to INFLAMMATORY, "non_inflammatory" to listOf(COMEDO))
val VIEWS = listOf("front", "left", "right")
val ZONES = listOf("forehead", "left_cheek", "right_cheek", "nose", "chin")
const val LEFT = 0
const val RIGHT = 1
const val RIGHT_EYE = 0
const val LEFT_EYE = 1
const val NOSE = 2
const val RIGHT_EAR = 4
const val LEFT_EAR = 5
const val FACE_PX = 128

/** An upright photo, 0xAARRGGBB row by row; `left` shows the patient's left side. `fullWidth` and `fullHeight` are the
 * photo's size where the pixels were decoded at a fraction of it; boxes are in these pixels. */
class Photo(
    val argb: IntArray, val width: Int, val height: Int, val view: String = "front", val guided: Boolean = false,
    val name: String = "photo", val fullWidth: Int = width, val fullHeight: Int = height
)

/** A possible lesion: the model's class and score, its box x0 y0 x1 y1 in the photo, √area as a share of the square. */
class Candidate(val kind: Int, val score: Double, val box: List<Double>, val size: Double)

/** Where a candidate lies: position in `ZONES`, side, whether this photo's view counts that zone, its name. */
class Place(val zone: Int, val side: Int, val counts: Boolean, val name: String?)

/** A candidate as it is reported: `type` is the type it is counted as, or the model's own where it is not counted. */
class Lesion(
    val type: String, val score: Double, val box: List<Double>, val probabilities: List<Double>, val zone: String?,
    val counted: Boolean
) {
    fun json() = mapOf(
        "type" to type, "score" to score, "box" to box, "probabilities" to probabilities, "zone" to zone,
        "counted" to counted
    )
}

/** How many lesions, the interval around it, and the mean behind it. */
class Count(val value: Int, val low: Int, val high: Int, val expected: Double) {
    fun json() = mapOf("value" to value, "low" to low, "high" to high, "expected" to expected)
}

/** A grade with its distribution; `value` is an Int or a band's name. Or none, and why. */
class Grade(
    val value: Any?, val distribution: Map<String, Double>, val basis: String, val validated: Boolean,
    val outOf: Int?, val unavailable: String? = null
) {
    fun json(): Map<String, Any?> = when {
        unavailable != null -> mapOf("unavailable" to unavailable)
        else -> mapOf("value" to value, "distribution" to distribution, "basis" to basis, "validated" to validated) +
            (if (outOf == null) mapOf() else mapOf("out_of" to outOf))
    }
}

/** Something told: a code for software, and words for a person. */
class Said(val code: String, val message: String) {
    fun json() = mapOf("code" to code, "message" to message)
}

/** A face: score, box x0 y0 x1 y1 and the key points x, y in pixels of the whole photo. */
class Face(val score: Double, val box: List<Double>, val points: List<List<Double>>) {
    val size = max(box[2] - box[0], box[3] - box[1])
    val x = (box[0] + box[2]) / 2
    val y = (box[1] + box[3]) / 2

    /** Angle from the person's right eye to the left, radians, clockwise in the photo. */
    val roll = atan2(points[LEFT_EYE][1] - points[RIGHT_EYE][1], points[LEFT_EYE][0] - points[RIGHT_EYE][0])

    /** The nose's offset from the middle of the ears along the eyes, in halves of the box's width. */
    val turn: Double

    init {
        val (across, down) = (0..1).map { points[NOSE][it] - (points[RIGHT_EAR][it] + points[LEFT_EAR][it]) / 2 }
        turn = 2 * (across * cos(roll) + down * sin(roll)) / (box[2] - box[0])
    }

    fun holds(other: Face) = other.x in box[0]..box[2] && other.y in box[1]..box[3]

    fun json() = mapOf("score" to score, "box" to box, "roll_degrees" to roll * 180 / PI, "turn" to turn)
}

/** What the capture gate says of a photo: share of lesions still counted, why nothing may be said, and what to do. */
class Quality(
    val kept: Double, val skinFraction: Double, val brightness: Double, val face: Face?, val unavailable: Said?,
    val warnings: List<Said>, val notes: List<Said>
) {
    fun json() = mapOf(
        "ok" to warnings.isEmpty(), "kept" to kept, "skin_fraction" to skinFraction, "brightness" to brightness,
        "face" to face?.json(), "unavailable" to unavailable?.json(), "warnings" to warnings.map { it.json() },
        "notes" to notes.map { it.json() }
    )
}

/** One visit: the photo drawn of each view with its lesions and quality, counts, lesions by zone and type and their means
 * (null without the guide), fewest frames a view, grades; `unavailable` where the counts are no result. */
class Assessment(
    val photos: List<Photo>, val lesions: List<List<Lesion>>, val qualities: List<Quality>,
    val counts: Map<String, Count>, val zones: Map<String, Map<String, Int>>?,
    val zonesExpected: Map<String, Map<String, Double>>?, val frames: Int, val grades: Map<String, Grade>,
    val unavailable: Said?, val findings: List<Said>, val model: Map<String, Any?>
) {
    /** As the server takes it. */
    fun json(): Map<String, Any?> = mapOf(
        "visit" to true, "unavailable" to unavailable?.json(), "findings" to findings.map { it.json() },
        "photos" to photos.indices.map { i ->
            mapOf(
                "photo" to photos[i].name, "view" to photos[i].view, "guided" to photos[i].guided,
                "lesions" to lesions[i].map { it.json() }, "quality" to qualities[i].json()
            )
        },
        "counts" to counts.mapValues { it.value.json() }, "zones" to zones,
        "zones_expected" to zonesExpected, "frames" to frames,
        "grades" to grades.mapValues { it.value.json() }, "experimental" to listOf("non_inflammatory"), "model" to model
    )
}

/** One visit of a series: expected inflammatory lesions, and on how many independent frames a view. */
class Visit(val week: Double, val count: Double, val frames: Double)

/** What a series takes of an assessment: expected inflammatory lesions by zone, null without the guide or where nothing
 * could be judged; `model` names the exact model. */
class Assessed(val week: Double, val zones: Map<String, Double>?, val frames: Int, val model: String)

/** The visits that can be compared, over which zones, and from which weeks on another model counted. */
class Compared(val visits: List<Visit>, val zones: List<String>, val breaks: List<Double>) {
    fun json() = mapOf(
        "visits" to visits.map { listOf(it.week, it.count, it.frames) }, "zones" to zones, "breaks" to breaks
    )
}

/** A change that needs no entry: its z, and the week from which on it is seen. */
class Recent(val z: Double, val week: Double)

/** What may be said at a visit. z is above 0 for fewer lesions: of the number on the face and of the trend since the start;
 * P(half); low, middle and high of the number now and of the level behind it; and how much the visit is a surprise. */
class State(
    val week: Double, val face: Double, val trend: Double, val half: Double, val now: List<Double>,
    val level: List<Double>, val surprise: Double, val recent: Recent?
) {
    fun json() = mapOf(
        "week" to week, "face" to face, "trend" to trend, "half" to half, "now" to now, "level" to level,
        "surprise" to surprise, "recent" to recent?.let { mapOf("z" to it.z, "week" to it.week) }
    )
}

private fun Any?.at(key: String): Any? =
    (this as Map<*, *>).let { if (key in it) it[key] else throw IllegalArgumentException("the manifest lacks $key") }
private fun Any?.number() = (this as Number).toDouble()
private fun Any?.numbers() = (this as List<*>).map { it.number() }
private fun Any?.whole() = (this as Number).toInt()
private fun Any?.wholes() = (this as List<*>).map { it.whole() }

/** The tables of a bundle's manifest and what follows from them; `file` is the model that runs. */
class Model(private val manifest: Map<*, *>, file: String = manifest.at("default_file") as String) {
    private val sha256 = manifest.at("files").at(file).at("sha256")
    private val zoneTable = manifest.at("zones")
    private val gate = manifest.at("gate")
    private val faceRules = gate.at("face")
    private val calibration = manifest.at("calibration")
    private val given = calibration.at("type_given")
    private val radiusU = zoneTable.at("oval").at("radius_u").number()
    private val radiusV = zoneTable.at("oval").at("radius_v").number()

    /** The numbers of the model of change, for `follow`. */
    val table = manifest.at("change")

    /** Side S of the model's square input. */
    val sizePx = manifest.at("input").at("shape").wholes()[1]

    // From the photo to the model's input, and from its outputs back to the photo.

    /** Left, top and side of the square in the photo's pixels: the oval's bounding square, or all, padded. */
    fun cornerAndSide(photo: Photo, guided: Boolean = photo.guided): IntArray {
        var side = max(photo.width, photo.height)
        if (guided) side = round(2 * max(radiusU, radiusV) * min(photo.width, photo.height)).toInt()
        return intArrayOf(Math.floorDiv(photo.width - side, 2), Math.floorDiv(photo.height - side, 2), side)
    }

    /** S × S × 3 bytes, RGB, as the photo came: what the gate looks at, and the model in the reference light. */
    fun square(photo: Photo, size: Int = sizePx, guided: Boolean = photo.guided): ByteArray {
        val (left, top, side) = cornerAndSide(photo, guided)
        val grey = manifest.at("input").at("pad_value").whole().toByte()
        val square = ByteArray(side * side * 3)
        for (y in 0 until side) for (x in 0 until side) {
            val inside = x + left in 0 until photo.width && y + top in 0 until photo.height
            val pixel = if (inside) photo.argb[(y + top) * photo.width + x + left] else 0
            for (c in 0..2) square[(y * side + x) * 3 + c] = if (inside) (pixel shr (16 - 8 * c)).toByte() else grey
        }
        return resize(square, side, side, size, size, side.toDouble(), side.toDouble())
    }

    /** First row and column of the square that show the photo and no padding; it ends as far from the other side. */
    private fun inside(photo: Photo, size: Int, guided: Boolean): Pair<Int, Int> {
        val (left, top, side) = cornerAndSide(photo, guided)
        val (down, across) = listOf(top, left).map { floor(max(-it, 0).toDouble() * size / side + 0.5).toInt() }
        return Pair(down, across)
    }

    /** The factor that brings the median of the brighter part of a square to the reference light. */
    private fun gain(square: ByteArray, size: Int, down: Int, across: Int): Double {
        val histogram = IntArray(256)
        for (y in down until size - down) for (x in across until size - across) {
            val at = (y * size + x) * 3
            histogram[luminance(square[at].level(), square[at + 1].level(), square[at + 2].level())]++
        }
        return gainOf(histogram)
    }

    private fun gainOf(histogram: IntArray): Double {
        val rule = manifest.at("input").at("exposure")
        val rank = (1 - rule.at("brighter_share").number() / 2) * histogram.sum()
        var below = 0
        var level = 0
        while (below + histogram[level] < rank) below += histogram[level++]
        val median = max(level - 0.5 + (rank - below) / histogram[level], 0.5)
        val factor = rule.at("level").number() / median
        return min(max(factor, rule.at("gain_at_least").number()), rule.at("gain_at_most").number())
    }

    /** The square in the reference light: every level times one factor, rounded half up, at most 255. */
    fun exposed(photo: Photo, size: Int = sizePx, guided: Boolean = photo.guided): ByteArray {
        val square = square(photo, size, guided)
        val (down, across) = inside(photo, size, guided)
        val factor = gain(square, size, down, across)
        for (y in down until size - down) for (i in (y * size + across) * 3 until (y * size + size - across) * 3) {
            square[i] = min(floor(square[i].level() * factor + 0.5), 255.0).toInt().toByte()
        }
        return square
    }

    /** S × S × 3 floats, RGB, 0–1: the model's input, NHWC. */
    fun tensor(photo: Photo): FloatArray = exposed(photo).let { levels -> FloatArray(levels.size) { levels[it].level() / 255f } }

    /** 128 × 128 × 3 floats, RGB, −1–1, of the whole photo: the face model's input, NHWC. */
    fun faceTensor(photo: Photo): FloatArray =
        exposed(photo, FACE_PX, false).let { levels -> FloatArray(levels.size) { levels[it].level() / 127.5f - 1f } }

    /** The faces that the two outputs (896 × 16 places, 896 logits) tell of, best first, in the whole photo. */
    fun faces(photo: Photo, places: FloatArray, logits: FloatArray): List<Face> {
        val (left, top, side) = cornerAndSide(photo, false)
        fun across(x: Double) = (left + side * x) * photo.fullWidth / photo.width
        fun down(y: Double) = (top + side * y) * photo.fullHeight / photo.height
        return decodedFaces(places, logits).map { (score, numbers) ->
            val at = numbers.indices.map { if (it % 2 == 0) across(numbers[it]) else down(numbers[it]) }
            Face(score, at.take(4), at.drop(4).chunked(2))
        }
    }

    /** The rows that reach the score floor, best first, as boxes in the whole photo, cut at its edges.
     * `boxes` are 4 numbers a row: ymin, xmin, ymax, xmax, 0–1 of the square. */
    fun candidates(
        photo: Photo, boxes: FloatArray, classes: FloatArray, scores: FloatArray, count: Float
    ): List<Candidate> {
        val numbers = boxes.asList() + classes.asList() + scores.asList() + count
        require(numbers.none { it.isNaN() || it.isInfinite() }) {
            "the model answered with numbers that are not finite"
        }
        val floor = calibration.at("score_floor").number()
        val rows = (0 until min(count.toInt(), scores.size)).filter { scores[it] >= floor }
        require(rows.all { scores[it] <= 1 + 1e-6 && round(classes[it].toDouble()).toInt() in TYPES.indices }) {
            "the model answered with a class or a score out of range"
        }
        val (left, top, side) = cornerAndSide(photo)
        val across = photo.fullWidth.toDouble() / photo.width
        val down = photo.fullHeight.toDouble() / photo.height
        return rows.sortedBy { -scores[it] }.map { row ->
            val (y0, x0, y1, x1) = (0..3).map { boxes[4 * row + it].toDouble() }
            val x = listOf(x0, x1).map { min(max((left + side * it) * across, 0.0), photo.fullWidth.toDouble()) }
            val y = listOf(y0, y1).map { min(max((top + side * it) * down, 0.0), photo.fullHeight.toDouble()) }
            val size = sqrt(max(y1 - y0, 0.0) * max(x1 - x0, 0.0))
            val kind = round(classes[row].toDouble()).toInt()
            Candidate(kind, scores[row].toDouble(), listOf(x[0], y[0], x[1], y[1]), size)
        }.filter { it.box[0] < it.box[2] && it.box[1] < it.box[3] }
    }

    // Where on the face.

    /** Each zone that these views capture, with the view that owns it. */
    fun captured(views: List<String>): Map<String, String> {
        val owners = ZONES.associateWith { zone -> (zoneTable.at("owners").at(zone) as List<*>).find { it in views } }
        return owners.filterValues { it != null }.mapValues { it.value as String }
    }

    /** Where the centre lies in the oval u² + v² ≤ 1; without the guide all count in one unnamed place. */
    fun place(candidate: Candidate, photo: Photo, captured: Map<String, String>): Place {
        if (!photo.guided) return Place(0, LEFT, true, null)
        val (x0, y0, x1, y1) = candidate.box
        val short = min(photo.fullWidth, photo.fullHeight)
        val u = ((x0 + x1) / 2 - photo.fullWidth / 2.0) / (radiusU * short)
        val v = ((y0 + y1) / 2 - photo.fullHeight / 2.0) / (radiusV * short)
        val side = if (photo.view == "right" || photo.view == "front" && u < 0) RIGHT else LEFT
        for (row in zoneTable.at("views").at(photo.view) as List<*>) {
            val name = (row as List<*>)[0] as String
            val (uMin, uMax, vMin, vMax) = row.drop(1).numbers()
            if (u in uMin..uMax && v in vMin..vMax && u * u + v * v <= 1) {
                return Place(ZONES.indexOf(name), side, captured[name] == photo.view, name)
            }
        }
        return Place(-1, side, false, null)
    }

    // What the scores are worth.

    /** P(type | the model's class, score band, size). */
    fun typeProbabilities(candidate: Candidate): List<Double> {
        val band = given.at("score_edges").numbers().count { candidate.score >= it }
        val (small, large) = (given.at("by_size") as List<*>).map { table ->
            (table.at(TYPES[candidate.kind]) as List<*>)[band].numbers()
        }
        return TYPES.indices.map { small[it] + largeness(candidate) * (large[it] - small[it]) }
    }

    /** Reference lesions of each type that the candidate stands for. */
    fun expectedLesions(candidate: Candidate): DoubleArray {
        val expected = typeProbabilities(candidate).toDoubleArray()
        for ((name, members) in GROUPS) {
            val group = calibration.at("counts").at(name)
            val knots = group.at("knots").numbers()
            val (small, large) = (group.at("weights") as List<*>).map { weights ->
                interpolate(candidate.score, knots, weights.numbers())
            }
            for (kind in members) expected[kind] *= small + largeness(candidate) * (large - small)
        }
        return expected
    }

    private fun largeness(candidate: Candidate) =
        interpolate(candidate.size, calibration.at("sizes").numbers(), listOf(0.0, 1.0))

    // One visit.

    /** The assessment of one visit: its photos and what `candidates` gave for each. Those of one view are its frames. */
    fun assess(photos: List<Photo>, candidates: List<List<Candidate>>, faces: List<List<Face>>): Assessment {
        checkVisit(photos)
        val guided = photos[0].guided
        val captured = if (guided) captured(photos.map { it.view }) else mapOf()
        val qualities = photos.indices.map { judge(photos[it], faces[it]) }
        val shares = DoubleArray(photos.size)
        val drawn = mutableListOf<Int>()
        val frames = photos.map { it.view }.distinct().map { view ->
            val used = usable(photos.indices.filter { photos[it].view == view }, qualities)
            for (i in used) shares[i] = 1.0 / used.size
            drawn.add(used.fold(used[0]) { best, i -> if (qualities[i].kept > qualities[best].kept) i else best })
            used.size
        }.fold(photos.size) { fewest, number -> min(fewest, number) }
        drawn.sort()
        val photo = photos.indices.flatMap { i -> candidates[i].map { i } }
        val flat = candidates.flatten().indices.map { i ->
            candidates.flatten()[i].let { it to place(it, photos[photo[i]], captured) }
        }
        val counting = flat.indices.filter { flat[it].second.counts }
        val lesions = counting.associateWith { expectedLesions(flat[it].first) }
        val averaged = counting.map { i -> lesions.getValue(i).map { it * shares[photo[i]] }.toDoubleArray() }
        val expected = expect(averaged, counting.map { flat[it].second }, captured.keys.toList())
        val shown = counting.filter { photo[it] in drawn }
        val counts = countLesions(expected, shown.size, calibration.at("interval").number())
        val counted = arrayOfNulls<Int>(flat.size)
        val chosen = chooseCounted(shown.map { lesions.getValue(it) }, TYPES.map { counts.getValue(it).value })
        for ((position, kind) in shown.zip(chosen)) counted[position] = kind
        val zones = if (guided) captured.mapValues { TYPES.associateWith { 0 }.toMutableMap() } else null
        val reported = flat.indices.map { i ->
            val (candidate, place) = flat[i]
            val type = TYPES[counted[i] ?: candidate.kind]
            if (zones != null && place.name != null && counted[i] != null) {
                zones.getValue(place.name).let { it[type] = it.getValue(type) + 1 }
            }
            Lesion(type, candidate.score, candidate.box, typeProbabilities(candidate), place.name, counted[i] != null)
        }
        val unavailable = drawn.map { qualities[it].unavailable }.find { it != null }
        val against = unavailable?.message ?: drawn.map { againstGrades(qualities[it]) }.find { it != null }
        val deep = expected.nodulesAtLeast(1) >= gate.at("deep_spots_from").number()
        return Assessment(
            drawn.map { photos[it] }, drawn.map { at -> reported.indices.filter { photo[it] == at }.map { reported[it] } },
            drawn.map { qualities[it] }, counts, zones, if (guided) expected.byZone() else null, frames,
            INSTRUMENTS.mapValues {
                if (against == null) it.value(expected, manifest.at("grading").at(it.key)) else none(against)
            },
            unavailable, if (deep) listOf(said("deep_spots")) else listOf(),
            mapOf("id" to manifest.at("id"), "version" to manifest.at("version"), "sha256" to sha256)
        )
    }

    /** The frames that can be judged, or all where none can. */
    private fun usable(frames: List<Int>, qualities: List<Quality>): List<Int> {
        val fit = frames.filter { qualities[it].unavailable == null }
        return if (fit.isEmpty()) frames else fit
    }

    private fun checkVisit(photos: List<Photo>) {
        val views = photos.map { it.view }
        require(photos.isNotEmpty() && VIEWS.containsAll(views)) { "a visit needs photos of the views $VIEWS" }
        val alike = photos.map { it.guided }.distinct().size == 1
        require(alike && (views.distinct().size == 1 || photos[0].guided)) {
            "a visit of several views needs the guide, or lesions count twice"
        }
    }

    /** What the candidates that count stand for, and a base by area for the lesions that were missed. */
    private fun expect(lesions: List<DoubleArray>, places: List<Place>, zones: List<String>): Expected {
        val counts = calibration.at("counts")
        val halves = mapOf("left_cheek" to listOf(1.0, 0.0), "right_cheek" to listOf(0.0, 1.0))
        val areas = if (zones.isEmpty()) listOf(listOf(1.0, 0.0)) else zones.map { zone ->
            (halves[zone] ?: listOf(0.5, 0.5)).map { it * zoneTable.at("area_share").at(zone).number() }
        }
        val mean = areas.map { listOf(DoubleArray(TYPES.size), DoubleArray(TYPES.size)) }
        for ((lesion, place) in lesions.zip(places)) {
            val cell = mean[if (zones.isEmpty()) 0 else zones.indexOf(ZONES[place.zone])][place.side]
            for (kind in TYPES.indices) cell[kind] += lesion[kind]
        }
        val seen = TYPES.indices.map { kind -> lesions.map { it[kind] }.sum() }
        for ((name, members) in GROUPS) {
            val total = members.map { seen[it] }.sum()
            val base = counts.at(name).at("base").number()
            for (zone in areas.indices) for (side in 0..1) for (kind in members) {
                val share = if (total > 0) seen[kind] / total else 1.0 / members.size
                mean[zone][side][kind] += base * areas[zone][side] * share
            }
        }
        return Expected(zones, mean, GROUPS.mapValues { counts.at(it.key).at("alpha").number() })
    }

    /** Why a photo that can be judged is counted, but not graded. */
    private fun againstGrades(quality: Quality): String? = when {
        quality.notes.any { it.code == "no_whole_face" } -> said("no_whole_face").message
        quality.kept < gate.at("warn_below").number() -> quality.warnings[0].message
        else -> null
    }

    /** A code with what is told of it. */
    private fun said(code: String) = Said(code, gate.at("messages").at(code) as String)

    /** Visits over the zones that keep most of face × visits; where another model took over, a break. */
    fun compare(assessed: List<Assessed>): Compared {
        val share = zoneTable.at("area_share")
        val worthAs = table.at("frames_count_as").numbers()
        var zones = listOf<String>()
        var most = 0.0
        for (some in (1 shl ZONES.size) - 1 downTo 1) {
            val wanted = ZONES.filterIndexed { place, _ -> some shr place and 1 == 1 }
            val holding = assessed.count { visit -> visit.zones != null && wanted.all { it in visit.zones } }
            val worth = wanted.map { share.at(it).number() }.sum() * holding
            if (worth > most) {
                zones = wanted
                most = worth
            }
        }
        val kept = assessed.filter { visit ->
            zones.isNotEmpty() && visit.zones != null && zones.all { it in visit.zones }
        }
        val visits = kept.map { visit ->
            val count = zones.map { visit.zones!!.getValue(it) }.sum()
            Visit(visit.week, count, worthAs[min(max(visit.frames, 1), worthAs.size) - 1])
        }
        val breaks = (1 until kept.size).filter { kept[it].model != kept[it - 1].model }.map { kept[it].week }
        return Compared(visits, zones, breaks)
    }

    // The capture gate, on the square as the photo came, in blocks of 8 × 8 pixels.

    /** Whether a photo can be judged, how many of its lesions are still counted, and what to tell the person. */
    fun judge(photo: Photo, faces: List<Face>): Quality {
        val square = square(photo)
        val (down, across) = inside(photo, sizePx, photo.guided)
        val side = sizePx / 8
        val longer = max(radiusU, radiusV)
        val seen = BooleanArray(side * side) { i ->
            val x = i % side * 8
            val y = i / side * 8
            val u = ((x + 4.0) / sizePx * 2 - 1) * longer / radiusU
            val v = ((y + 4.0) / sizePx * 2 - 1) * longer / radiusV
            y >= down && y + 8 <= sizePx - down && x >= across && x + 8 <= sizePx - across &&
                (!photo.guided || u * u + v * v <= 1)
        }
        val skin = skinBlocks(square, seen, side)
        val bare = IntArray(256)  // dark skin before a bright wall asks for more light
        for (i in 0 until sizePx * sizePx) if (skin[i / sizePx / 8 * side + i % sizePx / 8]) {
            bare[luminance(square[3 * i].level(), square[3 * i + 1].level(), square[3 * i + 2].level())]++
        }
        val ofPhoto = gain(square, sizePx, down, across)
        val gain = if (skin.count { it } >= 6) max(ofPhoto, gainOf(bare)) else ofPhoto
        val figures = measure(photo, square, skin, seen, gain, sizePx)
        val kept = legibility(figures)
        val share = skin.count { it }.toDouble() / max(seen.count { it }, 1)
        val found = realFaces(photo, skin, faces)
        val cause = lostTo(figures)
        val whole = found.isNotEmpty() && isWhole(found[0])
        val turned = faceRules.at("whole_score").at("turned").number()
        val reasons = listOf(
            "little_skin" to (share < gate.at("skin_share").at(if (photo.guided) "guided" else "unguided").number()),
            "featureless" to (figures.getValue("edge1_90") < ln(gate.at("featureless_below").number() + 0.05)),
            "several_faces" to (found.size > 1),
            "no_face" to (photo.guided && (found.isEmpty() || found[0].score < turned)),
            cause to (kept < gate.at("unavailable_below").number())
        )
        val unavailable = reasons.find { it.second }?.first
        val small = min(photo.fullWidth, photo.fullHeight) < gate.at("smallest_px").number()
        val wrong = listOf(
            (unavailable ?: "") to (unavailable != null), cause to (kept < gate.at("warn_below").number()),
            "overexposed" to (figures.getValue("clipped") > gate.at("clipped_share").number()), "small" to small
        ) + if (photo.guided && found.isNotEmpty()) framing(photo, found[0], whole) else listOf()
        val notes = listOf(
            "no_whole_face" to (!photo.guided && !whole), "sides_unchecked" to (photo.view == "front" && whole)
        )
        val looked = if (skin.any { it }) skin else seen
        val light = tilesOf(plane(square, sizePx, 0.299, 0.587, 0.114, 1.0), sizePx)
        return Quality(
            kept, share, quantile(chosen(light.map { it.sum() / 64 }, looked), 0.5) / 255, found.firstOrNull(),
            unavailable?.let { said(it) }, wrong.filter { it.second }.map { it.first }.distinct().map { said(it) },
            notes.filter { it.second }.map { said(it.first) }
        )
    }

    /** What is wrong with how a face lies in the guide's oval. */
    private fun framing(photo: Photo, face: Face, whole: Boolean): List<Pair<String, Boolean>> {
        val short = min(photo.fullWidth, photo.fullHeight)
        val (low, high) = faceRules.at("turn").at(photo.view).numbers()
        val (least, most) = faceRules.at("size").at(photo.view).numbers().map { it * 2 * radiusV * short }
        val down = face.y - photo.fullHeight / 2.0 - faceRules.at("centre").at("down").number() * short
        val off = max(abs(face.x - photo.fullWidth / 2.0), abs(down))
        return listOf(
            "wrong_view" to (face.turn !in low..high), "covered" to !whole, "too_far" to (face.size < least),
            "too_near" to (face.size > most),
            "off_centre" to (off > faceRules.at("centre").at("within").number() * short)
        )
    }

    /** The faces that count as such: a doubtful one must show skin, a further one must lie apart. */
    private fun realFaces(photo: Photo, skin: BooleanArray, faces: List<Face>): List<Face> {
        val second = faceRules.at("second")
        val found = mutableListOf<Face>()
        for (face in faces) {
            val enough = if (found.isEmpty()) faceRules.at("score").number() else second.at("score").number()
            val apart = found.all { face.size >= second.at("size").number() * it.size && !it.holds(face) }
            val bare = face.score >= faceRules.at("whole_score").at("turned").number() ||
                skinShare(photo, skin, face) >= faceRules.at("doubtful_skin_share").number()
            if (face.score >= enough && apart && bare) found.add(face)
        }
        return found
    }

    /** Whether a face is seen whole. */
    private fun isWhole(face: Face): Boolean {
        val turned = abs(face.turn) >= faceRules.at("turned_from").number()
        return face.score >= faceRules.at("whole_score").at(if (turned) "turned" else "front").number()
    }

    /** Share of skin in what the square shows of a face's box. */
    private fun skinShare(photo: Photo, skin: BooleanArray, face: Face): Double {
        val (left, top, side) = cornerAndSide(photo)
        val number = sizePx / 8
        val inside = skin.indices.filter { i ->
            val x = ((i % number + 0.5) / number * side + left) * photo.fullWidth / photo.width
            val y = ((i / number + 0.5) / number * side + top) * photo.fullHeight / photo.height
            x in face.box[0]..face.box[2] && y in face.box[1]..face.box[3]
        }
        return if (inside.isEmpty()) 0.0 else inside.count { skin[it] }.toDouble() / inside.size
    }

    /** Share of lesions still counted. */
    private fun legibility(figures: Map<String, Double>): Double {
        val table = gate.at("legibility")
        var total = table.at("bias").number()
        for ((name, row) in table.at("figures") as Map<*, *>) {
            val (centre, spread, below, above) = row.numbers()
            val away = min(max((figures.getValue(name as String) - centre) / spread, -3.0), 3.0)
            total += away * if (away < 0) below else above
        }
        return 1 / (1 + exp(-total))
    }

    /** What is named as the cause where lesions are lost. */
    private fun lostTo(figures: Map<String, Double>): String {
        val reasons = gate.at("reasons")
        val even = listOf(1, 2, 4).map { figures.getValue("even$it") }.fold(0.0) { least, it -> min(least, it) }
        return when {
            figures.getValue("gain") >= ln(reasons.at("dark_from_gain").number()) -> "dark"
            even < reasons.at("uneven_below").number() -> "shaken"
            figures.getValue("noise_30") >= ln(reasons.at("noise_from").number()) -> "noisy"
            else -> "blurred"
        }
    }
}

/** Mean lesions [zone][side][type]; without the guide one unnamed zone, and no zone is named. */
class Expected(val zones: List<String>, val mean: List<List<DoubleArray>>, val alpha: Map<String, Double>) {
    /** Mean of these types, in all zones and on both sides or in one. */
    fun of(kinds: List<Int>, zone: Int? = null, side: Int? = null): Double {
        var sum = 0.0
        for (z in mean.indices) for (s in 0..1) for (kind in kinds) {
            if ((zone ?: z) == z && (side ?: s) == s) sum += mean[z][s][kind]
        }
        return sum
    }

    /** Mean lesions of each type and group in each zone: what change is computed from. */
    fun byZone(): Map<String, Map<String, Double>> {
        val kinds = TYPES.indices.associate { TYPES[it] to listOf(it) } + GROUPS
        return zones.indices.associate { at -> zones[at] to kinds.mapValues { of(it.value, zone = at) } }
    }

    /** Probability of 0, 1, 2, … lesions of a group. */
    fun distribution(group: String) = negativeBinomial(of(GROUPS.getValue(group)), alpha.getValue(group))

    /** P(so many nodules or more). */
    fun nodulesAtLeast(number: Int): Double =
        distribution("inflammatory").mapIndexed { n, chance -> chance * thinned(n, noduleShare(), number)[number] }.sum()

    /** Share of nodules in the inflammatory lesions. */
    fun noduleShare() = of(INFLAMMATORY).let { if (it > 0) of(listOf(NODULE)) / it else 0.0 }

    /** What of the face is graded. */
    fun basis() = when (zones.size) {
        0 -> "unguided photo"
        ZONES.size -> "guided face"
        else -> "partial face: " + zones.joinToString()
    }
}

/** Linear between the knots, level beyond them. */
fun interpolate(x: Double, knots: List<Double>, values: List<Double>): Double {
    val above = knots.indexOfFirst { x < it }
    if (above <= 0) return if (above == 0) values[0] else values.last()
    val share = (x - knots[above - 1]) / (knots[above] - knots[above - 1])
    return values[above - 1] + (values[above] - values[above - 1]) * share
}

// Counts: negative binomial, variance mean + alpha·mean².

/** P(0), P(1), …; what lies beyond five standard deviations and a tail is on the last entry. */
fun negativeBinomial(mean: Double, alpha: Double): DoubleArray {
    if (mean <= 0) return doubleArrayOf(1.0)
    val last = ceil(mean + 5 * sqrt(mean + alpha * mean * mean) + 14 * (1 + alpha * mean)).toInt()
    val chances = DoubleArray(last + 1)
    var logarithm = logNone(mean, alpha)
    for (k in 0..last) {
        if (k > 0) logarithm += ln1p(alpha * (k - 1)) - ln(k.toDouble()) + ln(mean) - ln1p(alpha * mean)
        chances[k] = exp(logarithm)
    }
    chances[last] += max(0.0, 1 - chances.sum())
    return chances
}

/** Logarithm of P(0). */
fun logNone(mean: Double, alpha: Double) = if (alpha == 0.0) -mean else -ln1p(alpha * mean) / alpha

/** The smallest k with P(at most k) ≥ level. */
fun firstReaching(chances: DoubleArray, level: Double): Int {
    var below = 0.0
    for (k in chances.indices) {
        below += chances[k]
        if (below >= level) return k
    }
    return chances.size - 1
}

/** Counts with intervals by type and group and in total; never more than there are candidates to draw. */
fun countLesions(expected: Expected, candidates: Int, interval: Double): Map<String, Count> {
    val byType = mutableMapOf<String, Count>()
    val byGroup = mutableMapOf<String, Count>()
    var left = candidates
    for ((name, members) in GROUPS) {
        val mean = expected.of(members)
        val value = min(floor(mean + 0.5).toInt(), left)
        left -= value
        val means = members.map { expected.of(listOf(it)) }
        apportion(value, means).forEachIndexed { i, ofType ->
            val chances = negativeBinomial(means[i], expected.alpha.getValue(name))
            byType[TYPES[members[i]]] = asCount(ofType, means[i], chances, interval)
        }
        byGroup[name] = asCount(value, mean, expected.distribution(name), interval)
    }
    val chances = convolve(expected.distribution("inflammatory"), expected.distribution("non_inflammatory"))
    val both = byGroup.values
    val total = asCount(both.map { it.value }.sum(), both.map { it.expected }.sum(), chances, interval)
    return TYPES.associateWith { byType.getValue(it) } + byGroup + mapOf("total" to total)
}

/** A count with its central interval, widened where the value falls outside. */
fun asCount(value: Int, mean: Double, chances: DoubleArray, interval: Double): Count {
    val tail = (1 - interval) / 2
    return Count(value, min(firstReaching(chances, tail), value), max(firstReaching(chances, 1 - tail), value), mean)
}

/** Distribution of the sum of two independent counts. */
fun convolve(one: DoubleArray, other: DoubleArray): DoubleArray {
    val chances = DoubleArray(one.size + other.size - 1)
    for (i in one.indices) for (j in other.indices) chances[i + j] += one[i] * other[j]
    return chances
}

/** Split a whole number by largest remainder; ties go to the earlier one. */
fun apportion(value: Int, means: List<Double>): List<Int> {
    if (value == 0) return means.map { 0 }
    val quotas = means.map { value * it / means.sum() }
    val whole = quotas.map { floor(it).toInt() }.toMutableList()
    for (i in means.indices.sortedBy { whole[it] - quotas[it] }.take(value - whole.sum())) whole[i] += 1
    return whole
}

/** The type each candidate is counted as. Each group takes what most stands for it, then gives out its types. */
fun chooseCounted(lesions: List<DoubleArray>, values: List<Int>): List<Int?> {
    val counted = arrayOfNulls<Int>(lesions.size)
    for (members in GROUPS.values) {
        val left = values.toMutableList()
        val standsFor = lesions.map { lesion -> members.map { lesion[it] }.sum() }
        val free = lesions.indices.filter { counted[it] == null }
        val chosen = free.sortedBy { -standsFor[it] }.take(members.map { left[it] }.sum())
        val pairs = chosen.flatMap { position -> members.map { position to it } }
        for ((position, kind) in pairs.sortedBy { (p, k) -> -lesions[p][k] / max(standsFor[p], 1e-12) }) {
            if (left[kind] > 0 && counted[position] == null) {
                counted[position] = kind
                left[kind] -= 1
            }
        }
    }
    return counted.toList()
}

// Grades: each takes the expected counts and its table.

private fun none(reason: String) = Grade(null, mapOf(), "", false, null, reason)

/** A grade: the median of its distribution. */
private fun ordinal(chances: DoubleArray, names: List<Any>, expected: Expected, table: Any?): Grade {
    val clipped = chances.map { max(it, 0.0) }
    val shares = clipped.map { it / clipped.sum() }
    return Grade(
        names[firstReaching(shares.toDoubleArray(), 0.5 - 1e-12)],
        names.indices.associate { "${names[it]}" to shares[it] },
        expected.basis(), table.at("validated") as Boolean, (table as Map<*, *>)["out_of"]?.whole()
    )
}

/** The grade of so many lesions, where `upTo[g]` is the most still graded g. */
private fun graded(number: Int, upTo: Any?) = upTo.wholes().count { number > it }

/** P(0, 1, … `most` or more of so many lesions are of a kind with that share). */
private fun thinned(number: Int, share: Double, most: Int): List<Double> {
    val chances = (0 until most).map { choose(number, it) * share.pow(it) * (1 - share).pow(max(number - it, 0)) }
    return chances + min(max(1 - chances.sum(), 0.0), 1.0)
}

/** Binomial coefficient; 0 where k > n. */
private fun choose(n: Int, k: Int): Double {
    var ways = 1.0
    for (i in 0 until k) ways = ways * max(n - i, 0) / (i + 1)
    return ways
}

/** Let the comedones' own grade raise the inflammatory grade, by at most `comedones_raise_by`. */
private fun raisedByComedones(inflammatory: DoubleArray, expected: Expected, table: Any?): DoubleArray {
    val final = DoubleArray(inflammatory.size)
    expected.distribution("non_inflammatory").forEachIndexed { number, chance ->
        val alone = graded(number, table.at("comedones_up_to"))
        for (grade in inflammatory.indices) {
            val most = max(grade, table.at("comedones_start").whole()) + table.at("comedones_raise_by").whole()
            final[max(grade, min(most, alone))] += inflammatory[grade] * chance
        }
    }
    return final
}

/** The least grade with so many nodules. */
private fun noduleGrade(number: Int, table: Any?): Int {
    val steps = (table.at("nodules_from") as List<*>).map { it.wholes() }
    return steps.fold(0) { least, (from, grade) -> if (number >= from) max(least, grade) else least }
}

/** Investigator's Global Assessment, 0–4. */
private fun iga(expected: Expected, table: Any?): Grade {
    val chances = DoubleArray(5)
    val most = (table.at("nodules_from") as List<*>).last().wholes()[0]
    expected.distribution("inflammatory").forEachIndexed { number, chance ->
        thinned(number, expected.noduleShare(), most).forEachIndexed { nodules, share ->
            chances[max(graded(number, table.at("inflammatory_up_to")), noduleGrade(nodules, table))] += chance * share
        }
    }
    return ordinal(raisedByComedones(chances, expected, table), (0..4).toList(), expected, table)
}

/** Global Acne Evaluation, 0–5. */
private fun gea(expected: Expected, table: Any?): Grade {
    val chances = DoubleArray(6)
    val extent = table.at("extent")
    val top = table.at("highly_inflammatory")
    val most = top.at("nodules_from").whole()
    expected.distribution("inflammatory").forEachIndexed { number, chance ->
        val wide = moreThan(extent.at("share_of_zones_over").number(), number, expected)
        thinned(number, expected.noduleShare(), most).forEachIndexed { nodules, share ->
            var grade = max(graded(number, table.at("inflammatory_up_to")), noduleGrade(nodules, table))
            if (nodules >= most && number >= top.at("inflammatory_from").whole()) grade = top.at("grade").whole()
            val spread = if (number >= extent.at("inflammatory_from").whole()) extent.at("grade").whole() else 0
            chances[grade] += chance * share * (1 - wide)
            chances[max(grade, spread)] += chance * share * wide
        }
    }
    return ordinal(raisedByComedones(chances, expected, table), (0..5).toList(), expected, table)
}

/** P(more than that share of zones holds one of so many lesions), by inclusion and exclusion over sets of zones. */
private fun moreThan(share: Double, number: Int, expected: Expected): Double {
    val zones = expected.zones.size
    val total = expected.of(INFLAMMATORY)
    if (zones == 0 || total == 0.0) return 0.0
    val shares = (0 until zones).map { expected.of(INFLAMMATORY, zone = it) / total }
    val most = min(floor(zones * share).toInt(), zones - 1)
    var atMost = 0.0
    for (set in 0 until (1 shl zones)) {
        val chosen = (0 until zones).filter { set shr it and 1 == 1 }
        if (chosen.size > most) continue
        val sign = if ((most - chosen.size) % 2 == 0) 1 else -1
        val within = chosen.map { shares[it] }.sum().pow(number)
        atMost += sign * choose(zones - chosen.size - 1, most - chosen.size) * within
    }
    return 1 - min(max(atMost, 0.0), 1.0)
}

/** Hayashi 2008: papules and pustules on the worse half of the face. */
private fun hayashi(expected: Expected, table: Any?): Grade {
    if (expected.zones.size < ZONES.size) {
        return none("Hayashi grades half a face: it needs the front view taken through the guide")
    }
    val (left, right) = listOf(LEFT, RIGHT).map { expected.of(listOf(PAPULE, PUSTULE), side = it) }
    val chances = negativeBinomial(left + right, expected.alpha.getValue("inflammatory"))
    val share = if (left + right > 0) left / (left + right) else 0.5
    val atMost = listOf(0.0) + table.at("half_face_up_to").wholes().map { most ->
        chances.indices.map { n ->
            val onLeft = max(0, n - most)..min(n, most)
            chances[n] * onLeft.map { choose(n, it) * share.pow(it) * (1 - share).pow(n - it) }.sum()
        }.sum()
    } + 1.0
    val bands = (table.at("bands") as List<*>).map { it as Any }
    return ordinal(DoubleArray(bands.size) { atMost[it + 1] - atMost[it] }, bands, expected, table)
}

/** Global Acne Grading System, face only: zone factor × worst lesion, summed. */
private fun gags(expected: Expected, table: Any?): Grade {
    val absent = ZONES - expected.zones
    if (absent.isNotEmpty()) {
        val why = if (expected.zones.isEmpty()) "no guide was used" else "not captured: " + absent.joinToString()
        return none("GAGS needs all five zones, taken through the guide; $why")
    }
    var score = doubleArrayOf(1.0)
    expected.zones.forEachIndexed { zone, name ->
        val atMost = listOf(INFLAMMATORY, listOf(PUSTULE, NODULE), listOf(NODULE)).map {
            exp(logNone(expected.of(it, zone = zone), expected.alpha.getValue("inflammatory")))
        }
        val comedones = expected.of(listOf(COMEDO), zone = zone)
        val noComedo = exp(logNone(comedones, expected.alpha.getValue("non_inflammatory")))
        val below = listOf(0.0, atMost[0] * noComedo) + atMost + 1.0
        val factor = table.at("factors").at(name).whole()
        val points = (listOf("none") + TYPES).map { factor * table.at("worst_lesion").at(it).whole() }
        val chances = DoubleArray(points.fold(0) { most, it -> max(most, it) } + 1)
        points.forEachIndexed { i, point -> chances[point] += below[i + 1] - below[i] }
        score = convolve(score, chances)
    }
    return ordinal(score, score.indices.toList(), expected, table)
}

/** NICE NG198 (2021): moderate to severe from so many inflammatory lesions, or so many nodules. */
private fun ng198(expected: Expected, table: Any?): Grade {
    val most = table.at("nodules_from").whole()
    val many = table.at("inflammatory_from").whole()
    val severe = expected.distribution("inflammatory").mapIndexed { number, chance ->
        chance * if (number >= many) 1.0 else thinned(number, expected.noduleShare(), most)[most]
    }.sum()
    return ordinal(doubleArrayOf(1 - severe, severe), (table.at("bands") as List<*>).map { it as Any }, expected, table)
}

private val INSTRUMENTS =
    mapOf("IGA" to ::iga, "GEA" to ::gea, "Hayashi" to ::hayashi, "GAGS" to ::gags, "NG198" to ::ng198)

// Change over a series of visits. `table` is the manifest's "change".

/** Kalman filter of √count; the state is base, walk, ups and downs, these at the start, effects, offsets. */
private class Filter(
    private val table: Any?, visits: List<Visit>, entered: List<Double>, found: List<Double> = listOf(),
    breaks: List<Double> = listOf(), lookingBack: Boolean = false
) {
    private val first = visits[0].week
    private val last = visits.last().week
    private val rule = table.at(if (lookingBack) "recent" else "course")
    private val weeks = rule.at("weeks").number()
    private val walk = (if (lookingBack) rule else table).at("walk").number()
    private val changes = (entered + found).filter { it <= last }.sorted()
    private val breaks = breaks.filter { it <= last }.sorted()
    private val start: Double
    private val m: DoubleArray
    private val p: Array<DoubleArray>
    private var week = first
    private var seen = 0
    private var surprise = 0.0
    private var levelSeen: Double

    init {
        val within = entered.filter { it in first..last }.sorted()
        start = if (within.isEmpty()) first else visits.map { it.week }.last { it <= within[0] }
        val roots = visits.filter { it.week <= start }.map { sqrt(it.count) }
        val typical = max(1.0, roots.sum() / roots.size)
        levelSeen = typical
        val spread = max(table.at("course").at("spread").number() * typical, rule.at("spread_at_least").number())
        val sds = listOf(table.at("base").at("sd").number(), 0.0, 0.0, 0.0) + changes.map { spread } +
            this.breaks.map { table.at("break_sd").number() }
        m = DoubleArray(sds.size) { if (it == 0) table.at("base").at("mean").number() else 0.0 }
        p = Array(sds.size) { i -> DoubleArray(sds.size) { j -> if (i == j) sds[i] * sds[i] else 0.0 } }
    }

    /** Take in the next visit. */
    fun update(visit: Visit) {
        val turnover = table.at("turnover").at("variance").number()
        val variation = table.at("rate").at("variation").number()
        val slow = turnover * (variation * levelSeen) * (variation * levelSeen)
        val passed = visit.week - week
        val fastKept = turnover * exp(-passed / table.at("turnover").at("weeks").number())
        val slowKept = slow * exp(-passed / table.at("rate").at("weeks").number())
        val kept = if (seen > 0) (fastKept + slowKept) / (turnover + slow) else 0.0
        p[1][1] += walk * max(0.0, visit.week - max(week, start))
        m[2] *= kept
        for (row in p) row[2] *= kept
        for (j in m.indices) p[2][j] *= kept
        p[2][2] += (turnover + slow) * (1 - kept * kept)
        week = visit.week
        val sees = contrast(1.0, 1.0)
        breaks.forEachIndexed { i, since -> sees[sees.size - breaks.size + i] = if (week >= since) 1.0 else 0.0 }
        val along = DoubleArray(m.size) { dot(p[it], sees) }
        val sem = table.at("sem").number()
        var scatter = dot(along, sees) + sem * sem / visit.frames
        val innovation = sqrt(visit.count) - dot(sees, m)
        surprise = innovation / sqrt(scatter)
        seen += 1
        if (seen >= table.at("robust").at("from_visit").whole()) {
            val times = surprise / table.at("robust").at("beyond").number()
            scatter *= max(1.0, times * times)
        }
        for (i in m.indices) {
            m[i] += along[i] * innovation / scatter
            for (j in m.indices) p[i][j] -= along[i] * along[j] / scatter
        }
        if (week <= start) {
            m[3] = m[2]
            p[3] = p[2].copyOf()
            for (row in p) row[3] = row[2]
        }
        levelSeen = max(1.0, dot(contrast(1.0), m))
    }

    /** Weights of the level now less that at the start, with these of base, ups and downs and those at the start. */
    fun contrast(base: Double = 0.0, upsAndDowns: Double = 0.0, atStart: Double = 0.0): DoubleArray {
        val reached = changes.map { -(risen(week - it) - risen(first - it)) }
        return (listOf(base, 1.0, upsAndDowns, atStart) + reached + breaks.map { 0.0 }).toDoubleArray()
    }

    private fun risen(passed: Double) = if (passed > 0) 1 - exp(-passed / weeks) else 0.0

    private fun measure(contrast: DoubleArray): Pair<Double, Double> {
        val along = DoubleArray(m.size) { dot(p[it], contrast) }
        return dot(contrast, m) to sqrt(max(0.0, dot(contrast, along)))
    }

    /** Above 0 for fewer lesions; 0 where nothing is compared. */
    fun z(contrast: DoubleArray): Double {
        val (mean, deviation) = measure(contrast)
        return if (deviation > 1e-9) -mean / deviation else 0.0
    }

    private fun interval(contrast: DoubleArray): List<Double> {
        val (mean, deviation) = measure(contrast)
        val reach = table.at("interval").at("z").number() * deviation
        return listOf(mean - reach, mean, mean + reach).map { max(0.0, it) * max(0.0, it) }
    }

    /** What may be said after the latest visit. */
    fun state(recent: Recent?) = State(
        week, z(contrast(0.0, 1.0, -1.0)), z(contrast()), normal(z(contrast(1 - sqrt(0.5)))),
        interval(contrast(1.0, 1.0)), interval(contrast(1.0)), surprise, recent
    )
}

/** One state a visit. `changes` are weeks of starts and stops of courses, `breaks` weeks from which on another model
 * counted. With `find` a recent change that nobody entered is taken in from when it was seen on. */
fun follow(
    table: Any?, visits: List<Visit>, changes: List<Double> = listOf(), breaks: List<Double> = listOf(),
    find: Boolean = false
): List<State> {
    checkSeries(visits, changes + breaks)
    val found = mutableListOf<Double>()
    var filter = Filter(table, visits, changes, found, breaks)
    return visits.indices.map { i ->
        filter.update(visits[i])
        val recent = lookBack(table, visits.take(i + 1))
        if (find && recent != null && abs(recent.z) >= table.at("recent").at("alarm").number()) {
            val longest = table.at("recent").at("back").numbers().fold(0.0) { most, back -> max(most, back) }
            if ((changes + found).all { it <= recent.week - longest }) {
                found.add(recent.week)
                filter = Filter(table, visits, changes, found, breaks)
                for (earlier in visits.take(i + 1)) filter.update(earlier)
            }
        }
        filter.state(recent)
    }
}

/** The clearest change of the last weeks: restarts some weeks back, each with a run-in. */
private fun lookBack(table: Any?, visits: List<Visit>): Recent? {
    var clearest: Recent? = null
    for (back in table.at("recent").at("back").numbers()) {
        val restart = visits.last().week - back
        val window = visits.filter { it.week >= restart - table.at("recent").at("run_in").number() }
        if (window[0].week > restart) continue
        val filter = Filter(table, window, listOf(restart), lookingBack = true)
        for (visit in window) filter.update(visit)
        val z = filter.z(filter.contrast())
        if (clearest == null || abs(z) > abs(clearest.z)) clearest = Recent(z, restart)
    }
    return clearest
}

/** Refuse what is no series of visits in order. */
private fun checkSeries(visits: List<Visit>, weeks: List<Double>) {
    require(visits.size in 1..1000) { "a series has 1 to 1000 visits" }
    require((visits.flatMap { listOf(it.week, it.count, it.frames) } + weeks).none { it.isNaN() || it.isInfinite() }) {
        "a week, count or number of frames is no finite number"
    }
    require(visits.none { it.count < 0 || it.frames <= 0 }) { "a count is below 0, or a number of frames not above it" }
    require((1 until visits.size).all { visits[it].week > visits[it - 1].week }) {
        "visits are not in order of time, each of its own moment"
    }
}

/** P(a standard normal variable is at most z), by the series of Marsaglia 2004. */
private fun normal(z: Double): Double {
    if (abs(z) > 8) return if (z > 0) 1.0 else 0.0
    var total = z
    var term = z
    var k = 3
    while (abs(term) > 1e-17) {
        term *= z * z / k
        total += term
        k += 2
    }
    return 0.5 + total * exp(-z * z / 2) / sqrt(2 * PI)
}

private fun dot(one: DoubleArray, other: DoubleArray): Double {
    var total = 0.0
    for (i in one.indices) total += one[i] * other[i]
    return total
}

// Pixels.

/** Bilinear with antialiasing on 8-bit RGB as Pillow does it, across and then down; `golden/README.md` has the formula.
 * `across` and `down` are how much of the image is used, in its pixels. */
fun resize(
    rgb: ByteArray, width: Int, height: Int, toWidth: Int, toHeight: Int, across: Double, down: Double
): ByteArray {
    val rows = ByteArray(height * toWidth * 3)
    blend(width, toWidth, across) { to, from, weights ->
        for (y in 0 until height) for (c in 0..2) {
            rows[(y * toWidth + to) * 3 + c] = mix(weights) { rgb[(y * width + from + it) * 3 + c] }
        }
    }
    val resized = ByteArray(toHeight * toWidth * 3)
    blend(height, toHeight, down) { to, from, weights ->
        for (x in 0 until toWidth * 3) {
            resized[to * toWidth * 3 + x] = mix(weights) { rows[(from + it) * toWidth * 3 + x] }
        }
    }
    return resized
}

private inline fun mix(weights: IntArray, pixel: (Int) -> Byte): Byte {
    var sum = 1 shl 21
    for (i in weights.indices) sum += weights[i] * (pixel(i).toInt() and 255)
    return min(max(sum shr 22, 0), 255).toByte()
}

/** For each of `to` pixels: the first of the `from` pixels under its triangle, and their weights · 2²². */
private inline fun blend(from: Int, to: Int, used: Double, each: (Int, Int, IntArray) -> Unit) {
    val scale = used / to
    val reach = max(scale, 1.0)
    for (i in 0 until to) {
        val centre = (i + 0.5) * scale
        val first = max((centre - reach + 0.5).toInt(), 0)
        val last = min((centre + reach + 0.5).toInt(), from)
        val weights = DoubleArray(last - first) { max(0.0, 1 - abs((it + first - centre + 0.5) / reach)) }
        val sum = weights.sum()
        each(i, first, IntArray(weights.size) { (0.5 + weights[it] / sum * (1 shl 22)).toInt() })
    }
}

private fun Byte.level() = toInt() and 255
private fun luminance(red: Int, green: Int, blue: Int) = (77 * red + 150 * green + 29 * blue) shr 8

// What the gate measures. A picture is a plane of size × size numbers, its tiles are blocks of 8 × 8.

private fun <T> chosen(values: List<T>, mask: BooleanArray) = values.filterIndexed { i, _ -> mask[i] }

/** The weighted sum of red, green and blue, times a gain. */
private fun plane(rgb: ByteArray, size: Int, red: Double, green: Double, blue: Double, gain: Double) =
    DoubleArray(size * size) {
        (red * rgb[3 * it].level() + green * rgb[3 * it + 1].level() + blue * rgb[3 * it + 2].level()) * gain
    }

/** Blocks of 8 × 8, each 64 numbers, row by row. */
private fun tilesOf(values: DoubleArray, size: Int): List<DoubleArray> {
    val side = size / 8
    return (0 until side * side).map { i ->
        val corner = i / side * 8 * size + i % side * 8
        DoubleArray(64) { values[corner + it / 8 * size + it % 8] }
    }
}

/** Means of 2 × 2. */
private fun halved(values: DoubleArray, size: Int): DoubleArray {
    val half = size / 2
    return DoubleArray(half * half) {
        val at = it / half * 2 * size + it % half * 2
        (values[at] + values[at + size] + values[at + 1] + values[at + size + 1]) / 4
    }
}

/** Smooth blocks of skin's colour ratios, six of the nine around being such, too. */
private fun skinBlocks(square: ByteArray, seen: BooleanArray, side: Int): BooleanArray {
    val size = side * 8
    val light = tilesOf(plane(square, size, 0.299, 0.587, 0.114, 1.0), size)
    val (red, green, blue) = (0..2).map { c ->
        val weights = (0..2).map { if (it == c) 1.0 else 0.0 }
        tilesOf(plane(square, size, weights[0], weights[1], weights[2], 1.0), size).map { ln(it.sum() / 64 + 2) }
    }
    fun between(ratio: Double, low: Double, high: Double) = ratio > low && ratio < high
    val alike = BooleanArray(side * side) { i ->
        val mean = light[i].sum() / 64
        val smooth = sqrt(light[i].map { (it - mean) * (it - mean) }.sum() / 64) / (mean + 1) < 0.35
        seen[i] && smooth && between(red[i] - green[i], 0.025, 0.75) && between(green[i] - blue[i], -0.20, 0.60) &&
            between(red[i] - blue[i], 0.05, 1.10)
    }
    return BooleanArray(side * side) { i ->
        alike[i] && 6 <= (-1..1).map { down ->
            (-1..1).count { across ->
                val row = min(max(i / side + down, 0), side - 1)
                alike[row * side + min(max(i % side + across, 0), side - 1)]
            }
        }.sum()
    }
}

/** What the gate's function takes, by name. */
private fun measure(
    photo: Photo, square: ByteArray, skin: BooleanArray, seen: BooleanArray, gain: Double, size: Int
): Map<String, Double> {
    val brightest = DoubleArray(size * size) { i -> (0..2).map { square[3 * i + it].level() }.max()!!.toDouble() }
    val inside = chosen(tilesOf(brightest, size), seen).flatMap { it.toList() }
    val figures = mutableMapOf(
        "gain" to ln(gain), "blocky" to blockiness(photo),
        "clipped" to inside.count { it >= 250 }.toDouble() / inside.size,
        "black" to inside.count { it <= 3 }.toDouble() / inside.size
    )
    fun note(name: String, values: List<Double>, vararg percents: Int) {
        for (percent in percents) figures["${name}_$percent"] = ln(quantile(values, percent / 100.0) + 0.05)
    }
    var light = plane(square, size, 0.299, 0.587, 0.114, gain)
    var redness = plane(square, size, 1.0, -1.0, 0.0, gain)
    var here = DoubleArray(skin.size) { if (skin[it]) 1.0 else 0.0 }
    var around = DoubleArray(seen.size) { if (seen[it]) 1.0 else 0.0 }
    for (scale in listOf(1, 2, 4)) {
        val width = size / scale
        val some = around.any { it >= 0.5 }
        val everywhere = BooleanArray(around.size) { !some || around[it] >= 0.5 }
        val bare = BooleanArray(here.size) { here[it] >= 0.5 }
        val looked = if (bare.count { it } >= 6) bare else everywhere
        val tiles = tilesOf(light, width)
        val edges = tiles.map { laplacian(it) }
        if (scale == 1) note("noise", chosen(tiles, looked).map { noise(it) }, 10, 30, 50)
        note("edge$scale", chosen(edges, looked), 30, 50, 75, 90, 97)
        note("anywhere$scale", chosen(edges, everywhere), 90, 98)
        note("red$scale", chosen(tilesOf(redness, width), looked).map { laplacian(it) }, 50, 90)
        figures["even$scale"] = evenness(chosen(tiles, looked))
        if (scale < 4) {
            light = halved(light, width)
            redness = halved(redness, width)
            here = halved(here, width / 8)
            around = halved(around, width / 8)
        }
    }
    return figures
}

/** Mean |4·centre − its four neighbours| inside a block. */
private fun laplacian(tile: DoubleArray): Double {
    var total = 0.0
    for (y in 1..6) for (i in y * 8 + 1..y * 8 + 6) {
        total += abs(4 * tile[i] - tile[i - 8] - tile[i + 8] - tile[i - 1] - tile[i + 1])
    }
    return total / 36
}

/** Standard deviation of noise inside a block (Immerkær 1996). */
private fun noise(tile: DoubleArray): Double {
    var total = 0.0
    for (y in 1..6) for (i in y * 8 + 1..y * 8 + 6) {
        val corners = tile[i - 9] + tile[i - 7] + tile[i + 7] + tile[i + 9]
        total += abs(4 * tile[i] - 2 * (tile[i - 8] + tile[i + 8] + tile[i - 1] + tile[i + 1]) + corners)
    }
    return total / 36 * sqrt(PI / 2) / 6
}

/** The lower log ratio of 75th percentiles of differences in two crossing directions: low after motion. */
private fun evenness(tiles: List<DoubleArray>): Double {
    fun steep(one: Int, other: Int): Double {
        val means = tiles.map { tile ->
            var total = 0.0
            for (y in 1..7) for (i in y * 8 + 1..y * 8 + 7) total += abs(tile[i + one] - tile[i + other])
            total / 49
        }
        return quantile(means, 0.75) + 0.1
    }
    val straight = -abs(ln(steep(0, -1) / steep(0, -8)))
    return min(straight, -abs(ln(steep(0, -9) / steep(-1, -8))))
}

/** How much steeper steps are at every eighth pixel than between, in the photo's middle 512 × 512 pixels. */
private fun blockiness(photo: Photo): Double {
    val width = min(photo.width, 512)
    val height = min(photo.height, 512)
    val left = max(0, (photo.width - 512) / 2)
    val top = max(0, (photo.height - 512) / 2)
    fun light(x: Int, y: Int): Int {
        val pixel = photo.argb[(top + y) * photo.width + left + x]
        return luminance(pixel shr 16 and 255, pixel shr 8 and 255, pixel and 255)
    }
    fun ratio(long: Int, across: Int, at: (Int, Int) -> Int): Double {
        val number = (long - 1) / 8
        val places = DoubleArray(8)
        for (i in 0 until number * 8) for (k in 0 until across) places[i % 8] += abs(at(i + 1, k) - at(i, k)).toDouble()
        val means = places.map { it / number / across }
        val steepest = means.fold(0.0) { most, it -> max(most, it) }
        return ln((steepest + 0.1) / ((means.sum() - steepest) / 7 + 0.1))
    }
    return (ratio(width, height) { i, k -> light(i, k) } + ratio(height, width) { i, k -> light(k, i) }) / 2
}

/** Score, and box and points one number after the other, 0–1 of the square; answers that overlap are one, weighted. */
private fun decodedFaces(places: FloatArray, logits: FloatArray): List<Pair<Double, List<Double>>> {
    val anchors = listOf(16 to 2, 8 to 6).flatMap { (cells, each) ->
        (0 until cells * cells * each).map {
            listOf((it / each % cells + 0.5) / cells, (it / each / cells + 0.5) / cells)
        }
    }
    val answers = anchors.indices.map { row ->
        fun number(k: Int) = places[16 * row + k].toDouble() / FACE_PX
        val corners = (0..3).map { number(it % 2) + anchors[row][it % 2] + (if (it < 2) -0.5 else 0.5) * number(2 + it % 2) }
        val score = 1 / (1 + exp(-min(max(logits[row].toDouble(), -80.0), 80.0)))
        score to corners + (4..15).map { number(it) + anchors[row][it % 2] }
    }
    var left = answers.filter { it.first >= 0.3 }.sortedBy { -it.first }
    val found = mutableListOf<Pair<Double, List<Double>>>()
    while (left.isNotEmpty()) {
        val same = left.filter { it === left[0] || overlap(left[0].second, it.second) >= 0.3 }
        val total = same.map { it.first }.sum()
        found.add(left[0].first to (0..15).map { k -> same.map { it.first * it.second[k] }.sum() / total })
        left = left.filter { it !in same }
    }
    return found
}

/** Shared area of two boxes as a share of their union. */
private fun overlap(one: List<Double>, other: List<Double>): Double {
    fun area(box: List<Double>) = max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)
    val shared = area((0..3).map { if (it < 2) max(one[it], other[it]) else min(one[it], other[it]) })
    val union = area(one) + area(other) - shared
    return if (union > 0) shared / union else 0.0
}

/** Linear between the sorted values. */
private fun quantile(values: List<Double>, share: Double): Double {
    val sorted = values.sorted()
    val at = share * (sorted.size - 1)
    val low = floor(at).toInt()
    return sorted[low] + (at - low) * (sorted[min(low + 1, sorted.size - 1)] - sorted[low])
}

// The manifest. On Android any JSON library that gives maps and lists serves as well.

/** Maps, lists, strings, numbers as Double, booleans and null from JSON text. */
fun parseJson(text: String): Any? = JsonText(text).run { value().also { end() } }

private val ESCAPES = mapOf('n' to '\n', 't' to '\t', 'r' to '\r', 'b' to '\b', 'f' to '\u000c')

private class JsonText(private val text: String) {
    private var at = 0

    fun value(): Any? = when (peek()) {
        '{' -> members('}') { string().also { expect(':') } to value() }.toMap()
        '[' -> members(']') { value() }
        '"' -> string()
        else -> literal()
    }

    fun end() = check(text.substring(at).isBlank()) { "JSON goes on after its end" }

    private fun peek(): Char {
        while (at < text.length && text[at].isWhitespace()) at++
        check(at < text.length) { "JSON breaks off" }
        return text[at]
    }

    private fun expect(char: Char) {
        check(peek() == char) { "JSON: expected $char at $at" }
        at++
    }

    private fun <T> members(end: Char, one: () -> T): List<T> {
        val found = mutableListOf<T>()
        at++
        while (peek() != end) {
            if (found.isNotEmpty()) expect(',')
            found.add(one())
        }
        at++
        return found
    }

    private fun string(): String {
        expect('"')
        val found = StringBuilder()
        while (at < text.length && text[at] != '"') {
            var char = text[at++]
            if (char == '\\') {
                char = text[at++]
                if (char == 'u') {
                    char = text.substring(at, at + 4).toInt(16).toChar()
                    at += 4
                } else if (char in ESCAPES) {
                    char = ESCAPES.getValue(char)
                }
            }
            found.append(char)
        }
        expect('"')
        return found.toString()
    }

    private fun literal(): Any? {
        val from = at
        while (at < text.length && text[at] !in ",]}" && !text[at].isWhitespace()) at++
        return when (val word = text.substring(from, at)) {
            "true" -> true
            "false" -> false
            "null" -> null
            else -> word.toDouble()
        }
    }
}
