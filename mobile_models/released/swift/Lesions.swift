// Copyright The acnetrack authors. SPDX-License-Identifier: Apache-2.0
//
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in compliance with
// the License. You may obtain a copy at https://www.apache.org/licenses/LICENSE-2.0. Distributed on an "AS IS" BASIS,
// WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the License for the specific language.

/// Upright RGB photos and two models' outputs in; lesions, counts, grades and change out. Needs Foundation only.
///
///     let model = try Model(manifest: Data(contentsOf: manifestURL))
///     let photo = Photo(rgba: bytes, width: width, height: height, view: "front", guided: true)
///     let input = model.tensor(photo)                                        // run any interpreter on it
///     let found = try model.candidates(photo, boxes: boxes, classes: classes, scores: scores, count: count)
///     let faces = model.faces(photo, places: places, logits: logits)   // face.tflite's answer to model.faceTensor(photo)
///     let assessment = try model.assess([photo], [found], [faces])
///     let states = try follow(model.table, [Visit(week: week, count: count, frames: frames)], changes: [week of a start])
///
/// Every table comes from the bundle's manifest. `golden/` of the bundle holds what this must give; compiled with Swift
/// 6.0 on Linux and held to it there, never compiled by Xcode or run on a phone by us. Turn the photo upright first
/// (EXIF); nothing is mirrored.
import Foundation

public let types = ["comedo", "papule", "pustule", "nodule"]
let comedo = 0, papule = 1, pustule = 2, nodule = 3
let inflammatory = [papule, pustule, nodule]
let groups: [(name: String, members: [Int])] = [("inflammatory", inflammatory), ("non_inflammatory", [comedo])]
let views = ["front", "left", "right"]
public let zoneNames = ["forehead", "left_cheek", "right_cheek", "nose", "chin"]
let left = 0, right = 1
let rightEye = 0, leftEye = 1, nose = 2, rightEar = 4, leftEar = 5
let facePx = 128

/// What cannot be assessed, and why.
public struct Refusal: Error { public let reason: String }

/// An upright photo, four bytes a pixel row by row: red, green, blue and one that is not looked at; `left` shows the
/// patient's left side. `fullWidth` and `fullHeight` are the photo's size where the pixels were decoded at a fraction
/// of it; boxes are in these pixels.
public struct Photo {
    public let rgba: [UInt8], width: Int, height: Int, view: String, guided: Bool, name: String
    public let fullWidth: Int, fullHeight: Int

    public init(
        rgba: [UInt8], width: Int, height: Int, view: String = "front", guided: Bool = false, name: String = "photo",
        fullWidth: Int? = nil, fullHeight: Int? = nil
    ) {
        (self.rgba, self.width, self.height) = (rgba, width, height)
        (self.view, self.guided, self.name) = (view, guided, name)
        (self.fullWidth, self.fullHeight) = (fullWidth ?? width, fullHeight ?? height)
    }
}

/// A possible lesion: the model's class and score, its box x0 y0 x1 y1 in the photo, √area as a share of the square.
public struct Candidate { public let kind: Int, score: Double, box: [Double], size: Double }

/// Where a candidate lies: position in `zoneNames`, side, whether this photo's view counts that zone, its name.
struct Place { let zone: Int, side: Int, counts: Bool, name: String? }

/// A candidate as it is reported: `type` is the type it is counted as, or the model's own where it is not counted.
public struct Lesion {
    public let type: String, score: Double, box: [Double], probabilities: [Double], zone: String?, counted: Bool

    var json: [String: Any] {
        ["type": type, "score": score, "box": box, "probabilities": probabilities, "zone": zone ?? NSNull(),
         "counted": counted]
    }
}

/// How many lesions, the interval around it, and the mean behind it.
public struct Count {
    public let value: Int, low: Int, high: Int, expected: Double

    var json: [String: Any] { ["value": value, "low": low, "high": high, "expected": expected] }
}

/// A grade with its distribution, in the order of the grades; or none, and why.
public enum Grade {
    case given(value: Any, distribution: [(name: String, chance: Double)], basis: String, validated: Bool, outOf: Int?)
    case unavailable(String)

    var json: [String: Any] {
        switch self {
        case .unavailable(let reason): return ["unavailable": reason]
        case .given(let value, let distribution, let basis, let validated, let outOf):
            let chances = Dictionary(uniqueKeysWithValues: distribution.map { ($0.name, $0.chance) })
            var json: [String: Any] = ["value": value, "distribution": chances, "basis": basis, "validated": validated]
            if let outOf = outOf { json["out_of"] = outOf }
            return json
        }
    }
}

/// Something told: a code for software, and words for a person.
public struct Said {
    public let code: String, message: String

    var json: [String: Any] { ["code": code, "message": message] }
}

/// A face: score, box x0 y0 x1 y1 and the key points x, y in pixels of the whole photo.
public struct Face {
    public let score: Double, box: [Double], points: [[Double]]

    var size: Double { max(box[2] - box[0], box[3] - box[1]) }
    var x: Double { (box[0] + box[2]) / 2 }
    var y: Double { (box[1] + box[3]) / 2 }

    /// Angle from the person's right eye to the left, radians, clockwise in the photo.
    var roll: Double { atan2(points[leftEye][1] - points[rightEye][1], points[leftEye][0] - points[rightEye][0]) }

    /// The nose's offset from the middle of the ears along the eyes, in halves of the box's width.
    public var turn: Double {
        let offset = (0..<2).map { points[nose][$0] - (points[rightEar][$0] + points[leftEar][$0]) / 2 }
        return 2 * (offset[0] * cos(roll) + offset[1] * sin(roll)) / (box[2] - box[0])
    }

    func holds(_ other: Face) -> Bool {
        box[0] <= other.x && other.x <= box[2] && box[1] <= other.y && other.y <= box[3]
    }

    var json: [String: Any] {
        ["score": score, "box": box, "roll_degrees": roll * 180 / Double.pi, "turn": turn]
    }
}

/// What the capture gate says of a photo: share of lesions still counted, why nothing may be said, and what to do.
public struct Quality {
    public let kept: Double, skinFraction: Double, brightness: Double, face: Face?, unavailable: Said?
    public let warnings: [Said], notes: [Said]

    var json: [String: Any] {
        let shown: Any = face.map { $0.json } ?? NSNull()
        let reason: Any = unavailable.map { $0.json } ?? NSNull()
        return ["ok": warnings.isEmpty, "kept": kept, "skin_fraction": skinFraction, "brightness": brightness,
                "face": shown, "unavailable": reason, "warnings": warnings.map { $0.json }, "notes": notes.map { $0.json }]
    }
}

/// One visit: the photo drawn of each view with its lesions and quality, counts, lesions by zone and type and their means
/// (nil without the guide), fewest frames a view, grades; `unavailable` where the counts are no result.
public struct Assessment {
    public let photos: [Photo], lesions: [[Lesion]], qualities: [Quality], counts: [String: Count]
    public let zones: [String: [String: Int]]?, zonesExpected: [String: [String: Double]]?, frames: Int
    public let grades: [String: Grade], unavailable: Said?, findings: [Said], model: [String: String]

    /// As the server takes it, ready for JSONSerialization.
    public var json: [String: Any] {
        let shown: [[String: Any]] = photos.indices.map { i in
            ["photo": photos[i].name, "view": photos[i].view, "guided": photos[i].guided,
             "lesions": lesions[i].map { $0.json }, "quality": qualities[i].json]
        }
        let reason: Any = unavailable.map { $0.json } ?? NSNull()
        return ["visit": true, "unavailable": reason, "findings": findings.map { $0.json }, "photos": shown, "counts": counts.mapValues { $0.json }, "zones": zones ?? NSNull(),
                "zones_expected": zonesExpected ?? NSNull(), "frames": frames, "grades": grades.mapValues { $0.json },
                "experimental": ["non_inflammatory"], "model": model]
    }
}

/// One visit of a series: expected inflammatory lesions, and on how many independent frames a view.
public struct Visit {
    public let week: Double, count: Double, frames: Double

    public init(week: Double, count: Double, frames: Double) {
        (self.week, self.count, self.frames) = (week, count, frames)
    }
}

/// What a series takes of an assessment: expected inflammatory lesions by zone, nil without the guide or where nothing
/// could be judged; `model` names the exact model.
public struct Assessed {
    public let week: Double, zones: [String: Double]?, frames: Int, model: String

    public init(week: Double, zones: [String: Double]?, frames: Int, model: String) {
        (self.week, self.zones, self.frames, self.model) = (week, zones, frames, model)
    }
}

/// The visits that can be compared, over which zones, and from which weeks on another model counted.
public struct Compared {
    public let visits: [Visit], zones: [String], breaks: [Double]

    var json: [String: Any] {
        ["visits": visits.map { [$0.week, $0.count, $0.frames] }, "zones": zones, "breaks": breaks]
    }
}

/// A change that needs no entry: its z, and the week from which on it is seen.
public struct Recent { public let z: Double, week: Double }

