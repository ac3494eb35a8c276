// Runs Lesions.swift on a bundle's golden vectors: arguments bundle folder and a folder with each photo as NAME.rgba
// (Foundation on Linux decodes no PNG), which gets the squares as bytes and the visits and series as JSON.
import Foundation

let bundle = URL(fileURLWithPath: CommandLine.arguments[1])
let golden = bundle.appendingPathComponent("golden")
let out = URL(fileURLWithPath: CommandLine.arguments[2])

func read(_ file: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: golden.appendingPathComponent(file))) }

func write(_ json: Any, _ file: String) throws {
    try JSONSerialization.data(withJSONObject: json).write(to: out.appendingPathComponent(file))
}

let index = try JSONSerialization.jsonObject(with: Data(read("index.json"))) as! [String: Any]
let entries = index["photos"] as! [[String: Any]]
let model = try Model(manifest: Data(contentsOf: bundle.appendingPathComponent("manifest.json")))
var photos: [String: Photo] = [:], candidates: [String: [Candidate]] = [:], faces: [String: [Face]] = [:], visits: [String: Assessment] = [:]

for entry in entries {
    let name = entry["name"] as! String
    let rgba = [UInt8](try Data(contentsOf: out.appendingPathComponent("\(name).rgba")))
    let header = try read(entry["photo"] as! String)[16..<24].map { Int($0) }
    let width = header[2] << 8 | header[3], height = header[6] << 8 | header[7]
    let photo = Photo(
        rgba: rgba, width: width, height: height, view: entry["view"] as! String, guided: entry["guided"] as! Bool,
        name: name)
    try Data(model.square(photo)).write(to: out.appendingPathComponent("\(name).square"))
    let raw = try read((entry["raw"] as! [String: String])[index["assessed_from"] as! String]!)
    let numbers = raw.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    let rows = (numbers.count - 1) / 6
    candidates[name] = try model.candidates(
        photo, boxes: Array(numbers[..<(4 * rows)]), classes: Array(numbers[(4 * rows)..<(5 * rows)]),
        scores: Array(numbers[(5 * rows)..<(6 * rows)]), count: numbers[6 * rows])
    let answer = try read(entry["face"] as! String).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    faces[name] = model.faces(photo, places: Array(answer[..<(896 * 16)]), logits: Array(answer[(896 * 16)...]))
    photos[name] = photo
}
precondition(model.tensor(photos["tiny"]!).allSatisfy { (0...1).contains($0) })

for entry in index["visits"] as! [[String: Any]] {
    let name = entry["name"] as! String, names = entry["photos"] as! [String]
    visits[name] = try model.assess(
        names.map { photos[$0]! }, names.map { candidates[$0]! }, names.map { faces[$0]! })
    try write(visits[name]!.json, "\(name).visit.json")
}
for entry in index["series"] as! [[String: String]] {
    let golden = try JSONSerialization.jsonObject(with: Data(read(entry["states"]!))) as! [String: Any]
    let series = golden["series"] as! [String: Any]
    let compared = (series["assessed"] as? [[String: Any]]).map { assessed in
        model.compare(
            assessed.map { one in
                Assessed(
                    week: (one["week"] as! NSNumber).doubleValue, zones: one["zones"] as? [String: Double],
                    frames: one["frames"] as! Int, model: one["model"] as! String)
            })
    }
    let given = (series["visits"] as? [[Double]] ?? []).map { Visit(week: $0[0], count: $0[1], frames: $0[2]) }
    let table = (series["sem"] as? Double).map { model.table.with("sem", $0) } ?? model.table
    let states = try follow(
        table, compared?.visits ?? given, changes: series["changes"] as? [Double] ?? [],
        breaks: compared?.breaks ?? series["breaks"] as? [Double] ?? [], find: series["found"] as? Bool ?? false)
    var said: [String: Any] = ["series": series, "states": states.map { $0.json }]
    if let compared = compared { said["compared"] = compared.json }
    try write(said, "\(entry["name"]!).series.json")
}

func reason(_ attempt: () throws -> Any) -> String {
    do { return "\(try attempt())" } catch { return (error as? Refusal)?.reason ?? "refused" }
}
func one(_ week: Double, _ count: Double) -> Visit { Visit(week: week, count: count, frames: 1) }
let wide = photos["wide"]!
try write(
    [
        "not finite": reason {
            try model.candidates(wide, boxes: [0, 0, 1, 1], classes: [0], scores: [Float.nan], count: 1)
        },
        "bad class": reason { try model.candidates(wide, boxes: [0, 0, 1, 1], classes: [7], scores: [0.9], count: 1) },
        "bad score": reason { try model.candidates(wide, boxes: [0, 0, 1, 1], classes: [0], scores: [1.5], count: 1) },
        "no photo": reason { try model.assess([], [], []) },
        "unguided visit": reason { try model.assess([wide, photos["left"]!], [[], []], [[], []]) },
        "no visits": reason { try follow(model.table, []) },
        "unordered visits": reason { try follow(model.table, [one(1, 2), one(0, 2)]) },
        "a week that is no number": reason { try follow(model.table, [one(Double.nan, 2)]) },
        "a count below 0": reason { try follow(model.table, [one(0, -1)]) },
        "broken JSON": reason { try Model(manifest: Data("{".utf8)) },
        "no manifest": reason { try Model(manifest: Data("{}".utf8)) },
    ], "refused.json")
