// Why an event is not taken. The names are on the wire: Java's and iOS's clients drop an event for InvalidCollectionNameError,
// InvalidPropertyNameError and InvalidPropertyValueError, and keep and send it again for any other name.

export type RefusalName =
  | 'InvalidEventError'
  | 'InvalidCollectionNameError'
  | 'InvalidPropertyNameError'
  | 'InvalidPropertyValueError'
  | 'InvalidKeenNamespacePropertyError'

export interface Refusal {
  readonly name: RefusalName
  readonly description: string
}
