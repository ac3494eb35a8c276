"""Pull and push as RxDB speaks: documents by checkpoint, and the state that the app assumed."""