/// What may be said at a visit. z is above 0 for fewer lesions: of the number on the face and of the trend since the
/// start; P(half); low, middle and high of the number now and of the level behind it; how much the visit is a surprise.
public struct State {
    public let week: Double, face: Double, trend: Double, half: Double, now: [Double], level: [Double]
    public let surprise: Double, recent: Recent?

    var json: [String: Any] {
        let found: Any = recent.map { ["z": $0.z, "week": $0.week] } ?? NSNull()
        return ["week": week, "face": face, "trend": trend, "half": half, "now": now, "level": level,
                "surprise": surprise, "recent": found]
    }
}

/// A part of the manifest. What is missing there stops the program: check the bundle's hashes and schema first.
public struct Table {
    let value: Any?

    subscript(key: String) -> Table {
        guard let found = (value as? [String: Any])?[key] else { fatalError("the manifest lacks \(key)") }
        return Table(value: found)
    }
    subscript(position: Int) -> Table { list[position] }
    var list: [Table] { (value as! [Any]).map { Table(value: $0) } }
    var number: Double { (value as! NSNumber).doubleValue }
    var numbers: [Double] { list.map { $0.number } }
    var whole: Int { (value as! NSNumber).intValue }
    var wholes: [Int] { list.map { $0.whole } }
    var text: String { value as! String }
    var texts: [String] { list.map { $0.text } }
    func has(_ key: String) -> Bool { (value as? [String: Any])?[key] != nil }

    /// The same with another number in one place.
    public func with(_ key: String, _ number: Double) -> Table {
        var changed = value as! [String: Any]
        changed[key] = NSNumber(value: number)
        return Table(value: changed)
    }
}

/// The tables of a bundle's manifest and what follows from them; `file` is the model that runs.
public final class Model {
    private let manifest: Table, zoneTable: Table, gate: Table, calibration: Table, given: Table
    private let scoreEdges: [Double], radiusU: Double, radiusV: Double, sha256: String

    /// The numbers of the model of change, for `follow`.
    public var table: Table { manifest["change"] }

    /// Side S of the model's square input.
    public let sizePx: Int

    public init(manifest data: Data, file: String? = nil) throws {
        manifest = Table(value: try JSONSerialization.jsonObject(with: data))
        for key in ["zones", "gate", "calibration", "grading", "change", "input", "files", "default_file", "id", "version"]
        where !manifest.has(key) {
            throw Refusal(reason: "the manifest lacks \(key)")
        }
        let running = file ?? manifest["default_file"].text
        guard manifest["files"].has(running) else { throw Refusal(reason: "the manifest lacks \(running)") }
        sha256 = manifest["files"][running]["sha256"].text
        zoneTable = manifest["zones"]
        gate = manifest["gate"]
        calibration = manifest["calibration"]
        given = calibration["type_given"]
        scoreEdges = given["score_edges"].numbers
        radiusU = zoneTable["oval"]["radius_u"].number
        radiusV = zoneTable["oval"]["radius_v"].number
        sizePx = manifest["input"]["shape"].wholes[1]
    }

    // MARK: From the photo to the model's input, and from its outputs back to the photo.

    /// Left, top and side of the square in the photo's pixels: the oval's bounding square, or all, padded.
    func cornerAndSide(_ photo: Photo, guided: Bool? = nil) -> (left: Int, top: Int, side: Int) {
        var side = max(photo.width, photo.height)
        if guided ?? photo.guided {
            let exact = 2 * max(radiusU, radiusV) * Double(min(photo.width, photo.height))
            side = Int(exact.rounded(.toNearestOrEven))
        }
        return ((photo.width - side) >> 1, (photo.height - side) >> 1, side)
    }

    /// S × S × 3 bytes, RGB, as the photo came: what the gate looks at, and the model in the reference light.
    public func square(_ photo: Photo, size: Int? = nil, guided: Bool? = nil) -> [UInt8] {
        let (left, top, side) = cornerAndSide(photo, guided: guided), size = size ?? sizePx
        var square = [UInt8](repeating: UInt8(manifest["input"]["pad_value"].whole), count: side * side * 3)
        for y in max(0, -top)..<min(side, photo.height - top) {
            for x in max(0, -left)..<min(side, photo.width - left) {
                let from = ((y + top) * photo.width + x + left) * 4, to = (y * side + x) * 3
                for c in 0..<3 { square[to + c] = photo.rgba[from + c] }
            }
        }
        return resize(square, side, side, size, size, Double(side), Double(side))
    }

    /// First row and column of the square that show the photo and no padding; it ends as far from the other side.
    private func inside(_ photo: Photo, _ size: Int, _ guided: Bool) -> (down: Int, across: Int) {
        let (left, top, side) = cornerAndSide(photo, guided: guided)
        let pads = [top, left].map { Int((Double(max(-$0, 0)) * Double(size) / Double(side) + 0.5).rounded(.down)) }
        return (pads[0], pads[1])
    }

    /// The factor that brings the median of the brighter part of a square to the reference light.
    private func gain(_ square: [UInt8], _ size: Int, _ inside: (down: Int, across: Int)) -> Double {
        var histogram = [Int](repeating: 0, count: 256)
        for y in inside.down..<size - inside.down {
            for x in inside.across..<size - inside.across { histogram[luminance(square, (y * size + x) * 3)] += 1 }
        }
        return gainOf(histogram)
    }

    private func gainOf(_ histogram: [Int]) -> Double {
        let rule = manifest["input"]["exposure"]
        let rank = (1 - rule["brighter_share"].number / 2) * Double(histogram.reduce(0, +))
        var below = 0, level = 0
        while Double(below + histogram[level]) < rank {
            below += histogram[level]
            level += 1
        }
        let median = max(Double(level) - 0.5 + (rank - Double(below)) / Double(histogram[level]), 0.5)
        return min(max(rule["level"].number / median, rule["gain_at_least"].number), rule["gain_at_most"].number)
    }

    /// The square in the reference light: every level times one factor, rounded half up, at most 255.
    public func exposed(_ photo: Photo, size: Int? = nil, guided: Bool? = nil) -> [UInt8] {
        let size = size ?? sizePx
        var square = self.square(photo, size: size, guided: guided)
        let seen = inside(photo, size, guided ?? photo.guided), factor = gain(square, size, seen)
        for y in seen.down..<size - seen.down {
            for i in (y * size + seen.across) * 3..<(y * size + size - seen.across) * 3 {
                square[i] = UInt8(min((Double(square[i]) * factor + 0.5).rounded(.down), 255))
            }
        }
        return square
    }

    /// S × S × 3 floats, RGB, 0–1: the model's input, NHWC.
    public func tensor(_ photo: Photo) -> [Float] { exposed(photo).map { Float($0) / 255 } }

    /// 128 × 128 × 3 floats, RGB, −1–1, of the whole photo: the face model's input, NHWC.
    public func faceTensor(_ photo: Photo) -> [Float] {
        exposed(photo, size: facePx, guided: false).map { Float($0) / 127.5 - 1 }
    }

    /// The faces that the two outputs (896 × 16 places, 896 logits) tell of, best first, in the whole photo.
    public func faces(_ photo: Photo, places: [Float], logits: [Float]) -> [Face] {
        let (left, top, side) = cornerAndSide(photo, guided: false)
        let across = Double(photo.fullWidth) / Double(photo.width), down = Double(photo.fullHeight) / Double(photo.height)
        return decodedFaces(places, logits).map { score, numbers in
            let at = numbers.indices.map { k -> Double in
                let start = Double(k % 2 == 0 ? left : top)
                return (start + Double(side) * numbers[k]) * (k % 2 == 0 ? across : down)
            }
            let points = stride(from: 4, to: at.count, by: 2).map { [at[$0], at[$0 + 1]] }
            return Face(score: score, box: Array(at[0..<4]), points: points)
        }
    }

    /// The rows that reach the score floor, best first, as boxes in the whole photo, cut at its edges.
    /// `boxes` are 4 numbers a row: ymin, xmin, ymax, xmax, 0–1 of the square.
    public func candidates(
        _ photo: Photo, boxes: [Float], classes: [Float], scores: [Float], count: Float
    ) throws -> [Candidate] {
        guard (boxes + classes + scores + [count]).allSatisfy({ $0.isFinite }) else {
            throw Refusal(reason: "the model answered with numbers that are not finite")
        }
        let floor = calibration["score_floor"].number
        let rows = (0..<min(Int(count), scores.count)).filter { Double(scores[$0]) >= floor }
        let kinds = classes.map { Int($0.rounded(.toNearestOrEven)) }
        guard rows.allSatisfy({ Double(scores[$0]) <= 1 + 1e-6 && types.indices.contains(kinds[$0]) }) else {
            throw Refusal(reason: "the model answered with a class or a score out of range")
        }
        let (left, top, side) = cornerAndSide(photo)
        let width = Double(photo.fullWidth), height = Double(photo.fullHeight)
        let across = width / Double(photo.width), down = height / Double(photo.height)
        return sorted(rows, by: { -Double(scores[$0]) }).compactMap { row in
            let edge = (0..<4).map { Double(boxes[4 * row + $0]) }
            let y = [edge[0], edge[2]].map { min(max((Double(top) + Double(side) * $0) * down, 0), height) }
            let x = [edge[1], edge[3]].map { min(max((Double(left) + Double(side) * $0) * across, 0), width) }
            guard x[0] < x[1] && y[0] < y[1] else { return nil }
            let size = (max(edge[2] - edge[0], 0) * max(edge[3] - edge[1], 0)).squareRoot()
            return Candidate(kind: kinds[row], score: Double(scores[row]), box: [x[0], y[0], x[1], y[1]], size: size)
        }
    }

