// Runs lesions.js on a bundle's golden vectors: arguments bundle folder and a folder with each photo as NAME.rgba
// (Node.js decodes no PNG), which gets the squares as bytes and the visits and series as JSON.
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'

const [bundle, out] = process.argv.slice(2)
const golden = join(bundle, 'golden')
const {Model, compare, follow} = await import(pathToFileURL(join(bundle, 'web', 'lesions.js')))
const read = file => JSON.parse(readFileSync(file, 'utf8'))
const write = (name, value) => writeFileSync(join(out, name), JSON.stringify(value))

const index = read(join(golden, 'index.json'))
const model = new Model(read(join(bundle, 'manifest.json')))
const photos = {}
const candidates = {}
const faces = {}
const floats = file => {
  const bytes = readFileSync(join(golden, file))
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}
for (const {name, photo: file, view, guided, raw, face} of index.photos) {
  const header = readFileSync(join(golden, file))
  const rgba = new Uint8ClampedArray(readFileSync(join(out, `${name}.rgba`)))
  photos[name] = {rgba, width: header.readUInt32BE(16), height: header.readUInt32BE(20), view, guided, name}
  writeFileSync(join(out, `${name}.square`), model.square(photos[name]))
  const numbers = floats(raw[index.assessed_from])
  const rows = (numbers.length - 1) / 6
  const [boxes, classes, scores] = [[0, 4], [4, 5], [5, 6]].map(([from, to]) => numbers.slice(from * rows, to * rows))
  candidates[name] = model.candidates(photos[name], boxes, classes, scores, numbers[6 * rows])
  const answer = floats(face)
  faces[name] = model.faces(photos[name], answer.slice(0, 896 * 16), answer.slice(896 * 16))
}
if (!model.tensor(photos.tiny).every(level => level >= 0 && level <= 1)) throw new Error('the tensor is not 0 to 1')

for (const {name, photos: names} of index.visits) {
  write(`${name}.visit.json`, model.assess(names.map(one => photos[one]), names.map(one => candidates[one]), names.map(one => faces[one])))
}
for (const {name, states: file} of index.series) {
  const {series} = read(join(golden, file))
  const compared = series.assessed ? compare(model, series.assessed) : undefined
  const {visits, breaks} = compared ?? series
  const table = {...model.table, sem: series.sem ?? model.table.sem}
  const states = follow(table, visits, series.changes, breaks, series.found)
  write(`${name}.series.json`, {series, compared, states})
}

const wide = photos.wide
const attempts = {
  'not finite': () => model.candidates(wide, [0, 0, 1, 1], [0], [NaN], 1),
  'bad class': () => model.candidates(wide, [0, 0, 1, 1], [7], [0.9], 1),
  'bad score': () => model.candidates(wide, [0, 0, 1, 1], [0], [1.5], 1),
  'no photo': () => model.assess([], [], []),
  'unguided visit': () => model.assess([wide, {...wide, view: 'left'}], [[], []], [[], []]),
  'no visits': () => follow(model.table, []),
  'unordered visits': () => follow(model.table, [[1, 2, 1], [0, 2, 1]]),
  'a week that is no number': () => follow(model.table, [[NaN, 2, 1]]),
  'a count below 0': () => follow(model.table, [[0, -1, 1]]),
  'no manifest': () => new Model({})
}
const refusal = attempt => {
  try {
    return String(attempt())
  } catch (error) {
    return error.message
  }
}
write('refused.json', Object.fromEntries(Object.entries(attempts).map(([name, attempt]) => [name, refusal(attempt)])))
