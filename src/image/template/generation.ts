// The two OpenNebulas whose discs are made here. They read one syntax in slightly different ways.

/** `2.2` is OpenNebula 2.2 (2011), `today` is OpenNebula 7. */
export type Generation = '2.2' | 'today'