    // MARK: Where on the face.

    /// Each zone that these views capture, with the view that owns it.
    func captured(_ views: [String]) -> [String: String] {
        var owners: [String: String] = [:]
        for zone in zoneNames { owners[zone] = zoneTable["owners"][zone].texts.first { views.contains($0) } }
        return owners
    }

    /// Where the centre lies in the oval u² + v² ≤ 1; without the guide all count in one unnamed place.
    func place(_ candidate: Candidate, _ photo: Photo, _ captured: [String: String]) -> Place {
        guard photo.guided else { return Place(zone: 0, side: left, counts: true, name: nil) }
        let box = candidate.box, short = Double(min(photo.fullWidth, photo.fullHeight))
        let u = ((box[0] + box[2]) / 2 - Double(photo.fullWidth) / 2) / (radiusU * short)
        let v = ((box[1] + box[3]) / 2 - Double(photo.fullHeight) / 2) / (radiusV * short)
        let side = photo.view == "right" || photo.view == "front" && u < 0 ? right : left
        for row in zoneTable["views"][photo.view].list {
            let name = row[0].text, (uMin, uMax) = (row[1].number, row[2].number)
            let (vMin, vMax) = (row[3].number, row[4].number)
            if uMin <= u && u <= uMax && vMin <= v && v <= vMax && u * u + v * v <= 1 {
                let counts = captured[name] == photo.view
                return Place(zone: zoneNames.firstIndex(of: name)!, side: side, counts: counts, name: name)
            }
        }
        return Place(zone: -1, side: side, counts: false, name: nil)
    }

    // MARK: What the scores are worth.

    /// P(type | the model's class, score band, size).
    func typeProbabilities(_ candidate: Candidate) -> [Double] {
        let band = scoreEdges.filter { candidate.score >= $0 }.count
        let tables = given["by_size"].list.map { $0[types[candidate.kind]][band].numbers }
        let share = largeness(candidate)
        return types.indices.map { tables[0][$0] + share * (tables[1][$0] - tables[0][$0]) }
    }

    /// Reference lesions of each type that the candidate stands for.
    func expectedLesions(_ candidate: Candidate) -> [Double] {
        var expected = typeProbabilities(candidate)
        for (name, members) in groups {
            let group = calibration["counts"][name], knots = group["knots"].numbers
            let weights = group["weights"].list.map { interpolate(candidate.score, knots, $0.numbers) }
            let weight = weights[0] + largeness(candidate) * (weights[1] - weights[0])
            for kind in members { expected[kind] *= weight }
        }
        return expected
    }

    private func largeness(_ candidate: Candidate) -> Double {
        interpolate(candidate.size, calibration["sizes"].numbers, [0, 1])
    }

    // MARK: One visit.

    /// The assessment of one visit: its photos and what `candidates` gave for each. Those of one view are its frames.
    public func assess(_ photos: [Photo], _ candidates: [[Candidate]], _ faces: [[Face]]) throws -> Assessment {
        try checkVisit(photos)
        let guided = photos[0].guided
        let captured = guided ? self.captured(photos.map { $0.view }) : [:]
        let qualities = photos.indices.map { judge(photos[$0], faces[$0]) }
        let (shares, drawn, frames) = shareOut(photos, qualities)
        var flat: [(at: Int, candidate: Candidate, place: Place)] = []
        for at in photos.indices {
            for candidate in candidates[at] { flat.append((at, candidate, place(candidate, photos[at], captured))) }
        }
        let counting = flat.indices.filter { flat[$0].place.counts }
        let averaged = counting.map { i -> [Double] in
            expectedLesions(flat[i].candidate).map { $0 * shares[flat[i].at] }
        }
        let zones = zoneNames.filter { captured[$0] != nil }
        let expected = expect(averaged, counting.map { flat[$0].place }, zones)
        let shown = counting.filter { drawn.contains(flat[$0].at) }
        let counts = countLesions(expected, shown.count, calibration["interval"].number)
        let chosen = chooseCounted(shown.map { expectedLesions(flat[$0].candidate) }, types.map { counts[$0]!.value })
        var counted = [Int?](repeating: nil, count: flat.count)
        for (position, kind) in zip(shown, chosen) { counted[position] = kind }
        let none = Dictionary(uniqueKeysWithValues: types.map { ($0, 0) })
        var byZone = Dictionary(uniqueKeysWithValues: zones.map { ($0, none) })
        var lesions = photos.map { _ in [Lesion]() }
        for (i, one) in flat.enumerated() {
            let type = types[counted[i] ?? one.candidate.kind]
            if let name = one.place.name, counted[i] != nil { byZone[name]![type]! += 1 }
            lesions[one.at].append(
                Lesion(
                    type: type, score: one.candidate.score, box: one.candidate.box,
                    probabilities: typeProbabilities(one.candidate), zone: one.place.name, counted: counted[i] != nil))
        }
        let shownQualities = drawn.map { qualities[$0] }
        let unavailable = shownQualities.compactMap { $0.unavailable }.first
        let against = unavailable?.message ?? shownQualities.compactMap { againstGrades($0) }.first
        var grades: [String: Grade] = [:]
        for (name, grade) in instruments {
            grades[name] = against.map { .unavailable($0) } ?? grade(expected, manifest["grading"][name])
        }
        let deep = expected.nodulesAtLeast(1) >= gate["deep_spots_from"].number
        return Assessment(
            photos: drawn.map { photos[$0] }, lesions: drawn.map { lesions[$0] }, qualities: shownQualities,
            counts: counts, zones: guided ? byZone : nil, zonesExpected: guided ? expected.byZone : nil, frames: frames,
            grades: grades, unavailable: unavailable, findings: deep ? [said("deep_spots")] : [],
            model: ["id": manifest["id"].text, "version": manifest["version"].text, "sha256": sha256])
    }

    /// What each photo counts for among the frames of its view, which is drawn (the best), and fewest frames a view.
    private func shareOut(_ photos: [Photo], _ qualities: [Quality]) -> ([Double], [Int], Int) {
        var shares = [Double](repeating: 0, count: photos.count), drawn: [Int] = [], fewest = photos.count
        for view in views {
            let frames = photos.indices.filter { photos[$0].view == view }
            if frames.isEmpty { continue }
            let fit = frames.filter { qualities[$0].unavailable == nil }
            let used = fit.isEmpty ? frames : fit
            for at in used { shares[at] = 1 / Double(used.count) }
            drawn.append(used.reduce(used[0]) { qualities[$1].kept > qualities[$0].kept ? $1 : $0 })
            fewest = min(fewest, used.count)
        }
        return (shares, drawn.sorted(), fewest)
    }

    private func checkVisit(_ photos: [Photo]) throws {
        let shown = photos.map { $0.view }
        guard !photos.isEmpty && shown.allSatisfy({ views.contains($0) }) else {
            throw Refusal(reason: "a visit needs photos of the views \(views.joined(separator: ", "))")
        }
        let alike = photos.allSatisfy { $0.guided == photos[0].guided }
        guard alike && (Set(shown).count == 1 || photos[0].guided) else {
            throw Refusal(reason: "a visit of several views needs the guide, or lesions count twice")
        }
    }

    /// What the candidates that count stand for, and a base by area for the lesions that were missed.
    private func expect(_ lesions: [[Double]], _ places: [Place], _ zones: [String]) -> Expected {
        let counts = calibration["counts"], halves = ["left_cheek": [1.0, 0.0], "right_cheek": [0.0, 1.0]]
        let areas = zones.isEmpty ? [[1.0, 0.0]] : zones.map { zone in
            (halves[zone] ?? [0.5, 0.5]).map { $0 * zoneTable["area_share"][zone].number }
        }
        let nothing = [[Double]](repeating: [Double](repeating: 0, count: types.count), count: 2)
        var mean = areas.map { _ in nothing }
        for (lesion, place) in zip(lesions, places) {
            let zone = zones.isEmpty ? 0 : zones.firstIndex(of: zoneNames[place.zone])!
            for kind in types.indices { mean[zone][place.side][kind] += lesion[kind] }
        }
        let seen = types.indices.map { kind in sum(lesions.map { $0[kind] }) }
        for (name, members) in groups {
            let total = sum(members.map { seen[$0] }), base = counts[name]["base"].number
            for zone in areas.indices {
                for side in 0..<2 {
                    for kind in members {
                        let share = total > 0 ? seen[kind] / total : 1 / Double(members.count)
                        mean[zone][side][kind] += base * areas[zone][side] * share
                    }
                }
            }
        }
        let alpha = groups.map { ($0.name, counts[$0.name]["alpha"].number) }
        return Expected(zones: zones, mean: mean, alpha: Dictionary(uniqueKeysWithValues: alpha))
    }

