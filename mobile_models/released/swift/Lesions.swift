// Copyright The acnetrack authors. SPDX-License-Identifier: Apache-2.0
//
// Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in compliance with
// the License. You may obtain a copy at https://www.apache.org/licenses/LICENSE-2.0. Distributed on an "AS IS" BASIS,
// WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the License for the specific language.

/// Upright RGB photos and the model's four outputs in; lesions, counts, grades and change out. Needs Foundation only.
///
///     let model = try Model(manifest: Data(contentsOf: manifestURL))
///     let photo = Photo(rgba: bytes, width: width, height: height, view: "front", guided: true)
///     let input = model.tensor(photo)                                        // run any interpreter on it
///     let found = try model.candidates(photo, boxes: boxes, classes: classes, scores: scores, count: count)
///     let assessment = try model.assess([photo], [found])
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
public let messages = [
    "little_skin": "Little skin is seen, so no grade is given. Fill the oval with the bare face, in even white light, "
        + "without a mask or a filter.",
    "featureless": "The photo shows no detail at all, so no grade is given. Uncover the lens and take it again.",
    "blurred": "The photo is blurred, so small lesions may be missed. Wipe the lens, hold still and tap the face to "
        + "focus.",
    "dark": "The photo is dark. Face a window or turn on a light, and take it again.",
    "overexposed": "Much of the photo is burnt out white. Turn the flash off or step out of direct sun.",
    "small": "The photo is small, so small lesions may be missed. Send it as the camera took it.",
]

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

/// What the capture gate says of a photo; `warnings` are codes of `messages`.
public struct Quality {
    public let skinFraction: Double, sharpness: Double, brightness: Double, warnings: [String]

    var json: [String: Any] {
        ["ok": warnings.isEmpty, "skin_fraction": skinFraction, "sharpness": sharpness, "brightness": brightness,
         "warnings": warnings.map { ["code": $0, "message": messages[$0]!] }]
    }
}

/// One visit: the photo drawn of each view with its lesions and quality, counts, lesions by zone and type and their means
/// (nil without the guide), fewest frames a view, grades.
public struct Assessment {
    public let photos: [Photo], lesions: [[Lesion]], qualities: [Quality], counts: [String: Count]
    public let zones: [String: [String: Int]]?, zonesExpected: [String: [String: Double]]?, frames: Int
    public let grades: [String: Grade], model: [String: String]

