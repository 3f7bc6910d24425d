// The one line that names a run, and from which it can be run again: `first-light/default@light:small#17+ab12cd3`.

export interface RunAddress {
  readonly scenario: string
  readonly variant: string
  /** The family from which the nemesis draws. */
  readonly faults: string
  readonly size: string
  readonly seed: number
  /** The tree that it was run on. Another one may run it too; only the same gives the same hash. */
  readonly commit?: string
}

export function formatAddress(address: RunAddress): string {
  const { scenario, variant, faults, size, seed, commit } = address
  return `${scenario}/${variant}@${faults}:${size}#${seed}${commit === undefined ? '' : `+${commit}`}`
}

/** Undoes `formatAddress`. Throws AddressError, whose message is one sentence that says what to do. */
export function parseAddress(text: string): RunAddress {
  const match = FORM.exec(text)
  if (match === null) {
    throw new AddressError(
      `'${text.slice(0, SHOWN_LENGTH_MAX)}' is no address of a run: write SCENARIO/VARIANT@FAULTS:SIZE#SEED, ` +
        'for example first-light/default@light:small#17',
    )
  }
  const [, scenario = '', variant = '', faults = '', size = '', seed = '', commit] = match
  const address = { scenario, variant, faults, size, seed: Number(seed) }
  if (address.seed > SEED_MAX) throw new AddressError(`seed ${seed} is over ${SEED_MAX}: choose a smaller one`)
  return commit === undefined ? address : { ...address, commit }
}

export class AddressError extends Error {
  override readonly name = 'AddressError'
}

/** Seeds are whole numbers from 0. */
export const SEED_MAX: number = Number.MAX_SAFE_INTEGER

const NAME = '[a-z0-9]+(?:-[a-z0-9]+)*'
const FORM = new RegExp(
  `^(${NAME})/(${NAME})@(${NAME}):(${NAME})#(0|[1-9][0-9]{0,15})(?:\\+([A-Za-z0-9][A-Za-z0-9._-]{0,63}))?$`,
)
const SHOWN_LENGTH_MAX = 100
