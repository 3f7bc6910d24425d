// Which files to merge: as Cassandra's SizeTieredCompactionStrategy, those that are of about one size, once there are four.

export interface Sized {
  readonly bytes: number
}

/** The files of the smallest tier that has enough of them; undefined if none has. */
export function chooseTier<F extends Sized>(files: readonly F[]): readonly F[] | undefined {
  const tiers: { files: F[]; meanBytes: number }[] = []
  for (const file of [...files].sort((a, b) => a.bytes - b.bytes)) {
    const tier = tiers.find(({ meanBytes }) => isSimilar(file.bytes, meanBytes))
    if (tier === undefined) {
      tiers.push({ files: [file], meanBytes: file.bytes })
    } else {
      tier.meanBytes = (tier.meanBytes * tier.files.length + file.bytes) / (tier.files.length + 1)
      tier.files.push(file)
    }
  }
  return tiers.find(tier => tier.files.length >= FILES_MIN)?.files.slice(0, FILES_MAX)
}

function isSimilar(bytes: number, meanBytes: number): boolean {
  if (bytes < SMALL_BYTES && meanBytes < SMALL_BYTES) return true
  return bytes > meanBytes * BUCKET_LOW && bytes < meanBytes * BUCKET_HIGH
}

// Cassandra's min_threshold, max_threshold, bucket_low and bucket_high. Its min_sstable_size is 50 MiB.
const FILES_MIN = 4
const FILES_MAX = 32
const BUCKET_LOW = 0.5
const BUCKET_HIGH = 1.5
const SMALL_BYTES = 1 << 20