    /// Why a photo that can be judged is counted, but not graded.
    private func againstGrades(_ quality: Quality) -> String? {
        if quality.notes.contains(where: { $0.code == "no_whole_face" }) { return said("no_whole_face").message }
        return quality.kept < gate["warn_below"].number ? quality.warnings[0].message : nil
    }

    /// A code with what is told of it.
    private func said(_ code: String) -> Said { Said(code: code, message: gate["messages"][code].text) }

    /// Visits over the zones that keep most of face × visits; where another model took over, a break.
    public func compare(_ assessed: [Assessed]) -> Compared {
        let share = zoneTable["area_share"], worthAs = table["frames_count_as"].numbers
        var zones: [String] = [], most = 0.0
        for some in stride(from: (1 << zoneNames.count) - 1, to: 0, by: -1) {
            let wanted = zoneNames.indices.filter { some >> $0 & 1 == 1 }.map { zoneNames[$0] }
            let holding = assessed.filter { holds($0, wanted) }.count
            let worth = sum(wanted.map { share[$0].number }) * Double(holding)
            if worth > most { (zones, most) = (wanted, worth) }
        }
        let kept = zones.isEmpty ? [] : assessed.filter { holds($0, zones) }
        let visits = kept.map { one -> Visit in
            let frames = worthAs[min(max(one.frames, 1), worthAs.count) - 1]
            return Visit(week: one.week, count: sum(zones.map { one.zones![$0]! }), frames: frames)
        }
        let breaks = zip(kept, kept.dropFirst()).filter { $0.model != $1.model }.map { $1.week }
        return Compared(visits: visits, zones: zones, breaks: breaks)
    }

    private func holds(_ visit: Assessed, _ zones: [String]) -> Bool {
        guard let captured = visit.zones else { return false }
        return zones.allSatisfy { captured[$0] != nil }
    }

    // MARK: The capture gate, on the square as the photo came, in blocks of 8 × 8 pixels.

    /// Whether a photo can be judged, how many of its lesions are still counted, and what to tell the person.
    public func judge(_ photo: Photo, _ faces: [Face]) -> Quality {
        let square = self.square(photo), shown = inside(photo, sizePx, photo.guided), side = sizePx / 8
        let longer = max(radiusU, radiusV)
        let seen = (0..<side * side).map { i -> Bool in
            let x = i % side * 8, y = i / side * 8
            let u = (Double(x + 4) / Double(sizePx) * 2 - 1) * longer / radiusU
            let v = (Double(y + 4) / Double(sizePx) * 2 - 1) * longer / radiusV
            let within = y >= shown.down && y + 8 <= sizePx - shown.down && x >= shown.across
            return within && x + 8 <= sizePx - shown.across && (!photo.guided || u * u + v * v <= 1)
        }
        let skin = skinBlocks(square, seen, side)
        var bare = [Int](repeating: 0, count: 256)  // dark skin before a bright wall asks for more light
        for i in 0..<sizePx * sizePx where skin[i / sizePx / 8 * side + i % sizePx / 8] {
            bare[luminance(square, 3 * i)] += 1
        }
        let ofPhoto = gain(square, sizePx, shown)
        let enough = skin.filter { $0 }.count >= 6
        let figures = measure(photo, square, skin, seen, enough ? max(ofPhoto, gainOf(bare)) : ofPhoto, sizePx)
        let kept = legibility(figures), cause = lostTo(figures)
        let share = Double(skin.filter { $0 }.count) / Double(max(seen.filter { $0 }.count, 1))
        let found = realFaces(photo, skin, faces), rules = gate["face"]
        let whole = found.first.map { isWhole($0) } ?? false
        let enoughSkin = gate["skin_share"][photo.guided ? "guided" : "unguided"].number
        let unseen = found.first.map { $0.score < rules["whole_score"]["turned"].number } ?? true
        let reasons: [(String, Bool)] = [
            ("little_skin", share < enoughSkin),
            ("featureless", figures["edge1_90"]! < log(gate["featureless_below"].number + 0.05)),
            ("several_faces", found.count > 1), ("no_face", photo.guided && unseen),
            (cause, kept < gate["unavailable_below"].number),
        ]
        let unavailable = reasons.first { $0.1 }?.0
        var wrong: [String] = []
        if let code = unavailable { wrong.append(code) }
        if kept < gate["warn_below"].number { wrong.append(cause) }
        if figures["clipped"]! > gate["clipped_share"].number { wrong.append("overexposed") }
        if min(photo.fullWidth, photo.fullHeight) < gate["smallest_px"].whole { wrong.append("small") }
        if let face = found.first, photo.guided { wrong += framing(photo, face, whole) }
        var notes: [String] = []
        if !photo.guided && !whole { notes.append("no_whole_face") }
        if photo.view == "front" && whole { notes.append("sides_unchecked") }
        let looked = skin.contains(true) ? skin : seen
        let light = tilesOf(plane(square, sizePx, 0.299, 0.587, 0.114, 1), sizePx).map { sum($0) / 64 }
        let codes = wrong.indices.filter { !wrong[..<$0].contains(wrong[$0]) }.map { wrong[$0] }
        return Quality(
            kept: kept, skinFraction: share, brightness: quantile(chosen(light, looked), 0.5) / 255, face: found.first,
            unavailable: unavailable.map { said($0) }, warnings: codes.map { said($0) }, notes: notes.map { said($0) })
    }

    /// What is wrong with how a face lies in the guide's oval.
    private func framing(_ photo: Photo, _ face: Face, _ whole: Bool) -> [String] {
        let rules = gate["face"], short = Double(min(photo.fullWidth, photo.fullHeight))
        let turn = rules["turn"][photo.view].numbers
        let size = rules["size"][photo.view].numbers.map { $0 * 2 * radiusV * short }
        let down = face.y - Double(photo.fullHeight) / 2 - rules["centre"]["down"].number * short
        let off = max(abs(face.x - Double(photo.fullWidth) / 2), abs(down))
        let wrong: [(String, Bool)] = [
            ("wrong_view", face.turn < turn[0] || face.turn > turn[1]), ("covered", !whole),
            ("too_far", face.size < size[0]), ("too_near", face.size > size[1]),
            ("off_centre", off > rules["centre"]["within"].number * short),
        ]
        return wrong.filter { $0.1 }.map { $0.0 }
    }

    /// The faces that count as such: a doubtful one must show skin, a further one must lie apart.
    private func realFaces(_ photo: Photo, _ skin: [Bool], _ faces: [Face]) -> [Face] {
        let rules = gate["face"], second = rules["second"]
        var found: [Face] = []
        for face in faces {
            let enough = found.isEmpty ? rules["score"].number : second["score"].number
            let apart = found.allSatisfy { face.size >= second["size"].number * $0.size && !$0.holds(face) }
            let bare = face.score >= rules["whole_score"]["turned"].number
                || skinShare(photo, skin, face) >= rules["doubtful_skin_share"].number
            if face.score >= enough && apart && bare { found.append(face) }
        }
        return found
    }

    /// Whether a face is seen whole.
    private func isWhole(_ face: Face) -> Bool {
        let rules = gate["face"], turned = abs(face.turn) >= rules["turned_from"].number
        return face.score >= rules["whole_score"][turned ? "turned" : "front"].number
    }

    /// Share of skin in what the square shows of a face's box.
    private func skinShare(_ photo: Photo, _ skin: [Bool], _ face: Face) -> Double {
        let (left, top, side) = cornerAndSide(photo), number = sizePx / 8
        let across = Double(photo.fullWidth) / Double(photo.width), down = Double(photo.fullHeight) / Double(photo.height)
        let inside = skin.indices.filter { i in
            let x = ((Double(i % number) + 0.5) / Double(number) * Double(side) + Double(left)) * across
            let y = ((Double(i / number) + 0.5) / Double(number) * Double(side) + Double(top)) * down
            return face.box[0] <= x && x <= face.box[2] && face.box[1] <= y && y <= face.box[3]
        }
        return inside.isEmpty ? 0 : Double(inside.filter { skin[$0] }.count) / Double(inside.count)
    }

    /// Share of lesions still counted.
    private func legibility(_ figures: [String: Double]) -> Double {
        let table = gate["legibility"]
        var total = table["bias"].number
        for (name, figure) in figures where table["figures"].has(name) {
            let row = table["figures"][name].numbers
            let away = min(max((figure - row[0]) / row[1], -3), 3)
            total += away * (away < 0 ? row[2] : row[3])
        }
        return 1 / (1 + exp(-total))
    }

    /// What is named as the cause where lesions are lost.
    private func lostTo(_ figures: [String: Double]) -> String {
        let reasons = gate["reasons"], even = [1, 2, 4].map { figures["even\($0)"]! }
        if figures["gain"]! >= log(reasons["dark_from_gain"].number) { return "dark" }
        if even.min()! < reasons["uneven_below"].number { return "shaken" }
        return figures["noise_30"]! >= log(reasons["noise_from"].number) ? "noisy" : "blurred"
    }
}