    /// As the server takes it, ready for JSONSerialization.
    public var json: [String: Any] {
        let shown: [[String: Any]] = photos.indices.map { i in
            ["photo": photos[i].name, "view": photos[i].view, "guided": photos[i].guided,
             "lesions": lesions[i].map { $0.json }, "quality": qualities[i].json]
        }
        return ["visit": true, "photos": shown, "counts": counts.mapValues { $0.json }, "zones": zones ?? NSNull(),
                "zones_expected": zonesExpected ?? NSNull(), "frames": frames, "grades": grades.mapValues { $0.json }, "experimental": ["non_inflammatory"], "model": model]
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
    private let manifest: Table, zoneTable: Table, calibration: Table, given: Table
    private let scoreEdges: [Double], radiusU: Double, radiusV: Double, sha256: String

    /// The numbers of the model of change, for `follow`.
    public var table: Table { manifest["change"] }

    /// Side S of the model's square input.
    public let sizePx: Int

    public init(manifest data: Data, file: String? = nil) throws {
        manifest = Table(value: try JSONSerialization.jsonObject(with: data))
        for key in ["zones", "calibration", "grading", "change", "input", "files", "default_file", "id", "version"]
        where !manifest.has(key) {
            throw Refusal(reason: "the manifest lacks \(key)")
        }
        let running = file ?? manifest["default_file"].text
        guard manifest["files"].has(running) else { throw Refusal(reason: "the manifest lacks \(running)") }
        sha256 = manifest["files"][running]["sha256"].text
        zoneTable = manifest["zones"]
        calibration = manifest["calibration"]
        given = calibration["type_given"]
        scoreEdges = given["score_edges"].numbers
        radiusU = zoneTable["oval"]["radius_u"].number
        radiusV = zoneTable["oval"]["radius_v"].number
        sizePx = manifest["input"]["shape"].wholes[1]
    }

    // MARK: From the photo to the model's input, and from its outputs back to the photo.

    /// Left, top and side of the square in the photo's pixels: the oval's bounding square, or all, padded.
    func cornerAndSide(_ photo: Photo) -> (left: Int, top: Int, side: Int) {
        var side = max(photo.width, photo.height)
        if photo.guided {
            let exact = 2 * max(radiusU, radiusV) * Double(min(photo.width, photo.height))
            side = Int(exact.rounded(.toNearestOrEven))
        }
        return ((photo.width - side) >> 1, (photo.height - side) >> 1, side)
    }

    /// What the model sees: S × S × 3 bytes, RGB.
    public func square(_ photo: Photo) -> [UInt8] {
        let (left, top, side) = cornerAndSide(photo)
        var square = [UInt8](repeating: UInt8(manifest["input"]["pad_value"].whole), count: side * side * 3)
        for y in max(0, -top)..<min(side, photo.height - top) {
            for x in max(0, -left)..<min(side, photo.width - left) {
                let from = ((y + top) * photo.width + x + left) * 4, to = (y * side + x) * 3
                for c in 0..<3 { square[to + c] = photo.rgba[from + c] }
            }
        }
        return resize(square, side, side, sizePx, sizePx, Double(side), Double(side))
    }

    /// S × S × 3 floats, RGB, 0–1: the model's input, NHWC.
    public func tensor(_ photo: Photo) -> [Float] { square(photo).map { Float($0) / 255 } }

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
    public func assess(_ photos: [Photo], _ candidates: [[Candidate]]) throws -> Assessment {
        try checkVisit(photos)
        let guided = photos[0].guided
        let captured = guided ? self.captured(photos.map { $0.view }) : [:]
        let qualities = photos.map { judge($0) }
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
        return Assessment(
            photos: drawn.map { photos[$0] }, lesions: drawn.map { lesions[$0] }, qualities: shownQualities,
            counts: counts, zones: guided ? byZone : nil, zonesExpected: guided ? expected.byZone : nil, frames: frames,
            grades: grades(expected, shownQualities),
            model: ["id": manifest["id"].text, "version": manifest["version"].text, "sha256": sha256])
    }

    /// What each photo counts for among the frames of its view, which is drawn (the sharpest), and fewest frames a view.
    private func shareOut(_ photos: [Photo], _ qualities: [Quality]) -> ([Double], [Int], Int) {
        var shares = [Double](repeating: 0, count: photos.count), drawn: [Int] = [], fewest = photos.count
        for view in views {
            let frames = photos.indices.filter { photos[$0].view == view }
            if frames.isEmpty { continue }
            let fit = frames.filter { at in
                !qualities[at].warnings.contains("little_skin") && !qualities[at].warnings.contains("featureless")
            }
            let used = fit.isEmpty ? frames : fit
            for at in used { shares[at] = 1 / Double(used.count) }
            drawn.append(used.reduce(used[0]) { qualities[$1].sharpness > qualities[$0].sharpness ? $1 : $0 })
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

    /// Every instrument's grade; none where a photo shows little skin or no detail.
    private func grades(_ expected: Expected, _ qualities: [Quality]) -> [String: Grade] {
        let instruments = ["IGA": iga, "GEA": gea, "Hayashi": hayashi, "GAGS": gags]
        for (code, why) in [("little_skin", "little skin is seen"), ("featureless", "no detail is seen")]
        where qualities.contains(where: { $0.warnings.contains(code) }) {
            let of = qualities.count > 1 ? "a photo of the visit" : "the photo"
            return instruments.mapValues { _ in .unavailable("\(why) in \(of); take it again") }
        }
        var grades: [String: Grade] = [:]
        for (name, grade) in instruments { grades[name] = grade(expected, manifest["grading"][name]) }
        return grades
    }

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

    // MARK: The capture gate, at 512 px in blocks of 8 × 8 pixels.

    /// Skin in the oval (without the guide: in the photo), sharpness and light, and what to tell the person.
    public func judge(_ photo: Photo) -> Quality {
        let scale = 512 / Double(max(photo.width, photo.height))
        let columns = max(1, Int((Double(photo.width) * scale / 8).rounded(.toNearestOrEven)))
        let rows = max(1, Int((Double(photo.height) * scale / 8).rounded(.toNearestOrEven)))
        let rgb = shrink(photo, columns * 8, rows * 8)
        let blocks = (0..<rows * columns).map { Block(rgb, columns * 8, $0 % columns * 8, $0 / columns * 8) }
        let short = Double(min(rows, columns))
        let within = blocks.indices.filter { i in
            let u = (Double(i % columns) + 0.5 - Double(columns) / 2) / (radiusU * short)
            let v = (Double(i / columns) + 0.5 - Double(rows) / 2) / (radiusV * short)
            return !photo.guided || (u * u + v * v).squareRoot() <= 1
        }
        let skin = within.filter { i in
            guard blocks[i].alike else { return false }
            var neighbours = 0
            for row in i / columns - 1...i / columns + 1 {
                for column in i % columns - 1...i % columns + 1 {
                    let block = min(max(row, 0), rows - 1) * columns + min(max(column, 0), columns - 1)
                    neighbours += blocks[block].alike ? 1 : 0
                }
            }
            return neighbours >= 6
        }
        let judged = skin.isEmpty ? within : skin
        let skinFraction = Double(skin.count) / Double(within.count)
        let sharpness = quantile(judged.map { blocks[$0].edges }, 0.9)
        let brightness = quantile(judged.map { blocks[$0].mean }, 0.5) / 255
        let burnt = Double(within.filter { blocks[$0].darkest >= 250 }.count) / Double(within.count)
        let found: [(String, Bool)] = [
            ("little_skin", skinFraction < (photo.guided ? 0.30 : 0.12)), ("featureless", sharpness < 0.001),
            ("blurred", sharpness >= 0.001 && sharpness < 0.016), ("dark", brightness < 0.06),
            ("overexposed", burnt > 0.25), ("small", min(photo.fullWidth, photo.fullHeight) < 320),
        ]
        return Quality(
            skinFraction: skinFraction, sharpness: sharpness, brightness: brightness,
            warnings: found.filter { $0.1 }.map { $0.0 })
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

/// The photo reduced by whole numbers (the mean of each rectangle), then resized.
private func shrink(_ photo: Photo, _ toWidth: Int, _ toHeight: Int) -> [UInt8] {
    let fx = max(1, photo.width / toWidth), fy = max(1, photo.height / toHeight)
    let width = (photo.width + fx - 1) / fx, height = (photo.height + fy - 1) / fy
    var rgb = [UInt8](repeating: 0, count: width * height * 3)
    for y in 0..<height {
        for x in 0..<width {
            let down = y * fy..<min(y * fy + fy, photo.height), across = x * fx..<min(x * fx + fx, photo.width)
            let number = down.count * across.count
            for c in 0..<3 {
                var total = 0
                for j in down { for i in across { total += Int(photo.rgba[(j * photo.width + i) * 4 + c]) } }
                rgb[(y * width + x) * 3 + c] = UInt8((total + number / 2) / number)
            }
        }
    }
    let across = Double(photo.width) / Double(fx), down = Double(photo.height) / Double(fy)
    return resize(rgb, width, height, toWidth, toHeight, across, down)
}

/// What the capture gate measures of 8 × 8 pixels.
private struct Block {
    let mean: Double, edges: Double, darkest: Int, alike: Bool

    init(_ rgb: [UInt8], _ width: Int, _ left: Int, _ top: Int) {
        let levels = (0..<64).map { i in (0..<3).map { Int(rgb[((top + i / 8) * width + left + i % 8) * 3 + $0]) } }
        let light = levels.map { 0.299 * Double($0[0]) + 0.587 * Double($0[1]) + 0.114 * Double($0[2]) }
        let mean = sum(light) / 64
        let inner = (9..<55).filter { (1...6).contains($0 % 8) }
        let edges = inner.map { i -> Double in
            let beside = light[i - 1] + light[i + 1], around = light[i - 8] + light[i + 8]
            return abs(4 * light[i] - around - beside)
        }
        let ratios = (0..<3).map { c in log(Double(levels.map { $0[c] }.reduce(0, +)) / 64 + 2) }
        let scatter = (sum(light.map { ($0 - mean) * ($0 - mean) }) / 64).squareRoot()
        func between(_ one: Int, _ other: Int, _ low: Double, _ high: Double) -> Bool {
            ratios[one] - ratios[other] > low && ratios[one] - ratios[other] < high
        }
        let coloured = between(0, 1, 0.025, 0.75) && between(1, 2, -0.20, 0.60) && between(0, 2, 0.05, 1.10)
        self.mean = mean
        self.edges = sum(edges) / Double(inner.count) / (mean + 4)
        darkest = levels.map { $0.min()! }.min()!
        alike = coloured && scatter / (mean + 1) < 0.35
    }
}

/// Linear between the sorted values.
private func quantile(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted(), at = share * Double(sorted.count - 1), low = Int(at)
    return sorted[low] + (at - Double(low)) * (sorted[min(low + 1, sorted.count - 1)] - sorted[low])
}
