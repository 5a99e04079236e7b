// What to do about a disc. OpenNebula makes it anew whenever it deploys a VM.

/** The front end writes it at every deployment. */
export const cureForDisc =
  'have the disc made anew: power the VM off and on (onevm poweroff, then onevm resume)'

/** A VM without the section CONTEXT has no disc. */
export const cureForNoDisc =
  'give the VM a section CONTEXT (onevm updateconf, or in its template), then power it off and on (onevm poweroff, onevm resume)'

/** Names, values and quotes are those of whoever wrote the template. */
export const cureForText = 'correct it in the VM (onevm updateconf), and power it off and on'
