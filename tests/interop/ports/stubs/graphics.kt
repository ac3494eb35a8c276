@file:Suppress("UNUSED_PARAMETER")

package android.graphics

class RectF(val left: Float, val top: Float, val right: Float, val bottom: Float)

class Bitmap {
    enum class Config { ARGB_8888 }

    val width = 0
    val height = 0

    fun getPixels(pixels: IntArray, offset: Int, stride: Int, x: Int, y: Int, width: Int, height: Int) {}

    companion object {
        fun createBitmap(colours: IntArray, width: Int, height: Int, config: Config) = Bitmap()
    }
}
