import { describe, expect, test } from 'vitest'
import { missingForKafka } from '../setup/kafka.ts'
import { kafkaChoice } from './kafka-choice.ts'

describe('whether tests on real brokers run @kafka', () => {
  test('with all that they need they run, wherever that is', () => {
    expect(kafkaChoice(null, {}).kind).toBe('run')
    expect(kafkaChoice(null, { CI: '1' }).kind).toBe('run')
  })

  test('without it they are skipped with the reason, and fail where they are required', () => {
    expect(kafkaChoice('no Java', {})).toEqual({ kind: 'skip', because: 'no Java' })
    expect(kafkaChoice('no Java', { CI: 'false', STORMDOOR_REQUIRE_KAFKA: '' }).kind).toBe('skip')
    expect(kafkaChoice('no Java', { CI: 'true' })).toEqual({ kind: 'refuse', because: 'no Java' })
    expect(kafkaChoice('no Java', { STORMDOOR_REQUIRE_KAFKA: '1' }).kind).toBe('refuse')
  })

  test('they need Java 17, and Maven until the jars are there', () => {
    expect(missingForKafka({ java: 17, maven: true, jars: false })).toBeNull()
    expect(missingForKafka({ java: 21, maven: false, jars: true })).toBeNull()
    expect(missingForKafka({ java: null, maven: true, jars: true })).toMatch(/^Java 17 is not installed/)
    expect(missingForKafka({ java: 11, maven: true, jars: true })).toMatch(/^Java is 11/)
    expect(missingForKafka({ java: 17, maven: false, jars: false })).toMatch(/^Maven/)
  })
})
