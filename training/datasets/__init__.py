"""One reader a format of annotations, all of them giving the same `AnnotatedPhoto`."""
