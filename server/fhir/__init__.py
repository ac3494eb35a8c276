"""A timeline as FHIR R4: preliminary observations by a named model, in a code system of our own."""
