// A planted bug: one change to one source file of `system/`, made before hosts load it.

export interface SourcePatch {
  /** Relative to the project, with `/`. */
  readonly file: string
  /** Must occur exactly once in the file. */
  readonly find: string
  readonly replace: string
}

/** Throws if the patch does not fit exactly once. */
export function patched(text: string, patch: SourcePatch): string {
  const pieces = text.split(patch.find)
  if (pieces.length !== 2) {
    throw new Error(`a patch of ${patch.file} must fit exactly once; found ${pieces.length - 1} times: ${patch.find}`)
  }
  return pieces.join(patch.replace)
}