/// Mean lesions [zone][side][type]; without the guide one unnamed zone, and no zone is named.
struct Expected {
    let zones: [String], mean: [[[Double]]], alpha: [String: Double]

    /// Mean of these types, in all zones and on both sides or in one.
    func of(_ kinds: [Int], zone: Int? = nil, side: Int? = nil) -> Double {
        var total = 0.0
        for z in mean.indices where zone ?? z == z {
            for s in 0..<2 where side ?? s == s {
                for kind in kinds { total += mean[z][s][kind] }
            }
        }
        return total
    }

    /// Mean lesions of each type and group in each zone: what change is computed from.
    var byZone: [String: [String: Double]] {
        let kinds = types.indices.map { (name: types[$0], members: [$0]) } + groups
        var found: [String: [String: Double]] = [:]
        for (at, zone) in zones.enumerated() {
            found[zone] = Dictionary(uniqueKeysWithValues: kinds.map { ($0.name, of($0.members, zone: at)) })
        }
        return found
    }

    /// Probability of 0, 1, 2, … lesions of a group.
    func distribution(_ group: (name: String, members: [Int])) -> [Double] {
        negativeBinomial(of(group.members), alpha[group.name]!)
    }

    /// P(so many nodules or more).
    func nodulesAtLeast(_ number: Int) -> Double {
        let chances = distribution(groups[0]), share = noduleShare
        return sum(chances.indices.map { chances[$0] * thinned($0, share, number)[number] })
    }

    /// Share of nodules in the inflammatory lesions.
    var noduleShare: Double { of(inflammatory) > 0 ? of([nodule]) / of(inflammatory) : 0 }

    /// What of the face is graded.
    var basis: String {
        if zones.isEmpty { return "unguided photo" }
        return zones.count == zoneNames.count ? "guided face" : "partial face: " + zones.joined(separator: ", ")
    }
}

func sum(_ numbers: [Double]) -> Double { numbers.reduce(0, +) }

/// Sorted by a key, ties in the order they came.
func sorted(_ positions: [Int], by key: (Int) -> Double) -> [Int] {
    positions.enumerated().sorted { (key($0.element), $0.offset) < (key($1.element), $1.offset) }.map { $0.element }
}

/// Linear between the knots, level beyond them.
func interpolate(_ x: Double, _ knots: [Double], _ values: [Double]) -> Double {
    guard let above = knots.firstIndex(where: { x < $0 }) else { return values.last! }
    if above == 0 { return values[0] }
    let share = (x - knots[above - 1]) / (knots[above] - knots[above - 1])
    return values[above - 1] + (values[above] - values[above - 1]) * share
}

// MARK: Counts: negative binomial, variance mean + alpha·mean².

/// P(0), P(1), …; what lies beyond five standard deviations and a tail is on the last entry.
func negativeBinomial(_ mean: Double, _ alpha: Double) -> [Double] {
    if mean <= 0 { return [1] }
    let spread = (mean + alpha * mean * mean).squareRoot()
    let last = Int((mean + 5 * spread + 14 * (1 + alpha * mean)).rounded(.up))
    let step = log(mean) - log1p(alpha * mean)
    var logarithm = logNone(mean, alpha), chances = [exp(logarithm)]
    for k in 1...last {
        logarithm += log1p(alpha * Double(k - 1)) - log(Double(k)) + step
        chances.append(exp(logarithm))
    }
    chances[last] += max(0, 1 - sum(chances))
    return chances
}

/// Logarithm of P(0).
func logNone(_ mean: Double, _ alpha: Double) -> Double { alpha == 0 ? -mean : -log1p(alpha * mean) / alpha }

/// The smallest k with P(at most k) ≥ level.
func firstReaching(_ chances: [Double], _ level: Double) -> Int {
    var below = 0.0
    for (k, chance) in chances.enumerated() {
        below += chance
        if below >= level { return k }
    }
    return chances.count - 1
}

/// Counts with intervals by type and group and in total; never more than there are candidates to draw.
func countLesions(_ expected: Expected, _ candidates: Int, _ interval: Double) -> [String: Count] {
    var counts: [String: Count] = [:]
    var left = candidates
    for group in groups {
        let mean = expected.of(group.members)
        let value = min(Int((mean + 0.5).rounded(.down)), left)
        left -= value
        let means = group.members.map { expected.of([$0]) }
        for ((kind, mean), ofType) in zip(zip(group.members, means), apportion(value, means)) {
            let chances = negativeBinomial(mean, expected.alpha[group.name]!)
            counts[types[kind]] = asCount(ofType, mean, chances, interval)
        }
        counts[group.name] = asCount(value, mean, expected.distribution(group), interval)
    }
    let both = groups.map { counts[$0.name]! }
    let chances = convolve(expected.distribution(groups[0]), expected.distribution(groups[1]))
    counts["total"] = asCount(
        both[0].value + both[1].value, both[0].expected + both[1].expected, chances, interval)
    return counts
}

/// A count with its central interval, widened where the value falls outside.
func asCount(_ value: Int, _ mean: Double, _ chances: [Double], _ interval: Double) -> Count {
    let tail = (1 - interval) / 2
    let low = firstReaching(chances, tail), high = firstReaching(chances, 1 - tail)
    return Count(value: value, low: min(low, value), high: max(high, value), expected: mean)
}

/// Distribution of the sum of two independent counts.
func convolve(_ one: [Double], _ other: [Double]) -> [Double] {
    var chances = [Double](repeating: 0, count: one.count + other.count - 1)
    for i in one.indices {
        for j in other.indices { chances[i + j] += one[i] * other[j] }
    }
    return chances
}

/// Split a whole number by largest remainder; ties go to the earlier one.
func apportion(_ value: Int, _ means: [Double]) -> [Int] {
    if value == 0 { return means.map { _ in 0 } }
    let quotas = means.map { Double(value) * $0 / sum(means) }
    var whole = quotas.map { Int($0.rounded(.down)) }
    let left = value - whole.reduce(0, +), floors = whole
    for i in sorted(Array(means.indices), by: { Double(floors[$0]) - quotas[$0] }).prefix(left) { whole[i] += 1 }
    return whole
}

/// The type each candidate is counted as. Each group takes what most stands for it, then gives out its types.
func chooseCounted(_ lesions: [[Double]], _ values: [Int]) -> [Int?] {
    var counted = [Int?](repeating: nil, count: lesions.count)
    for (_, members) in groups {
        var left = values
        let standsFor = lesions.map { lesion in sum(members.map { lesion[$0] }) }
        let free = lesions.indices.filter { counted[$0] == nil }
        let chosen = sorted(free, by: { -standsFor[$0] }).prefix(members.map { left[$0] }.reduce(0, +))
        let pairs = chosen.flatMap { position in members.map { (position, $0) } }
        let bySureness = sorted(Array(pairs.indices)) { i -> Double in
            let (position, kind) = pairs[i]
            return -lesions[position][kind] / max(standsFor[position], 1e-12)
        }
        for (position, kind) in bySureness.map({ pairs[$0] }) where left[kind] > 0 && counted[position] == nil {
            counted[position] = kind
            left[kind] -= 1
        }
    }
    return counted
}

// MARK: Grades: each takes the expected counts and its table.

/// A grade: the median of its distribution.
func ordinal(_ chances: [Double], _ names: [Any], _ expected: Expected, _ table: Table) -> Grade {
    let clipped = chances.map { max($0, 0) }
    let shares = clipped.map { $0 / sum(clipped) }
    return .given(
        value: names[firstReaching(shares, 0.5 - 1e-12)],
        distribution: zip(names, shares).map { ("\($0)", $1) }, basis: expected.basis,
        validated: table["validated"].value as! Bool, outOf: table.has("out_of") ? table["out_of"].whole : nil)
}

/// The grade of so many lesions, where `upTo[g]` is the most still graded g.
func graded(_ number: Int, _ upTo: [Int]) -> Int { upTo.filter { number > $0 }.count }

/// P(0, 1, … `most` or more of so many lesions are of a kind with that share).
func thinned(_ number: Int, _ share: Double, _ most: Int) -> [Double] {
    let chances = (0..<most).map { binomial(number, $0, share) }
    return chances + [min(max(1 - sum(chances), 0), 1)]
}

/// P(k of n lesions are of a kind with that share).
func binomial(_ n: Int, _ k: Int, _ share: Double) -> Double {
    choose(n, k) * pow(share, Double(k)) * pow(1 - share, Double(max(n - k, 0)))
}

/// Binomial coefficient; 0 where k > n.
func choose(_ n: Int, _ k: Int) -> Double {
    var ways = 1.0
    for i in 0..<k { ways = ways * Double(max(n - i, 0)) / Double(i + 1) }
    return ways
}

