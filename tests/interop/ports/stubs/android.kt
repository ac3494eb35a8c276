// As much of Android as INTEGRATE.md uses, to compile against.
@file:Suppress("UNUSED_PARAMETER")

package android.content

import java.io.InputStream

class AssetManager { fun open(name: String): InputStream = throw UnsupportedOperationException() }

class Context { val assets = AssetManager() }
