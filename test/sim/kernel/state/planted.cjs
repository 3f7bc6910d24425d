// A module that is not of its own kind for each process: what is left in it by one run is found by the next.

let count = 0
const names = new Map()

exports.next = name => {
  names.set(name, (names.get(name) ?? 0) + 1)
  return ++count
}