/// Let the comedones' own grade raise the inflammatory grade, by at most `comedones_raise_by`.
func raisedByComedones(_ inflammatory: [Double], _ expected: Expected, _ table: Table) -> [Double] {
    var final = [Double](repeating: 0, count: inflammatory.count)
    let upTo = table["comedones_up_to"].wholes, start = table["comedones_start"].whole
    for (number, chance) in expected.distribution(groups[1]).enumerated() {
        for grade in inflammatory.indices {
            let most = max(grade, start) + table["comedones_raise_by"].whole
            final[max(grade, min(most, graded(number, upTo)))] += inflammatory[grade] * chance
        }
    }
    return final
}

/// The least grade with so many nodules.
func noduleGrade(_ number: Int, _ steps: [[Int]]) -> Int {
    steps.reduce(0) { least, step in number >= step[0] ? max(least, step[1]) : least }
}

/// Investigator's Global Assessment, 0–4.
func iga(_ expected: Expected, _ table: Table) -> Grade {
    var chances = [Double](repeating: 0, count: 5)
    let steps = table["nodules_from"].list.map { $0.wholes }, upTo = table["inflammatory_up_to"].wholes
    for (number, chance) in expected.distribution(groups[0]).enumerated() {
        for (nodules, share) in thinned(number, expected.noduleShare, steps.last![0]).enumerated() {
            chances[max(graded(number, upTo), noduleGrade(nodules, steps))] += chance * share
        }
    }
    return ordinal(raisedByComedones(chances, expected, table), Array(0..<5), expected, table)
}

/// Global Acne Evaluation, 0–5.
func gea(_ expected: Expected, _ table: Table) -> Grade {
    var chances = [Double](repeating: 0, count: 6)
    let steps = table["nodules_from"].list.map { $0.wholes }, upTo = table["inflammatory_up_to"].wholes
    let extent = table["extent"], top = table["highly_inflammatory"], most = top["nodules_from"].whole
    for (number, chance) in expected.distribution(groups[0]).enumerated() {
        let wide = moreThan(extent["share_of_zones_over"].number, number, expected)
        let spread = number >= extent["inflammatory_from"].whole ? extent["grade"].whole : 0
        for (nodules, share) in thinned(number, expected.noduleShare, most).enumerated() {
            var grade = max(graded(number, upTo), noduleGrade(nodules, steps))
            if nodules >= most && number >= top["inflammatory_from"].whole { grade = top["grade"].whole }
            chances[grade] += chance * share * (1 - wide)
            chances[max(grade, spread)] += chance * share * wide
        }
    }
    return ordinal(raisedByComedones(chances, expected, table), Array(0..<6), expected, table)
}

/// P(more than that share of zones holds one of so many lesions), by inclusion and exclusion over sets of zones.
func moreThan(_ share: Double, _ number: Int, _ expected: Expected) -> Double {
    let zones = expected.zones.count, total = expected.of(inflammatory)
    if zones == 0 || total == 0 { return 0 }
    let shares = (0..<zones).map { expected.of(inflammatory, zone: $0) / total }
    let most = min(Int((Double(zones) * share).rounded(.down)), zones - 1)
    var atMost = 0.0
    for set in 0..<1 << zones {
        let chosen = (0..<zones).filter { set >> $0 & 1 == 1 }
        if chosen.count > most { continue }
        let sign = (most - chosen.count) % 2 == 0 ? 1.0 : -1.0
        let within = pow(sum(chosen.map { shares[$0] }), Double(number))
        atMost += sign * choose(zones - chosen.count - 1, most - chosen.count) * within
    }
    return 1 - min(max(atMost, 0), 1)
}

/// Hayashi 2008: papules and pustules on the worse half of the face.
func hayashi(_ expected: Expected, _ table: Table) -> Grade {
    guard expected.zones.count == zoneNames.count else {
        return .unavailable("Hayashi grades half a face: it needs the front view taken through the guide")
    }
    let halves = [left, right].map { expected.of([papule, pustule], side: $0) }, whole = sum(halves)
    let chances = negativeBinomial(whole, expected.alpha["inflammatory"]!)
    let share = whole > 0 ? halves[0] / whole : 0.5
    let upTo = table["half_face_up_to"].wholes.map { most -> Double in
        sum(chances.indices.map { n in
            let onLeft = Array(0...n).filter { $0 <= most && n - $0 <= most }
            return chances[n] * sum(onLeft.map { binomial(n, $0, share) })
        })
    }
    let bands = zip([0] + upTo, upTo + [1]).map { $1 - $0 }
    return ordinal(bands, table["bands"].texts, expected, table)
}

/// Global Acne Grading System, face only: zone factor × worst lesion, summed.
func gags(_ expected: Expected, _ table: Table) -> Grade {
    let absent = zoneNames.filter { !expected.zones.contains($0) }
    guard absent.isEmpty else {
        let why = expected.zones.isEmpty ? "no guide was used" : "not captured: " + absent.joined(separator: ", ")
        return .unavailable("GAGS needs all five zones, taken through the guide; \(why)")
    }
    var score = [1.0]
    for (zone, name) in expected.zones.enumerated() {
        let atMost = [inflammatory, [pustule, nodule], [nodule]].map {
            exp(logNone(expected.of($0, zone: zone), expected.alpha["inflammatory"]!))
        }
        let noComedo = exp(logNone(expected.of([comedo], zone: zone), expected.alpha["non_inflammatory"]!))
        let below = [0, atMost[0] * noComedo] + atMost + [1]
        let points = (["none"] + types).map { table["factors"][name].whole * table["worst_lesion"][$0].whole }
        var chances = [Double](repeating: 0, count: points.max()! + 1)
        for (i, point) in points.enumerated() { chances[point] += below[i + 1] - below[i] }
        score = convolve(score, chances)
    }
    return ordinal(score, Array(score.indices), expected, table)
}

/// NICE NG198 (2021): moderate to severe from so many inflammatory lesions, or so many nodules.
func ng198(_ expected: Expected, _ table: Table) -> Grade {
    let most = table["nodules_from"].whole, many = table["inflammatory_from"].whole, share = expected.noduleShare
    let chances = expected.distribution(groups[0])
    let severe = sum(chances.indices.map { chances[$0] * ($0 >= many ? 1.0 : thinned($0, share, most)[most]) })
    return ordinal([1 - severe, severe], table["bands"].texts, expected, table)
}

private let instruments: [(name: String, grade: (Expected, Table) -> Grade)] = [
    ("IGA", iga), ("GEA", gea), ("Hayashi", hayashi), ("GAGS", gags), ("NG198", ng198),
]

// MARK: Change over a series of visits. `table` is the manifest's "change".

/// Kalman filter of √count; the state is base, walk, ups and downs, these at the start, effects, offsets.
private struct Filter {
    private let table: Table, first: Double, start: Double, walk: Double, weeks: Double
    private let changes: [Double], breaks: [Double]
    private var m: [Double], p: [[Double]], week: Double, seen = 0, surprise = 0.0, levelSeen: Double

    init(
        _ table: Table, _ visits: [Visit], _ entered: [Double], found: [Double] = [], breaks: [Double] = [],
        lookingBack: Bool = false
    ) {
        let first = visits[0].week, last = visits[visits.count - 1].week
        let rule = table[lookingBack ? "recent" : "course"]
        let earliest = entered.filter { first <= $0 && $0 <= last }.min()
        let start = earliest.map { change in visits.last { $0.week <= change }!.week } ?? first
        let roots = visits.filter { $0.week <= start }.map { $0.count.squareRoot() }
        let typical = max(1, sum(roots) / Double(roots.count))
        let changes = (entered + found).filter { $0 <= last }.sorted()
        let offsets = breaks.filter { $0 <= last }.sorted()
        let spread = max(table["course"]["spread"].number * typical, rule["spread_at_least"].number)
        let sds = [table["base"]["sd"].number, 0, 0, 0] + changes.map { _ in spread }
            + offsets.map { _ in table["break_sd"].number }
        m = [table["base"]["mean"].number] + [Double](repeating: 0, count: sds.count - 1)
        p = sds.indices.map { i in sds.indices.map { $0 == i ? sds[i] * sds[i] : 0 } }
        weeks = rule["weeks"].number
        walk = lookingBack ? rule["walk"].number : table["walk"].number
        (self.table, self.first, self.start, week, levelSeen) = (table, first, start, first, typical)
        (self.changes, self.breaks) = (changes, offsets)
    }

