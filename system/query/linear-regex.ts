// Regular expressions whose matching takes time in proportion to the text, whatever the expression: it comes from a client,
// and a backtracking matcher can be kept busy for years by twenty characters.
//
// The usual syntax, without what cannot be matched so: back references and look-around. Matching is a search: anywhere in the
// text, unless anchored by ^ and $.

export interface LinearRegex {
  matches(text: string): boolean
}

/** Its message follows "a regular expression that". */
export class RegexSyntaxError extends Error {
  override readonly name = 'RegexSyntaxError'
}

/** Steps of the compiled form; {n,m} is written out. Matching takes at most so many operations for each character. */
export const REGEX_STEPS_MAX = 500
const REGEX_LENGTH_MAX = 1_000

/** Throws RegexSyntaxError. `(?i)` at the start: letters match in either case. */
export function compileRegex(source: string): LinearRegex {
  if (source.length > REGEX_LENGTH_MAX) throw new RegexSyntaxError(`has more than ${REGEX_LENGTH_MAX} characters`)
  const isFolded = source.startsWith('(?i)')
  const tree = new Parser(isFolded ? source.slice(4) : source, isFolded).parse()
  const steps: Step[] = []
  emit(tree, steps)
  push(steps, { kind: 'match' })
  return { matches: text => search(steps, text) }
}

type Tree =
  | { readonly kind: 'empty' }
  | { readonly kind: 'set'; readonly has: CharacterSet }
  | { readonly kind: 'assert'; readonly assertion: Assertion }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Tree[] }
  | { readonly kind: 'repeat'; readonly part: Tree; readonly min: number; readonly max: number }

type CharacterSet = (codePoint: number) => boolean
type Assertion = 'start' | 'end' | 'boundary' | 'no-boundary'

type Step =
  | { readonly kind: 'set'; readonly has: CharacterSet }
  | { readonly kind: 'assert'; readonly assertion: Assertion }
  | { readonly kind: 'split'; first: number; second: number }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'match' }

class Parser {
  readonly #characters: readonly string[]
  readonly #isFolded: boolean
  #position = 0
  #depth = 0

  constructor(source: string, isFolded: boolean) {
    this.#characters = [...source]
    this.#isFolded = isFolded
  }

  parse(): Tree {
    const tree = this.#choice()
    if (this.#position < this.#characters.length) throw new RegexSyntaxError('closes a group that was not opened')
    return tree
  }

  #choice(): Tree {
    if (++this.#depth > DEPTH_MAX) throw new RegexSyntaxError(`is nested deeper than ${DEPTH_MAX}`)
    const parts = [this.#sequence()]
    while (this.#takes('|')) parts.push(this.#sequence())
    this.#depth--
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts }
  }

  #sequence(): Tree {
    const parts: Tree[] = []
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek()) {
      parts.push(this.#repeated(this.#atom()))
    }
    if (parts.length === 0) return { kind: 'empty' }
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts }
  }

  #repeated(atom: Tree): Tree {
    const bounds = this.#bounds()
    if (bounds === undefined) return atom
    // Lazy or greedy makes no difference to whether there is a match.
    this.#takes('?')
    if (this.#bounds() !== undefined) throw new RegexSyntaxError('has nothing to repeat')
    return { kind: 'repeat', part: atom, ...bounds }
  }

  #bounds(): { min: number; max: number } | undefined {
    if (this.#takes('*')) return { min: 0, max: Infinity }
    if (this.#takes('+')) return { min: 1, max: Infinity }
    if (this.#takes('?')) return { min: 0, max: 1 }
    const match = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(
      this.#characters.slice(this.#position, this.#position + 12).join(''),
    )
    if (match === null) return undefined
    this.#position += match[0].length
    const min = Number(match[1])
    const max = match[2] === undefined ? min : match[3] === '' ? Infinity : Number(match[3])
    if (max < min) throw new RegexSyntaxError(`repeats ${match[0]}, at most less than at least`)
    return { min, max }
  }

  #atom(): Tree {
    const character = this.#next()
    switch (character) {
      case '(':
        return this.#group()
      case '[':
        return this.#class()
      case '.':
        return { kind: 'set', has: codePoint => !LINE_ENDS.has(codePoint) }
      case '^':
        return { kind: 'assert', assertion: 'start' }
      case '$':
        return { kind: 'assert', assertion: 'end' }
      case '\\':
        return this.#escape()
      case '*':
      case '+':
      case '?':
        throw new RegexSyntaxError('has nothing to repeat')
      default:
        return this.#literal(codePointOf(character))
    }
  }

  #group(): Tree {
    if (this.#takes('?') && !this.#takes(':')) {
      throw new RegexSyntaxError('uses a group other than ( ) and (?: ), which this server does not match')
    }
    const tree = this.#choice()
    if (!this.#takes(')')) throw new RegexSyntaxError('opens a group and does not close it')
    return tree
  }

  #escape(): Tree {
    const character = this.#next()
    if (character === 'b') return { kind: 'assert', assertion: 'boundary' }
    if (character === 'B') return { kind: 'assert', assertion: 'no-boundary' }
    const set = CLASSES.get(character)
    return set === undefined ? this.#literal(this.#escaped(character)) : { kind: 'set', has: set }
  }

