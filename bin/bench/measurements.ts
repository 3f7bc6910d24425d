// Everything that can be measured, in the order of the table.

import { measureEcho } from './echo.ts'
import { measureFirstLight } from './first-light.ts'
import { measureIdleHours } from './idle-hour.ts'
import { measureBusyInstallation, measureIdleInstallation } from './installation.ts'
import { measureAwaitedEntries, measureBareEntries } from './kernel.ts'
import type { Measurement } from './measured.ts'

const REAL_TIME = '× real time'

export const MEASUREMENTS: readonly Measurement[] = [
  {
    name: 'kernel',
    says: 'entries that only arm the next one',
    unit: 'entries/s',
    warmUps: 1,
    run: measureBareEntries,
  },
  {
    name: 'kernel-await',
    says: 'entries that each wake an async function',
    unit: 'entries/s',
    warmUps: 1,
    run: measureAwaitedEntries,
  },
  {
    name: 'echo',
    says: '5 clients, 100,000 round trips of 64 bytes',
    unit: 'messages/s',
    warmUps: 5,
    run: measureEcho,
  },
  { name: 'echo-cold', says: 'the same, first in its process', unit: 'messages/s', warmUps: 0, run: measureEcho },
  {
    name: 'idle-hour',
    says: '6 hosts in a ring, a ping a second',
    unit: REAL_TIME,
    warmUps: 5,
    run: () => measureIdleHours(1),
  },
  {
    name: 'idle-hour-cold',
    says: 'the same, first in its process',
    unit: REAL_TIME,
    warmUps: 0,
    run: () => measureIdleHours(1),
  },
  {
    name: 'idle-day',
    says: 'the same for 24 hours, first in its process',
    unit: REAL_TIME,
    warmUps: 0,
    run: () => measureIdleHours(24),
  },
  {
    name: 'first-light-small',
    says: 'the whole system under light faults, 500 events',
    unit: 'operations/s',
    warmUps: 1,
    run: () => measureFirstLight('small'),
  },
  {
    name: 'first-light-full',
    says: 'the same, 31,707 events',
    unit: 'operations/s',
    warmUps: 0,
    run: () => measureFirstLight('full'),
  },
  {
    name: 'idle-world',
    says: 'all hosts up for an hour, nothing to do',
    unit: REAL_TIME,
    warmUps: 0,
    run: () => measureIdleInstallation(3600),
  },
  {
    name: 'loaded-world',
    says: 'all hosts up, 10 requests a second, 5 minutes after the first',
    unit: REAL_TIME,
    warmUps: 0,
    run: () => measureBusyInstallation(300),
  },
]