    /// Take in the next visit.
    mutating func update(_ visit: Visit) {
        let turnover = table["turnover"]["variance"].number, variation = table["rate"]["variation"].number
        let slow = turnover * (variation * levelSeen) * (variation * levelSeen)
        let passed = visit.week - week
        let fastKept = turnover * exp(-passed / table["turnover"]["weeks"].number)
        let slowKept = slow * exp(-passed / table["rate"]["weeks"].number)
        let kept = seen > 0 ? (fastKept + slowKept) / (turnover + slow) : 0
        p[1][1] += walk * max(0, visit.week - max(week, start))
        m[2] *= kept
        for i in m.indices { p[i][2] *= kept }
        for j in m.indices { p[2][j] *= kept }
        p[2][2] += (turnover + slow) * (1 - kept * kept)
        week = visit.week
        var sees = contrast(1, 1)
        for (i, since) in breaks.enumerated() { sees[sees.count - breaks.count + i] = week >= since ? 1 : 0 }
        let along = p.map { dot($0, sees) }, sem = table["sem"].number
        let innovation = visit.count.squareRoot() - dot(sees, m)
        var scatter = dot(along, sees) + sem * sem / visit.frames
        surprise = innovation / scatter.squareRoot()
        seen += 1
        if seen >= table["robust"]["from_visit"].whole {
            let times = surprise / table["robust"]["beyond"].number
            scatter *= max(1, times * times)
        }
        for i in m.indices {
            m[i] += along[i] * innovation / scatter
            for j in m.indices { p[i][j] -= along[i] * along[j] / scatter }
        }
        if week <= start {
            m[3] = m[2]
            p[3] = p[2]
            for i in m.indices { p[i][3] = p[i][2] }
        }
        levelSeen = max(1, dot(contrast(1), m))
    }

    /// Weights of the level now less that at the start, with these of base, ups and downs and those at the start.
    func contrast(_ base: Double = 0, _ upsAndDowns: Double = 0, _ atStart: Double = 0) -> [Double] {
        let reached = changes.map { risen(first - $0) - risen(week - $0) }
        return [base, 1, upsAndDowns, atStart] + reached + breaks.map { _ in 0 }
    }

    private func risen(_ passed: Double) -> Double { passed > 0 ? 1 - exp(-passed / weeks) : 0 }

    private func measure(_ contrast: [Double]) -> (mean: Double, deviation: Double) {
        (dot(contrast, m), max(0, dot(contrast, p.map { dot($0, contrast) })).squareRoot())
    }

    /// Above 0 for fewer lesions; 0 where nothing is compared.
    func z(_ contrast: [Double]) -> Double {
        let (mean, deviation) = measure(contrast)
        return deviation > 1e-9 ? -mean / deviation : 0
    }

    private func interval(_ contrast: [Double]) -> [Double] {
        let (mean, deviation) = measure(contrast), reach = table["interval"]["z"].number * deviation
        return [mean - reach, mean, mean + reach].map { max(0, $0) * max(0, $0) }
    }

    /// What may be said after the latest visit.
    func state(_ recent: Recent?) -> State {
        State(
            week: week, face: z(contrast(0, 1, -1)), trend: z(contrast()),
            half: normal(z(contrast(1 - 0.5.squareRoot()))), now: interval(contrast(1, 1)),
            level: interval(contrast(1)), surprise: surprise, recent: recent)
    }
}

/// One state a visit. `changes` are weeks of starts and stops of courses, `breaks` weeks from which on another model
/// counted. With `find` a recent change that nobody entered is taken in from when it was seen on.
public func follow(
    _ table: Table, _ visits: [Visit], changes: [Double] = [], breaks: [Double] = [], find: Bool = false
) throws -> [State] {
    try checkSeries(visits, changes + breaks)
    var found: [Double] = [], filter = Filter(table, visits, changes, breaks: breaks)
    return visits.indices.map { i in
        filter.update(visits[i])
        let recent = lookBack(table, Array(visits[...i]))
        if find, let seen = recent, abs(seen.z) >= table["recent"]["alarm"].number {
            let longest = table["recent"]["back"].numbers.max()!
            if (changes + found).allSatisfy({ $0 <= seen.week - longest }) {
                found.append(seen.week)
                filter = Filter(table, visits, changes, found: found, breaks: breaks)
                for earlier in visits[...i] { filter.update(earlier) }
            }
        }
        return filter.state(recent)
    }
}

/// The clearest change of the last weeks: restarts some weeks back, each with a run-in.
private func lookBack(_ table: Table, _ visits: [Visit]) -> Recent? {
    var clearest: Recent?
    for back in table["recent"]["back"].numbers {
        let restart = visits[visits.count - 1].week - back
        let window = visits.filter { $0.week >= restart - table["recent"]["run_in"].number }
        if window[0].week > restart { continue }
        var filter = Filter(table, window, [restart], lookingBack: true)
        for visit in window { filter.update(visit) }
        let z = filter.z(filter.contrast())
        if clearest.map({ abs(z) > abs($0.z) }) ?? true { clearest = Recent(z: z, week: restart) }
    }
    return clearest
}

/// Refuse what is no series of visits in order.
private func checkSeries(_ visits: [Visit], _ weeks: [Double]) throws {
    guard (1...1000).contains(visits.count) else { throw Refusal(reason: "a series has 1 to 1000 visits") }
    guard (visits.flatMap { [$0.week, $0.count, $0.frames] } + weeks).allSatisfy({ $0.isFinite }) else {
        throw Refusal(reason: "a week, count or number of frames is no finite number")
    }
    guard visits.allSatisfy({ $0.count >= 0 && $0.frames > 0 }) else {
        throw Refusal(reason: "a count is below 0, or a number of frames not above it")
    }
    guard zip(visits, visits.dropFirst()).allSatisfy({ $0.week < $1.week }) else {
        throw Refusal(reason: "visits are not in order of time, each of its own moment")
    }
}

/// P(a standard normal variable is at most z), by the series of Marsaglia 2004.
private func normal(_ z: Double) -> Double {
    if abs(z) > 8 { return z > 0 ? 1 : 0 }
    var total = z, term = z, k = 3.0
    while abs(term) > 1e-17 {
        term *= z * z / k
        total += term
        k += 2
    }
    return 0.5 + total * exp(-z * z / 2) / (2 * Double.pi).squareRoot()
}

private func dot(_ one: [Double], _ other: [Double]) -> Double {
    var total = 0.0
    for i in one.indices { total += one[i] * other[i] }
    return total
}

// MARK: Pixels.

/// Bilinear with antialiasing on 8-bit RGB as Pillow does it, across and then down; `golden/README.md` has the formula.
/// `across` and `down` are how much of the image is used, in its pixels.
func resize(
    _ rgb: [UInt8], _ width: Int, _ height: Int, _ toWidth: Int, _ toHeight: Int, _ across: Double, _ down: Double
) -> [UInt8] {
    var rows = [UInt8](repeating: 0, count: height * toWidth * 3)
    for (x, (from, weights)) in blend(width, toWidth, across).enumerated() {
        for y in 0..<height {
            for c in 0..<3 { rows[(y * toWidth + x) * 3 + c] = mix(rgb, weights, (y * width + from) * 3 + c, 3) }
        }
    }
    var resized = [UInt8](repeating: 0, count: toHeight * toWidth * 3)
    for (y, (from, weights)) in blend(height, toHeight, down).enumerated() {
        let stride = toWidth * 3
        for x in 0..<stride { resized[y * stride + x] = mix(rows, weights, from * stride + x, stride) }
    }
    return resized
}

@inline(__always)
private func mix(_ bytes: [UInt8], _ weights: [Int], _ first: Int, _ stride: Int) -> UInt8 {
    var total = 1 << 21
    for i in weights.indices { total += weights[i] * Int(bytes[first + i * stride]) }
    return UInt8(min(max(total >> 22, 0), 255))
}

/// For each of `to` pixels: the first of the `from` pixels under its triangle, and their weights · 2²².
private func blend(_ from: Int, _ to: Int, _ used: Double) -> [(Int, [Int])] {
    let scale = used / Double(to), reach = max(scale, 1)
    return (0..<to).map { i in
        let centre = (Double(i) + 0.5) * scale
        let first = max(Int(centre - reach + 0.5), 0), last = min(Int(centre + reach + 0.5), from)
        let weights = (first..<last).map { max(0, 1 - abs((Double($0) - centre + 0.5) / reach)) }
        let total = sum(weights)
        return (first, weights.map { Int(0.5 + $0 / total * Double(1 << 22)) })
    }
}

private func luminance(_ bytes: [UInt8], _ at: Int) -> Int {
    (77 * Int(bytes[at]) + 150 * Int(bytes[at + 1]) + 29 * Int(bytes[at + 2])) >> 8
}

// MARK: What the gate measures. A picture is a plane of size × size numbers, its tiles are blocks of 8 × 8.

private func chosen<T>(_ values: [T], _ mask: [Bool]) -> [T] { zip(values, mask).filter { $0.1 }.map { $0.0 } }

/// The weighted sum of red, green and blue, times a gain.
private func plane(
    _ rgb: [UInt8], _ size: Int, _ red: Double, _ green: Double, _ blue: Double, _ gain: Double
) -> [Double] {
    (0..<size * size).map { i in
        (red * Double(rgb[3 * i]) + green * Double(rgb[3 * i + 1]) + blue * Double(rgb[3 * i + 2])) * gain
    }
}

/// Blocks of 8 × 8, each 64 numbers, row by row.
private func tilesOf(_ values: [Double], _ size: Int) -> [[Double]] {
    let side = size / 8
    return (0..<side * side).map { i in
        let corner = i / side * 8 * size + i % side * 8
        return (0..<64).map { values[corner + $0 / 8 * size + $0 % 8] }
    }
}