  /** The code point that a backslash and `character` stand for. */
  #escaped(character: string): number {
    const control = CONTROLS.get(character)
    if (control !== undefined) return control
    if (character === 'x') return this.#hex(2)
    if (character === 'u') return this.#hex(4)
    if (/[1-9k]/.test(character)) throw new RegexSyntaxError('uses a back reference, which this server does not match')
    if (/[A-Za-z0]/.test(character)) throw new RegexSyntaxError(`uses the unknown escape \\${character}`)
    return codePointOf(character)
  }

  #hex(digits: number): number {
    const text = this.#characters.slice(this.#position, this.#position + digits).join('')
    if (text.length !== digits || !/^[0-9A-Fa-f]+$/.test(text)) throw new RegexSyntaxError('has a malformed escape')
    this.#position += digits
    return parseInt(text, 16)
  }

  #class(): Tree {
    const isNegated = this.#takes('^')
    const sets: CharacterSet[] = []
    while (!this.#takes(']')) {
      if (this.#peek() === undefined) throw new RegexSyntaxError('opens a class with [ and does not close it')
      sets.push(this.#classMember())
    }
    const folded = this.#isFolded ? sets.map(foldedSet) : sets
    return { kind: 'set', has: codePoint => folded.some(has => has(codePoint)) !== isNegated }
  }

  #classMember(): CharacterSet {
    const first = this.#classCharacter()
    if (typeof first !== 'number') return first
    if (this.#peek() !== '-' || this.#characters[this.#position + 1] === ']') return codePoint => codePoint === first
    this.#position++
    const last = this.#classCharacter()
    if (typeof last !== 'number' || last < first)
      throw new RegexSyntaxError('has a range in a class that is out of order')
    return codePoint => codePoint >= first && codePoint <= last
  }

  #classCharacter(): number | CharacterSet {
    const character = this.#next()
    if (character !== '\\') return codePointOf(character)
    const escaped = this.#next()
    return CLASSES.get(escaped) ?? (escaped === 'b' ? 8 : this.#escaped(escaped))
  }

  #literal(wanted: number): Tree {
    const has: CharacterSet = codePoint => codePoint === wanted
    return { kind: 'set', has: this.#isFolded ? foldedSet(has) : has }
  }

  #peek(): string | undefined {
    return this.#characters[this.#position]
  }

  #next(): string {
    const character = this.#characters[this.#position++]
    if (character === undefined) throw new RegexSyntaxError('ends too early')
    return character
  }

  #takes(character: string): boolean {
    if (this.#peek() !== character) return false
    this.#position++
    return true
  }
}

function emit(tree: Tree, steps: Step[]): void {
  switch (tree.kind) {
    case 'empty':
      return
    case 'set':
    case 'assert':
      push(steps, tree)
      return
    case 'sequence':
      for (const part of tree.parts) emit(part, steps)
      return
    case 'choice':
      emitChoice(tree.parts, steps)
      return
    case 'repeat':
      emitRepeat(tree, steps)
      return
  }
}

function emitChoice(parts: readonly Tree[], steps: Step[]): void {
  const ends: { kind: 'jump'; to: number }[] = []
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1) {
      emit(part, steps)
      break
    }
    const split = push(steps, { kind: 'split', first: steps.length + 1, second: 0 })
    emit(part, steps)
    ends.push(push(steps, { kind: 'jump', to: 0 }))
    split.second = steps.length
  }
  for (const end of ends) end.to = steps.length
}

