@file:Suppress("UNUSED_PARAMETER")

package com.google.mediapipe.tasks.vision.objectdetector

import android.content.Context
import android.graphics.RectF
import com.google.mediapipe.framework.image.MPImage
import com.google.mediapipe.tasks.core.BaseOptions

abstract class Category {
    abstract fun score(): Float
    abstract fun categoryName(): String
}

abstract class Detection {
    abstract fun categories(): List<Category>
    abstract fun boundingBox(): RectF
}

abstract class ObjectDetectorResult { abstract fun detections(): List<Detection> }

abstract class ObjectDetector {
    abstract fun detect(image: MPImage): ObjectDetectorResult

    class ObjectDetectorOptions {
        class Builder {
            fun setBaseOptions(options: BaseOptions) = this
            fun setScoreThreshold(threshold: Float) = this
            fun build() = ObjectDetectorOptions()
        }

        companion object { fun builder() = Builder() }
    }

    companion object {
        fun createFromOptions(context: Context, options: ObjectDetectorOptions): ObjectDetector =
            throw UnsupportedOperationException()
    }
}
