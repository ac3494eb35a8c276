// Runs Lesions.kt on a bundle's golden vectors: arguments bundle folder and output folder, which gets the squares as
// bytes and the visits and series as JSON, for the test to compare.
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder
import javax.imageio.ImageIO
import org.acnetrack.lesions.Assessed
import org.acnetrack.lesions.Model
import org.acnetrack.lesions.Photo
import org.acnetrack.lesions.Visit
import org.acnetrack.lesions.follow
import org.acnetrack.lesions.parseJson

private fun readJson(file: File) = parseJson(file.readText()) as Map<*, *>
private fun Any?.number() = (this as Number).toDouble()
private fun Any?.numbers() = (this as List<*>? ?: listOf<Any>()).map { it.number() }
private fun Any?.objects() = (this as List<*>).map { it as Map<*, *> }

private fun json(value: Any?): String = when (value) {
    is Map<*, *> -> value.entries.joinToString(",", "{", "}") { json(it.key) + ":" + json(it.value) }
    is List<*> -> value.joinToString(",", "[", "]") { json(it) }
    is String -> "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\""
    else -> value.toString()
}

fun main(args: Array<String>) {
    val golden = File(args[0], "golden")
    val out = File(args[1])
    val index = readJson(File(golden, "index.json"))
    val model = Model(readJson(File(args[0], "manifest.json")))

    val photos = index["photos"].objects().associate { entry ->
        val image = ImageIO.read(File(golden, entry["photo"] as String))
        val argb = image.getRGB(0, 0, image.width, image.height, null, 0, image.width)
        val name = entry["name"] as String
        name to Photo(argb, image.width, image.height, entry["view"] as String, entry["guided"] as Boolean, name)
    }
    for ((name, photo) in photos) File(out, "$name.square").writeBytes(model.square(photo))
    check(model.tensor(photos.getValue("tiny")).all { it in 0f..1f })

    val candidates = index["photos"].objects().associate { entry ->
        val raw = (entry["raw"] as Map<*, *>)[index["assessed_from"]] as String
        val numbers = ByteBuffer.wrap(File(golden, raw).readBytes()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer()
        val rows = (numbers.remaining() - 1) / 6
        fun next(count: Int) = FloatArray(count).also { numbers.get(it) }
        val boxes = next(4 * rows)
        val name = entry["name"] as String
        name to model.candidates(photos.getValue(name), boxes, next(rows), next(rows), next(1)[0])
    }
    val faces = index["photos"].objects().associate { entry ->
        val bytes = ByteBuffer.wrap(File(golden, entry["face"] as String).readBytes()).order(ByteOrder.LITTLE_ENDIAN)
        val numbers = FloatArray(bytes.remaining() / 4).also { bytes.asFloatBuffer().get(it) }
        val name = entry["name"] as String
        val answer = model.faces(
            photos.getValue(name), numbers.copyOfRange(0, 896 * 16), numbers.copyOfRange(896 * 16, numbers.size)
        )
        name to answer
    }
    val visits = index["visits"].objects().associate { entry ->
        val names = entry["photos"] as List<*>
        entry["name"] to model.assess(
            names.map { photos.getValue(it as String) }, names.map { candidates.getValue(it as String) },
            names.map { faces.getValue(it as String) }
        )
    }
    for ((name, visit) in visits) File(out, "$name.visit.json").writeText(json(visit.json()))
    for (entry in index["series"].objects()) {
        val series = readJson(File(golden, entry["states"] as String))["series"] as Map<*, *>
        val compared = series["assessed"]?.objects()?.map { one ->
            val zones = (one["zones"] as Map<*, *>?)?.entries?.associate { it.key as String to it.value.number() }
            Assessed(one["week"].number(), zones, one["frames"].number().toInt(), one["model"] as String)
        }?.let { model.compare(it) }
        val shown = compared?.visits ?: (series["visits"] as List<*>).map { one ->
            (one as List<*>).map { it.number() }.let { Visit(it[0], it[1], it[2]) }
        }
        val table = (model.table as Map<*, *>) + ("sem" to (series["sem"] ?: (model.table as Map<*, *>)["sem"]))
        val breaks = compared?.breaks ?: series["breaks"].numbers()
        val states = follow(table, shown, series["changes"].numbers(), breaks, series["found"] == true)
        val said = mapOf("series" to series, "states" to states.map { it.json() }) +
            (if (compared == null) mapOf() else mapOf("compared" to compared.json()))
        File(out, "${entry["name"]}.series.json").writeText(json(said))
    }

    val wide = photos.getValue("wide")
    val refused = mapOf(
        "not finite" to { model.candidates(wide, FloatArray(4), floatArrayOf(0f), floatArrayOf(Float.NaN), 1f) },
        "bad class" to { model.candidates(wide, FloatArray(4), floatArrayOf(7f), floatArrayOf(0.9f), 1f) },
        "bad score" to { model.candidates(wide, FloatArray(4), floatArrayOf(0f), floatArrayOf(1.5f), 1f) },
        "no photo" to { model.assess(listOf(), listOf(), listOf()) },
        "unguided visit" to { model.assess(listOf(wide, photos.getValue("left")), listOf(listOf(), listOf()), listOf(listOf(), listOf())) },
        "no visits" to { follow(model.table, listOf()) },
        "unordered visits" to { follow(model.table, listOf(Visit(1.0, 2.0, 1.0), Visit(0.0, 2.0, 1.0))) },
        "a week that is no number" to { follow(model.table, listOf(Visit(Double.NaN, 2.0, 1.0))) },
        "a count below 0" to { follow(model.table, listOf(Visit(0.0, -1.0, 1.0))) },
        "broken JSON" to { parseJson("{\"a\": [1, 2") },
        "no manifest" to { Model(mapOf<String, Any>()) }
    ).mapValues { (_, attempt) ->
        try {
            attempt().let { null }
        } catch (refusal: RuntimeException) {
            refusal.message
        }
    }
    File(out, "refused.json").writeText(json(refused))
}
