import { expect, it } from 'vitest';
import { lossyInteger, lossyMessage } from '../../schema/server/lossy-integer.ts';

it.each<[string, string | undefined]>([
  ['{"a":9007199254740993}', '9007199254740993'],
  ['[-9007199254740993]', '-9007199254740993'],
  ['{"a":9007199254740992}', undefined],
  ['{"a":"9007199254740993"}', undefined],
  // The string ends with a backslash, so the number stands outside of it; in the next text it stands inside.
  [String.raw`{"a":"x\\","b":9007199254740993}`, '9007199254740993'],
  [String.raw`{"a":"x\"9007199254740993","b":1}`, undefined],
  ['{"a":1234567890.12345678901234567,"b":1.2345678901234567e25}', undefined],
])('%s: %s', (text, found) => {
  expect(lossyInteger(text)).toBe(found);
});

it('a number of hundreds of digits, which a double calls infinite, is refused too', () => {
  const number = '1'.repeat(400);
  expect(lossyInteger(`{"a":${number}}`)).toBe(number);
  expect(lossyMessage(number)).toMatch(/^The number 1{40}\.\.\. cannot be kept exactly: it would become infinite/);
});

it('takes time in proportion to the text, whatever stands in it', () => {
  const cpuOf = (text: string): number => {
    const start = process.cpuUsage();
    lossyInteger(text);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  const number = '1234567890123456 ';
  for (const text of [
    `${number}"${'\\"'.repeat(480_000)}`,
    `${number}"${'\\'.repeat(960_000)}`,
    number.repeat(56_000),
    '1'.repeat(960_000),
    '"'.repeat(960_000) + number,
  ]) {
    expect.soft(cpuOf(text), text.slice(0, 30)).toBeLessThan(500);
  }
});