/// Means of 2 × 2.
private func halved(_ values: [Double], _ size: Int) -> [Double] {
    let half = size / 2
    return (0..<half * half).map { i in
        let at = i / half * 2 * size + i % half * 2
        return (values[at] + values[at + size] + values[at + 1] + values[at + size + 1]) / 4
    }
}

/// Smooth blocks of skin's colour ratios, six of the nine around being such, too.
private func skinBlocks(_ square: [UInt8], _ seen: [Bool], _ side: Int) -> [Bool] {
    let size = side * 8, light = tilesOf(plane(square, size, 0.299, 0.587, 0.114, 1), size)
    let channels = [[1.0, 0, 0], [0, 1, 0], [0, 0, 1]].map { weights in
        tilesOf(plane(square, size, weights[0], weights[1], weights[2], 1), size).map { log(sum($0) / 64 + 2) }
    }
    func between(_ ratio: Double, _ low: Double, _ high: Double) -> Bool { ratio > low && ratio < high }
    let alike = seen.indices.map { i -> Bool in
        guard seen[i] else { return false }
        let mean = sum(light[i]) / 64
        let scatter = (sum(light[i].map { ($0 - mean) * ($0 - mean) }) / 64).squareRoot()
        let (red, green, blue) = (channels[0][i], channels[1][i], channels[2][i])
        return scatter / (mean + 1) < 0.35 && between(red - green, 0.025, 0.75)
            && between(green - blue, -0.20, 0.60) && between(red - blue, 0.05, 1.10)
    }
    return alike.indices.map { i -> Bool in
        guard alike[i] else { return false }
        var number = 0
        for down in -1...1 {
            for across in -1...1 {
                let row = min(max(i / side + down, 0), side - 1), column = min(max(i % side + across, 0), side - 1)
                if alike[row * side + column] { number += 1 }
            }
        }
        return number >= 6
    }
}

/// What the gate's function takes, by name.
private func measure(
    _ photo: Photo, _ square: [UInt8], _ skin: [Bool], _ seen: [Bool], _ gain: Double, _ size: Int
) -> [String: Double] {
    let brightest = (0..<size * size).map { Double(max(square[3 * $0], square[3 * $0 + 1], square[3 * $0 + 2])) }
    let inside = chosen(tilesOf(brightest, size), seen).flatMap { $0 }, number = Double(inside.count)
    var figures = [
        "gain": log(gain), "blocky": blockiness(photo), "clipped": Double(inside.filter { $0 >= 250 }.count) / number,
        "black": Double(inside.filter { $0 <= 3 }.count) / number,
    ]
    func note(_ name: String, _ values: [Double], _ percents: [Int]) {
        let sorted = values.sorted()
        for percent in percents {
            figures["\(name)_\(percent)"] = log(quantile(sorted, Double(percent) / 100) + 0.05)
        }
    }
    var light = plane(square, size, 0.299, 0.587, 0.114, gain), redness = plane(square, size, 1, -1, 0, gain)
    var here = skin.map { $0 ? 1.0 : 0.0 }, around = seen.map { $0 ? 1.0 : 0.0 }
    for scale in [1, 2, 4] {
        let width = size / scale, some = around.contains { $0 >= 0.5 }
        let everywhere = around.map { !some || $0 >= 0.5 }, bare = here.map { $0 >= 0.5 }
        let looked = bare.filter { $0 }.count >= 6 ? bare : everywhere
        let tiles = tilesOf(light, width), edges = tiles.map { laplacian($0) }
        if scale == 1 { note("noise", chosen(tiles, looked).map { noise($0) }, [10, 30, 50]) }
        note("edge\(scale)", chosen(edges, looked), [30, 50, 75, 90, 97])
        note("anywhere\(scale)", chosen(edges, everywhere), [90, 98])
        note("red\(scale)", chosen(tilesOf(redness, width), looked).map { laplacian($0) }, [50, 90])
        figures["even\(scale)"] = evenness(chosen(tiles, looked))
        if scale < 4 {
            (light, redness) = (halved(light, width), halved(redness, width))
            (here, around) = (halved(here, width / 8), halved(around, width / 8))
        }
    }
    return figures
}

/// Mean |4·centre − its four neighbours| inside a block.
private func laplacian(_ tile: [Double]) -> Double {
    var total = 0.0
    for y in 1...6 {
        for i in y * 8 + 1...y * 8 + 6 {
            total += abs(4 * tile[i] - tile[i - 8] - tile[i + 8] - tile[i - 1] - tile[i + 1])
        }
    }
    return total / 36
}

/// Standard deviation of noise inside a block (Immerkær 1996).
private func noise(_ tile: [Double]) -> Double {
    var total = 0.0
    for y in 1...6 {
        for i in y * 8 + 1...y * 8 + 6 {
            let corners = tile[i - 9] + tile[i - 7] + tile[i + 7] + tile[i + 9]
            let sides = tile[i - 8] + tile[i + 8] + tile[i - 1] + tile[i + 1]
            total += abs(4 * tile[i] - 2 * sides + corners)
        }
    }
    return total / 36 * (Double.pi / 2).squareRoot() / 6
}

/// The lower log ratio of 75th percentiles of differences in two crossing directions: low after motion.
private func evenness(_ tiles: [[Double]]) -> Double {
    func steep(_ one: Int, _ other: Int) -> Double {
        let means = tiles.map { tile -> Double in
            var total = 0.0
            for y in 1...7 { for i in y * 8 + 1...y * 8 + 7 { total += abs(tile[i + one] - tile[i + other]) } }
            return total / 49
        }
        return quantile(means, 0.75) + 0.1
    }
    let straight = -abs(log(steep(0, -1) / steep(0, -8)))
    return min(straight, -abs(log(steep(0, -9) / steep(-1, -8))))
}

/// How much steeper steps are at every eighth pixel than between, in the photo's middle 512 × 512 pixels.
private func blockiness(_ photo: Photo) -> Double {
    let width = min(photo.width, 512), height = min(photo.height, 512)
    let left = max(0, (photo.width - 512) / 2), top = max(0, (photo.height - 512) / 2)
    func light(_ x: Int, _ y: Int) -> Int { luminance(photo.rgba, ((top + y) * photo.width + left + x) * 4) }
    func ratio(_ long: Int, _ across: Int, _ at: (Int, Int) -> Int) -> Double {
        let number = (long - 1) / 8
        var places = [Double](repeating: 0, count: 8)
        for i in 0..<number * 8 {
            for k in 0..<across { places[i % 8] += Double(abs(at(i + 1, k) - at(i, k))) }
        }
        let means = places.map { $0 / Double(number) / Double(across) }, steepest = means.max()!
        return log((steepest + 0.1) / ((sum(means) - steepest) / 7 + 0.1))
    }
    return (ratio(width, height) { light($0, $1) } + ratio(height, width) { light($1, $0) }) / 2
}

/// Score, and box and points one number after the other, 0–1 of the square; answers that overlap are one, weighted.
private func decodedFaces(_ places: [Float], _ logits: [Float]) -> [(Double, [Double])] {
    var answers: [(score: Double, numbers: [Double])] = []
    for (cells, each) in [(16, 2), (8, 6)] {
        for i in 0..<cells * cells * each {
            let cell = i / each, row = answers.count
            let anchor = [cell % cells, cell / cells].map { (Double($0) + 0.5) / Double(cells) }
            func number(_ k: Int) -> Double { Double(places[16 * row + k]) / Double(facePx) }
            let corners = (0..<4).map { number($0 % 2) + anchor[$0 % 2] + ($0 < 2 ? -0.5 : 0.5) * number(2 + $0 % 2) }
            let score = 1 / (1 + exp(-min(max(Double(logits[row]), -80), 80)))
            answers.append((score, corners + (4..<16).map { number($0) + anchor[$0 % 2] }))
        }
    }
    var left = sorted(answers.indices.filter { answers[$0].score >= 0.3 }, by: { -answers[$0].score })
    var found: [(Double, [Double])] = []
    while let best = left.first {
        let same = left.filter { $0 == best || overlap(answers[best].numbers, answers[$0].numbers) >= 0.3 }
        let total = sum(same.map { answers[$0].score })
        let mean = (0..<16).map { k in sum(same.map { answers[$0].score * answers[$0].numbers[k] }) / total }
        found.append((answers[best].score, mean))
        left = left.filter { !same.contains($0) }
    }
    return found
}

/// Shared area of two boxes as a share of their union.
private func overlap(_ one: [Double], _ other: [Double]) -> Double {
    func area(_ box: [Double]) -> Double { max(box[2] - box[0], 0) * max(box[3] - box[1], 0) }
    let shared = area((0..<4).map { $0 < 2 ? max(one[$0], other[$0]) : min(one[$0], other[$0]) })
    let union = area(one) + area(other) - shared
    return union > 0 ? shared / union : 0
}

/// Linear between the sorted values.
private func quantile(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted(), at = share * Double(sorted.count - 1), low = Int(at)
    return sorted[low] + (at - Double(low)) * (sorted[min(low + 1, sorted.count - 1)] - sorted[low])
}