function emitRepeat(tree: Tree & { kind: 'repeat' }, steps: Step[]): void {
  for (let copy = 0; copy < tree.min; copy++) {
    const before = steps.length
    emit(tree.part, steps)
    if (steps.length === before) break
  }
  if (tree.max === Infinity) {
    const start = steps.length
    const split = push(steps, { kind: 'split', first: start + 1, second: 0 })
    emit(tree.part, steps)
    push(steps, { kind: 'jump', to: start })
    split.second = steps.length
    return
  }
  const splits: { second: number }[] = []
  for (let copy = tree.min; copy < tree.max; copy++) {
    splits.push(push(steps, { kind: 'split', first: steps.length + 1, second: 0 }))
    emit(tree.part, steps)
  }
  for (const split of splits) split.second = steps.length
}

function push<S extends Step>(steps: Step[], step: S): S {
  if (steps.length >= REGEX_STEPS_MAX) throw new RegexSyntaxError(`has more than ${REGEX_STEPS_MAX} steps`)
  steps.push(step)
  return step
}

/** All ways through the expression at once, one character after the other. */
function search(steps: readonly Step[], text: string): boolean {
  const points = Array.from(text, codePointOf)
  const seenAt = new Int32Array(steps.length).fill(-1)
  let arrived: number[] = []
  for (let position = 0; ; position++) {
    // A match may begin at any character.
    arrived.push(0)
    const waiting = followed(steps, arrived, { points, position, seenAt })
    if (waiting === 'match') return true
    if (position === points.length) return false
    arrived = waiting
      .filter(step => (steps[step] as Step & { kind: 'set' }).has(points[position]!))
      .map(step => step + 1)
  }
}

interface Place {
  readonly points: readonly number[]
  readonly position: number
  /** The position at which each step was last reached, so that it is followed once. */
  readonly seenAt: Int32Array
}

/** The steps that wait for a character, reached from those that were arrived at. */
function followed(steps: readonly Step[], arrived: readonly number[], place: Place): number[] | 'match' {
  const waiting: number[] = []
  const open = [...arrived]
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (place.seenAt[index] === place.position) continue
    place.seenAt[index] = place.position
    const step = steps[index]!
    switch (step.kind) {
      case 'match':
        return 'match'
      case 'set':
        waiting.push(index)
        break
      case 'assert':
        if (holds(step.assertion, place)) open.push(index + 1)
        break
      case 'split':
        open.push(step.first, step.second)
        break
      case 'jump':
        open.push(step.to)
        break
    }
  }
  return waiting
}

function holds(assertion: Assertion, { points, position }: Place): boolean {
  switch (assertion) {
    case 'start':
      return position === 0
    case 'end':
      return position === points.length
    case 'boundary':
      return isWordAt(points, position - 1) !== isWordAt(points, position)
    case 'no-boundary':
      return isWordAt(points, position - 1) === isWordAt(points, position)
  }
}

function isWordAt(points: readonly number[], position: number): boolean {
  const point = points[position]
  return point !== undefined && isWord(point)
}

function isDigit(point: number): boolean {
  return point >= 0x30 && point <= 0x39
}

function isWord(point: number): boolean {
  return isDigit(point) || point === 0x5f || (point >= 0x41 && point <= 0x5a) || (point >= 0x61 && point <= 0x7a)
}

function isSpace(point: number): boolean {
  return /\s/.test(String.fromCodePoint(point))
}

/** Also has what a member of it becomes in upper or lower case. */
function foldedSet(has: CharacterSet): CharacterSet {
  return point => {
    const text = String.fromCodePoint(point)
    return has(point) || has(codePointOf(text.toLowerCase())) || has(codePointOf(text.toUpperCase()))
  }
}

function codePointOf(character: string): number {
  return character.codePointAt(0)!
}

const CLASSES: ReadonlyMap<string, CharacterSet> = new Map<string, CharacterSet>([
  ['d', isDigit],
  ['D', point => !isDigit(point)],
  ['w', isWord],
  ['W', point => !isWord(point)],
  ['s', isSpace],
  ['S', point => !isSpace(point)],
])

const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['f', 12],
  ['v', 11],
  ['0', 0],
])

const LINE_ENDS: ReadonlySet<number> = new Set([0x0a, 0x0d, 0x2028, 0x2029])
const DEPTH_MAX = 50
