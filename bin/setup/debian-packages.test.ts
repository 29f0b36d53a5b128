import { expect, test } from 'vitest'
import { parsePlan } from './debian-packages.ts'

test('the plan of apt names what is missing, and nothing that belongs to the loader of the running system', () => {
  const simulation = [
    'Reading package lists...', 'NOTE: This is only a simulation!',
    'Inst libjemalloc2 (5.3.0-1 Debian:12/oldstable [amd64])',
    'Inst libc6 [2.36-9] (2.36-10 Debian:12/oldstable [amd64])',
    'Inst redis-server [5:7.0.14-1] (5:7.0.15-1~deb12u10 Debian-Security:12/oldstable-security [amd64])',
    'Conf redis-server (5:7.0.15-1~deb12u10 Debian-Security:12/oldstable-security [amd64])', '',
  ].join('\n')
  expect(parsePlan(simulation)).toEqual(['libjemalloc2=5.3.0-1', 'redis-server=5:7.0.15-1~deb12u10'])
})
