import { StorageTimeoutError } from './storage-fault.ts'

/**
 * What a use of IndexedDB answers, if it does so within `limitMs`.
 * @throws StorageTimeoutError when it does not; it may still go on by itself
 */
export async function inTime<T>(limitMs: number, answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new StorageTimeoutError(`IndexedDB did not answer within ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([answer, timeout])
  } finally {
    clearTimeout(timer)
  }
}
